"""Personal news: drafted from what happened, read and changed by staff, sent only with consent, once for each period."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Contact, ContactInsight, PersonalNews
from partners.news import topics_for
from partners.selectors.news import Period, news_of, period_before
from partners.selectors.people import insight_of, may_mail
from partners.services.contact_history import note_mail
from partners.services.greetings import card, language_of
from partners.services.people import PeopleError, check_may_mail, why_not_mailed
from tenancy.models import Manufacturer, Membership
from tenancy.rls import platform_scope, staff_scope
from tenancy.services.mails import send_once, unsent


@dataclass(frozen=True)
class Draft:
    """News as they are proposed: in the person's language, from the topics that they care about."""

    period: Period
    subject: str
    text: str
    has_lines: bool
    """Whether anything happened that is told."""


def draft_for(contact: Contact, insight: ContactInsight, *, by: Membership, today: dt.date) -> Draft:
    """What could be sent to a person today."""
    period = period_before(insight.news_every, today)
    wanted = [
        topic for topic in topics_for(by, contact.partner) if not insight.interests or topic.key in insight.interests
    ]
    language = language_of(contact, by.manufacturer)
    with override(language):
        lines = [line for topic in wanted for line in topic.lines(contact.partner, period.since, period.until)]
        label = period.label(language)
        words = {
            "name": contact,
            "partner": contact.partner,
            "period": label,
            "sender": by.name,
            "manufacturer": by.manufacturer,
            "lines": "\n".join(f"· {line}" for line in lines) or "· ",
        }
        subject = _("%(partner)s: what happened in %(period)s") % words
        text = (
            _(
                "Dear %(name)s,\n\nthis is what happened between us in %(period)s:\n\n%(lines)s\n\nIf you have questions, just"
                " answer this mail.\n\nWith best regards\n%(sender)s\n%(manufacturer)s"
            )
            % words
        )
    return Draft(period, " ".join(subject.split())[:200], text, bool(lines))


def send_news(
    contact: Contact, *, subject: str, text: str, by: Membership, today: dt.date, period: Period | None = None
) -> PersonalNews:
    """Send a person the news of the period before today. Asked twice it is one mail; somebody else's is not sent again."""
    period = period or _due_period(contact, today)
    check_may_mail(contact)
    saved, made = _keep(PersonalNews(contact=contact, period=period.since, subject=subject, text=text, by=by), period)
    if not made and (saved.is_skipped or saved.text != text or saved.by_id != by.pk):
        raise PeopleError(_("The news of this period for %(name)s are settled already.") % {"name": contact})
    if made:
        transaction.on_commit(partial(_queue, by.manufacturer_id, saved.pk), robust=True)
    return saved


def skip_news(contact: Contact, *, by: Membership, today: dt.date) -> PersonalNews:
    """Leave the news of the period before today out."""
    period = _due_period(contact, today)
    saved, _made = _keep(PersonalNews(contact=contact, period=period.since, is_skipped=True, by=by), period)
    if not saved.is_skipped:
        raise PeopleError(_("The news of this period for %(name)s are settled already.") % {"name": contact})
    return saved


def skip_many(contacts: QuerySet[Any], *, by: Membership, today: dt.date) -> int:
    """Leave out the news of all of these who are due; returns how many."""
    rows = contacts.values_list("pk", "every")
    skipped = [
        PersonalNews(contact_id=pk, period=period_before(every, today).since, is_skipped=True, by=by)
        for pk, every in rows
    ]
    PersonalNews.objects.bulk_create(skipped, ignore_conflicts=True)
    return len(skipped)


def _due_period(contact: Contact, today: dt.date) -> Period:
    every = insight_of(contact).news_every
    if not every:
        raise PeopleError(_("%(name)s is to get no personal news.") % {"name": contact})
    return period_before(every, today)


def _keep(news: PersonalNews, period: Period) -> tuple[PersonalNews, bool]:
    """The row of a person and period, and whether it is this one: two at once keep one."""
    before = news_of(news.contact, period)
    if before is not None:
        return before, False
    with transaction.atomic():
        PersonalNews.objects.bulk_create([news], ignore_conflicts=True)
    saved = news_of(news.contact, period)
    assert saved is not None
    return saved, (saved.text, saved.by_id, saved.is_skipped) == (news.text, news.by_id, news.is_skipped)


def _queue(manufacturer_id: int, news_id: int) -> None:
    from partners import tasks

    tasks.send_personal_news.delay(manufacturer_id=manufacturer_id, news_id=news_id)


def send_news_mail(*, manufacturer_id: int, news_id: int) -> bool:
    """Send the mail, unless it went out, or the consent was withdrawn or the person left meanwhile. What went out
    stands in the contact history.
    """

    def write(news: PersonalNews) -> EmailMessage | None:
        if news.is_skipped:
            return None
        if not may_mail(news.contact):
            PersonalNews.objects.filter(pk=news.pk).update(mail_refused=why_not_mailed(news.contact))
            return None
        return card(
            news.contact,
            headline=news.subject,
            subject=news.subject,
            text=news.text,
            sender=news.by,
            manufacturer=Manufacturer.objects.get(pk=manufacturer_id),
        )

    sent = send_once(PersonalNews, manufacturer_id, news_id, write)
    if sent:
        with staff_scope(manufacturer_id):
            note_mail(PersonalNews.objects.select_related("contact", "by").get(pk=news_id))
    return sent


def queue_waiting(*, now: dt.datetime) -> int:
    """Queue again the news that were committed and never sent. Returns how many."""
    with platform_scope():
        waiting: Any = unsent(PersonalNews, now, is_skipped=False)
    for manufacturer_id, news_id in waiting:
        _queue(manufacturer_id, news_id)
    return len(waiting)
