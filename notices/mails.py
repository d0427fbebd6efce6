"""Mails made of notices: one by itself, or a day's digest. The same mail made twice has the same Message-ID."""

from collections.abc import Sequence
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.models import Delivery
from notices.registry import kind_by_key
from notices.selectors import page_name
from notices.wording import Wording, html_of, reader_language, word
from pages.brand import light_accent
from pages.formats import initial


def mail_of(delivery: Delivery) -> EmailMultiAlternatives:
    """The mail of one notice, in its reader's language."""
    notice = delivery.notice
    reader = notice.recipient
    kind = kind_by_key(notice.kind)
    assert kind is not None
    with translation.override(reader_language(reader)), timezone.override(reader.manufacturer.timezone):
        wording = word(notice, kind, reader, by_mail=True)
        context = {
            "wording": wording,
            "html": html_of(notice, kind, reader),
            "notice": notice,
            "url": absolute(reader.url(page_name(reader, "notice"), pk=notice.pk)),
        }
        mail = _mail("notice", delivery, wording.sentence, context)
        for name, content, content_type in kind.attachments(notice, reader) if kind.attachments else []:
            mail.attach(name, content, content_type)
        return mail


def digest_of(deliveries: Sequence[Delivery]) -> EmailMultiAlternatives:
    """One mail with all these notices of one reader, the latest first."""
    reader = deliveries[0].notice.recipient
    with translation.override(reader_language(reader)), timezone.override(reader.manufacturer.timezone):
        items: list[tuple[Wording, str]] = []
        for delivery in sorted(deliveries, key=lambda delivery: -delivery.notice_id):
            kind = kind_by_key(delivery.notice.kind)
            assert kind is not None
            items.append(
                (
                    word(delivery.notice, kind, reader, by_mail=True),
                    absolute(reader.url(page_name(reader, "notice"), pk=delivery.notice_id)),
                )
            )
        count = len(items)
        subject = ngettext("%(count)s notice from %(name)s", "%(count)s notices from %(name)s", count) % {
            "count": count,
            "name": reader.manufacturer,
        }
        context: dict[str, object] = {
            "items": items,
            "sentence": subject,
            "url": absolute(reader.url(page_name(reader, "inbox"))),
        }
        return _mail("digest", min(deliveries, key=lambda delivery: delivery.pk), subject, context)


def absolute(path: str) -> str:
    """The path with the address that this installation is reached by."""
    return f"{settings.PUBLIC_URL}{path}"


def _mail(name: str, delivery: Delivery, subject: str, context: dict[str, object]) -> EmailMultiAlternatives:
    reader = delivery.notice.recipient
    manufacturer = reader.manufacturer
    context |= {
        "reader": reader,
        "manufacturer": manufacturer,
        "initial": initial(str(manufacturer)),
        "accent": light_accent(manufacturer.brand_colour),
        "language": translation.get_language(),
        "why": _("You get this mail as a member of %(place)s.") % {"place": reader.partner or manufacturer},
        "preferences_url": absolute(reader.url(page_name(reader, "preferences"))),
    }
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"notices/mail/{name}.txt", context),
        from_email=formataddr((str(manufacturer), address)),
        to=[formataddr((reader.name, reader.email))],
        headers={
            "Message-ID": f"<{name}-{manufacturer.pk}-{delivery.pk}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string(f"notices/mail/{name}.html", context), "text/html")
    return mail
