"""What a gateway or a mail service tells of messages and templates afterwards."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from campaigns.bounces import OUR_ID, Report
from campaigns.gateway import cost_of
from campaigns.models import CampaignChannel, Message, MessageState, MessengerTemplate, TemplateState
from campaigns.services.bounces import keep_wherever, message_by_key
from campaigns.services.consents import keep_receipt
from campaigns.services.templates import submission_of
from tenancy.rls import current_scope

MOST_EVENTS = 1000


def take_events(events: list[Any]) -> Counter[str]:
    """Keep what is told, in the staff scope of the manufacturer; how many of each kind were kept, and how many "unknown".

    Each event stands by itself: one that is not understood does not stop the others. Told twice, nothing changes.
    """
    kinds = {"receipt": _receipt, "template": _template, "bounce": _mail, "complaint": _mail}
    counted: Counter[str] = Counter()
    for event in events[:MOST_EVENTS]:
        kind = event.get("kind") if isinstance(event, dict) else None
        take = kinds.get(kind) if isinstance(kind, str) else None
        counted[str(kind) if take and take(event) else "unknown"] += 1
    return counted


@transaction.atomic
def _receipt(event: dict[str, Any]) -> bool:
    """A message arrived or could not be delivered; how it went in the end, and what it cost."""
    if event.get("state") not in ("delivered", "failed"):
        return False
    message = message_by_key_of(event.get("key"))
    if message is None:
        return keep_receipt(str(event.get("key")), event["state"] == "failed", str(event.get("detail", "")))
    changes: dict[str, Any] = {}
    if event["state"] == "delivered":
        changes |= {"delivered_at": message.delivered_at or timezone.now(), "state": MessageState.SENT, "error": ""}
    elif message.delivered_at is None:
        changes |= {"state": MessageState.FAILED, "error": str(event.get("detail", ""))[:500]}
    if event.get("via") in (CampaignChannel.SMS, CampaignChannel.MESSENGER):
        channel = message.mailing.campaign.channel
        changes["via"] = event["via"] if event["via"] != channel else ""
    if (cost := cost_of(event.get("cost"))) is not None:
        changes["cost"] = cost
    if changes:
        Message.objects.filter(mailing=message.mailing_id, recipient=message.recipient_id).update(**changes)
    return True


def _template(event: dict[str, Any]) -> bool:
    """A template handed in was approved or rejected."""
    states = {"approved": TemplateState.APPROVED, "rejected": TemplateState.REJECTED}
    state = states.get(str(event.get("state")))
    key, reference = str(event.get("key", ""))[:100], str(event.get("reference", ""))
    if state is None or not (key or reference):
        return False
    changes = {"state": state, "reason": str(event.get("reason", ""))[:500], "decided_at": timezone.now()}
    open_ones = MessengerTemplate.objects.exclude(state__in=[TemplateState.DRAFT, TemplateState.RETIRED])
    if key and open_ones.filter(gateway_key=key).update(**changes):
        return True
    # The answer to the hand-in, with the key, may still be on its way, or was lost with its worker.
    waiting = open_ones.filter(state=TemplateState.QUEUED)
    found = [each.pk for each in waiting if submission_of(each).reference == reference]
    return bool(waiting.filter(pk__in=found).update(gateway_key=key, **changes))


def _mail(event: dict[str, Any]) -> bool:
    """A mail service tells what a report in the mailbox would."""
    found = OUR_ID.search(f"{event.get('message_id', '')}")
    if found is None:
        return False
    report = Report(
        current_scope().manufacturer or 0,  # whoever signed it speaks of its own mails alone
        UUID(found["key"]),
        event["kind"],
        event.get("is_dead") is True,
        str(event.get("detail", ""))[:500],
        int(found["partner"] or 0),
    )
    return keep_wherever(report)


def message_by_key_of(key: Any) -> Message | None:
    """The message of a key as a gateway writes it."""
    try:
        return message_by_key(UUID(str(key)))
    except ValueError:
        return None
