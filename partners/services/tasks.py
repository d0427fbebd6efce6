"""Everything that changes tasks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Partner, Side, Task, TaskState
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import current_scope, house_scope


class TaskError(DomainError):
    """A step that a task cannot take now."""


def create_task(
    *,
    partner: Partner,
    title: str,
    due_on: dt.date | None = None,
    owner: Membership | None = None,
    for_partner: bool = False,
    is_shared: bool = False,
    detail: str = "",
    kind: str = "",
    key: str = "",
    url_name: str = "",
    url_kwargs: Mapping[str, Any] | None = None,
    by: Membership | None = None,
) -> Task:
    """Something to be done for a partner, by staff or, `for_partner`, by its own people.

    With a `key` the same thing asks once: again it gives the task that stands, open or finished, and changes nothing.
    `is_shared` lets the partner see a task of staff. `url_name` is a page of the side that has to do it.
    """
    current = current_scope()
    if current.actor == "partner" and current.partner != partner.pk:
        raise TaskError(_("Tasks can be given for your own company only."))
    with house_scope():
        if key and (known := Task.objects.filter(partner=partner, kind=kind, key=key).first()):
            return known
        task = Task(
            partner=partner,
            title=title[:200],
            detail=detail,
            due_on=due_on,
            side=Side.PARTNER if for_partner else Side.STAFF,
            owner=_fitting_owner(partner, owner, for_partner=for_partner),
            is_shared=is_shared or for_partner,
            kind=kind,
            key=key,
            url_name=url_name,
            url_kwargs=dict(url_kwargs or {}),
            created_by=by,
        )
        try:
            with transaction.atomic():
                task.save(force_insert=True)
        except IntegrityError:
            known = Task.objects.filter(partner=partner, kind=kind, key=key).first() if key else None
            if known is None:
                raise
            return known  # somebody else was quicker
    return task


def complete_tasks(partner: Partner, *, kind: str, key: str, by: Membership | None = None) -> int:
    """What the open tasks of this kind and key asked for has happened; returns how many that closes."""
    now = timezone.now()
    with house_scope():
        return Task.objects.filter(partner=partner, kind=kind, key=key, state=TaskState.OPEN).update(
            state=TaskState.DONE, finished_at=now, finished_by=by, updated_at=now
        )


def _fitting_owner(partner: Partner, owner: Membership | None, *, for_partner: bool) -> Membership | None:
    """The person, if of the side that has to do it; none given, for staff whoever looks after the partner."""
    if owner is None:
        return None if for_partner else _manager_of(partner)
    if for_partner and owner.partner_id != partner.pk:
        raise TaskError(_("%(name)s does not work for this partner.") % {"name": owner.name})
    if not for_partner and not owner.is_staff:
        raise TaskError(_("%(name)s does not work for the manufacturer.") % {"name": owner.name})
    return owner


def _manager_of(partner: Partner) -> Membership | None:
    if partner.channel_manager_id is None:
        return None
    return Membership.objects.filter(pk=partner.channel_manager_id, is_active=True).first()
