from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pages import formats
from pages.tables import Cell, ChoiceColumn, DateColumn, LeanTable, MomentColumn, TextColumn
from partners.models import Stage, StageProposal
from partners.selectors.lifecycle import day_of
from partners.tables.partners import STAGE_TONES

PROPOSAL_TONES: dict[str, str] = {
    StageProposal.State.OPEN: "active",
    StageProposal.State.ACCEPTED: "good",
    StageProposal.State.DECLINED: "warn",
}


class FoundColumn(TextColumn):
    """What the rule saw, as a sentence."""

    def prepare(self, table: LeanTable) -> Cell:
        language = get_language()
        return lambda value, _record: conditional_escape(found(value, language))

    def export(self, value: Any, record: Any) -> Any:
        return found(value, get_language())


def found(facts: dict[str, Any], language: str) -> str:
    """What the rule saw about a partner."""
    if "gap" in facts:
        return _("Bought every %(gap)s days, and nothing for %(days)s") % {
            "gap": formats.number(facts["gap"], 0),
            "days": formats.number(facts["days"], 0),
        }
    if "journey" in facts:
        return _("All steps of its onboarding are done")
    if "last_sale_on" in facts:
        return _("Bought again on %(day)s") % {"day": formats.date(day_of(facts["last_sale_on"]), language)}
    return ""


class ProposalTable(LeanTable):
    partner = TextColumn(verbose_name=gettext_lazy("Partner"))
    now = ChoiceColumn(
        accessor="partner__stage", choices=Stage, tones=STAGE_TONES, verbose_name=gettext_lazy("Stage now")
    )
    to = ChoiceColumn(choices=Stage, tones=STAGE_TONES, verbose_name=gettext_lazy("Proposed"))
    facts = FoundColumn(verbose_name=gettext_lazy("Because"))
    kind = TextColumn(accessor="partner__kind", verbose_name=gettext_lazy("Kind"))
    channel_manager = TextColumn(
        accessor="partner__channel_manager__name", minor=True, verbose_name=gettext_lazy("Channel manager")
    )
    state = ChoiceColumn(choices=StageProposal.State, tones=PROPOSAL_TONES, verbose_name=gettext_lazy("State"))
    created_at = DateColumn(verbose_name=gettext_lazy("Proposed on"))
    decided_at = MomentColumn(verbose_name=gettext_lazy("Decided"))
    note = TextColumn(minor=True, cut=True, verbose_name=gettext_lazy("Note"))

    def row_url(self, record: Any) -> str:
        return self.member.url("partners:detail", pk=record.partner_id)
