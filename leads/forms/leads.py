"""Forms of leads: what staff write down, and the steps that they take."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commerce.models import Product, ProductCategory
from leads import own_fields
from leads.models import Lead, LeadReason, ReasonUse
from leads.selectors import leads as selectors
from leads.services.codes import default_lists
from partners.countries import country_choices
from partners.forms.recruiting import spoken
from partners.models import Partner
from partners.selectors import partners_for
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

REACHED_BY = ("company", "name", "phone", "email")
"""At least one of these says who it is."""


class LeadForm(OwnedModelForm):
    """What staff know of somebody who may buy."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    referred_by_code = forms.CharField(
        label=_("Referred by partner"),
        required=False,
        max_length=64,
        help_text=_("Code of the partner that told of it."),
    )
    products = forms.CharField(
        label=_("Products"), required=False, max_length=1000, help_text=_("Codes, with commas between them.")
    )

    class Meta:
        model = Lead
        fields = [
            "company",
            "name",
            "title",
            "phone",
            "email",
            "business_number",
            "website",
            "language",
            "country",
            "region",
            "city",
            "postal_code",
            "address",
            "kind",
            "subject",
            "category",
            "products",
            "quantity",
            "amount",
            "currency",
            "wanted_on",
            "message",
            "source",
            "campaign_code",
            "owner",
            "consent",
        ]
        widgets = {
            "wanted_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "message": forms.Textarea(attrs={"rows": 4}),
            "consent": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "currency": _("Three letters, such as KRW. Empty means your own currency."),
            "consent": _("In the words in which they agreed to be contacted; empty where nobody asked them."),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Who it is"), ["company", "name", "title", "phone", "email", "business_number", "website", "language"]),
        (_("Where it is"), ["country", "region", "city", "postal_code", "address"]),
        (
            _("What it is about"),
            ["kind", "subject", "category", "products", "quantity", "amount", "currency", "wanted_on", "message"],
        ),
        (_("Where it came from"), ["source", "campaign_code", "referred_by_code", "consent", "owner"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        default_lists()
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [("", _("Not known")), *country_choices()]
        fields["language"].choices = [("", _("Not known")), *spoken(member)]
        fields["kind"].queryset = selectors.kinds(current=self.instance.kind)
        fields["source"].queryset = selectors.sources(current=self.instance.source)
        fields["category"].queryset = ProductCategory.objects.all()
        fields["owner"].queryset = selectors.lead_owners()
        for name, words in {
            "kind": _("Not known"),
            "source": _("Not known"),
            "category": _("Not known"),
            "owner": _("Nobody"),
        }.items():
            fields[name].empty_label = words
        fields["referred_by_code"].widget.attrs |= {
            "list": "referrer-options",
            "autocomplete": "off",
            "hx-get": member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#referrer-options",
        }
        self.initial["products"] = ", ".join(self.instance.products)
        self.initial["referred_by_code"] = self.instance.referred_by.code if self.instance.referred_by else ""
        self.definitions = selectors.own_fields()
        fields.update(own_fields.form_fields(self.definitions))
        self.initial.update(own_fields.initial_values(self.definitions, self.instance.custom))
        if not self.instance.pk:
            self.initial.setdefault("language", member.manufacturer.first_language)

    @cached_property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The form's controls under their headings."""
        found = [(title, [self[name] for name in names]) for title, names in self.SECTIONS]
        if self.definitions:
            own = [self[own_fields.PREFIX + each.key] for each in self.definitions]
            found.insert(3, (_("More about it"), own))
        return found

    def clean_products(self) -> list[str]:
        codes = [code.strip() for code in self.cleaned_data["products"].replace(";", ",").split(",")]
        return known_products([code for code in codes if code])

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_referred_by_code(self) -> Partner | None:
        return partner_of_code(self.cleaned_data["referred_by_code"], self.member)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in REACHED_BY):
            self.add_error("company", _("Give a company, a name, a phone number or an e-mail address."))
        cleaned["custom"] = own_fields.merged(self.instance.custom, self.definitions, cleaned)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What is said of the lead, by the names of its fields."""
        names = [name for name in self._meta.fields or () if name not in ("source", "consent")]
        return {name: self.cleaned_data[name] for name in [*names, "custom"]}

    @property
    def columns(self) -> list[str]:
        """What saving a known lead writes."""
        return [*(self._meta.fields or ()), "referred_by", "custom"]


def known_products(codes: list[str]) -> list[str]:
    """These codes, each once; ValidationError names the first that no product has."""
    wanted = list(dict.fromkeys(codes))
    known = set(Product.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
    for code in wanted:
        if code not in known:
            raise ValidationError(_now("No product has the code %(code)s."), params={"code": code})
    return wanted


def partner_of_code(text: str, member: Membership) -> Partner | None:
    """The partner of a code that was typed; ValidationError where there is none that the member may see."""
    code = text.strip()
    if not code:
        return None
    partner = partners_for(member).filter(code=code).first()
    if partner is None:
        raise ValidationError(_now("No partner has the code %(code)s."), params={"code": code})
    return partner


class DiscardForm(forms.Form):
    """Why it is no lead."""

    reason = forms.ModelChoiceField(label=_("Reason"), queryset=LeadReason.objects.none())
    note = forms.CharField(label=_("In your words"), required=False, max_length=500)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        default_lists()
        field: Any = self.fields["reason"]
        field.queryset = selectors.reasons(ReasonUse.DISCARD)


class OwnerForm(forms.Form):
    """Who of the manufacturer is responsible for the chosen leads."""

    owner = forms.ModelChoiceField(label=_("Responsible"), queryset=Membership.objects.none(), required=False)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = selectors.lead_owners()
        field.empty_label = _("Nobody")
