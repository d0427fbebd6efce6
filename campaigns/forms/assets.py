"""What is typed about material, by staff and by partners."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from campaigns.branding import MOST_ZONES
from campaigns.models import Asset, AssetTerms, AssetVersion, PartnerBrand, ShareLink
from campaigns.selectors.assets import products_of, terms_in_use
from campaigns.services.asset_files import FILE_KINDS, checked_upload
from commerce.models import Product, ProductCategory
from partners.forms.agreements import DayInput
from partners.forms.application_forms import LongTranslatedFormField
from partners.forms.working import TagsField
from partners.selectors.audiences import audiences_for
from tenancy import logos
from tenancy.files import accept
from tenancy.forms import OwnedModelForm
from tenancy.models import Language, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

MOST_PRODUCTS = 100
ZONE_LABELS = {"logo": _("Logo"), "address": _("Company and address"), "contact": _("Company and contact")}


class MaterialUploadField(forms.FileField):
    """One file of the library, checked by its content."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.setdefault("accept", accept(FILE_KINDS))

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return checked_upload(upload) if isinstance(upload, UploadedFile) else upload


class ContentFields(forms.Form):
    """The content of a version: a file, an address, or a text; exactly one of them."""

    language = forms.ChoiceField(label=_("Language"))
    upload = MaterialUploadField(
        label=_("File"),
        required=False,
        help_text=_("PDF, Word, Excel, PowerPoint, Hangul, picture, or video as MP4 or WebM."),
    )
    url = forms.URLField(
        label=_("Or an address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Of a video or a page that stands elsewhere."),
    )
    body = forms.CharField(
        label=_("Or a text"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Paragraphs, lists with a hyphen, headings with #, tables with |."),
    )
    note = forms.CharField(label=_("What is new"), required=False, max_length=300)
    CONTENT = ("upload", "url", "body")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = member.manufacturer.languages or Language.values
        language: Any = self.fields["language"]
        language.choices = [(value, label) for value, label in Language.choices if value in spoken]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(name in self.errors for name in self.CONTENT):
            return cleaned
        given = [name for name in self.CONTENT if cleaned.get(name)]
        if not given:
            self.add_error("upload", _("Choose a file, give an address, or write a text."))
        elif len(given) > 1:
            self.add_error(given[1], _("Give only one of file, address and text."))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """What `add_version` takes."""
        said = self.cleaned_data
        return {
            "language": said["language"],
            "upload": said["upload"] or None,
            "url": said["url"],
            "body": said["body"],
            "note": said["note"],
        }


class AssetForm(OwnedModelForm):
    """What material is called, what it is about, who may have it, and until when."""

    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    products = forms.CharField(
        label=_("Products"), required=False, max_length=2000, help_text=_("Codes, with commas between them.")
    )

    class Meta:
        model = Asset
        fields = [
            "titles", "summaries", "kind", "tags", "category", "products", "audience", "valid_from", "valid_to", "terms",
            "may_share", "may_brand", "owner",
        ]  # fmt: skip
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}
        help_texts = {
            "valid_from": _("Before this day nobody but staff sees it."),
            "valid_to": _("After this day it disappears from the library and from links."),
            "may_brand": _("Of a PDF you say afterwards where there is room for it."),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("What it is"), ["titles", "summaries", "kind", "tags", "category", "products"]),
        (_("Who has it, and when"), ["audience", "valid_from", "valid_to", "owner"]),
        (_("What partners may do with it"), ["terms", "may_share", "may_brand"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["summaries"].required = False
        fields["summaries"].help_text = _("One or two sentences; they are searched too.")
        fields["category"].queryset = ProductCategory.objects.all()
        fields["category"].empty_label = _("None")
        known = audiences_for(member)
        if self.instance.audience_id:
            known = known | type(self.instance.audience).objects.filter(pk=self.instance.audience_id).select_related(
                "owner"
            )
        fields["audience"].queryset = known
        fields["audience"].empty_label = _("All partners")
        fields["terms"].queryset = terms_in_use(current=self.instance.terms)
        fields["terms"].empty_label = _("None")
        fields["owner"].queryset = members_with(Right.CONTENT_EDIT).filter(partner=None).order_by("name", "pk")
        fields["owner"].empty_label = _("Nobody")
        if self.instance.pk:
            self.initial.setdefault("products", ", ".join(product.code for product in products_of(self.instance)))

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields in groups."""
        return [(label, [self[name] for name in names]) for label, names in self.SECTIONS]

    def clean_products(self) -> list[Product]:
        codes = list(dict.fromkeys(filter(None, (c.strip() for c in self.cleaned_data["products"].split(",")))))
        found = {product.code: product for product in Product.objects.filter(code__in=codes[:MOST_PRODUCTS])}
        missing = [code for code in codes if code not in found]
        if missing:
            raise forms.ValidationError(
                _("There is no product with the code “%(code)s”."), params={"code": missing[0][:64]}
            )
        return list(found.values())


class WithdrawForm(forms.Form):
    """Why material is taken back: those who have it read this."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Everybody who used it reads this, with the request not to use it.")
    )


class TermsForm(OwnedModelForm):
    """Terms of use."""

    class Meta:
        model = AssetTerms
        fields = ["name", "texts", "is_retired"]
        help_texts = {"is_retired": _("Material keeps it, but it is no longer offered.")}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["texts"] = LongTranslatedFormField(
            languages=member.manufacturer.languages or ["en"],
            rows=8,
            label=_("Text"),
            help_text=_("Another text is another edition: everybody accepts it anew before the next download."),
        )


class ZoneForm(forms.Form):
    """One place on a document."""

    what = forms.ChoiceField(label=_("What"), choices=[("", "–"), *ZONE_LABELS.items()], required=False)
    page = forms.IntegerField(label=_("Page"), min_value=-999, max_value=999, initial=-1)
    x = forms.DecimalField(label=_("From the left"), min_value=0, max_value=2000, decimal_places=1)
    y = forms.DecimalField(label=_("From the top"), min_value=0, max_value=2000, decimal_places=1)
    width = forms.DecimalField(label=_("Width"), min_value=5, max_value=2000, decimal_places=1)
    height = forms.DecimalField(label=_("Height"), min_value=3, max_value=2000, decimal_places=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
        if self.empty_permitted:
            for name in ("page", "x", "y", "width", "height"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("what"):
            for name in ("page", "x", "y", "width", "height"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("A place needs a page, a corner and a size in millimetres."))
            if cleaned.get("page") == 0:
                self.add_error("page", _("Pages count from 1; -1 is the last one."))
        return cleaned


ZoneFormSet = forms.formset_factory(ZoneForm, extra=2, max_num=MOST_ZONES, absolute_max=MOST_ZONES)

PRESETS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "foot": (
        _("Foot of the last page"),
        [
            {"what": "logo", "page": -1, "x": 18, "y": 262, "width": 45, "height": 18},
            {"what": "contact", "page": -1, "x": 70, "y": 261, "width": 70, "height": 22},
            {"what": "address", "page": -1, "x": 142, "y": 261, "width": 54, "height": 22},
        ],
    ),
    "cover": (
        _("Foot of the first page"),
        [
            {"what": "logo", "page": 1, "x": 18, "y": 262, "width": 45, "height": 18},
            {"what": "contact", "page": 1, "x": 120, "y": 261, "width": 74, "height": 22},
        ],
    ),
    "back": (
        _("Block on the last page"),
        [
            {"what": "logo", "page": -1, "x": 70, "y": 110, "width": 70, "height": 28},
            {"what": "contact", "page": -1, "x": 70, "y": 145, "width": 70, "height": 28},
        ],
    ),
}


class BrandForm(OwnedModelForm):
    """What a partner puts on documents in its own name."""

    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.gif"}),
        help_text=_("PNG or JPEG of up to 2 MB, best on a clear ground."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = PartnerBrand
        fields = ["company", "address", "contact", "phone", "email", "website"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].required = True
        if not self.instance.logo:
            del self.fields["no_logo"]

    def clean_logo_file(self) -> tuple[str, bytes] | None:
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        sentences = {
            "large": _("This file is too large: a logo has up to 2 MB."),
            "kind": _("This file is no picture that can be used. Choose a PNG or JPEG."),
            "size": _("This picture has too many pixels. Make it smaller."),
        }
        try:
            return logos.redrawn(file, size=file.size)
        except logos.LogoError as error:
            raise forms.ValidationError(sentences[error.reason]) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        has_logo = (self.instance.logo and not cleaned.get("no_logo")) or cleaned.get("logo_file")
        if not has_logo and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error(
                "phone", _("Give a logo, a phone number or an e-mail address: a document names how to reach you.")
            )
        return cleaned


class ShareForm(OwnedModelForm):
    """A link for a customer."""

    class Meta:
        model = ShareLink
        fields = ["note", "language", "is_branded", "ends_on"]
        widgets = {"ends_on": DayInput()}
        help_texts = {"note": _("Only you see this: a customer or an occasion.")}

    def __init__(self, *args: Any, versions: list[AssetVersion], may_brand: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {version.language for version in versions}
        language: Any = self.fields["language"]
        language.choices = [(value, label) for value, label in Language.choices if value in offered]
        if len(offered) == 1:
            language.widget = forms.HiddenInput()
            self.initial["language"] = next(iter(offered))
        if not may_brand:
            del self.fields["is_branded"]
