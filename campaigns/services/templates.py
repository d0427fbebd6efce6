"""Templates of messengers: written, handed in to the gateway, and then fixed."""

import datetime as dt
import hashlib
import json
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.answers import known_answers
from campaigns.gateway import GatewayError, Submission, gateway
from campaigns.models import MessengerTemplate, TemplateState
from campaigns.texts import problems_of_words
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import platform_scope, staff_scope

GIVEN_UP_AFTER = dt.timedelta(minutes=2)
"""A hand-in that was begun so long ago and has no answer is begun again: a gateway is waited for half a minute."""
QUEUED_WITHIN = dt.timedelta(minutes=1)
SWEEP_LIMIT = 500


class TemplateError(DomainError):
    """A step that a template cannot take."""


@transaction.atomic
def save_template(template: MessengerTemplate, *, by: Membership) -> MessengerTemplate:
    """Keep a template, new or changed; what was handed in does not change any more."""
    _check_right(by)
    if template._state.adding:
        template.created_by = by
    else:
        _draft(template)
    template.save()
    return template


@transaction.atomic
def hand_in(template: MessengerTemplate, *, by: Membership) -> MessengerTemplate:
    """Have the messenger decide on a template: a worker hands it to the gateway (`submit`), which nobody waits for here."""
    _check_right(by)
    _draft(template)
    if problems := problems_of_words(template.body) + problems_of_words(template.sms_text):
        raise TemplateError(" ".join(dict.fromkeys(problems)))
    try:
        gateway()
    except GatewayError as error:
        raise TemplateError(_("The gateway cannot be reached: %(error)s") % {"error": error}) from error
    template.state, template.submitted_at, template.tried_at = TemplateState.QUEUED, timezone.now(), None
    template.reason = ""
    template.save(update_fields=["state", "submitted_at", "tried_at", "reason"])
    transaction.on_commit(partial(_queue, template.manufacturer_id, template.pk), robust=True)
    return template


def submit(*, manufacturer_id: int, template_id: int) -> bool:
    """Hand a template to the gateway, unless that was done or somebody is at it; outside any scope.

    No transaction is open while the gateway answers. Where it cannot be reached the template is a draft again, with the
    reason. After a process that died just then another one hands it in, by the same reference.
    """
    now = timezone.now()
    with staff_scope(manufacturer_id):
        template = _waiting(now).select_for_update(no_key=True).filter(pk=template_id).first()
        if template is None:
            return False
        MessengerTemplate.objects.filter(pk=template_id).update(tried_at=now)
        language = template.manufacturer.first_language
    changes: dict[str, Any]
    try:
        with translation.override(language):
            key, state = gateway().submit(submission_of(template))
    except GatewayError as error:
        changes = {"state": TemplateState.DRAFT, "submitted_at": None, "reason": str(error)[:500]}
    else:
        decided_at = timezone.now() if state == TemplateState.APPROVED else None
        changes = {"state": state, "gateway_key": key, "decided_at": decided_at}
    # Not where it was retired meanwhile, or another process took over.
    with staff_scope(manufacturer_id):
        mine = MessengerTemplate.objects.filter(pk=template_id, state=TemplateState.QUEUED, tried_at=now)
        return bool(mine.update(**changes))


def queue_waiting(now: dt.datetime) -> int:
    """Queue again what was to be handed in and was not: its message was lost, or its worker died. Returns how many."""
    with platform_scope():
        late = _waiting(now).filter(submitted_at__lt=now - QUEUED_WITHIN, manufacturer__is_active=True)
        found = list(late.order_by("pk").values_list("manufacturer_id", "pk")[:SWEEP_LIMIT])
    for manufacturer_id, template_id in found:
        _queue(manufacturer_id, template_id)
    return len(found)


def retire(template: MessengerTemplate, *, by: Membership) -> MessengerTemplate:
    """Nothing more is sent by it."""
    _check_right(by)
    template.state = TemplateState.RETIRED
    template.save(update_fields=["state"])
    return template


def _queue(manufacturer_id: int, template_id: int) -> None:
    from campaigns.tasks import sending as tasks

    tasks.submit_template.delay(manufacturer_id=manufacturer_id, template_id=template_id)


def _waiting(now: dt.datetime) -> QuerySet[MessengerTemplate]:
    """What is to be handed in and nobody is at."""
    nobody = Q(tried_at=None) | Q(tried_at__lt=now - GIVEN_UP_AFTER)
    return MessengerTemplate.objects.filter(nobody, state=TemplateState.QUEUED)


def submission_of(template: MessengerTemplate) -> Submission:
    """What of a template is handed in. Handed in again, after an answer that was lost too, the same words have the same
    reference."""
    with translation.override(template.language):
        buttons = [label for _code, label in known_answers(list(template.answers))]
    said = (template.name, template.channel, template.language, template.body, buttons)
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
    return Submission(f"template-{template.manufacturer_id}-{template.pk}-{digest}", *said)


def _check_right(by: Membership) -> None:
    if not by.can(Right.CAMPAIGNS_EDIT):
        raise TemplateError(_("Your role does not allow changing templates."))


def _draft(template: MessengerTemplate) -> None:
    locked = MessengerTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    if locked.state != TemplateState.DRAFT:
        raise TemplateError(_("This template has been handed in. Write a new one for other words."))
