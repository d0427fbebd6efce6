"""What the lists of people do to those that are chosen."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from pages.lists import BulkRefusedError
from tenancy.errors import DomainError
from training.services.enrolling import MOST_AT_ONCE


def each_of(rows: QuerySet[Any], step: Callable[[Any], Any]) -> str:
    """Do it for each person's row; those for whom it cannot be done stay as they are, and the first reason is said. Too many
    at once are refused before anything is changed."""
    if rows.count() > MOST_AT_ONCE:
        raise BulkRefusedError(
            _("At most %(count)s people at once: narrow the list down first.") % {"count": formats.number(MOST_AT_ONCE)}
        )
    done, left, why = 0, 0, ""
    for row in rows.order_by("pk"):
        try:
            with transaction.atomic():
                step(row)
            done += 1
        except DomainError as error:
            left, why = left + 1, why or str(error)
    said = ngettext("%(count)s person is changed.", "%(count)s people are changed.", done) % {
        "count": formats.number(done)
    }
    if left:
        said += " " + ngettext("%(count)s stays: %(why)s", "%(count)s stay: %(why)s", left) % {
            "count": formats.number(left),
            "why": why,
        }
    return said
