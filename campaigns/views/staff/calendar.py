"""The calendar of campaigns: who writes to whom when, and who is written to too often."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from campaigns.models import Campaign, CampaignState, Readers
from campaigns.selectors import calendar as reading
from campaigns.selectors import campaigns as campaign_reading
from campaigns.tables.campaigns import TONES
from campaigns.views.staff.campaigns import CampaignsMixin
from pages import formats
from pages.row_numbers import row_numbers
from pages.weeks import monday_of
from tenancy.rights import Right

WEEKS = 13
STEP = dt.timedelta(weeks=4)
WEEK = dt.timedelta(weeks=1)
MOST_PEOPLE = 200
MOST_CAMPAIGNS = 60


@dataclass(frozen=True)
class Piece:
    """Some weeks of a campaign's row: empty, or its period, with what is sent in it."""

    span: int
    is_period: bool
    sends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A campaign in the calendar."""

    campaign: Campaign
    tone: str
    pieces: list[Piece]


class CalendarView(CampaignsMixin, TemplateView):
    """A quarter of a year by weeks."""

    template_name = "campaigns/staff/calendar.html"

    @cached_property
    def first(self) -> dt.date:
        try:
            asked = dt.date.fromisoformat(self.request.GET.get("from", ""))
        except ValueError:
            asked = timezone.localdate() - 2 * WEEK
        return monday_of(min(max(asked, dt.date(2000, 1, 3)), dt.date(2100, 1, 1)))

    @property
    def weeks(self) -> list[dt.date]:
        return [self.first + number * WEEK for number in range(WEEKS)]

    @property
    def last(self) -> dt.date:
        return self.first + WEEKS * WEEK - dt.timedelta(days=1)

    def campaigns(self) -> QuerySet[Campaign]:
        rows = campaign_reading.campaign_rows(self.member).exclude(state=CampaignState.STOPPED, frozen_at=None)
        return rows.filter(starts_on__lte=self.last, ends_on__gte=self.first).order_by("starts_on", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaigns = list(self.campaigns()[: MOST_CAMPAIGNS + 1])
        cap = reading.weekly_cap()
        sends = reading.sends_between(self.first, self.last)
        clashes = reading.clashes(sends, cap) if self.member.can(Right.PARTNERS_VIEW_ALL) else []
        names = dict(
            Campaign.objects.filter(pk__in={pk for each in clashes for pk in each.campaigns}).values_list("pk", "name")
        )
        over = sum(each.people for each in clashes if each.is_over)
        today = monday_of(timezone.localdate())
        url = self.member.url("campaigns:calendar")
        return super().get_context_data(
            title=ngettext(
                "%(count)s person gets more mails in a week than agreed",
                "%(count)s people get more mails in a week than agreed",
                over,
            )
            % {"count": formats.number(over)}
            if over
            else _("Nobody gets more mails in a week than agreed"),
            tabs=self.tabs("calendar"),
            weeks=[(week, week == today) for week in self.weeks],
            rows=[
                Row(each, TONES.get(each.state, ""), self.pieces(each, sends)) for each in campaigns[:MOST_CAMPAIGNS]
            ],
            has_more=len(campaigns) > MOST_CAMPAIGNS,
            clashes=[
                (each, self.words(each), [(pk, names.get(pk, "")) for pk in each.campaigns]) for each in clashes[:40]
            ],
            cap=cap,
            first=self.first,
            last=self.last,
            before_url=f"{url}?from={self.first - STEP}",
            after_url=f"{url}?from={self.first + STEP}",
            can_edit=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )

    def pieces(self, campaign: Campaign, sends: list[reading.Send]) -> list[Piece]:
        """The weeks of one row, those before and after its period as one piece each."""
        weeks = self.weeks
        start, end = monday_of(campaign.starts_on), monday_of(campaign.ends_on)
        inside = [week for week in weeks if start <= week <= end]
        before = sum(1 for week in weeks if week < start)
        pilot, rest = _("Pilot run"), _("Roll-out")
        words = [
            f"{pilot if send.arm == 'pilot' else rest} {formats.date_short(send.day, get_language())}"
            for send in sends
            if send.campaign == campaign.pk and (send.arm == "rest" or campaign.pilot_size)
        ]
        found = [
            Piece(before, False),
            Piece(len(inside), True, tuple(words)),
            Piece(WEEKS - before - len(inside), False),
        ]
        return [piece for piece in found if piece.span]

    def words(self, clash: reading.Clash) -> str:
        return ngettext(
            "%(people)s person gets %(mails)s mails in the week of %(week)s",
            "%(people)s people get %(mails)s mails in the week of %(week)s",
            clash.people,
        ) % {
            "people": formats.number(clash.people),
            "mails": formats.number(clash.mails),
            "week": formats.date(clash.week, get_language()),
        }


class ClashView(CampaignsMixin, TemplateView):
    """The people whom several campaigns write to in one week."""

    template_name = "campaigns/staff/clash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            week = monday_of(dt.date.fromisoformat(self.request.GET.get("week", "")))
        except ValueError as error:
            raise Http404 from error
        keys = set(row_numbers(self.request.GET.getlist("c")))
        campaigns = list(campaign_reading.campaigns_for(self.member).filter(pk__in=keys).order_by("starts_on", "pk"))
        if len(campaigns) < 2 or len(campaigns) < len(keys):
            raise Http404
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            raise PermissionDenied
        is_about_customers = any(campaign.readers == Readers.CUSTOMERS for campaign in campaigns)
        if is_about_customers and not self.member.can(Right.CUSTOMERS_VIEW):
            raise PermissionDenied
        sends = reading.sends_between(week, week + WEEK - dt.timedelta(days=1))
        people = reading.people_of(sends, keys, most=MOST_PEOPLE + 1)
        return super().get_context_data(
            week=week, campaigns=campaigns, people=people[:MOST_PEOPLE], has_more=len(people) > MOST_PEOPLE, **kwargs
        )
