from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import ChoiceColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.models import RelationSide, RelationState
from partners.tables.agreements import PartnerColumn
from partners.tables.partners import ANY_PK

RELATION_TONES: dict[str, str] = {"waiting": "warn", "confirmed": "good", "refused": "bad"}


class RelationTable(LeanTable):
    below = PartnerColumn(verbose_name=_("Sub-partner"))
    above = PartnerColumn(verbose_name=_("Belongs to"))
    state = ChoiceColumn(choices=RelationState, tones=RELATION_TONES, verbose_name=_("State"))
    declared_by = ChoiceColumn(choices=RelationSide, verbose_name=_("Declared by"))
    declared_at = MomentColumn(verbose_name=_("Declared on"))
    answered_by = ChoiceColumn(choices=[("", "–"), *RelationSide.choices], verbose_name=_("Answered by"))
    answered_at = MomentColumn(verbose_name=_("Answered"))
    ended_at = MomentColumn(verbose_name=_("Ended"))
    reason = TextColumn(cut=True, verbose_name=_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:relation", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
