"""What follows when somebody of a partner leaves or comes back."""

from collections.abc import Collection

from partners.models import Qualification
from partners.services.qualifications import settle_companies
from tenancy.hooks import on_place_changed
from tenancy.models import Membership
from tenancy.rls import house_scope


def settle_qualifications(members: Collection[Membership]) -> None:
    """A company is qualified by those who are there: what it holds changes with them, at once. Whatever they hold is looked
    at under the company's lock only: somebody may be passing a course at this moment.
    """
    partners = {member.partner_id for member in members if member.partner_id is not None}
    with house_scope():
        held = Qualification.objects.filter(member__in=[member.pk for member in members], ended_on=None)
        partners |= set(held.values_list("partner", flat=True))
        if partners:
            settle_companies(partners)


def register() -> None:
    """Let it follow; called once the apps are ready."""
    on_place_changed(settle_qualifications)
