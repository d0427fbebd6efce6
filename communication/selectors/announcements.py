"""Announcements as staff and partners read them, and how far they have come."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from communication.models import Addressee, Announcement, AnnouncementComment, AnnouncementState, Reading
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right


def _number(member: Membership, **narrowed: Any) -> Any:
    rows = seen_addressees(member).filter(announcement=OuterRef("pk"), **narrowed).order_by().values("announcement")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def announcement_rows(member: Membership) -> QuerySet[Any]:
    """All announcements for staff, with how many partners were told, have read and, where they are to, have confirmed."""
    return Announcement.objects.select_related("audience", "owner").annotate(
        addressed=_number(member),
        read=_number(member, read_at__isnull=False),
        confirmed=Case(When(must_confirm=True, then=_number(member, confirmed_at__isnull=False))),
    )


def seen_addressees(member: Membership) -> QuerySet[Addressee]:
    """The addressees that a member of the staff may see: of the partners that it sees."""
    if member.can(Right.PARTNERS_VIEW_ALL):
        return Addressee.objects.all()
    return Addressee.objects.filter(partner__in=partners_for(member).order_by().values("pk"))


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those whose title or text holds every word, in any language."""
    for word in text.split()[:10]:
        rows = rows.filter(Q(titles__icontains=word) | Q(bodies__icontains=word))
    return rows


@dataclass(frozen=True)
class Reach:
    """How far an announcement has come: partners told, read, confirmed, owing, late; people who could read, and did."""

    partners: int
    read: int
    confirmed: int
    late: int
    people: int
    readers: int

    @property
    def read_share(self) -> float | None:
        return 100 * self.read / self.partners if self.partners else None

    @property
    def confirmed_share(self) -> float | None:
        return 100 * self.confirmed / self.partners if self.partners else None

    @property
    def reader_share(self) -> float | None:
        return 100 * self.readers / self.people if self.people else None

    @property
    def owing(self) -> int:
        return self.partners - self.confirmed


def reach_of(announcement: Announcement, member: Membership) -> Reach:
    """Counted now, over the partners that the member sees. Two queries."""
    addressees = seen_addressees(member).filter(announcement=announcement)
    partners = addressees.aggregate(
        partners=Count("pk"),
        read=Count("read_at"),
        confirmed=Count("confirmed_at"),
        late=Count("pk", filter=Q(confirmed_at=None, due_on__lt=timezone.localdate())),
    )
    people = people_of(announcement, member).aggregate(people=Count("pk"), readers=Count("pk", filter=Q(has_read=True)))
    return Reach(**partners, **people)


def addressee_rows(announcement: Announcement, member: Membership) -> QuerySet[Addressee]:
    """Whom an announcement is for, with the partner and who confirmed."""
    return seen_addressees(member).filter(announcement=announcement).select_related("partner", "confirmed_by")


def people_of(announcement: Announcement, member: Membership) -> QuerySet[Any]:
    """Everybody at its partners, with whether and when they have read it."""
    readings = Reading.objects.filter(announcement=announcement, member=OuterRef("pk"))
    partners = seen_addressees(member).filter(announcement=announcement).order_by().values("partner")
    return (
        Membership.objects.filter(is_active=True, partner__in=partners)
        .select_related("partner")
        .annotate(has_read=Exists(readings), read_on=Subquery(readings.values("read_at")[:1]))
    )


def comments_for_staff(announcement: Announcement) -> QuerySet[AnnouncementComment]:
    """What was said, the hidden too, each with who said it."""
    return announcement.comments.prefetch_related("authors__partner")


# --- In the portal ----------------------------------------------------------------------------------------------------


def news_for(member: Membership) -> QuerySet[Any]:
    """What is addressed to the member's partner and out now, with whether the member has read it. The database shows a
    partner no other."""
    readings = Reading.objects.filter(announcement=OuterRef("announcement"), member=member)
    now = timezone.now()
    return (
        Addressee.objects.filter(partner=member.partner_id, announcement__state=AnnouncementState.PUBLISHED)
        .filter(Q(announcement__ends_at=None) | Q(announcement__ends_at__gt=now))
        .select_related("announcement")
        .annotate(has_read=Exists(readings))
    )


def comments_for(announcement: Announcement, member: Membership) -> list[tuple[AnnouncementComment, str, bool]]:
    """What is said to it: each comment, the own person's name where it is of the member's company, and whether it is."""
    return [
        (comment, next((author.name for author in comment.authors.all()), ""), bool(comment.authors.all()))
        for comment in announcement.comments.filter(hidden_at=None).prefetch_related("authors")
    ]
