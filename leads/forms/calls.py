"""What is written down while somebody is on the phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from leads.forms.leads import REACHED_BY
from leads.models import Lead
from leads.selectors import leads as selectors
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class CallForm(OwnedModelForm):
    """A lead in one screen: who calls, what they want, and that they agreed to be called back."""

    agreed = forms.BooleanField(
        label=_("Agreed on the phone to be contacted by us and a partner of ours"), required=False
    )

    class Meta:
        model = Lead
        fields = ["phone", "name", "company", "email", "city", "kind", "category", "subject", "message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    KEYS = {"name": "n", "subject": "w", "message": "m"}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].queryset = selectors.kinds()
        fields["category"].queryset = ProductCategory.objects.all()
        for name in ("kind", "category"):
            fields[name].empty_label = _("Not known")
        for name, key in self.KEYS.items():
            fields[name].widget.attrs["accesskey"] = key
        for name in fields:
            fields[name].widget.attrs.setdefault("autocomplete", "off")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in REACHED_BY):
            self.add_error("phone", _("Give a phone number, a name, a company or an e-mail address."))
        return cleaned
