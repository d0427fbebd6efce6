"""What tests of initiatives share: one with steps, and its start."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Initiative, InitiativePartner, InitiativeStep, InitiativeWork
from campaigns.services import initiatives as services
from partners.models import Audience
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope


def day(offset: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=offset)


def audience_of(owner: Membership, *partners: Any) -> Audience:
    """These partners alone."""
    rules = [{"field": "code", "test": "is", "value": partner.code} for partner in partners]
    return Audience.objects.create(
        name=f"Audience {Audience.objects.count()}", owner=owner, definition={"op": "any", "rules": rules}
    )


def draft(owner: Membership, *partners: Any, steps: Any = ({}, {}), **fields: Any) -> Initiative:
    """A draft for these partners, or for all, that runs for 30 days from today."""
    with staff_scope(owner.manufacturer_id):
        initiative = Initiative.objects.create(
            **{
                "names": {"en": "Show the new floor", "ko": "신제품 진열"},
                "goals": {"en": "Every showroom shows Aqua"},
                "owner": owner,
                "starts_on": day(0),
                "ends_on": day(30),
                "audience": audience_of(owner, *partners) if partners else None,
            }
            | fields
        )
        for number, step in enumerate(steps, start=1):
            InitiativeStep.objects.create(
                initiative=initiative, order=number, **{"titles": {"en": f"Step {number}"}} | step
            )
    return initiative


def started(owner: Membership, *partners: Any, **fields: Any) -> Initiative:
    """The same, started."""
    initiative = draft(owner, *partners, **fields)
    with staff_scope(owner.manufacturer_id):
        services.start(initiative, by=owner)
        return Initiative.objects.get(pk=initiative.pk)


def row_of(initiative: Initiative, partner: Any) -> InitiativePartner:
    with staff_scope(initiative.manufacturer_id):
        return InitiativePartner.objects.select_related("initiative").get(initiative=initiative, partner=partner)


def works(initiative: Initiative, partner: Any) -> list[InitiativeWork]:
    with staff_scope(initiative.manufacturer_id):
        rows = InitiativeWork.objects.filter(initiative=initiative, partner=partner)
        return list(rows.select_related("step").order_by("step__order"))


def as_partner(member: Membership) -> Any:
    return partner_scope(member.manufacturer_id, member.partner_id)  # type: ignore[arg-type]


def finish_all(initiative: Initiative, partner: Any, by: Membership) -> None:
    """The partner has done every step."""
    for work in works(initiative, partner):
        with staff_scope(initiative.manufacturer_id):
            services.finish(work, by=by)


def photo(content: bytes = b"%PDF-1.4 x", name: str = "shelf.pdf") -> Any:
    """A file that has been checked as the form does it."""
    upload: Any = SimpleUploadedFile(name, content)
    upload.checked_type = "application/pdf"
    return upload
