"""Mails to people who have no place yet. A row remembers whether its mail went out, so that none is lost."""

import datetime as dt
from collections.abc import Callable
from email.utils import formataddr, parseaddr
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pages.brand import light_accent
from pages.formats import initial
from tenancy import selectors, tasks
from tenancy.mail_domains import domain_of
from tenancy.mail_errors import is_permanent, reason_of
from tenancy.models import Invitation, JoinRequest, Manufacturer
from tenancy.rls import platform_scope, staff_scope
from tenancy.services.invitations import hash_of, new_secret
from tenancy.services.joining import link_token

GIVEN_UP_AFTER = dt.timedelta(hours=1)
"""A mail that was begun so long ago and is not sent is begun again."""
QUEUED_WITHIN = dt.timedelta(minutes=1)
SWEEP_LIMIT = 500


def send_invitation(*, manufacturer_id: int, invitation_id: int) -> bool:
    """Write and send the mail of an open invitation; the secret in its link is made here."""

    def write(invitation: Invitation) -> EmailMultiAlternatives | None:
        if not invitation.is_open:
            return None
        secret = new_secret()
        Invitation.objects.filter(pk=invitation.pk).update(secret_hash=hash_of(secret))
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        path = reverse("tenancy_public:invitation", kwargs={"manufacturer": manufacturer.slug, "secret": secret})
        return compose(
            "invitation",
            to=invitation.email,
            language=invitation.language,
            manufacturer=manufacturer,
            url=settings.PUBLIC_URL + path,
            invitation=invitation,
        )

    return send_once(Invitation, manufacturer_id, invitation_id, write)


def send_join_refusal(*, manufacturer_id: int, request_id: int) -> bool:
    """Tell somebody that the partner said no."""

    def write(request: JoinRequest) -> EmailMultiAlternatives | None:
        if request.state != JoinRequest.State.REFUSED:
            return None
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        return compose(
            "join_refused",
            to=request.email,
            language=request.language,
            manufacturer=manufacturer,
            join_request=request,
        )

    return send_once(JoinRequest, manufacturer_id, request_id, write)


def send_join_link(*, manufacturer_id: int, email: str, language: str) -> bool:
    """Send the link that confirms an address, if its domain is a partner's."""
    with staff_scope(manufacturer_id):
        if not selectors.partners_of_domain(domain_of(email)):
            return False
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        path = reverse(
            "tenancy_public:join_confirm",
            kwargs={"manufacturer": manufacturer.slug, "token": link_token(manufacturer_id, email)},
        )
        message = compose(
            "join_link", to=email, language=language, manufacturer=manufacturer, url=settings.PUBLIC_URL + path
        )
    message.send()
    return True


def queue_waiting_mails(*, now: dt.datetime) -> int:
    """Queue again what was committed and never sent: a broker was away, or a worker died. Returns how many."""
    with platform_scope():
        invitations = unsent(Invitation, now, accepted_at=None, revoked_at=None, expires_at__gt=now)
        refusals = unsent(JoinRequest, now, state=JoinRequest.State.REFUSED)
    for manufacturer_id, invitation_id in invitations:
        tasks.send_invitation.delay(manufacturer_id=manufacturer_id, invitation_id=invitation_id)
    for manufacturer_id, request_id in refusals:
        tasks.send_join_refusal.delay(manufacturer_id=manufacturer_id, request_id=request_id)
    return len(invitations) + len(refusals)


def compose(
    name: str,
    *,
    to: str,
    language: str,
    manufacturer: Manufacturer,
    folder: str = "tenancy/mail",
    **context: Any,
) -> EmailMultiAlternatives:
    """A mail from `templates/<folder>/<name>.*` in the reader's language."""
    with translation.override(language), timezone.override(manufacturer.timezone):
        context = {
            "manufacturer": manufacturer,
            "initial": initial(str(manufacturer)),
            "accent": light_accent(manufacturer.brand_colour),
            "language": language,
            "why": _("You get this mail since somebody entered %(email)s. If you did not expect it, do nothing.")
            % {"email": to},
            **context,
        }
        subject = render_to_string(f"{folder}/{name}.subject.txt", context)
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string(f"{folder}/{name}.txt", context),
            from_email=formataddr((" ".join(str(manufacturer).split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{folder}/{name}.html", context), "text/html")
    return message


class Sendable(Protocol):
    """A mail, or what is sent in its place; OSError where that has to be tried again, ValueError where it is refused."""

    def send(self) -> Any: ...


def send_once(model: Any, manufacturer_id: int, pk: int, write: Callable[[Any], Sendable | None]) -> bool:
    """Send the mail of a row unless it is sent, refused for good, or being sent by somebody else.

    No transaction is open while the mail server is spoken to. A process that dies just then may cause a second mail.
    """
    with staff_scope(manufacturer_id):
        row = model.objects.select_for_update().filter(pk=pk, mail_sent_at=None, mail_refused="").first()
        now = timezone.now()
        if row is None or (row.mail_tried_at and row.mail_tried_at > now - GIVEN_UP_AFTER):
            return False
        message = write(row)
        if message is None:
            return False
        model.objects.filter(pk=pk).update(mail_tried_at=now)
    try:
        message.send()
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        refused = reason_of(error) if is_permanent(error) else ""
        with staff_scope(manufacturer_id):
            model.objects.filter(pk=pk, mail_tried_at=now).update(mail_tried_at=None, mail_refused=refused)
        if refused:
            return False
        raise
    # Not where a new mail was asked for meanwhile: the link of this one is dead already.
    with staff_scope(manufacturer_id):
        model.objects.filter(pk=pk, mail_tried_at=now).update(mail_sent_at=timezone.now())
    return True


def unsent(model: Any, now: dt.datetime, **conditions: Any) -> list[tuple[int, int]]:
    """(manufacturer, row) of the mails that were committed some time ago and are not sent. Needs the platform's scope."""
    begun_long_ago = model.objects.filter(mail_tried_at__lt=now - GIVEN_UP_AFTER)
    never_begun = model.objects.filter(mail_tried_at=None)
    unsent = (never_begun | begun_long_ago).filter(mail_sent_at=None, mail_refused="")
    rows = unsent.filter(created_at__lt=now - QUEUED_WITHIN, **conditions)
    return list(rows.order_by("pk").values_list("manufacturer_id", "pk")[:SWEEP_LIMIT])
