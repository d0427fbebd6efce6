"""Forms about two tiers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.agreements import ReasonForm
from partners.forms.partners import PortalProfileForm
from partners.models import CustomField
from tenancy.models import Membership


class DeclareForm(forms.Form):
    """Who belongs together: the other by its code or number, since nobody browses partners here."""

    given = forms.CharField(
        label=_("Partner code or business number"),
        max_length=64,
        help_text=_("It stands on orders and invoices."),
    )
    note = forms.CharField(
        label=_("A word to them"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class OptionalReasonForm(forms.Form):
    """Why, where one likes to say it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class RefuseRelationForm(ReasonForm):
    """Why staff say that it is not so."""


class ShopProfileForm(PortalProfileForm):
    """The profile of a sub-partner, as the partner above may put it right: without its files, which it neither replaces
    nor takes away."""

    def editable_definitions(self, member: Membership) -> list[CustomField]:
        return [field for field in super().editable_definitions(member) if field.type != CustomField.Type.FILE]
