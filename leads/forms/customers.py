"""Forms of end customers."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer
from leads.forms.leads import partner_of_code
from partners.countries import country_choices
from partners.forms.recruiting import spoken
from partners.models import Partner
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class CustomerForm(OwnedModelForm):
    """What staff know of an end customer."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    served_by_code = forms.CharField(
        label=_("Served by partner"), required=False, max_length=64, help_text=_("Code of the partner that serves it.")
    )

    class Meta:
        model = EndCustomer
        fields = [
            "kind",
            "name",
            "local_name",
            "contact_name",
            "contact_title",
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
            "external_code",
            "source",
            "consent",
            "note",
        ]
        widgets = {
            "consent": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "consent": _("In the words in which they agreed to be contacted; new words are agreed to as of today."),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Who it is"), ["kind", "name", "local_name", "contact_name", "contact_title", "business_number"]),
        (_("How to reach it"), ["phone", "email", "website", "language"]),
        (_("Where it is"), ["country", "region", "city", "postal_code", "address"]),
        (_("What else is known"), ["served_by_code", "external_code", "source", "consent", "note"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [("", _("Not known")), *country_choices()]
        fields["language"].choices = [("", _("Not known")), *spoken(member)]
        fields["served_by_code"].widget.attrs |= {
            "list": "server-options",
            "autocomplete": "off",
            "hx-get": member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#server-options",
        }
        self.initial["served_by_code"] = self.instance.served_by.code if self.instance.served_by else ""

    @cached_property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The form's controls under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_served_by_code(self) -> Partner | None:
        return partner_of_code(self.cleaned_data["served_by_code"], self.member)

    def clean_external_code(self) -> str | None:
        return self.cleaned_data["external_code"] or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "served_by_code" in cleaned:
            self.instance.served_by = cleaned["served_by_code"]
        return cleaned

    @property
    def columns(self) -> list[str]:
        """What saving writes."""
        return [*(self._meta.fields or ()), "served_by"]
