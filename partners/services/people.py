"""Everything that changes the people of partners."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.selectors import route_for
from approvals.services import request_approval, withdraw
from pages import formats
from partners.models import (
    Contact,
    ContactConsent,
    ContactInsight,
    Favour,
    FavourState,
    Partner,
    PeopleSettings,
)
from partners.models.people import FAVOUR_SUBJECT
from partners.refused_mail import refused_among
from partners.selectors.people import given_in, may_mail, people_settings
from partners.services.tasks import complete_tasks, create_task
from tenancy.errors import DomainError
from tenancy.models import Membership

SUCCESSOR = "successor"
"""The kind of task that asks who follows somebody who left."""
SUCCESSOR_WITHIN = dt.timedelta(days=14)


class PeopleError(DomainError):
    """A step that cannot be taken with this person."""


def add_contact(contact: Contact) -> Contact:
    """A new person at a partner."""
    with transaction.atomic():
        contact.save(force_insert=True)
        _keep_one_primary(contact)
    return contact


def update_contact(contact: Contact, fields: Iterable[str]) -> Contact:
    """Write the named fields of a person; a partner's login may write no others."""
    with transaction.atomic():
        contact.save(update_fields=[*fields, "updated_at"])
        _keep_one_primary(contact)
    return contact


def _keep_one_primary(contact: Contact) -> None:
    """A partner has one first person to ask: the one said last."""
    if contact.is_primary:
        Contact.objects.filter(partner_id=contact.partner_id, is_primary=True).exclude(pk=contact.pk).update(
            is_primary=False
        )


def save_insight(contact: Contact, insight: ContactInsight, *, by: Membership) -> ContactInsight:
    """What staff alone know of a person; two at once leave one row."""
    saved, _created = ContactInsight.objects.update_or_create(
        contact=contact,
        defaults={
            "influence": insight.influence,
            "cares_about": insight.cares_about,
            "tastes": insight.tastes,
            "news_every": insight.news_every,
            "interests": insight.interests,
            "updated_by": by,
        },
    )
    return saved


@transaction.atomic
def leave(contact: Contact, *, left_on: dt.date, moved_to: str = "", successor: Contact | None = None) -> Contact:
    """Somebody has left the partner: kept in the history, with where they went and who follows them."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if successor is not None and (successor.pk == contact.pk or successor.partner_id != contact.partner_id):
        raise PeopleError(_("Choose somebody else of the same partner as the successor."))
    if successor is not None and successor.left_on is not None:
        raise PeopleError(_("%(name)s has left too. Choose somebody who is still there.") % {"name": successor})
    contact.left_on, contact.moved_to, contact.successor = left_on, moved_to, successor
    was_primary, contact.is_primary = contact.is_primary, False
    contact.save(update_fields=["left_on", "moved_to", "successor", "is_primary", "updated_at"])
    if was_primary and successor is not None:
        successor.is_primary = True
        update_contact(successor, ["is_primary"])
    if successor is None:
        create_task(
            partner=contact.partner,
            title=_("Find out who follows %(name)s") % {"name": contact},
            due_on=left_on + SUCCESSOR_WITHIN,
            kind=SUCCESSOR,
            key=str(contact.pk),
            url_name="partners:contact",
            url_kwargs={"pk": contact.pk},
        )
    else:
        complete_tasks(contact.partner, kind=SUCCESSOR, key=str(contact.pk))
    return contact


@transaction.atomic
def come_back(contact: Contact) -> Contact:
    """Somebody who had left is there again."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if contact.membership_id and (
        Contact.objects.filter(membership_id=contact.membership_id, left_on=None).exclude(pk=contact.pk).exists()
    ):
        raise PeopleError(_("Another person here has this place in the portal."))
    contact.left_on, contact.moved_to, contact.successor = None, "", None
    contact.save(update_fields=["left_on", "moved_to", "successor", "updated_at"])
    complete_tasks(contact.partner, kind=SUCCESSOR, key=str(contact.pk))
    return contact


def give_consent(contact: Contact, channel: str, *, on: dt.date, source: str, by: Membership) -> ContactConsent:
    """A person agreed to be sent something by a channel. Said again, the first time stays."""
    with transaction.atomic():
        ContactConsent.objects.bulk_create(
            [
                ContactConsent(
                    partner_id=contact.partner_id,
                    contact=contact,
                    channel=channel,
                    given_on=on,
                    source=source,
                    recorded_by=by,
                )
            ],
            ignore_conflicts=True,
        )
    return ContactConsent.objects.get(contact=contact, channel=channel, withdrawn_on=None)


def withdraw_consent(contact: Contact, channel: str, *, on: dt.date) -> bool:
    """A person no longer agrees; that they once did stays to be seen. False where they did not agree before."""
    consents = ContactConsent.objects.filter(contact=contact, channel=channel, withdrawn_on=None)
    return consents.update(withdrawn_on=on) > 0


REFUSED: Any = gettext_lazy("Mails to %(name)s came back, or were refused: no mail goes to that address.")


def check_may_mail(contact: Contact) -> None:
    """Refuse, with the reason, to write to who has left, has not agreed to mails or has no address."""
    if contact.left_on is not None:
        raise PeopleError(_("%(name)s has left and gets no mails.") % {"name": contact})
    if refused_among([contact.email]):
        raise PeopleError(REFUSED % {"name": contact})
    if not may_mail(contact):
        raise PeopleError(_("%(name)s has not agreed to mails, or has no address.") % {"name": contact})


def why_not_mailed(contact: Contact) -> str:
    """Why a mail that was allowed when it was written may not go out any more."""
    if contact.left_on is not None:
        return _("The person has left.")
    return str(REFUSED) % {"name": contact} if refused_among([contact.email]) else _("The consent was withdrawn.")


def save_people_settings(chosen: PeopleSettings) -> PeopleSettings:
    """Keep the manufacturer's limits and what goes out by itself; two at once leave one row."""
    values = {
        "yearly_limit": chosen.yearly_limit,
        "warn_percent": chosen.warn_percent,
        "automatic": chosen.automatic,
    }
    saved = PeopleSettings.objects.first()
    if saved is None:
        PeopleSettings.objects.bulk_create([PeopleSettings(**values)], ignore_conflicts=True)
        saved = PeopleSettings.objects.get()
    PeopleSettings.objects.filter(pk=saved.pk).update(**values)
    return PeopleSettings.objects.get(pk=saved.pk)


@transaction.atomic
def record_favour(favour: Favour, *, by: Membership, currency: str) -> tuple[Favour, str]:
    """Note a gift, visit or hospitality. A value beyond the person's yearly limit goes along the approval line for that,
    and counts once it is approved; it is refused where no such line takes the year's total.

    Returns the favour and a warning where the limit is near. Two at once are counted one after the other.
    """
    contact = Contact.objects.select_for_update(no_key=True).select_related("partner").get(pk=favour.contact_id)
    limits = people_settings()
    total = given_in(contact, favour.given_on.year) + favour.value
    money = {
        "name": contact,
        "total": formats.money(total, currency, get_language()),
        "limit": formats.money(limits.yearly_limit, currency, get_language()),
        "year": favour.given_on.year,
    }
    favour.by = by
    if limits.yearly_limit is not None and favour.value > 0 and total > limits.yearly_limit:
        if route_for(FAVOUR_SUBJECT, total) is None:
            raise PeopleError(
                _(
                    "With this, %(name)s would have been given %(total)s in %(year)s; the limit is %(limit)s. "
                    "It needs approval first, or a smaller value."
                )
                % money
            )
        if not favour.reason:
            raise PeopleError(_("This goes beyond the limit and needs approval: say what it is for."))
        return _ask_for(favour, contact, total, by=by), ""
    favour.save(force_insert=True)
    is_near = limits.yearly_limit is not None and total * 100 >= limits.yearly_limit * limits.warn_percent
    if not is_near:
        return favour, ""
    return favour, _("%(name)s has been given %(total)s in %(year)s; the limit is %(limit)s.") % money


def _ask_for(favour: Favour, contact: Contact, total: Decimal, *, by: Membership) -> Favour:
    """Note what goes beyond the limit, and have it approved. The line is that of the year's total with it: many small
    gifts go where a large one goes.
    """
    favour.state = FavourState.WAITING
    favour.save(force_insert=True)
    words = {"what": favour.what, "name": contact, "partner": contact.partner}
    request_approval(
        FAVOUR_SUBJECT,
        favour.pk,
        lambda: _("%(what)s for %(name)s, %(partner)s") % words,
        by=by,
        amount=total,
        partner_id=contact.partner_id,
        note=favour.reason,
    )
    favour.refresh_from_db(fields=["state"])
    return favour


def settle_favour(favour_id: int, state: FavourState) -> None:
    """What waited for approval is decided."""
    Favour.objects.filter(pk=favour_id, state=FavourState.WAITING).update(state=state)


@transaction.atomic
def withdraw_favours(partner: Partner) -> list[int]:
    """Nobody need approve what waits for the partner's people any more: it is not given. Returns which they were."""
    waiting = Favour.objects.filter(contact__partner=partner, state=FavourState.WAITING).order_by("pk")
    favours = list(waiting.values_list("pk", flat=True))
    for favour_id in favours:
        withdraw(FAVOUR_SUBJECT, favour_id, because=_("The partnership ended."))
        settle_favour(favour_id, FavourState.REFUSED)
    return favours


@transaction.atomic
def remove_favour(favour: Favour) -> None:
    """Take back what was noted by mistake; nobody need approve it any more."""
    withdraw(FAVOUR_SUBJECT, favour.pk, because=_("It was taken back."))
    Favour.objects.filter(pk=favour.pk).delete()


def contacts_from_members(partner: Partner) -> int:
    """Make a person of each of the partner's portal users who is none yet; returns how many."""
    known = Contact.objects.filter(partner=partner, membership__isnull=False).values("membership")
    members = Membership.objects.filter(partner=partner, is_active=True).exclude(pk__in=known)
    made = [
        Contact(
            partner=partner,
            membership=member,
            name=member.name,
            email=member.email,
            mobile=member.phone,
            position=member.title,
            language=member.language,
        )
        for member in members
    ]
    values: list[Any] = Contact.objects.bulk_create(made, ignore_conflicts=True)
    return len(values)
