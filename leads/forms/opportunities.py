"""What is asked about opportunities."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer, Product, ProductCategory
from leads.models import ActivityKind, LeadReason, Opportunity, PipelineStage, Site, StageOutcome
from leads.selectors import opportunities as reading
from leads.selectors.sites import sites_open_to
from leads.services.opportunities import Details, Line
from leads.services.opportunity_files import FILE_KINDS
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

ROWS = 5
DAY = {"type": "date"}


def _money(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=18, decimal_places=4, min_value=0, **kwargs)


class OpportunityForm(forms.Form):
    """What an opportunity says: its customer is one of the partner's, or a new one by name."""

    name = forms.CharField(label=_("What it is about"), max_length=200)
    customer = forms.ModelChoiceField(label=_("End customer"), queryset=EndCustomer.objects.none(), required=False)
    new_customer = forms.CharField(label=_("or a new customer"), max_length=200, required=False)
    new_phone = forms.CharField(label=_("Phone of the new customer"), max_length=40, required=False)
    amount = _money(_("Expected amount"), required=False)
    currency = forms.RegexField(
        label=_("Currency"),
        regex=r"^[A-Z]{3}$",
        required=False,
        error_messages={"invalid": _("Three letters, such as KRW.")},
    )
    expected_close = forms.DateField(label=_("Expected order"), required=False, widget=forms.DateInput(attrs=DAY))
    category = forms.ModelChoiceField(
        label=_("Product category"), queryset=ProductCategory.objects.none(), required=False
    )
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, help_text=_("Where it is to be installed.")
    )
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_on = forms.DateField(label=_("On"), required=False, widget=forms.DateInput(attrs=DAY))
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Membership, opportunity: Opportunity | None = None, **kwargs: Any) -> None:
        if opportunity is not None:
            names = (
                "name",
                "customer",
                "amount",
                "currency",
                "expected_close",
                "category",
                "next_step",
                "next_step_on",
                "note",
            )
            kwargs["initial"] = {name: getattr(opportunity, name) for name in names} | {
                "site": opportunity.site_id,
                "seen_at": opportunity.updated_at.isoformat(),
            }
            for place, line in enumerate(opportunity.lines.select_related("product")[:ROWS]):
                kwargs["initial"] |= {
                    f"product_{place}": line.product.code if line.product else line.name,
                    f"quantity_{place}": line.quantity,
                    f"sum_{place}": line.amount,
                }
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = reading.customers_of(member.partner_id or 0)  # type: ignore[attr-defined]
        self.fields["category"].queryset = ProductCategory.objects.all()  # type: ignore[attr-defined]
        self.site_id = opportunity.site_id if opportunity is not None else None
        sites = sites_open_to(member.partner_id or 0, now=self.site_id)
        if offers_sites(member, sites, self.site_id):
            self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        else:
            del self.fields["site"]
        for place in range(ROWS):
            self.fields[f"product_{place}"] = forms.CharField(label=_("Product"), max_length=200, required=False)
            self.fields[f"quantity_{place}"] = _money(_("Quantity"), required=False)
            self.fields[f"sum_{place}"] = _money(_("Amount"), required=False)

    @property
    def main_fields(self) -> list[Any]:
        """All but the products."""
        return [field for field in self if "_" not in field.name or not field.name.rsplit("_", 1)[1].isdecimal()]

    @property
    def product_rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each product side by side."""
        return [(self[f"product_{n}"], self[f"quantity_{n}"], self[f"sum_{n}"]) for n in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("customer") and not cleaned.get("new_customer"):
            self.add_error("customer", _("Choose a customer, or give the name of a new one."))
        for place in range(ROWS):
            given = cleaned.get(f"quantity_{place}") or cleaned.get(f"sum_{place}")
            if given and not cleaned.get(f"product_{place}"):
                self.add_error(f"product_{place}", _("Say which product."))
        return cleaned

    def details(self, customer: EndCustomer | None) -> Details:
        """What was given."""
        names = ("name", "category", "amount", "currency", "expected_close", "next_step", "next_step_on", "note")
        site: Site | None = self.cleaned_data.get("site")
        site_id = (site.pk if site else None) if "site" in self.fields else self.site_id
        return Details(customer=customer, site_id=site_id, **{name: self.cleaned_data[name] for name in names})

    def lines(self) -> list[Line]:
        """The products given: by code where one of the catalogue has it, else in words. One query."""
        rows = [
            (self.cleaned_data[f"product_{n}"], self.cleaned_data[f"quantity_{n}"], self.cleaned_data[f"sum_{n}"])
            for n in range(ROWS)
            if self.cleaned_data[f"product_{n}"]
        ]
        known = {product.code: product for product in Product.objects.filter(code__in=[text for text, *_rest in rows])}
        return [
            Line(product=known.get(text), name="" if text in known else text, quantity=quantity, amount=amount)
            for text, quantity, amount in rows
        ]


def offers_sites(member: Membership, sites: QuerySet[Site], now: int | None) -> bool:
    """Whether there is a site to choose. One that the partner does not read stays as it is."""
    if not member.has_function("sites"):
        return False
    return sites.filter(pk=now).exists() if now is not None else sites.exists()


class SitePlaceForm(forms.Form):
    """At which of its partner's sites an opportunity is, as staff say."""

    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, help_text=_("Those that the partner reads.")
    )

    def __init__(self, *args: Any, opportunity: Opportunity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["site"] = opportunity.site_id
        sites = sites_open_to(opportunity.partner_id, now=opportunity.site_id)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A paper or a photo."""

    file = UploadField(label=_("File"), kinds=FILE_KINDS)


class ActivityForm(forms.Form):
    """What was done, and what comes next."""

    kind = forms.ChoiceField(
        label=_("How"), choices=[choice for choice in ActivityKind.choices if choice[0] != ActivityKind.ANSWER]
    )
    summary = forms.CharField(label=_("What came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_on = forms.DateField(label=_("On"), required=False, widget=forms.DateInput(attrs=DAY))


class NoteForm(forms.Form):
    """A note of staff."""

    summary = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class WonForm(forms.Form):
    """What the order is worth."""

    amount = _money(_("Amount of the order"))
    currency = forms.RegexField(
        label=_("Currency"),
        regex=r"^[A-Z]{3}$",
        required=False,
        error_messages={"invalid": _("Three letters, such as KRW.")},
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LostForm(forms.Form):
    """Why it came to nothing."""

    reason = forms.ModelChoiceField(label=_("Reason"), queryset=LeadReason.objects.none())
    note = forms.CharField(label=_("In words"), max_length=500, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reading.lost_reasons()  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """How it stands: the stage first; the rest as the stage needs it."""

    stage = forms.ModelChoiceField(
        label=_("It stands at"), queryset=PipelineStage.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_on = forms.DateField(label=_("On"), required=False, widget=forms.DateInput(attrs=DAY))
    amount = _money(_("If won: amount of the order"), required=False)
    reason = forms.ModelChoiceField(label=_("If lost: the reason"), queryset=LeadReason.objects.none(), required=False)
    note = forms.CharField(label=_("Anything else"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = PipelineStage.objects.filter(is_retired=False).order_by("order", "code")
        self.fields["stage"].queryset = used  # type: ignore[attr-defined]
        self.fields["reason"].queryset = reading.lost_reasons()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        stage = cleaned.get("stage")
        if stage and stage.outcome == StageOutcome.WON and not cleaned.get("amount"):
            self.add_error("amount", _("Say what the order is worth."))
        if stage and stage.outcome == StageOutcome.LOST and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it was lost."))
        return cleaned


class StageForm(OwnedModelForm):
    """A stage of the manufacturer's own."""

    class Meta:
        model = PipelineStage
        fields = ["code", "names", "outcome", "probability", "stalled_days", "order", "is_retired"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["outcome"], self.fields["code"]
        else:
            self.fields["outcome"].widget = forms.HiddenInput()
            del self.fields["is_retired"]
