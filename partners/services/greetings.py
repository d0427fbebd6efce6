"""Congratulations: prepared in the person's language, sent only with consent, once for each occasion and year."""

import datetime as dt
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from partners.held_out import is_held_out
from partners.models import Contact, Greeting, GreetingText, Occasion
from partners.selectors.people import (
    SpecialDay,
    greetings_of,
    may_mail,
    people_settings,
    resting_on,
    rise_of,
    special_day_of,
    special_days,
)
from partners.services.contact_history import note_mail
from partners.services.people import PeopleError, check_may_mail, why_not_mailed
from tenancy.models import Language, Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tenancy.services.mails import compose, send_once, unsent

PLACES = ("name", "partner", "years", "grade", "sender", "manufacturer")

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
    (Occasion.PROMOTION, Language.ENGLISH): (
        "{partner} is now {grade}: congratulations",
        (
            "Dear {name},\n\n{partner} has risen to {grade}. We congratulate you and all your colleagues, and thank you "
            "for the work behind it. We look forward to what we do together next.\n\nWith best regards\n{sender}\n"
            "{manufacturer}"
        ),
    ),
    (Occasion.PROMOTION, Language.KOREAN): (
        "{partner}의 {grade} 등급 승급을 축하드립니다",
        (
            "{name}님, 안녕하세요.\n\n{partner}의 {grade} 등급 승급을 진심으로 축하드립니다. 그동안 애써 주신 대표님과 임직원 "
            "여러분께 깊이 감사드리며, 앞으로도 함께 성장해 나가기를 바랍니다.\n\n{sender} 드림\n{manufacturer}"
        ),
    ),
    (Occasion.PROMOTION, Language.JAPANESE): (
        "{partner}様の{grade}ランク昇格、おめでとうございます",
        (
            "{name}様\n\nいつも大変お世話になっております。このたびの{partner}様の{grade}ランクへの昇格を心よりお祝い申し上げます。"
            "皆様の日頃のご尽力に深く感謝申し上げますとともに、今後ともどうぞよろしくお願い申し上げます。\n\n{manufacturer}\n"
            "{sender}"
        ),
    ),
    (Occasion.COMPANY, Language.ENGLISH): (
        "{years} years together: thank you",
        (
            "Dear {name},\n\n{partner} and {manufacturer} have worked together for {years} years. We thank you and all your "
            "colleagues, and look forward to the years to come.\n\nWith best regards\n{sender}\n{manufacturer}"
        ),
    ),
    (Occasion.COMPANY, Language.KOREAN): (
        "{partner}와 함께한 {years}년, 감사드립니다",
        (
            "{name}님, 안녕하세요.\n\n{partner}와 계약을 맺고 함께한 지 {years}주년이 되었습니다. 그동안 보내 주신 신뢰에 깊이 "
            "감사드리며, 앞으로도 함께 성장해 나가기를 바랍니다.\n\n{sender} 드림\n{manufacturer}"
        ),
    ),
    (Occasion.COMPANY, Language.JAPANESE): (
        "ご契約{years}周年の御礼",
        (
            "{name}様\n\nいつも大変お世話になっております。{partner}様とのご契約が{years}周年を迎えました。これまでのご厚情に深く感謝申し"
            "上げますとともに、今後とも末永くお付き合いくださいますようお願い申し上げます。\n\n{manufacturer}\n{sender}"
        ),
    ),
    (Occasion.FIRST_ORDER, Language.ENGLISH): (
        "{years} years since your first order",
        (
            "Dear {name},\n\nit was {years} years ago that {partner} sent its first order. Thank you for every one since then.\n\n"
            "With best regards\n{sender}\n{manufacturer}"
        ),
    ),
    (Occasion.FIRST_ORDER, Language.KOREAN): (
        "{partner} 첫 주문 {years}주년을 기념하며",
        (
            "{name}님, 안녕하세요.\n\n{partner}에서 첫 주문을 보내 주신 지 {years}년이 되었습니다. 지금까지 보내 주신 모든 주문에 "
            "진심으로 감사드립니다.\n\n{sender} 드림\n{manufacturer}"
        ),
    ),
    (Occasion.FIRST_ORDER, Language.JAPANESE): (
        "初めてのご注文から{years}年の御礼",
        (
            "{name}様\n\nいつも大変お世話になっております。{partner}様より初めてご注文を賜ってから{years}年となりました。これまでの"
            "ご愛顧に心より御礼申し上げます。今後ともどうぞよろしくお願い申し上げます。\n\n{manufacturer}\n{sender}"
        ),
    ),
}

CARD_WORDS: dict[str, Any] = {
    Occasion.BIRTHDAY: gettext_lazy("Happy birthday"),
    Occasion.ANNIVERSARY: gettext_lazy("Congratulations, and thank you"),
    Occasion.PROMOTION: gettext_lazy("Congratulations"),
    Occasion.COMPANY: gettext_lazy("Thank you for the years together"),
    Occasion.FIRST_ORDER: gettext_lazy("Thank you for your trust"),
}
"""What stands large on a card."""


HELD_OUT: Any = gettext_lazy(
    "A campaign holds %(name)s out, to compare those who hear nothing from us with the others: no greeting goes by mail."
)


def ensure_texts() -> None:
    """Give each occasion and language its usual text where there is none yet."""
    known = set(GreetingText.objects.filter(country="").values_list("occasion", "language"))
    GreetingText.objects.bulk_create(
        [
            GreetingText(occasion=occasion, language=language, subject=subject, text=text)
            for (occasion, language), (subject, text) in DEFAULTS.items()
            if (occasion, language) not in known
        ],
        ignore_conflicts=True,
    )


def language_of(contact: Contact, manufacturer: Manufacturer) -> str:
    """The person's language, or else the manufacturer's first."""
    return contact.language or manufacturer.first_language


def prepare(contact: Contact, occasion: str, *, years: int, by: Membership) -> tuple[str, str]:
    """Subject and text of a greeting in the person's language, or else the manufacturer's first; in the words for the
    partner's country where there are such.
    """
    language = language_of(contact, by.manufacturer)
    ensure_texts()
    texts = GreetingText.objects.filter(occasion=occasion, language=language)
    text = texts.filter(country__in=["", contact.partner.country]).order_by("-country")[0]
    with override(language):
        rise = rise_of(contact, timezone.localdate()) if occasion == Occasion.PROMOTION else None
        values = {
            "name": str(contact),
            "partner": str(contact.partner),
            "years": str(years),
            "grade": rise.grade if rise else "",
            "sender": by.name,
            "manufacturer": str(by.manufacturer),
        }
    subject, said = fill(text.subject, values), fill(text.text, values)
    if language == Language.ENGLISH and years == 1:
        subject, said = (re.sub(r"\b1 years\b", "1 year", words) for words in (subject, said))
    return " ".join(subject.split()), said


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its places filled in, each once: what is filled in is not looked through again."""
    parts = text.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        if brace and name in values:
            # "Bici Levante S.L." ends a sentence by its own full stop.
            filled += values[name] + (rest[1:] if values[name].endswith(".") and rest.startswith(".") else rest)
        else:
            filled += "{" + part
    return filled


def greet(
    contact: Contact, occasion: str, *, way: str, subject: str = "", text: str = "", by: Membership, today: dt.date
) -> Greeting:
    """Congratulate a person: by mail where they agreed to it, or note that it was done in another way."""
    near = special_day_of(contact, occasion, today)
    if near is None:
        raise PeopleError(_("The day of %(name)s is not near enough to congratulate.") % {"name": contact})
    if way == Greeting.Way.MAIL:
        check_may_mail(contact)
        if is_held_out(contact.partner_id, today):
            raise PeopleError(HELD_OUT % {"name": contact.partner})
        if holiday := resting_on(contact, today):
            raise PeopleError(
                _("It is a holiday where %(name)s is (%(holiday)s): no greeting goes out today.")
                % {"name": contact, "holiday": holiday.name or holiday.date}
            )
    greeting = Greeting(
        contact=contact, occasion=occasion, year=near[0].year, way=way, subject=subject, text=text, by=by
    )
    if occasion == Occasion.PROMOTION:
        greeting.day = near[0]
    with transaction.atomic():
        made = Greeting.objects.bulk_create([greeting], ignore_conflicts=True)
    saved = greetings_of(contact, occasion, near[0]).get()
    if saved.text != text or saved.way != way or saved.by_id != by.pk or not made:
        raise PeopleError(_("%(name)s has been congratulated already.") % {"name": contact})
    if way == Greeting.Way.MAIL:
        transaction.on_commit(partial(_queue, by.manufacturer_id, saved.pk), robust=True)
    return saved


def _queue(manufacturer_id: int, greeting_id: int) -> None:
    from partners import tasks

    tasks.send_greeting.delay(manufacturer_id=manufacturer_id, greeting_id=greeting_id)


def send_greeting(*, manufacturer_id: int, greeting_id: int) -> bool:
    """Send a greeting as a card, unless it went out, or the consent was withdrawn or the person left meanwhile. What went
    out stands in the contact history.
    """

    def write(greeting: Greeting) -> EmailMessage | None:
        if greeting.way != Greeting.Way.MAIL:
            return None
        reason = "" if may_mail(greeting.contact) else why_not_mailed(greeting.contact)
        if is_held_out(greeting.contact.partner_id, timezone.localdate()):
            reason = HELD_OUT % {"name": greeting.contact.partner}
        if reason:
            Greeting.objects.filter(pk=greeting.pk).update(mail_refused=reason)
            return None
        return card(
            greeting.contact,
            headline=CARD_WORDS[greeting.occasion],
            subject=greeting.subject,
            text=greeting.text,
            sender=greeting.by,
            manufacturer=Manufacturer.objects.get(pk=manufacturer_id),
        )

    sent = send_once(Greeting, manufacturer_id, greeting_id, write)
    if sent:
        with staff_scope(manufacturer_id):
            note_mail(Greeting.objects.select_related("contact", "by").get(pk=greeting_id))
    return sent


DAYS_LATE = 5
"""So many days after its day a greeting still goes out by itself, where holidays kept it back."""


def send_due(day: dt.date) -> int:
    """Send by itself what is due on a day, of the occasions for which the manufacturer chose so; returns how many. By whoever
    looks after the partner, else by an owner. Without consent, on a holiday of the country, or where somebody has
    congratulated already, nothing goes out. Safe to run again.
    """
    automatic = set(people_settings().automatic)
    owner = (
        Membership.objects.filter(role=Role.OWNER, is_active=True).select_related("manufacturer").order_by("pk").first()
    )
    if not automatic or owner is None:
        return 0
    sent = 0
    for special in special_days(owner, day - dt.timedelta(days=DAYS_LATE), with_rises=True):
        is_due = dt.timedelta(0) <= day - special.day <= dt.timedelta(days=DAYS_LATE)
        if not is_due or special.occasion not in automatic or special.greeting or not special.may_mail:
            continue
        if resting_on(special.contact, day):
            continue
        sent += _send_by_itself(special, owner, day)
    return sent


def _send_by_itself(special: SpecialDay, owner: Membership, day: dt.date) -> bool:
    by = special.contact.partner.channel_manager
    by = by if by and by.is_active else owner
    by.manufacturer = owner.manufacturer
    subject, text = prepare(special.contact, special.occasion, years=special.years, by=by)
    try:
        with transaction.atomic():
            greet(
                special.contact, special.occasion, way=Greeting.Way.MAIL, subject=subject, text=text, by=by, today=day
            )
    except PeopleError:  # somebody was quicker, or the consent has just gone
        return False
    return True


def save_text(text: GreetingText) -> GreetingText:
    """Keep what a greeting says."""
    text.save()
    return text


def remove_text(text: GreetingText) -> None:
    """Take away the words for one country; those for all countries stay."""
    if not text.country:
        raise PeopleError(_("The text for all countries stays: change it instead."))
    text.delete()


def card_words(occasion: str, contact: Contact, manufacturer: Manufacturer) -> str:
    """What stands large on a card, in the person's language."""
    with override(language_of(contact, manufacturer)):
        return str(CARD_WORDS[occasion])


def card_head(contact: Contact, manufacturer: Manufacturer) -> dict[str, str]:
    """The language of a card, and whom it is from in it."""
    language = language_of(contact, manufacturer)
    with override(language):
        return {"card_language": language, "card_from": str(manufacturer)}


def card(
    contact: Contact, *, headline: Any, subject: str, text: str, sender: Membership | None, manufacturer: Manufacturer
) -> EmailMessage:
    """A mail to one person as a card in the manufacturer's colour, with its logo; answers go to who sends it."""
    message = compose(
        "card",
        folder="partners/mail",
        to=contact.email,
        language=language_of(contact, manufacturer),
        manufacturer=manufacturer,
        headline=headline,
        subject=subject,
        text=text,
        logo_url=settings.PUBLIC_URL + manufacturer.logo_url if manufacturer.logo_url else "",
        why="",
    )
    message.extra_headers.pop("Auto-Submitted")  # somebody wrote it, and is answered
    message.reply_to = [sender.email] if sender and sender.is_active else []
    return message


def queue_waiting(*, now: dt.datetime) -> int:
    """Queue again the greetings that were committed and never sent. Returns how many."""
    with platform_scope():
        waiting = unsent(Greeting, now, way=Greeting.Way.MAIL)
    for manufacturer_id, greeting_id in waiting:
        _queue(manufacturer_id, greeting_id)
    return len(waiting)
