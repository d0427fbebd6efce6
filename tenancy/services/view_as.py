"""View as (T-7): staff look at the portal as a partner's person sees it, for an hour, without being able to change it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy import selectors
from tenancy.errors import TenancyError
from tenancy.models import VIEW_AS_TIME, Membership, ViewAs
from tenancy.rights import Right
from tenancy.rls import staff_scope

SESSION_KEY = "view_as"
"""Where the session keeps the number of the look that runs."""


@transaction.atomic
def start(member: Membership, *, by: Membership) -> ViewAs:
    """Begin to look as this person of a partner; kept as who, whom and when. Needs the staff scope."""
    if not by.is_staff or not by.can(Right.VIEW_AS):
        raise TenancyError(_("Your role does not include looking at the portal as somebody else."))
    if member.is_staff:
        raise TenancyError(_("Only the portal of a partner's person can be looked at."))
    if not selectors.people_seen_by(by).filter(pk=member.pk, is_active=True).exists():
        raise TenancyError(_("This person has no access to the portal, so there is nothing to look at."))
    now = timezone.now()
    return ViewAs.objects.create(by=by, member=member, started_at=now, ends_at=now + VIEW_AS_TIME)


def stop(pk: int, *, by: Membership) -> ViewAs | None:
    """End a look of one's own before its hour is over. Needs the staff scope."""
    ViewAs.objects.filter(pk=pk, by=by, stopped_at=None, ends_at__gt=timezone.now()).update(stopped_at=timezone.now())
    return ViewAs.objects.filter(pk=pk, by=by).first()


def running(by: Membership, pk: int) -> ViewAs | None:
    """The look that runs, its person and manufacturer loaded, as long as all it rests on still holds. Needs no scope."""
    if not by.can(Right.VIEW_AS):
        return None
    with staff_scope(by.manufacturer_id):
        looks = ViewAs.objects.select_related("member").filter(
            pk=pk, by=by, stopped_at=None, ends_at__gt=timezone.now(), member__is_active=True
        )
        found = looks.filter(member__in=selectors.people_seen_by(by)).first()
    if found is not None:
        found.member.manufacturer = by.manufacturer
        found.by = by
    return found
