"""The list of who holds which qualification."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from pages.tables import ChoiceColumn, DateColumn, LeanTable, TextColumn, link_pattern
from partners.selectors.qualifications import STATE_LABELS, STATE_TONES
from partners.tables.agreements import PartnerColumn
from partners.tables.partners import ANY_PK


class QualificationTable(LeanTable):
    person = TextColumn(accessor="member__name", empty_values=(), verbose_name=_("Person"))
    partner = PartnerColumn(verbose_name=_("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=_("Code"))
    type = TextColumn(accessor="type", verbose_name=_("Qualification"))
    state = ChoiceColumn(choices=STATE_LABELS, tones=STATE_TONES, verbose_name=_("State"))
    obtained_on = DateColumn(verbose_name=_("Obtained"))
    valid_until = DateColumn(verbose_name=_("Valid until"))
    ended_on = DateColumn(verbose_name=_("Ended"))
    why_ended = TextColumn(cut=True, verbose_name=_("Why it ended"))
    source = TextColumn(minor=True, verbose_name=_("Proved by"))
    recorded_by = TextColumn(accessor="recorded_by__name", minor=True, verbose_name=_("Recorded by"))
    manager = TextColumn(accessor="partner__channel_manager__name", minor=True, verbose_name=_("Channel manager"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return f"{self.address(record.partner_id)}?tab=people"

    def render_person(self, value: Any) -> str:
        return self.value_person(None, value)

    def value_person(self, record: Any, value: Any) -> str:
        """Whose it is: without a person, the company's."""
        return str(value or pgettext("holder", "The company"))
