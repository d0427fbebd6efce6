"""Campaigns, along an approval line where the manufacturer has one for their budget."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from campaigns.goals import goal_words
from campaigns.models import CAMPAIGN_SUBJECT, Campaign
from campaigns.services import campaigns as services
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """What it is planned against, for whom, when, and for how much."""
    rows = Campaign.objects.select_related("owner", "audience", "excluded", "manufacturer")
    campaign = rows.filter(pk=request.subject_id).first()
    if campaign is None:
        return []
    language, currency = get_language(), campaign.manufacturer.currency
    found: list[Fact | None] = [
        (_("What it is for"), campaign.purpose) if campaign.purpose else None,
        (_("Goal"), goal_words(campaign)),
        (_("Sending channel"), campaign.get_channel_display()),
        (_("Audience"), campaign.audience or _("All partners")),
        (_("But not"), campaign.excluded) if campaign.excluded else None,
        (_("Readers"), campaign.get_readers_display()),
        (
            _("When it runs"),
            f"{formats.date(campaign.starts_on, language)} – {formats.date(campaign.ends_on, language)}",
        ),
        (_("Budget"), formats.money(campaign.budget, currency, language)),
        (_("Owner"), campaign.owner),
    ]
    return [row for row in found if row is not None]


def campaign_page(member: Membership, request: Request) -> str:
    return member.url("campaigns:detail", pk=request.subject_id) if member.can(Right.CAMPAIGNS_VIEW) else ""


def go_on(request: Request, by: Membership | None) -> None:
    """The last approval freezes the readers."""
    services.approved(Campaign.objects.get(pk=request.subject_id), by=by)


def go_back(request: Request, by: Membership | None) -> None:
    """It is a plan again, with what was said."""
    services.not_approved(Campaign.objects.get(pk=request.subject_id), by=by, reason=refusal_reason(request))


register_subject(
    SubjectKind(
        CAMPAIGN_SUBJECT,
        label=gettext_lazy("Campaigns"),
        describe=facts_of,
        url=campaign_page,
        on_approved=go_on,
        on_refused=go_back,
        on_recalled=go_back,
        has_amount=True,
        right=Right.CAMPAIGNS_VIEW,
    )
)
