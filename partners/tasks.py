"""What runs by the clock for partners, and mails to those who apply."""

from celery import shared_task
from django.utils import timezone

from tenancy.tasks import MAIL, scoped_task, start_for_each

MORNING = 7
"""The hour of the manufacturer's own clock in which proposals are made and reminders sent."""


@shared_task(name="partners.look_at_every_life_cycle")
def look_at_every_life_cycle() -> int:
    """Every hour: one task for each manufacturer where it is morning, so that one's failure hurts nobody else."""
    return start_for_each(look_at_life_cycle, at=MORNING, with_day=True)


@scoped_task(name="partners.look_at_life_cycle")
def look_at_life_cycle(*, manufacturer_id: int, day: str) -> list[int]:
    """Propose stages, and remind of journeys and of markets to review, as of a day. Safe to run again."""
    import datetime as dt

    from partners.services import lifecycle, markets, onboarding

    today = dt.date.fromisoformat(day)
    found = lifecycle.propose_stages(today)
    return [found.dormant, found.active, onboarding.remind_of_due(today), markets.remind_of_reviews(today)]


@shared_task(name="partners.check_all_journeys")
def check_all_journeys() -> int:
    """One task for each manufacturer: what was done meanwhile is ticked."""
    return start_for_each(check_journeys)


@scoped_task(name="partners.check_journeys")
def check_journeys(*, manufacturer_id: int) -> int:
    """Tick what is done meanwhile in one manufacturer's journeys."""
    from partners.services import onboarding

    return onboarding.check_journeys()


@shared_task(name="partners.look_through_all_agreements")
def look_through_all_agreements() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(look_through_agreements, at=MORNING, with_day=True)


@scoped_task(name="partners.look_through_agreements")
def look_through_agreements(*, manufacturer_id: int, day: str) -> dict[str, int]:
    """Renew and close agreements, and warn of what ends soon, as of a day. Safe to run again."""
    import datetime as dt

    from partners.services import agreement_notices, agreements

    today = dt.date.fromisoformat(day)
    return agreements.close_and_renew(day=today) | agreement_notices.warn_of_ends(today)


@scoped_task(name="partners.write_agreement_pdf")
def write_agreement_pdf(*, manufacturer_id: int, agreement_id: int) -> bool:
    """Write the PDF of an accepted agreement, unless it is there."""
    from partners.models import Agreement
    from partners.services.agreement_files import keep_pdf

    agreement = Agreement.objects.filter(pk=agreement_id).first()
    return agreement is not None and keep_pdf(agreement)


@shared_task(name="partners.send_applicant_mail", **MAIL)
def send_applicant_mail(*, manufacturer_id: int, mail_id: int) -> bool:
    """Send one mail to an applicant."""
    from partners.services import applicant_mails

    return applicant_mails.send_applicant_mail(manufacturer_id=manufacturer_id, mail_id=mail_id)


@shared_task(name="partners.queue_applicant_mails")
def queue_applicant_mails() -> int:
    """Every few minutes: mails to applicants whose task was lost."""
    from partners.services import applicant_mails

    return applicant_mails.queue_applicant_mails()


@shared_task(name="partners.send_greeting", **MAIL)
def send_greeting(*, manufacturer_id: int, greeting_id: int) -> bool:
    """Send one greeting; nothing where it went out already."""
    from partners.services import greetings

    return greetings.send_greeting(manufacturer_id=manufacturer_id, greeting_id=greeting_id)


@shared_task(name="partners.queue_waiting_greetings")
def queue_waiting_greetings() -> int:
    """Queue again the greetings and news that were committed and never sent."""
    from partners.services import greetings, news

    now = timezone.now()
    return greetings.queue_waiting(now=now) + news.queue_waiting(now=now)


@shared_task(name="partners.send_all_due_greetings")
def send_all_due_greetings() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(send_due_greetings, at=MORNING, with_day=True)


@scoped_task(name="partners.send_due_greetings")
def send_due_greetings(*, manufacturer_id: int, day: str) -> int:
    """Send by themselves the greetings of a day in one manufacturer. Safe to run again."""
    import datetime as dt

    from partners.services import greetings

    return greetings.send_due(dt.date.fromisoformat(day))


@shared_task(name="partners.send_personal_news", **MAIL)
def send_personal_news(*, manufacturer_id: int, news_id: int) -> bool:
    """Send one person's news; nothing where they went out already."""
    from partners.services import news

    return news.send_news_mail(manufacturer_id=manufacturer_id, news_id=news_id)


NIGHT = 3
"""The hour of the manufacturer's own clock in which all its partners are compared with one another."""


@shared_task(name="partners.find_all_duplicates")
def find_all_duplicates() -> int:
    """Every hour: one task for each manufacturer where it is night."""
    return start_for_each(find_duplicates, at=NIGHT)


@scoped_task(name="partners.find_duplicates")
def find_duplicates(*, manufacturer_id: int) -> int:
    """Request one manufacturer's search for duplicates; what came to merged records meanwhile moves. Returns the job."""
    import datetime as dt

    from partners.services import duplicates, merging

    merging.move_stragglers(since=timezone.now() - dt.timedelta(days=30))
    return duplicates.request_search().pk


MIDNIGHT = 0
"""The hour in which the manufacturer's day begins."""


@shared_task(name="partners.settle_all_qualifications")
def settle_all_qualifications() -> int:
    """Every hour: one task for each manufacturer whose day begins."""
    return start_for_each(settle_qualifications, at=MIDNIGHT, with_day=True)


@scoped_task(name="partners.settle_qualifications")
def settle_qualifications(*, manufacturer_id: int, day: str) -> list[int]:
    """Close what has run out in one manufacturer, as of a day. Safe to run again: each is told once."""
    import datetime as dt

    from partners.services.qualifications import settle_companies

    settled = settle_companies(day=dt.date.fromisoformat(day))
    return [settled.begun, settled.ended]


@shared_task(name="partners.remind_everybody_of_tasks")
def remind_everybody_of_tasks() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(remind_of_tasks, at=MORNING, with_day=True)


@scoped_task(name="partners.remind_of_tasks")
def remind_of_tasks(*, manufacturer_id: int, day: str) -> list[int]:
    """Call to mind what is due and what is overdue, as of a day. Safe to run again: each is told once."""
    import datetime as dt

    from partners.services.tasks import remind_tasks

    return list(remind_tasks(today=dt.date.fromisoformat(day)))


@shared_task(name="partners.recount_all_audiences")
def recount_all_audiences() -> int:
    """Every hour: one task for each manufacturer where it is night."""
    return start_for_each(recount_audiences, at=NIGHT)


@scoped_task(name="partners.recount_audiences")
def recount_audiences(*, manufacturer_id: int) -> int:
    """Count one manufacturer's audiences anew. Safe to run again."""
    from partners.services.audiences import recount_audiences as recount

    return recount()
