"""Several requests of the inbox decided at once, each with the checks of one alone."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import services
from approvals.models import Request
from pages import formats
from pages.lists import BulkRefusedError
from tenancy.errors import DomainError
from tenancy.models import Membership

MOST_AT_ONCE = 50


def approve_many(member: Membership, requests: QuerySet[Request], cleaned: dict[str, Any]) -> str:
    """The bulk action: say yes to each."""
    return _decide(member, requests, approve=True, comment=cleaned["comment"])


def refuse_many(member: Membership, requests: QuerySet[Request], cleaned: dict[str, Any]) -> str:
    """The bulk action: say no to each, for the same reason."""
    return _decide(member, requests, approve=False, comment=cleaned["comment"])


def _decide(member: Membership, requests: QuerySet[Request], *, approve: bool, comment: str) -> str:
    """What came of each, line by line: one that is refused keeps none of the others back."""
    lines, count = [], 0
    for request in list(requests.order_by("pk")):
        words = {"title": request}
        try:
            decided = services.decide(request, by=member, approve=approve, comment=comment)
        except DomainError as error:
            lines.append(_("Not decided: %(title)s. %(why)s") % (words | {"why": str(error)}))
            continue
        count += 1
        if decided.is_open:
            lines.append(_("Your answer is kept, and it goes on along its line: %(title)s") % words)
        else:
            lines.append((_("Approved: %(title)s") if approve else _("Refused: %(title)s")) % words)
    head = ngettext("%(count)s approval is answered.", "%(count)s approvals are answered.", count)
    text = "\n".join([head % {"count": formats.number(count)}, *lines])
    if not count:
        raise BulkRefusedError(text)
    return text
