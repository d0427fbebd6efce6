"""What every step needs: the initiative as it is now, and what it must be."""

from django.utils.translation import gettext as _

from campaigns.models import Initiative
from campaigns.selectors.initiatives import may_edit
from tenancy.errors import DomainError
from tenancy.models import Membership


class InitiativeError(DomainError):
    """A step that an initiative cannot take."""


def locked(pk: int) -> Initiative:
    """The initiative, kept for this transaction."""
    return Initiative.objects.select_for_update(of=("self",)).select_related("owner", "audience").get(pk=pk)


def must_edit(initiative: Initiative, by: Membership) -> None:
    """Refuse whoever may not change it."""
    if not may_edit(by, initiative):
        raise InitiativeError(_("Only who owns this initiative, or looks after all partners, can change it."))


def must_be_draft(initiative: Initiative) -> None:
    """What partners work by stays as they were told."""
    if not initiative.is_draft:
        raise InitiativeError(_("It has started: its steps and partners stay as they are. Make a copy."))
