"""What a partner tells the manufacturer of somebody who may buy."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models import Lead
from tenancy.forms import OwnedModelForm


class ReferralForm(OwnedModelForm):
    """Somebody whom a partner cannot serve itself."""

    knows = forms.BooleanField(label=_("They know that I pass this on, and agree to be contacted"))

    class Meta:
        model = Lead
        fields = ["company", "name", "phone", "email", "city", "subject", "message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("company") or cleaned.get("name")):
            self.add_error("company", _("Give a company or a name."))
        if not self.errors and not (cleaned.get("phone") or cleaned.get("email")):
            self.add_error("phone", _("Give a phone number or an e-mail address."))
        return cleaned
