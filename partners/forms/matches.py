"""Forms about partners that find partners, and about rewards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.countries import language_choices
from partners.forms.agreements import DayInput
from partners.models import Enquiry, IntroductionReward, Partner, PartnerCard
from partners.selectors.matches import card_words
from partners.selectors.recruiting import introduced_by
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class CardForm(OwnedModelForm):
    """What a partner shows of itself to others that do the same."""

    kinds = forms.MultipleChoiceField(label=_("Kinds"), required=False, widget=forms.CheckboxSelectMultiple)
    specialisations = forms.MultipleChoiceField(
        label=_("Specialisations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = PartnerCard
        fields = ["is_published", "kinds", "specialisations", "region", "languages", "offers", "seeks"]
        widgets = {
            "offers": forms.Textarea(attrs={"rows": 3}),
            "seeks": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "is_published": _("Other partners that show their card see this one, and nothing else of you."),
            "seeks": _("For example an installer for apartment floors."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        words = card_words()
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = list(words.kinds.items())
        fields["specialisations"].choices = list(words.specialisations.items())
        if not words.specialisations:
            del self.fields["specialisations"]
        fields["languages"].choices = language_choices()


class CardSearchForm(forms.Form):
    """What one looks for among the cards of others."""

    words = forms.CharField(required=False, max_length=100)
    kind = forms.CharField(required=False, max_length=100)
    specialisation = forms.CharField(required=False, max_length=100)
    region = forms.CharField(required=False, max_length=120)

    @property
    def asked(self) -> dict[str, str]:
        """What is asked, nothing for what makes no sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class EnquiryForm(OwnedModelForm):
    """What one partner asks another."""

    class Meta:
        model = Enquiry
        fields = ["kind", "subject", "text", "share"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6}), "kind": forms.RadioSelect}
        help_texts = {"share": _("Of the value of the order. Needed for a referral.")}
        labels = {"kind": _("What you ask"), "share": _("Proposed share in %"), "text": _("What it is about")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "referral" and cleaned.get("share") is None and "share" not in self.errors:
            self.add_error("share", _("Say which share you ask for the customer, in %."))
        return cleaned

    def _post_clean(self) -> None:
        # What is sent is made by the service; the row here is not complete, and its constraints are checked there.
        pass


class SayForm(forms.Form):
    """A message about an enquiry."""

    body = forms.CharField(label=_("Message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class RewardForm(OwnedModelForm):
    """What a partner gets for an introduction."""

    class Meta:
        model = IntroductionReward
        fields = ["prospect", "amount", "favour", "state", "due_on", "paid_on", "note"]
        widgets = {"due_on": DayInput(), "paid_on": DayInput()}
        help_texts = {
            "amount": _("In the currency of the house."),
            "favour": _("For example a place at a training."),
            "note": _("The partner reads it."),
        }

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prospect: Any = self.fields["prospect"]
        prospect.queryset = introduced_by(partner)
        prospect.empty_label = _("No company in particular")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("amount") is None and not cleaned.get("favour") and "amount" not in self.errors:
            self.add_error("amount", _("Say an amount, or a favour."))
        return cleaned
