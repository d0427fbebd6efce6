from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Audience
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class AudienceForm(OwnedModelForm):
    """What an audience is called; its conditions are put together beside it."""

    class Meta:
        model = Audience
        fields = ["name", "description", "is_shared"]
        help_texts = {"is_shared": _("Colleagues may use it. Each sees only the partners that they may see.")}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if self.instance._state.adding:
            self.instance.owner = member


class FreezeForm(forms.Form):
    """What a frozen audience is for."""

    note = forms.CharField(label=_("What it is for"), required=False, max_length=200)
