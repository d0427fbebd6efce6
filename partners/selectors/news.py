"""Everything read about personal news: who is due to get some, and of which period."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from pages import formats
from partners.models import ConsentChannel, Contact, ContactConsent, ContactInsight, NewsEvery, PersonalNews, Stage
from partners.selectors.people import contacts_for
from tenancy.models import Membership


@dataclass(frozen=True)
class Period:
    """The last complete month or quarter; `until` is the day after it."""

    every: NewsEvery
    since: dt.date
    until: dt.date

    def label(self, language: str | None) -> str:
        """What it is called: 'June 2026', 'April to June 2026'."""
        if self.every == NewsEvery.MONTH:
            return formats.month_year(self.since, language)
        last = formats.month_year(self.until - dt.timedelta(days=1), language)
        return _("%(first)s to %(last)s") % {"first": formats.month_year(self.since, language), "last": last}


def period_before(every: str, today: dt.date) -> Period:
    """What news that are sent today tell of."""
    months = 1 if every == NewsEvery.MONTH else 3
    number = today.year * 12 + today.month - 1
    number -= number % months
    return Period(NewsEvery(every), _first_day(number - months), _first_day(number))


def _first_day(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def contacts_with_news(member: Membership) -> QuerySet[Contact]:
    """The people that this member sees who are to get news and are still there, as their partner is."""
    insights = ContactInsight.objects.exclude(news_every="")
    there = contacts_for(member).filter(left_on=None).exclude(partner__stage=Stage.ENDED)
    return there.filter(pk__in=insights.values("contact"))


def contacts_due(member: Membership, today: dt.date) -> QuerySet[Any]:
    """Those whose news wait to be sent or left out, with `every` and `last_on`; they agreed to mails and have an address."""
    insight = ContactInsight.objects.filter(contact=OuterRef("pk"))
    news = PersonalNews.objects.filter(contact=OuterRef("pk"))
    agreed = ContactConsent.objects.filter(contact=OuterRef("pk"), channel=ConsentChannel.EMAIL, withdrawn_on=None)
    due: Any = Q(pk__in=[])
    for every in NewsEvery:
        due |= Q(Exists(insight.filter(news_every=every))) & ~Exists(
            news.filter(period=period_before(every, today).since)
        )
    return (
        contacts_with_news(member)
        .filter(due, Exists(agreed))
        .exclude(email="")
        .select_related("partner")
        .annotate(
            every=Subquery(insight.values("news_every")[:1]),
            last_at=Subquery(news.filter(is_skipped=False).order_by("-period").values("mail_sent_at")[:1]),
        )
    )


def news_of(contact: Contact, period: Period) -> PersonalNews | None:
    """What the person was sent of a period, or that it was left out."""
    return PersonalNews.objects.filter(contact=contact, period=period.since).select_related("by").first()
