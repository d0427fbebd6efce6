"""The notices by which people were told of their consents, and what became of each."""

from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from campaigns.addresses import address_key
from campaigns.models import NOT_NEEDED, CampaignChannel, ConsentNotice, NoticeState
from commerce.models import EndCustomer
from commerce.selectors import records_of
from leads.selectors.customers import customers_for
from partners.models import Contact
from partners.selectors.people import contacts_for
from tenancy.models import Membership
from tenancy.rights import Right

STATE = Case(
    When(ended_at__isnull=False, then=Value(NoticeState.ENDED.value)),
    When(mail_refused=NOT_NEEDED, then=Value(NoticeState.DROPPED.value)),
    When(~Q(mail_refused=""), then=Value(NoticeState.REFUSED.value)),
    When(mail_sent_at__isnull=False, then=Value(NoticeState.SENT.value)),
    default=Value(NoticeState.WAITING.value),
    output_field=CharField(),
)


def notices_for(member: Membership) -> QuerySet[ConsentNotice]:
    """The notices to those whom a member may see, with what became of each as `state`."""
    notices = ConsentNotice.objects.annotate(state=STATE)
    sees_all = member.can(Right.PARTNERS_VIEW_ALL)
    if sees_all and member.can(Right.CUSTOMERS_VIEW):
        return notices
    seen = Q(contact__isnull=False) if sees_all else Q(contact__in=contacts_for(member).values("pk"))
    if member.can(Right.CUSTOMERS_VIEW):
        seen |= Q(customer__in=customers_for(member).values("pk"))
    return notices.filter(seen)


def not_reached(notices: QuerySet[ConsentNotice]) -> QuerySet[ConsentNotice]:
    """Those of `notices` that could not be delivered."""
    return notices.exclude(mail_refused__in=["", NOT_NEEDED])


def notices_of(person: Contact | EndCustomer) -> QuerySet[ConsentNotice]:
    """The notices to a person, the latest first: to any record of theirs, and to an inbox or a number that they share with
    others, which is told once for all."""
    if isinstance(person, EndCustomer):
        own, number = Q(customer__in=records_of(person.pk)), person.phone
    else:
        own, number = Q(contact=person), person.mobile or person.phone
    at = [address_key(CampaignChannel.EMAIL, person.email), address_key(CampaignChannel.SMS, number)]
    notices = ConsentNotice.objects.filter(own | Q(address__in=[each for each in at if each]))
    return notices.annotate(state=STATE).order_by("-created_at", "-pk")


def why_not(notice: Any) -> str:
    """Why a notice did not reach its person; nothing for one that did."""
    return _("The consent ended before.") if notice.mail_refused == NOT_NEEDED else notice.mail_refused
