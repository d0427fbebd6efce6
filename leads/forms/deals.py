"""Forms about deals: what is registered, answered, asked for, and the manufacturer's terms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from leads.models import ConfirmedVia, DealRegistration, DealSettings
from leads.selectors.deals import (
    ALWAYS_REQUIRED,
    MAY_BE_REQUIRED,
    MOST_REQUIRED,
    deal_settings,
    required_fields,
    second_choices,
    terms,
)
from leads.selectors.sites import MOST_CHOICES, sites_open_to
from partners.forms.agreements import DayInput
from partners.forms.partners import partner_lookup
from partners.models import Partner
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.selectors import partner_seen_by

LONGEST_EXTENSION = 180


class DealForm(OwnedModelForm):
    """What a partner says of a deal. Only what the manufacturer needs is asked for; a draft may lack it still."""

    second = forms.TypedChoiceField(
        label=_("Together with"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Your distributor, or a dealer of yours that has agreed to it. Both of you read the registration."),
    )
    site_pk = forms.TypedChoiceField(
        label=_("Site"), required=False, coerce=int, empty_value=None, help_text=_("Where it is to be installed.")
    )
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    file = UploadField(label=_("A document"), required=False, help_text=_("An enquiry, an offer, a photo."))

    class Meta:
        model = DealRegistration
        fields = [
            "customer_name", "phone", "email", "business_number", "contact_name", "city", "address", "website",
            "category", "amount", "currency", "expected_on", "title", "competitor", "note",
        ]  # fmt: skip
        widgets = {
            "expected_on": DayInput(),
            "note": forms.Textarea(attrs={"rows": 4}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "amount": forms.NumberInput(attrs={"inputmode": "decimal", "min": "0"}),
        }

    field_order = [
        "customer_name", "phone", "email", "business_number", "contact_name", "city", "address", "website", "category",
        "amount", "currency", "expected_on", "title", "competitor", "site_pk", "second", "note", "file",
    ]  # fmt: skip

    CUSTOMER = (
        "customer_name", "phone", "email", "business_number", "contact_name", "city", "address", "website",
    )  # fmt: skip

    def __init__(self, *args: Any, member: Membership, partner: Partner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        owner: Any = partner or member.partner
        fields: dict[str, Any] = self.fields
        needed = set(required_fields())
        for name, field in fields.items():
            field.required = name == "customer_name"
            field.is_needed = name in needed
        fields["category"].queryset = ProductCategory.objects.all()
        fields["category"].empty_label = _("Choose")
        sites = sites_open_to(owner.pk, now=self.instance.site_id)
        sites = sites if member.has_function("sites") else sites.none()
        self._choose("second", second_choices(owner), self.instance.second_partner_id)
        self._choose(
            "site_pk", [(site.pk, f"{site} ({site.reference})") for site in sites[:MOST_CHOICES]], self.instance.site_id
        )
        if not self.instance.currency:
            self.initial["currency"] = member.manufacturer.currency

    def _choose(self, name: str, choices: list[tuple[int, str]], now: int | None) -> None:
        field: Any = self.fields[name]
        if not choices:
            del self.fields[name]
            return
        field.choices = [("", _("None")), *choices]
        self.initial[name] = now or ""

    def clean_currency(self) -> str:
        return str(self.cleaned_data.get("currency") or self.member.manufacturer.currency).upper()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if "site_pk" in self.cleaned_data:
            self.instance.site_id = self.cleaned_data["site_pk"]

    @property
    def customer_fields(self) -> list[Any]:
        """Who the customer is."""
        return [self[name] for name in self.CUSTOMER]

    @property
    def deal_fields(self) -> list[Any]:
        """What is to be sold."""
        return [self[name] for name in self.fields if name not in self.CUSTOMER]

    def _get_validation_exclusions(self) -> set[str]:
        # What is registered is numbered and checked by the service; the row here is not complete.
        return super()._get_validation_exclusions() | {"manufacturer", "partner", "reference"}

    def validate_constraints(self) -> None:
        """The service fills what the constraints are about."""


class PartnerForm(forms.Form):
    """On whose behalf a deal is registered."""

    partner = forms.CharField(label=_("Partner"), max_length=64, help_text=_("Code of the partner."))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        partner_lookup(self.fields["partner"], member)

    def clean_partner(self) -> Partner:
        partner = partner_seen_by(self.member, self.cleaned_data["partner"])
        if partner is None:
            raise forms.ValidationError(_("No partner has this code."))
        return partner


class ReasonForm(forms.Form):
    """Why a registration is refused, or what is asked for."""

    reason = forms.CharField(
        label=_("What the partner reads"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ConfirmationForm(forms.Form):
    """That a partner without a sign-in has confirmed what was entered for it: who, how, when, and what shows it."""

    who = forms.CharField(label=_("Who of the partner confirmed it"), max_length=150)
    via = forms.ChoiceField(label=_("How"), choices=ConfirmedVia.choices)
    on = forms.DateField(label=_("When"), widget=DayInput)
    file = UploadField(
        label=_("Evidence"), required=False, help_text=_("The mail, the signed paper, or a note of the call.")
    )


class ApproveForm(forms.Form):
    """Which customer it is, and for how many days it is protected."""

    days = forms.IntegerField(label=_("Days of protection"), min_value=1, max_value=1095)


class ExtensionForm(forms.Form):
    """A longer protection, with what shows that the deal goes on."""

    days = forms.IntegerField(label=_("How many days more"), min_value=1, max_value=LONGEST_EXTENSION, initial=30)
    text = forms.CharField(
        label=_("Why the deal needs longer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = UploadField(label=_("Evidence"), help_text=_("A mail, an offer, minutes, a photo of the site."))


class AppealForm(forms.Form):
    """Why somebody else should decide again."""

    text = forms.CharField(
        label=_("Why it should be decided otherwise"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    file = UploadField(
        label=_("Evidence"), required=False, help_text=_("What shows that you were first, or are right.")
    )


class FileForm(forms.Form):
    file = UploadField(label=_("File"))


class CloseForm(forms.Form):
    reason = forms.CharField(required=False, max_length=1000)


class AnswerForm(forms.Form):
    """What is said to an extension or an appeal."""

    answer = forms.CharField(required=False, max_length=1000)
    days = forms.IntegerField(required=False, min_value=1, max_value=365)


class TermsForm(OwnedModelForm):
    """The manufacturer's terms."""

    reminders = forms.CharField(
        label=_("Remind so many days before the end"),
        help_text=_("Numbers with commas, such as 30, 14, 3."),
        max_length=40,
    )
    required = forms.MultipleChoiceField(
        label=_("Ask for these as well"),
        required=False,
        choices=list(MAY_BE_REQUIRED.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Customer, product category, amount and expected close are always needed. At most eight in all."),
    )

    class Meta:
        model = DealSettings
        fields = ["default_days", "answer_hours", "appeal_days"]

    field_order = ["default_days", "reminders", "answer_hours", "appeal_days", "required"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.initial["reminders"] = ", ".join(map(str, self.instance.reminder_days))
        self.initial["required"] = self.instance.required
        own = terms()
        self.categories = list(ProductCategory.objects.all())
        for category in self.categories:
            self.fields[f"days_{category.pk}"] = forms.IntegerField(
                label=str(category), required=False, min_value=1, max_value=1095, initial=own.get(category.pk)
            )

    @property
    def own_fields(self) -> list[Any]:
        """The terms themselves."""
        return [self[name] for name in self.fields if not name.startswith("days_")]

    @property
    def category_fields(self) -> list[Any]:
        """The days of each category."""
        return [self[f"days_{category.pk}"] for category in self.categories]

    @property
    def days(self) -> dict[int, int]:
        """The categories that have a number of their own."""
        given = {category.pk: self.cleaned_data.get(f"days_{category.pk}") for category in self.categories}
        return {pk: days for pk, days in given.items() if days}

    def clean_reminders(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["reminders"].replace("、", ",").split(",") if part.strip()]
        if not parts or len(parts) > 5 or not all(part.isdecimal() and 1 <= int(part) <= 365 for part in parts):
            raise forms.ValidationError(_("Give one to five numbers of days from 1 to 365, with commas between them."))
        return sorted({int(part) for part in parts}, reverse=True)

    def clean_required(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["required"]
        if len(chosen) > MOST_REQUIRED - len(ALWAYS_REQUIRED):
            raise forms.ValidationError(_("At most %(count)s fields may be asked for.") % {"count": MOST_REQUIRED})
        return chosen

    def settings(self) -> DealSettings:
        """The row to be kept."""
        settings: DealSettings = self.instance if self.instance.pk else deal_settings()
        settings.manufacturer_id = self.member.manufacturer_id
        for name in ("default_days", "answer_hours", "appeal_days", "required"):
            setattr(settings, name, self.cleaned_data[name])
        settings.reminder_days = self.cleaned_data["reminders"]
        return settings
