"""Audiences: which a member sees, and who is in them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from partners.audiences.fields import Catalogue, fitting
from partners.audiences.tree import Group, Problem, Reading, read
from partners.models import Audience, AudienceMember, AudienceSnapshot, Partner
from partners.selectors.partners import partners_for
from tenancy.errors import DomainError
from tenancy.models import Membership, SavedView
from tenancy.rights import Right


class BrokenAudienceError(DomainError):
    """An audience whose conditions cannot all be read: who is in it is not known, and is not guessed."""


def audiences_for(member: Membership) -> QuerySet[Audience]:
    """The audiences that a member may use: their own, and those that colleagues share."""
    return Audience.objects.filter(Q(owner=member) | Q(is_shared=True), is_archived=False).select_related("owner")


def may_edit_audience(member: Membership, audience: Audience) -> bool:
    """Whether a member may change an audience: who made it, and of shared ones who may share lists with all."""
    return audience.owner_id == member.pk or (audience.is_shared and member.can(Right.VIEWS_SHARE))


class ReadAudience:
    """Conditions as a member may ask them: what they mean, and what is wrong with them."""

    def __init__(self, definition: Any, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._reading: Reading = read(definition, catalogue.specs)

    @property
    def tree(self) -> Group:
        return self._reading.tree

    @property
    def problems(self) -> list[Problem]:
        return self._reading.problems

    @cached_property
    def partners(self) -> QuerySet[Partner]:
        """Who is in it, of the partners that the member may see, unsorted; BrokenAudienceError where that is unknown."""
        if self.problems:
            raise BrokenAudienceError(
                _("Something that this audience asks for is not there any more. Open it and mend its conditions.")
            )
        return self.fitting

    def narrowed(self, partners: QuerySet[Partner]) -> QuerySet[Partner]:
        """Those of `partners` that are in it."""
        return fitting(partners, self.tree, self.catalogue.fields)

    @property
    def fitting(self) -> QuerySet[Partner]:
        """Who fits those conditions that make sense: only for showing while the others are still being written."""
        return self.narrowed(partners_for(self.catalogue.member))


def audience_partners(audience: Audience, member: Membership) -> QuerySet[Partner]:
    """The partners that are in an audience now and that the member may see; BrokenAudienceError where it is unknown."""
    return ReadAudience(audience.definition, Catalogue(member)).partners


@dataclass(frozen=True)
class Use:
    """Something that uses an audience: what it is, and its page."""

    label: str
    url: str


def audience_uses(member: Membership, audiences: list[Audience]) -> dict[int, list[Use]]:
    """Who uses which audience, as far as the member may see it: lists saved with it as a filter. One query."""
    keys = {str(audience.pk): audience.pk for audience in audiences}
    views = SavedView.objects.filter(
        Q(member=member) | Q(is_shared=True), list_key="partners", query__contains="audience="
    )
    uses: dict[int, list[Use]] = {}
    for view in views.order_by("name", "pk"):
        for part in view.query.split("&"):
            name, _equals, value = part.partition("=")
            if name == "audience" and value in keys:
                url = f"{member.url('partners:list')}?{view.query}&view={view.pk}"
                uses.setdefault(keys[value], []).append(Use(view.name, url))
    return uses


def snapshots_of(audience: Audience, member: Membership) -> QuerySet[AudienceSnapshot]:
    """The frozen states of an audience, newest first; who sees only assigned partners sees those they froze."""
    found = audience.snapshots.select_related("taken_by")
    return found if member.can(Right.PARTNERS_VIEW_ALL) else found.filter(taken_by=member)


def snapshots_for(member: Membership) -> QuerySet[AudienceSnapshot]:
    """The frozen audiences that a member may see."""
    found = AudienceSnapshot.objects.filter(Q(audience__owner=member) | Q(audience__is_shared=True))
    if not member.can(Right.PARTNERS_VIEW_ALL):
        found = found.filter(taken_by=member)
    return found.select_related("audience", "taken_by")


def members_of(snapshot: AudienceSnapshot) -> QuerySet[AudienceMember]:
    """Who was in an audience when it was frozen, by name."""
    return snapshot.members.order_by("name", "partner")


def with_snapshot_counts(audiences: QuerySet[Audience]) -> QuerySet[Any]:
    """Audiences with how often they were frozen."""
    return audiences.annotate(snapshot_count=Count("snapshots"))
