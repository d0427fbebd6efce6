"""Forms about channel conflicts, credits and their rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commerce.models import DirectSale
from leads.models import CaseOutcome, ConflictCase, DirectRule
from leads.services.conflicts import Decision
from partners.forms.partners import partner_lookup
from partners.models import Partner
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.selectors import partner_seen_by

REASON = forms.Textarea(attrs={"rows": 3})


class PartnerCodeMixin(forms.Form):
    """A form with the code of a partner that the member sees."""

    member: Membership

    def partner_of(self, name: str) -> Partner | None:
        code = str(self.cleaned_data.get(name) or "").strip()
        if not code:
            return None
        partner = partner_seen_by(self.member, code)
        if partner is None:
            raise forms.ValidationError(_("No partner has this code."))
        return partner


class CaseForm(PartnerCodeMixin, OwnedModelForm):
    """What somebody says is a conflict. Staff name the partners; a partner speaks for itself."""

    partner_code = forms.CharField(label=_("Partner"), max_length=64, help_text=_("Code of the partner it touches."))
    other_code = forms.CharField(
        label=_("Other partner"), max_length=64, required=False, help_text=_("Code, if known.")
    )
    order_number = forms.CharField(
        label=_("Order number of a direct sale"), max_length=64, required=False, help_text=_("If it is about one.")
    )

    class Meta:
        model = ConflictCase
        fields = ["kind", "subject", "statement"]
        widgets = {"statement": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["subject"].required = True
        self.fields["statement"].required = True
        if member.is_staff:
            for name in ("partner_code", "other_code"):
                partner_lookup(self.fields[name], member)
            self.order_fields(["kind", "partner_code", "other_code", "order_number", "subject", "statement"])
        else:
            for name in ("partner_code", "other_code", "order_number"):
                del self.fields[name]

    def clean_partner_code(self) -> str:
        self.instance.partner = self.partner_of("partner_code")
        return str(self.cleaned_data["partner_code"])

    def clean_other_code(self) -> str:
        self.instance.other = self.partner_of("other_code")
        if self.instance.other is not None and self.instance.other == getattr(self.instance, "partner", None):
            raise forms.ValidationError(_("A conflict is between two: choose another partner."))
        return str(self.cleaned_data["other_code"])

    def clean_order_number(self) -> str:
        number = str(self.cleaned_data["order_number"]).strip()
        if number:
            sale = DirectSale.objects.filter(order_number=number).order_by("line_number").first()
            if sale is None:
                raise forms.ValidationError(_("No direct sale has this order number."))
            self.instance.sale, self.instance.amount_base = sale, sale.amount_base
        return number

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"partner", "reference"}


class DecisionForm(forms.Form):
    """What is decided."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=CaseOutcome.choices)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=REASON, help_text=_("Both sides read it."))
    compensation = forms.DecimalField(
        label=_("Credit or compensation in base currency"), required=False, min_value=0, max_digits=18, decimal_places=4
    )
    shows_names = forms.BooleanField(label=_("Each partner learns who the other is"), required=False)

    def __init__(self, *args: Any, case: ConflictCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        gone = set()
        if case.sale_id is None:
            gone.add(CaseOutcome.CREDIT)
        if case.other_id is None:
            gone |= {CaseOutcome.SECOND, CaseOutcome.SHARE}
            del self.fields["shows_names"]
        fields["outcome"].choices = [(value, label) for value, label in CaseOutcome.choices if value not in gone]

    @property
    def decision(self) -> Decision:
        """What the form says."""
        said = self.cleaned_data
        return Decision(said["outcome"], said["reason"], said["compensation"], said.get("shows_names", False))


class OtherForm(PartnerCodeMixin):
    """Who the other partner is."""

    other_code = forms.CharField(label=_("Other partner"), max_length=64, required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        partner_lookup(self.fields["other_code"], member)

    def clean_other_code(self) -> Partner | None:
        return self.partner_of("other_code")


class WordForm(forms.Form):
    """Something said about a case."""

    body = forms.CharField(label=_("Message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class EvidenceForm(forms.Form):
    """A file that proves something."""

    upload = UploadField(label=_("File"))


class AppealForm(forms.Form):
    """Why a decision should be another."""

    text = forms.CharField(label=_("Why the decision should be another"), max_length=4000, widget=REASON)


class CloseForm(forms.Form):
    """Why there is nothing to decide."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, help_text=_("Both sides read it."))


class CreditForm(PartnerCodeMixin):
    """Who is credited with a direct sale, by hand."""

    partner_code = forms.CharField(
        label=_("Credited to"), max_length=64, required=False, help_text=_("Code of the partner; empty for nobody.")
    )
    percent = forms.DecimalField(
        label=_("Credit in %"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("The partner reads it."))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        partner_lookup(self.fields["partner_code"], member)

    def clean_partner_code(self) -> Partner | None:
        return self.partner_of("partner_code")


class RuleForm(OwnedModelForm):
    """What the partner of the territory gets."""

    class Meta:
        model = DirectRule
        fields = ["way", "outcome", "percent", "category", "source", "order"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") != "credit":
            cleaned["percent"] = None
        if cleaned.get("way") != "request":
            cleaned["source"] = None
        return cleaned
