"""What is said of a distribution before it is worked out."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.models import ProductCategory
from leads.models import LeadBatch, LeadKind, LeadSource
from pages import formats
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class BatchForm(OwnedModelForm):
    """Which leads, and within which limits. The leads are named as in the address of a list."""

    kind = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Kinds of leads"),
        queryset=LeadKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None marked: all kinds."),
    )
    source = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sources"),
        queryset=LeadSource.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None marked: all sources."),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Product category"), queryset=ProductCategory.objects.all(), required=False
    )
    score_min = forms.FloatField(label=gettext_lazy("Score at least"), required=False, min_value=0, max_value=100)
    received_min = forms.DateField(
        label=gettext_lazy("Received from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    LEADS = ("kind", "source", "category", "score_min", "received_min")

    class Meta:
        model = LeadBatch
        fields = ["name", "most_each", "minimum_share", "maximum_share", "exploration"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if not self.instance.name:
            day = formats.date(timezone.localdate(), member.language)
            self.initial.setdefault("name", _("Distribution of %(day)s") % {"day": day})

    @property
    def about_leads(self) -> list[Any]:
        return [self[name] for name in self.LEADS]

    @property
    def limits(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields if name != "name"]

    @property
    def query(self) -> str:
        """The chosen leads as filters of a list."""
        chosen: list[tuple[str, Any]] = []
        for name in self.LEADS:
            value = self.cleaned_data.get(name)
            if name in ("kind", "source"):
                chosen += [(name, each.pk) for each in value or ()]
            elif value not in (None, ""):
                chosen.append((name, getattr(value, "pk", value)))
        return urlencode(chosen)

    def save(self, commit: bool = True) -> LeadBatch:
        self.instance.query = self.query
        return super().save(commit=commit)
