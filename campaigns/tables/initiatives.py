"""Tables of initiatives and of the partners in one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.models import InitiativeState, Standing
from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern

ANY_PK = 987654321
TONES: dict[str, str] = {InitiativeState.RUNNING: "active", InitiativeState.ENDED: "good"}
STANDING_TONES: dict[str, str] = {
    Standing.UNSEEN: "warn",
    Standing.STARTED: "active",
    Standing.DONE: "good",
    Standing.DECLINED: "bad",
}


class InitiativeTable(LeanTable):
    name = TextColumn(verbose_name=_("Initiative"))
    state = ChoiceColumn(choices=InitiativeState, tones=TONES, verbose_name=_("State"))
    starts_on = DateColumn(verbose_name=_("First day"))
    ends_on = DateColumn(verbose_name=_("Last day"))
    step_count = NumberColumn(decimals=0, verbose_name=_("Steps"))
    partners = NumberColumn(decimals=0, verbose_name=_("Partners"))
    done = NumberColumn(decimals=0, verbose_name=_("Carried out"))
    late = NumberColumn(decimals=0, verbose_name=_("Late"))
    declined = NumberColumn(decimals=0, verbose_name=_("Declined"))
    audience = TextColumn(accessor="audience", minor=True, verbose_name=_("Audience"))
    owner = TextColumn(accessor="owner__name", minor=True, verbose_name=_("Owner"))
    ended_at = MomentColumn(verbose_name=_("Ended"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("campaigns:initiative", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class InitiativePartnerTable(LeanTable):
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=_("Code"))
    standing = ChoiceColumn(choices=Standing, tones=STANDING_TONES, verbose_name=_("How far"))
    done_count = NumberColumn(decimals=0, verbose_name=_("Steps done"))
    next_due_on = DateColumn(verbose_name=_("Next step due"))
    moved_at = MomentColumn(verbose_name=_("Last step taken"))
    told_at = MomentColumn(verbose_name=_("Told"))
    seen_at = MomentColumn(verbose_name=_("Seen"))
    seen_by = TextColumn(accessor="seen_by__name", minor=True, verbose_name=_("Seen by"))
    started_at = MomentColumn(verbose_name=_("Begun"))
    started_by = TextColumn(accessor="started_by__name", minor=True, verbose_name=_("Begun by"))
    done_at = MomentColumn(verbose_name=_("Carried out"))
    done_by = TextColumn(accessor="done_by__name", minor=True, verbose_name=_("Carried out by"))
    declined_at = MomentColumn(verbose_name=_("Declined"))
    declined_by = TextColumn(accessor="declined_by__name", minor=True, verbose_name=_("Declined by"))
    reason = TextColumn(cut=True, verbose_name=_("Reason"))
    like_name = TextColumn(minor=True, verbose_name=_("Most like"))

    def __init__(self, *args: Any, initiative_pk: int, is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.member.url("campaigns:initiative_partner", pk=initiative_pk, row=ANY_PK)
        self.is_draft = is_draft
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK) if is_draft else page, ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.partner_id if self.is_draft else record.pk)
