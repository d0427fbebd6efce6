"""Congratulations: prepared in the person's language, sent only with consent, once for each occasion and year."""

import datetime as dt
from email.utils import formataddr, parseaddr
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Contact, Greeting, GreetingText, Occasion
from partners.selectors.people import may_mail, special_day_of
from partners.services.people import PeopleError
from tenancy.models import Language, Manufacturer, Membership
from tenancy.rls import platform_scope
from tenancy.services.mails import send_once, unsent

PLACES = ("name", "partner", "years", "sender", "manufacturer")

DEFAULTS: dict[tuple[str, str], tuple[str, str]] = {
    (Occasion.BIRTHDAY, Language.ENGLISH): (
        "Happy birthday, {name}",
        (
            "Dear {name},\n\nall of us wish you a very happy birthday, good health and a successful year. "
            "Thank you for working with us at {partner}.\n\nWith best regards\n{sender}\n{manufacturer}"
        ),
    ),
    (Occasion.BIRTHDAY, Language.KOREAN): (
        "{name}님, 생일을 진심으로 축하드립니다",
        (
            "{name}님, 안녕하세요.\n\n생일을 진심으로 축하드립니다. 늘 건강하시고 뜻하시는 일 모두 이루는 한 해가 되시기를 "
            "바랍니다. {partner}에서 저희와 함께해 주셔서 감사합니다.\n\n{sender} 드림\n{manufacturer}"
        ),
    ),
    (Occasion.BIRTHDAY, Language.JAPANESE): (
        "{name}様、お誕生日おめでとうございます",
        (
            "{name}様\n\nいつも大変お世話になっております。お誕生日を心よりお祝い申し上げます。この一年がご健康とご多幸に恵まれた"
            "ものとなりますようお祈りいたします。今後とも{partner}の皆様とともに歩んでまいりたく存じます。\n\n{manufacturer}\n{sender}"
        ),
    ),
    (Occasion.ANNIVERSARY, Language.ENGLISH): (
        "{years} years at {partner}: congratulations",
        (
            "Dear {name},\n\ntoday you have been with {partner} for {years} years. Congratulations, and thank you for all "
            "that we have achieved together.\n\nWith best regards\n{sender}\n{manufacturer}"
        ),
    ),
    (Occasion.ANNIVERSARY, Language.KOREAN): (
        "{name}님, {partner} 근속 {years}주년을 축하드립니다",
        (
            "{name}님, 안녕하세요.\n\n{partner} 근속 {years}주년을 진심으로 축하드립니다. 그동안 함께해 주신 데 깊이 감사드리며, "
            "앞으로도 좋은 인연 이어 가기를 바랍니다.\n\n{sender} 드림\n{manufacturer}"
        ),
    ),
    (Occasion.ANNIVERSARY, Language.JAPANESE): (
        "{partner}ご勤続{years}年、おめでとうございます",
        (
            "{name}様\n\nいつも大変お世話になっております。{partner}でのご勤続{years}年を心よりお祝い申し上げます。これまでのご厚情に"
            "感謝いたしますとともに、今後ともどうぞよろしくお願い申し上げます。\n\n{manufacturer}\n{sender}"
        ),
    ),
}


def ensure_texts() -> None:
    """Give each occasion and language its usual text where there is none yet."""
    known = set(GreetingText.objects.values_list("occasion", "language"))
    GreetingText.objects.bulk_create(
        [
            GreetingText(occasion=occasion, language=language, subject=subject, text=text)
            for (occasion, language), (subject, text) in DEFAULTS.items()
            if (occasion, language) not in known
        ],
        ignore_conflicts=True,
    )


def prepare(contact: Contact, occasion: str, *, years: int, by: Membership) -> tuple[str, str]:
    """Subject and text of a greeting in the person's language, or else the manufacturer's first."""
    language = contact.language or next(iter(by.manufacturer.languages or [Language.ENGLISH]))
    ensure_texts()
    text = GreetingText.objects.get(occasion=occasion, language=language)
    with override(language):
        values = {
            "name": str(contact),
            "partner": str(contact.partner),
            "years": str(years),
            "sender": by.name,
            "manufacturer": str(by.manufacturer),
        }
    return " ".join(fill(text.subject, values).split()), fill(text.text, values)


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its places filled in, each once: what is filled in is not looked through again."""
    parts = text.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled += values[name] + rest if brace and name in values else "{" + part
    return filled


def greet(
    contact: Contact, occasion: str, *, way: str, subject: str = "", text: str = "", by: Membership, today: dt.date
) -> Greeting:
    """Congratulate a person: by mail where they agreed to it, or note that it was done in another way."""
    near = special_day_of(contact, occasion, today)
    if near is None:
        raise PeopleError(_("The day of %(name)s is not near enough to congratulate.") % {"name": contact})
    if way == Greeting.Way.MAIL and not may_mail(contact):
        raise PeopleError(_("%(name)s has not agreed to mails, or has no address.") % {"name": contact})
    greeting = Greeting(
        contact=contact, occasion=occasion, year=near[0].year, way=way, subject=subject, text=text, by=by
    )
    with transaction.atomic():
        made = Greeting.objects.bulk_create([greeting], ignore_conflicts=True)
    saved = Greeting.objects.get(contact=contact, occasion=occasion, year=near[0].year)
    if saved.text != text or saved.way != way or saved.by_id != by.pk or not made:
        raise PeopleError(_("%(name)s has been congratulated already.") % {"name": contact})
    if way == Greeting.Way.MAIL:
        transaction.on_commit(partial(_queue, by.manufacturer_id, saved.pk), robust=True)
    return saved


def _queue(manufacturer_id: int, greeting_id: int) -> None:
    from partners import tasks

    tasks.send_greeting.delay(manufacturer_id=manufacturer_id, greeting_id=greeting_id)


def send_greeting(*, manufacturer_id: int, greeting_id: int) -> bool:
    """Send a greeting's mail, unless it went out or the consent was withdrawn meanwhile."""

    def write(greeting: Greeting) -> EmailMessage | None:
        if greeting.way != Greeting.Way.MAIL:
            return None
        if not may_mail(greeting.contact):
            Greeting.objects.filter(pk=greeting.pk).update(mail_refused=_("The consent was withdrawn."))
            return None
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        sender = greeting.by
        return EmailMessage(
            subject=" ".join(greeting.subject.split()),
            body=greeting.text,
            from_email=formataddr((" ".join(str(manufacturer).split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
            to=[greeting.contact.email],
            reply_to=[sender.email] if sender and sender.is_active else None,
        )

    return send_once(Greeting, manufacturer_id, greeting_id, write)


def queue_waiting(*, now: dt.datetime) -> int:
    """Queue again the greetings that were committed and never sent. Returns how many."""
    with platform_scope():
        waiting = unsent(Greeting, now, way=Greeting.Way.MAIL)
    for manufacturer_id, greeting_id in waiting:
        _queue(manufacturer_id, greeting_id)
    return len(waiting)
