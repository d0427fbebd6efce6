"""Tables of campaigns and of their readers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Arm, Campaign, CampaignChannel, CampaignGoal, CampaignState
from campaigns.report_words import grade_names
from campaigns.services.freezing import LEFT_OUT
from pages import formats
from pages.markup import escaped
from pages.tables import (
    Cell,
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import CountryColumn
from tenancy.models import Language

ANY_PK = 987654321
TONES: dict[str, str] = {
    "approval": "warn",
    "freezing": "active",
    "pilot": "active",
    "decision": "warn",
    "rollout": "active",
    "measuring": "active",
    "analysed": "good",
    "stopped": "bad",
}


class WrittenColumn(NumberColumn):
    """How many are written to."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, _record: formats.number(written(value))

    def export(self, value: Any, record: Any) -> Any:
        return written(value)


class CampaignTable(LeanTable):
    name = TextColumn(verbose_name=_("Campaign"))
    state = ChoiceColumn(choices=CampaignState, tones=TONES, verbose_name=_("State"))
    channel = ChoiceColumn(choices=CampaignChannel, verbose_name=_("Sending channel"))
    starts_on = DateColumn(verbose_name=_("First day"))
    ends_on = DateColumn(verbose_name=_("Last day"))
    written = WrittenColumn(accessor="arms", empty_values=({}, None), verbose_name=_("Readers"))
    goal = ChoiceColumn(choices=CampaignGoal, verbose_name=_("Goal"))
    goal_value = NumberColumn(verbose_name=_("Goal as a number"))
    budget = MoneyColumn(verbose_name=_("Budget"))
    owner = TextColumn(accessor="owner__name", minor=True, verbose_name=_("Owner"))
    created_at = MomentColumn(verbose_name=_("Made"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("campaigns:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Campaign) -> str:
        return self.address(record.pk)


def written(arms: dict[str, int]) -> int:
    """How many are written to: all but those held out."""
    return sum(count for arm, count in arms.items() if arm != Arm.HOLDOUT)


class GradeColumn(TextColumn):
    """The name of a grade that is kept by its code."""

    def prepare(self, table: LeanTable) -> Cell:
        names = {code: escaped(name) for code, name in grade_names().items()}
        return lambda value, _record: names.get(value) or escaped(value)

    def export(self, value: Any, record: Any) -> Any:
        return value


class ReaderTable(LeanTable):
    name = TextColumn(verbose_name=_("Name"))
    partner_name = TextColumn(verbose_name=_("Company's name"))
    address = TextColumn(minor=True, verbose_name=pgettext_lazy("of a message", "Address"))
    language = ChoiceColumn(choices=Language, verbose_name=_("Language"))
    country = CountryColumn(minor=True, verbose_name=_("Country"))
    grade = GradeColumn(minor=True, verbose_name=_("Grade"))
    arm = ChoiceColumn(choices=Arm, tones={"pilot": "active", "holdout": "warn"}, verbose_name=_("Part"))
    variant = TextColumn(accessor="variant__label", verbose_name=_("Variant"))
    left_out = ChoiceColumn(choices=list(LEFT_OUT.items()), verbose_name=_("Left out because"))
    sent_at = MomentColumn(verbose_name=_("Sent"))
    opened_at = MomentColumn(verbose_name=_("Mail opened"))
    clicked_at = MomentColumn(verbose_name=_("Clicked"))
    replied_at = MomentColumn(verbose_name=_("Answered"))
    chance = NumberColumn(decimals=3, verbose_name=_("Chance to answer"))

    def row_url(self, record: Any) -> str:
        return self.member.url("partners:detail", pk=record.partner_id) if record.partner_id else ""
