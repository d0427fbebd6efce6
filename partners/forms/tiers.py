"""Forms about two tiers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.agreements import ReasonForm
from partners.forms.partners import PortalProfileForm
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
    """The profile of a sub-partner, as the partner above may put it right: not its own fields' files."""

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        for name in [name for name, each in self.fields.items() if isinstance(each, forms.FileField)]:
            del self.fields[name]
