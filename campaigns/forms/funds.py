"""What is typed about funds: rules, money given, requests, claims and the answers to them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign, CampaignState, ClaimLine, Fund, FundActivity, FundRequest
from campaigns.selectors.funds import activities_of
from campaigns.services.funds.common import too_fine
from commerce.models import CURRENCY
from partners.forms.agreements import DayInput
from partners.forms.partners import partner_lookup
from partners.models import Partner
from partners.selectors.audiences import audiences_for
from tenancy.files import DOCUMENTS, UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.selectors import partner_seen_by

COST_ROWS = 5


def _amount(label: Any, *, required: bool = True, least: str = "0.0001", **options: Any) -> forms.DecimalField:
    field = forms.DecimalField(
        label=label, max_digits=18, decimal_places=4, min_value=Decimal(least), required=required, **options
    )
    field.widget.attrs |= {"inputmode": "decimal", "step": "any"}
    return field


def _check_decimals(form: forms.BaseForm, field: str, data: dict[str, Any]) -> None:
    amount, currency = data.get(field), data.get("currency")
    if amount is not None and currency and (reason := too_fine(amount, currency)):
        form.add_error(field, reason)


CLAIM_CHECK = "claim-check"
"""The form of a page that holds the answers to a claim's lines: fields elsewhere on the page that belong to it name it."""


def _words(
    label: Any, *, rows: int = 2, required: bool = True, most: int = 1000, form: str = "", **options: Any
) -> forms.CharField:
    attrs: dict[str, Any] = {"rows": rows} | ({"form": form} if form else {})
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.Textarea(attrs=attrs), **options
    )


class CurrencyField(forms.CharField):
    """Three letters; typed small they are taken, too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Currency"), max_length=3, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip().upper()
        if text:
            CURRENCY(text)
        return text


class FundForm(OwnedModelForm):
    """The rules of a fund; of a new one also how much is in it."""

    currency = CurrencyField()
    amount = _amount(_("Amount"), help_text=_("How much is in it. More can be put in later."))
    activities = forms.MultipleChoiceField(
        label=_("Activities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: every activity of your list."),
    )

    class Meta:
        model = Fund
        fields = [
            "name", "currency", "starts_on", "ends_on", "request_until", "claim_days", "answer_days", "audience", "activities", "share",
            "is_common", "cap", "is_open", "note",
        ]  # fmt: skip
        labels = {"starts_on": _("First day"), "ends_on": _("Last day")}
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "request_until": DayInput(),
            "note": forms.Textarea(attrs={"rows": 4}),
        }

    field_order = ["name", "amount"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["activities"].choices = [(each.code, str(each)) for each in FundActivity.objects.all()]
        fields["audience"].queryset = audiences_for(member)
        fields["audience"].empty_label = _("All active partners")
        if self.instance.pk:
            del self.fields["amount"]


class ActivityForm(OwnedModelForm):
    """An activity of the manufacturer's own list."""

    class Meta:
        model = FundActivity
        fields = ["code", "names", "order"]


class BudgetForm(forms.Form):
    """More money in a fund, or less."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=18, decimal_places=4, help_text=_("With a minus, money is taken out.")
    )
    note = forms.CharField(label=_("Why"), max_length=500)


class GiveForm(forms.Form):
    """What one partner is given, or each that the fund is for."""

    partner = forms.CharField(
        label=_("Partner"),
        max_length=64,
        required=False,
        help_text=_("Code of the partner. Empty: each one that the fund is for and that has nothing of it yet."),
    )
    amount = _amount(_("Amount"))
    back = forms.BooleanField(label=_("Take back instead, of what is left"), required=False)
    note = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        partner_lookup(self.fields["partner"], member)

    def clean_partner(self) -> Partner | None:
        code = self.cleaned_data["partner"]
        if not code:
            return None
        partner = partner_seen_by(self.member, code)
        if partner is None:
            raise forms.ValidationError(_("No partner has this code."))
        return partner

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("back") and "partner" in data and data["partner"] is None:
            self.add_error("partner", _("Say from whom."))
        return data


class ApproveForm(forms.Form):
    """How much is approved."""

    amount = _amount(_("Amount"))
    note = _words(_("What the partner reads"), required=False, help_text=_("Needed where it is less."))


class ReasonForm(forms.Form):
    """Why: the partner reads it."""

    reason = _words(_("What the partner reads"), rows=3)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class SettleForm(forms.Form):
    """What the partner reads of a settlement; sent with the answers to the lines."""

    note = _words(_("What the partner reads"), required=False, form=CLAIM_CHECK)


class ReturnForm(forms.Form):
    """What is missing in a claim; sent with the answers to the lines."""

    reason = _words(_("What the partner reads"), rows=3, form=CLAIM_CHECK)


class ExtendForm(forms.Form):
    """A later day to claim."""

    until = forms.DateField(label=_("Claim until"), widget=DayInput())
    reason = forms.CharField(label=_("Why"), max_length=500)


class CampaignForm(forms.Form):
    """The campaign that an activity belongs to."""

    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=Campaign.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.exclude(state=CampaignState.PLAN).order_by("-starts_on", "-pk")
        field.empty_label = _("None")


class RequestForm(OwnedModelForm):
    """What a partner wants to do, when, and what it costs."""

    currency = CurrencyField()

    class Meta:
        model = FundRequest
        fields = ["title", "activity", "starts_on", "ends_on", "purpose", "currency"]
        labels = {"starts_on": _("First day"), "ends_on": _("Last day")}
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "purpose": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, member: Membership, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        self.instance.fund = fund
        fields["activity"].queryset = activities_of(fund)
        fields["activity"].empty_label = _("Choose")
        self.initial.setdefault("currency", fund.currency)
        for number in range(1, COST_ROWS + 1):
            fields[f"what_{number}"] = forms.CharField(label=_("What"), max_length=150, required=number == 1)
            fields[f"cost_{number}"] = _amount(_("Planned cost"), required=number == 1)

    @property
    def own_fields(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields]

    @property
    def cost_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"what_{number}"], self[f"cost_{number}"]) for number in range(1, COST_ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in range(2, COST_ROWS + 1):
            what, cost = data.get(f"what_{number}"), data.get(f"cost_{number}")
            if what and cost is None and f"cost_{number}" not in self.errors:
                self.add_error(f"cost_{number}", _("Say what it costs."))
            if cost is not None and not what:
                self.add_error(f"what_{number}", _("Say what this is for."))
        for number in range(1, COST_ROWS + 1):
            _check_decimals(self, f"cost_{number}", data)
        return data

    def lines(self) -> list[tuple[str, Decimal]]:
        """What it costs, line by line."""
        data = self.cleaned_data
        rows = ((data.get(f"what_{number}"), data.get(f"cost_{number}")) for number in range(1, COST_ROWS + 1))
        return [(what, cost) for what, cost in rows if what and cost is not None]


class InvoiceForm(OwnedModelForm):
    """An invoice of a claim: a photo of it, what is on it, and which line of the plan it belongs to."""

    file = UploadField(label=_("Photo or PDF of the invoice"), kinds=DOCUMENTS)
    currency = CurrencyField()

    class Meta:
        model = ClaimLine
        fields = ["line", "what", "amount", "currency", "invoice_on", "invoice_number", "supplier"]
        labels = {"what": pgettext_lazy("invoice", "What for")}
        widgets = {
            "invoice_on": DayInput(),
            "amount": forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0"}),
        }

    field_order = ["file", "line", "what"]

    def __init__(self, *args: Any, member: Membership, request: FundRequest, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        self.instance.request = request
        fields["line"].queryset = request.lines.all()
        fields["line"].empty_label = _("Not in the plan")
        self.initial.setdefault("currency", request.currency)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        _check_decimals(self, "amount", data)
        return data


class ProofForm(forms.Form):
    """What shows that it took place."""

    file = UploadField(label=_("Photo or document"), kinds=DOCUMENTS)


class HandInForm(forms.Form):
    """What came of it, in the partner's words."""

    outcome = _words(
        _("What came of it"), rows=3, required=False, most=2000, help_text=_("Visitors, enquiries, orders.")
    )
