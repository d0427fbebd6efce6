"""Templates of messengers: written, handed in to the gateway, and then fixed."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.answers import known_answers
from campaigns.gateway import GatewayError, Submission, gateway
from campaigns.models import MessengerTemplate, TemplateState
from campaigns.texts import problems_of_words
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


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
    """Have the messenger decide on a template; it says so by a signed call, or at once."""
    _check_right(by)
    _draft(template)
    if problems := problems_of_words(template.body) + problems_of_words(template.sms_text):
        raise TemplateError(" ".join(dict.fromkeys(problems)))
    with translation.override(template.language):
        buttons = [label for _code, label in known_answers(list(template.answers))]
    try:
        key, state = gateway().submit(
            Submission(template.name, template.channel, template.language, template.body, buttons)
        )
    except GatewayError as error:
        raise TemplateError(_("The gateway cannot be reached: %(error)s") % {"error": error}) from error
    now = timezone.now()
    template.gateway_key, template.state, template.submitted_at = key, state, now
    template.decided_at = now if state == TemplateState.APPROVED else None
    template.save(update_fields=["gateway_key", "state", "submitted_at", "decided_at"])
    return template


def retire(template: MessengerTemplate, *, by: Membership) -> MessengerTemplate:
    """Nothing more is sent by it."""
    _check_right(by)
    template.state = TemplateState.RETIRED
    template.save(update_fields=["state"])
    return template


def _check_right(by: Membership) -> None:
    if not by.can(Right.CAMPAIGNS_EDIT):
        raise TemplateError(_("Your role does not allow changing templates."))


def _draft(template: MessengerTemplate) -> None:
    locked = MessengerTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    if locked.state != TemplateState.DRAFT:
        raise TemplateError(_("This template has been handed in. Write a new one for other words."))
