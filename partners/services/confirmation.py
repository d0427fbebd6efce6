"""Asking partners whether what is old in their profiles is still right (P-2)."""

import datetime as dt
import json

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell_from
from partners.models import ConfirmationAsk, ConfirmationRound, Partner, Stage
from partners.notice_kinds.partners import PLEASE_CONFIRM
from partners.provenance import stale_before, stale_fields
from partners.questions import Question, all_questions
from partners.services.partners import PartnerError, confirm_profile
from tenancy.models import Membership
from tenancy.rights import ROLE_RIGHTS, Right

ASKED_ROLES = [role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_PROFILE_EDIT in rights]

ASK = """
INSERT INTO partners_confirmationask (manufacturer_id, round_id, partner_id, fields)
SELECT p.manufacturer_id, %(round)s, p.id, stale.fields
FROM partners_partner p
CROSS JOIN LATERAL (
    SELECT array_agg(key ORDER BY key) AS fields FROM jsonb_each(p.provenance)
    WHERE (value ->> 1)::date < %(before)s AND NOT coalesce(%(later)s::jsonb -> key, '[]') ? p.stage
) stale
WHERE p.id = ANY (%(partners)s) AND stale.fields IS NOT NULL
AND NOT EXISTS (
    SELECT FROM partners_confirmationask a WHERE a.partner_id = p.id AND a.answered_at IS NULL
)
"""


@transaction.atomic
def start_round(partners: QuerySet[Partner], *, months: int, due_on: dt.date, by: Membership) -> ConfirmationRound:
    """Ask those of `partners` that have a field older than `months`; whoever has an open question is not asked again.

    People who may edit the profile are told once. Raises PartnerError where nobody has anything to confirm.
    """
    if due_on <= timezone.localdate():
        raise PartnerError(_("Choose a day after today until which partners can answer."))
    this = ConfirmationRound.objects.create(months=months, due_on=due_on, started_by=by)
    with connection.cursor() as cursor:
        cursor.execute(
            ASK,
            {
                "round": this.pk,
                "before": stale_before(months),
                "later": json.dumps({each.name: _before(each) for each in all_questions() if each.stage is not None}),
                "partners": list(partners.order_by().values_list("pk", flat=True)),
            },
        )
        asked = cursor.rowcount
    if not asked:
        raise PartnerError(_("No partner has anything older than this to confirm, or all have been asked already."))
    people = Membership.objects.filter(
        partner__confirmation_asks__round=this, role__in=ASKED_ROLES, is_active=True
    ).order_by("pk")
    facts = {"round": this.pk, "due_on": due_on.isoformat()}
    tell_from([(member.pk, f"confirmation-{this.pk}", facts) for member in people], PLEASE_CONFIRM)
    return this


def _before(question: Question) -> list[str]:
    """The stages of partners that are asked for it only later: they are not asked to confirm it either."""
    return [stage for stage in Stage.values if question.comes_after(stage)]


@transaction.atomic
def answer_ask(ask: ConfirmationAsk, *, right: list[str]) -> ConfirmationAsk:
    """The partner says which of the asked fields are right as they stand; what it changes, it confirms by that.

    Answered once none of them is old any more; of two answers at once both count.
    """
    ask = ConfirmationAsk.objects.select_for_update(of=("self",)).select_related("round", "partner").get(pk=ask.pk)
    confirm_profile(ask.partner, [name for name in ask.fields if name in right])
    partner = Partner.objects.only("provenance").get(pk=ask.partner_id)
    left = stale_fields(partner.provenance, before=stale_before(ask.round.months), among=ask.fields)
    if not left and ask.answered_at is None:
        ask.answered_at = timezone.now()
        ask.save(update_fields=["answered_at"])
    return ask
