"""What changes the public page of partners, and the questions that come in by it."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.locator_questions import question_asked
from partners.models import LocatorEntry, LocatorQuestion, Partner
from partners.services.tasks import create_task

ANSWER_WITHIN = dt.timedelta(days=2)


@transaction.atomic
def list_partners(partners: QuerySet[Partner], *, listed: bool) -> int:
    """Show these partners on the public page, or take them off it; returns how many changed."""
    changed = (
        partners.exclude(locator_entry__is_listed=True) if listed else partners.filter(locator_entry__is_listed=True)
    )
    ids = list(changed.order_by().values_list("pk", flat=True))
    if listed:
        LocatorEntry.objects.bulk_create(
            [LocatorEntry(partner_id=pk, is_listed=True) for pk in ids],
            update_conflicts=True,
            unique_fields=["partner"],
            update_fields=["is_listed"],
            batch_size=5_000,
        )
    else:
        LocatorEntry.objects.filter(partner__in=ids).update(is_listed=False)
    return len(ids)


def save_entry(partner: Partner, values: Mapping[str, Any], *, fields: Sequence[str]) -> LocatorEntry:
    """How a partner stands on the public page: the named fields of `values`."""
    entry, _created = LocatorEntry.objects.get_or_create(partner=partner)
    for field in fields:
        setattr(entry, field, values[field])
    entry.save(update_fields=list(fields))
    return entry


@transaction.atomic
def ask_partner(
    partner: Partner, *, name: str, email: str, phone: str, message: str, consent: str, language: str
) -> LocatorQuestion:
    """Keep a visitor's question, and put it before the partner as a task. The same question on one day counts once."""
    day = timezone.localdate()
    text = "\n".join([name, email, phone, message, day.isoformat()])
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    try:
        with transaction.atomic():
            question = LocatorQuestion.objects.create(
                partner=partner,
                name=name,
                email=email,
                phone=phone,
                message=message,
                consent=consent,
                language=language,
                fingerprint=fingerprint,
            )
    except IntegrityError:  # sent twice
        return LocatorQuestion.objects.get(partner=partner, fingerprint=fingerprint)
    spoken, first = partner.manufacturer.languages, partner.manufacturer.first_language
    with override(next((language for language in partner.languages if language in spoken), first)):
        title = _("Answer %(name)s, who asked on the public page") % {"name": name}
    create_task(
        partner=partner,
        title=title[:200],
        detail="\n".join(line for line in [message, "", name, email, phone] if line or line == ""),
        due_on=day + ANSWER_WITHIN,
        for_partner=True,
        kind="locator_question",
        key=str(question.pk),
    )
    question_asked(question)
    return question
