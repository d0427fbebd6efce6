"""Forms about sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer, Product, ProductCategory
from leads.models import PartyRole, QuantityState, Site, SiteParty, SiteProduct, SiteStage
from leads.services.sites import FILE_KINDS
from leads.site_matching import Place
from partners.countries import country_choices
from partners.forms.agreements import DayInput
from partners.forms.partners import partner_lookup
from partners.models import Partner
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.selectors import partner_seen_by

MOST_AT_ONCE = 10
ADDRESS = ("name", "local_name", "address", "city", "postal_code", "country", "latitude", "longitude", "client_name")


class SiteForm(OwnedModelForm):
    """What is known of a site; staff also say who registered it."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    client_name = forms.CharField(label=_("Client"), required=False, max_length=200)
    partner_code = forms.CharField(
        label=_("Registered by partner"), required=False, max_length=64, help_text=_("Code of the partner.")
    )
    is_other = forms.BooleanField(label=_("It is another site than those shown"), required=False)

    class Meta:
        model = Site
        fields = [
            "name", "local_name", "stage", "country", "region", "city", "postal_code", "address", "latitude",
            "longitude", "area", "tender_on", "starts_on", "finishes_on", "note",
        ]  # fmt: skip
        widgets = {
            "tender_on": DayInput(),
            "starts_on": DayInput(),
            "finishes_on": DayInput(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Site"), ["name", "local_name", "client_name", "stage", "area", "partner_code"]),
        (_("Where it is"), ["country", "region", "city", "postal_code", "address", "latitude", "longitude"]),
        (_("When"), ["tender_on", "starts_on", "finishes_on", "note"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [("", _("Not known")), *country_choices()]
        if not member.is_staff:
            del self.fields["partner_code"]
        else:
            partner_lookup(self.fields["partner_code"], member)
            if self.instance.registered_by_id and self.instance.registered_by:
                self.initial.setdefault("partner_code", self.instance.registered_by.code)
        if self.instance.pk:
            del self.fields["stage"]

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields in groups."""
        return [(label, [self[name] for name in names if name in self.fields]) for label, names in self.SECTIONS]

    def clean_partner_code(self) -> Partner | None:
        code = self.cleaned_data["partner_code"].strip()
        if not code:
            return None
        partner = partner_seen_by(self.member, code)
        if partner is None:
            raise forms.ValidationError(_("No partner has this code."))
        return partner

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("A place on the map has a latitude and a longitude."))
        start, end = cleaned.get("starts_on"), cleaned.get("finishes_on")
        if start and end and end < start:
            self.add_error("finishes_on", _("It cannot finish before it starts."))
        return cleaned

    def place(self) -> Place:
        """What of it is compared with the sites that are there, as far as it can be read."""
        said = getattr(self, "cleaned_data", {})
        values: dict[str, Any] = {name: str(said.get(name) or "") for name in ADDRESS[:6]}
        where: dict[str, Any] = {name: float(said[name]) for name in ADDRESS[6:8] if said.get(name) is not None}
        return Place(**values, **where, client=str(said.get("client_name") or ""))


class StageForm(forms.Form):
    """The stage that sites go to."""

    stage = forms.ChoiceField(label=_("Stage"), choices=SiteStage.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PartyForm(OwnedModelForm):
    """A company at a site. Staff may name one of the partners or an end customer."""

    partner_code = forms.CharField(
        label=_("Partner"), required=False, max_length=64, help_text=_("Code, if it is one.")
    )

    class Meta:
        model = SiteParty
        fields = ["role", "company", "contact", "phone", "email"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if not member.is_staff:
            del self.fields["partner_code"]
        else:
            partner_lookup(self.fields["partner_code"], member)
        self.order_fields(["role", "company", "partner_code", "contact", "phone", "email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        code = str(cleaned.get("partner_code") or "").strip()
        if code:
            partner = partner_seen_by(self.member, code)
            if partner is None:
                self.add_error("partner_code", _("No partner has this code."))
            self.instance.partner = partner
        elif not str(cleaned.get("company") or "").strip():
            self.add_error("company", _("Say which company it is."))
        elif cleaned.get("role") == PartyRole.CLIENT and self.member.is_staff:
            known = EndCustomer.objects.filter(name=cleaned["company"].strip(), merged_into=None)[:2]
            self.instance.customer = known[0] if len(known) == 1 else None
        return cleaned


class QuantityForm(OwnedModelForm):
    """How much of what goes in: a product by its code, or a category."""

    product_code = forms.CharField(label=_("Product code"), required=False, max_length=64)

    class Meta:
        model = SiteProduct
        fields = ["category", "quantity", "unit", "state", "is_shared"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = ProductCategory.objects.all()
        fields["state"].choices = QuantityState.choices
        if not member.is_staff:
            del self.fields["is_shared"]
        self.order_fields(["category", "product_code", "quantity", "unit", "state", "is_shared"])

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"product", "category"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        code = str(cleaned.get("product_code") or "").strip()
        if code:
            self.instance.product = Product.objects.filter(code=code).first()
            if self.instance.product is None:
                self.add_error("product_code", _("No product has this code."))
        elif cleaned.get("category") is None:
            self.add_error("category", _("Choose a category, or give a product's code."))
        return cleaned


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ManyUploads(UploadField):
    """Several files at once, each checked as one is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=ManyFiles(), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most %(most)s files at once.") % {"most": MOST_AT_ONCE})
        return [super(ManyUploads, self).clean(each, initial) for each in given]


class FilesForm(forms.Form):
    """Photos and papers of a site."""

    uploads = ManyUploads(label=_("Photos and papers"), kinds=FILE_KINDS)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    is_shared = forms.BooleanField(label=_("Shown to the partners of the site"), required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not member.is_staff:
            del self.fields["is_shared"]


class MergeForm(forms.Form):
    """Which other site is the same."""

    other = forms.CharField(
        label=_("Reference of the other site"), max_length=20, help_text=_("All that hangs on it comes to this one.")
    )

    def clean_other(self) -> Site:
        found = Site.objects.filter(reference=self.cleaned_data["other"].strip().upper(), merged_into=None).first()
        if found is None:
            raise forms.ValidationError(_("No site has this reference."))
        return found
