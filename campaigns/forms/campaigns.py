"""What is typed about campaigns."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.answers import ANSWERS
from campaigns.goals import PILOT_GOALS
from campaigns.models import (
    Campaign,
    CampaignChannel,
    CampaignContent,
    MessengerTemplate,
    Readers,
    TemplateState,
)
from campaigns.writing import BY_GATEWAY
from commerce.models import Product
from partners.countries import country_choices
from partners.models import Audience, ContactRole
from partners.selectors.audiences import audiences_for
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

DAY = {"type": "date"}
COST_ROWS = 8


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(OwnedModelForm):
    """The plan of a campaign."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only these roles"),
        choices=ContactRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: everybody at these partners."),
    )
    product_code = forms.CharField(label=gettext_lazy("Product code"), max_length=64, required=False)
    within = forms.DecimalField(
        label=gettext_lazy("Wanted precision, ± percentage points"),
        min_value=Decimal("0.1"),
        max_value=Decimal(20),
        initial=1,
        required=False,
        help_text=gettext_lazy("Says how many readers the pilot needs."),
    )
    checks = forms.CharField(
        label=gettext_lazy("To be done before it goes out, one a line"),
        required=False,
        max_length=4000,
        widget=_area(4),
    )

    class Meta:
        model = Campaign
        fields = [
            "name",
            "owner",
            "purpose",
            "goal",
            "goal_value",
            "budget",
            "channel",
            "is_advertising",
            "readers",
            "roles",
            "audience",
            "excluded",
            "starts_on",
            "ends_on",
            "window_days",
            "offer_price",
            "offer_until",
            "payment_terms",
            "delivery_terms",
            "holdout",
            "pilot_size",
            "rollout_on",
            "pilot_goal",
            "pilot_at_least",
            "pilot_level",
        ]
        widgets = {
            "purpose": _area(3),
            **{name: forms.DateInput(attrs=DAY) for name in ("starts_on", "ends_on", "rollout_on", "offer_until")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance
        fields: dict[str, Any] = self.fields
        owners = members_with(Right.CAMPAIGNS_EDIT).filter(partner=None)
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            owners = owners.filter(pk=self.member.pk)
        fields["owner"].queryset = Membership.objects.filter(
            Q(pk__in=owners.values("pk")) | Q(pk=own.owner_id)
        ).order_by("name", "pk")
        fields["owner"].empty_label = None
        seen = Audience.objects.filter(
            Q(pk__in=audiences_for(self.member).values("pk")) | Q(pk__in=[own.audience_id, own.excluded_id])
        ).order_by("name", "pk")
        for name, empty in (("audience", _("All partners")), ("excluded", _("Nobody"))):
            fields[name].queryset = seen
            fields[name].empty_label = empty
        fields["pilot_goal"].choices = PILOT_GOALS
        for name in ("goal_value", "budget", "offer_price"):
            if isinstance(value := self.initial.get(name), Decimal):
                self.initial[name] = f"{value.normalize():f}"
        if own.pk:
            self.initial["product_code"] = own.product.code if own.product else ""
            self.initial["checks"] = "\n".join(own.checks.values_list("what", flat=True))
        else:
            self.initial.setdefault("owner", self.member.pk)

    def clean_product_code(self) -> str:
        code = self.cleaned_data["product_code"].strip()
        self.product = Product.objects.filter(code=code).first() if code else None
        if code and self.product is None:
            raise forms.ValidationError(_("There is no product of this code."))
        return str(code)

    def clean_checks(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["checks"].splitlines() if line.strip()]
        if too_long := next((line for line in lines if len(line) > 200), None):
            raise forms.ValidationError(_("Shorten this line: %(line)s …") % {"line": too_long[:60]})
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("pilot_size"):
            if not cleaned.get("rollout_on") and "rollout_on" not in self.errors:
                self.add_error("rollout_on", _("Say when the roll-out comes: until then the pilot is watched."))
            least = cleaned.get("pilot_at_least")
            if least is not None and not 0 < least < 100:
                self.add_error("pilot_at_least", _("A rate above 0 and below 100."))
        if cleaned.get("readers") == Readers.CUSTOMERS and cleaned.get("channel") == CampaignChannel.PORTAL:
            self.add_error("channel", _("End customers have no place in the portal: choose another way."))
        return cleaned

    def save(self, commit: bool = True) -> Campaign:
        self.instance.product = self.product
        self.instance.roles = self.cleaned_data["roles"]
        return super().save(commit)

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields by what they are about."""
        own = [
            (_("The campaign in short"), ["name", "owner", "purpose", "goal", "goal_value", "budget"]),
            (_("To whom"), ["audience", "excluded", "readers", "roles", "channel", "is_advertising"]),
            (_("When it runs"), ["starts_on", "ends_on", "window_days"]),
            (_("What is offered"), ["product_code", "offer_price", "offer_until", "payment_terms", "delivery_terms"]),
        ]
        return [(title, [self[name] for name in names]) for title, names in own]

    @property
    def trial(self) -> list[Any]:
        """The fields about trying first."""
        return [self[name] for name in ("pilot_goal", "pilot_at_least", "pilot_level", "within")]


class PilotSizeForm(forms.Form):
    """From which a pilot's size is proposed."""

    pilot_at_least = forms.FloatField(min_value=0.01, max_value=99.99)
    pilot_level = forms.FloatField(min_value=50, max_value=99.9)
    within = forms.FloatField(min_value=0.1, max_value=20)


class CopyForm(forms.Form):
    """What a copy does not take over."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs=DAY))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if Campaign.objects.filter(name=name).exists():
            raise forms.ValidationError(_("Another campaign has this name."))
        return str(name)


class ContentForm(OwnedModelForm):
    """A text of a variant."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Where a country needs words of its own."),
    )
    answers = forms.MultipleChoiceField(
        label=gettext_lazy("Answers by one click"),
        choices=list(ANSWERS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = CampaignContent
        fields = ["language", "country", "template", "subject", "preheader", "body", "answers"]
        widgets = {"body": forms.Textarea(attrs={"rows": 16})}
        help_texts = {
            "body": gettext_lazy(
                "Markdown. {name} and {partner} are filled in; {name|customer} says what stands where there is none."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["country"]).choices = [("", _("Every country")), *country_choices()]
        channel = self.instance.variant.campaign.channel
        if channel not in BY_GATEWAY:
            del self.fields["template"]
            return
        approved = MessengerTemplate.objects.filter(channel=channel, state=TemplateState.APPROVED)
        cast(Any, self.fields["template"]).queryset = approved
        self.fields["template"].help_text = _("Approved ones. What it says is sent in place of the text below.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        template = data.get("template")
        if template is not None and template.language != data.get("language"):
            self.add_error("template", _("This template is in another language than the text."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # The variant is said by the address, and a text stands once for each.
        return super()._get_validation_exclusions() - {"variant"}


class VariantForm(forms.Form):
    """Another way of saying it."""

    about = forms.CharField(label=gettext_lazy("What is different"), max_length=200, required=False)
    share = forms.IntegerField(label=gettext_lazy("Share of the readers"), min_value=1, max_value=100, initial=1)


class CostForm(forms.Form):
    """What a campaign costs, as planned and as it came."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        costs = list(campaign.costs.all())[:COST_ROWS]
        kwargs["initial"] = {
            f"{name}_{place}": getattr(cost, name) for place, cost in enumerate(costs) for name in COST_FIELDS
        }
        super().__init__(*args, **kwargs)
        for place in range(COST_ROWS):
            self.fields[f"what_{place}"] = forms.CharField(label=_("What"), max_length=120, required=False)
            for name, label in (("planned", _("Planned")), ("actual", _("Spent"))):
                self.fields[f"{name}_{place}"] = forms.DecimalField(
                    label=label, max_digits=18, decimal_places=2, min_value=0, required=False
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for place in range(COST_ROWS):
            given = [cleaned.get(f"{name}_{place}") for name in ("planned", "actual")]
            if any(value is not None for value in given) and not cleaned.get(f"what_{place}"):
                self.add_error(f"what_{place}", _("Say what it is for."))
        return cleaned

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return [tuple(self[f"{name}_{place}"] for name in COST_FIELDS) for place in range(COST_ROWS)]

    @property
    def lines(self) -> list[tuple[str, Decimal, Decimal | None]]:
        """What was given."""
        rows = [[self.cleaned_data.get(f"{name}_{place}") for name in COST_FIELDS] for place in range(COST_ROWS)]
        return [(what, planned or Decimal(0), actual) for what, planned, actual in rows if what]


COST_FIELDS = ("what", "planned", "actual")
