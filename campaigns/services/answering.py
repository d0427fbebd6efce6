"""What follows when a reader answers: it stands in the contact history, and somebody has something to do about it.

People at a partner: a contact in its history, and a task for who looks after it. End customers: a lead, with the campaign
as its source. The same answer twice is one.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.answers import ANSWERS
from campaigns.models import CampaignChannel, Recipient, ResponseKind
from campaigns.selectors.readers import with_standing
from campaigns.services.responses import record
from leads.services.intake import create_lead
from partners.models import CodeList, ContactCode, ContactEntry, Partner
from partners.models.contact_history import Direction
from partners.services.contact_codes import ensure_codes
from partners.services.tasks import create_task
from tenancy.models import Membership

DAYS_TO_ACT: dict[str, int | None] = {
    "call": 1,
    "sample": 2,
    "offer": 2,
    "visit": 3,
    "later": 30,
    "write": 1,
    "reply": 1,
    "not_interested": None,
}
"""How soon somebody sees to an answer; None: nobody has to."""
MOST_WORDS = 2000
LEAD_SOURCE = "campaign"
CHANNELS = {
    CampaignChannel.EMAIL: "mail",
    CampaignChannel.PORTAL: "web",
    CampaignChannel.MESSENGER: "message",
    CampaignChannel.SMS: "message",
    CampaignChannel.POST: "letter",
    CampaignChannel.FAX: "fax",
}
"""By what the contact history says it came."""
COMPANY_LENGTH, LEAD_CAMPAIGN_LENGTH = 200, 64


@dataclass(frozen=True)
class Said:
    """What a reader said: `what` is a code of `campaigns.answers`, "write" for words alone, or "reply" for a mail."""

    what: str
    words: str = ""
    phone: str = ""
    subject: str = ""
    at: dt.datetime | None = None


def reader_of(number: int) -> Recipient | None:
    """The reader with all that an answer needs; none for who was left out."""
    found = Recipient.objects.select_related("campaign__owner", "partner__channel_manager", "contact", "customer")
    return with_standing(found.filter(pk=number, left_out="").first())


@transaction.atomic
def take_answer(reader: Recipient, said: Said) -> bool:
    """Keep an answer by the page that a link leads to, and what follows from it; returns whether it is new."""
    at, words = said.at or timezone.now(), said.words.strip()[:MOST_WORDS]
    is_new = said.what in ANSWERS and record(reader, ResponseKind.ANSWER, at=at, detail=said.what, key=said.what)
    if words:
        key = hashlib.sha256(words.encode()).hexdigest()
        is_new = record(reader, ResponseKind.FORM, at=at, detail=words, key=key) or is_new
    if is_new:
        follow_up(reader, said, at)
    return is_new


def follow_up(reader: Recipient, said: Said, at: dt.datetime) -> None:
    """Contact history and task, or a lead. Within a transaction."""
    with translation.override(reader.campaign.owner.language):
        if reader.customer_id is None:
            if reader.partner is not None:
                _note(reader, reader.partner, said, at)
                _give_task(reader, reader.partner, said, at)
        elif DAYS_TO_ACT.get(said.what) is not None:
            _make_lead(reader, said, at)


def answer_words(what: str) -> str:
    """An answer as a reader of the active language says it."""
    if what in ANSWERS:
        return str(ANSWERS[what])
    return _("Replied by mail") if what == "reply" else _("Wrote to you")


def _note(reader: Recipient, partner: Partner, said: Said, at: dt.datetime) -> None:
    ensure_codes()
    usual = (
        "web"
        if said.what == "write"
        else "mail"
        if said.what == "reply"
        else CHANNELS[CampaignChannel(reader.campaign.channel)]
    )
    channels = ContactCode.objects.filter(list=CodeList.CHANNEL).order_by("is_retired", "order", "pk")
    channel = channels.filter(code=usual).first() or channels[0]
    title = _("%(answer)s: %(campaign)s") % {"answer": answer_words(said.what), "campaign": reader.campaign.title}
    ContactEntry.objects.create(
        partner=partner,
        direction=Direction.IN,
        channel=channel,
        at=at,
        contact=reader.contact,
        others="" if reader.contact_id else reader.name,
        title=(said.subject or title)[:200],
        summary="\n\n".join(filter(None, [title if said.subject else "", said.words.strip(), said.phone])),
    )


def _give_task(reader: Recipient, partner: Partner, said: Said, at: dt.datetime) -> None:
    days = DAYS_TO_ACT.get(said.what)
    if days is None:
        return
    manager: Membership | None = partner.channel_manager
    key = said.what if said.what in ANSWERS else f"{said.what}-{at:%Y%m%d%H%M%S%f}"
    create_task(
        partner=partner,
        title=_("%(name)s: “%(answer)s”") % {"name": reader.name, "answer": answer_words(said.what)},
        due_on=timezone.localdate(at) + dt.timedelta(days=days),
        owner=manager if manager and manager.is_active else reader.campaign.owner,
        detail="\n".join(filter(None, [reader.campaign.title, said.words.strip(), said.phone or reader.address])),
        kind="campaign_answer",
        key=f"{reader.pk}-{key}",
        url_name="campaigns:detail",
        url_kwargs={"pk": reader.campaign_id},
    )


def _make_lead(reader: Recipient, said: Said, at: dt.datetime) -> None:
    customer = reader.customer
    assert customer is not None
    create_lead(
        {
            "company": customer.name[:COMPANY_LENGTH],
            "name": reader.name,
            "email": customer.email,
            "phone": said.phone or customer.phone,
            "country": customer.country,
            "region": customer.region,
            "city": customer.city,
            "language": reader.language,
            "customer": customer,
            "subject": answer_words(said.what)[:200],
            "message": said.words.strip(),
            "campaign_code": reader.campaign.title[:LEAD_CAMPAIGN_LENGTH],
        },
        source=LEAD_SOURCE,
        received_at=at,
    )
    record(reader, ResponseKind.LEAD, at=at)
