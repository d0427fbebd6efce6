"""Live sessions (E-1): when a lesson is held, who has a seat, who waits for one, and who was there."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated
from training.models.courses import Course
from training.models.learning import Enrolment


class SessionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Called off")


@track()
class LiveSession(OwnedModel):
    """A date on which a live lesson is held. It hangs on the lesson's key, and so stays from version to version.

    Partners do not read it themselves: its link is for those only who have a seat.
    """

    course = OwnedForeignKey(Course, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("course"))
    lesson_key = models.UUIDField(_("lesson"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    zone = models.CharField(_("time zone"), max_length=60)
    place = models.CharField(_("place"), max_length=300, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), default=20, validators=[MinValueValidator(1)])
    trainer = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("trainer"))
    note = models.CharField(_("what to know before"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=SessionState.choices, default=SessionState.PLANNED)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    """Counts the changes that calendars are told of."""
    day_told = models.DateTimeField(null=True, editable=False)
    hour_told = models.DateTimeField(null=True, editable=False)
    """For which beginning the reminders of a day and of an hour before have gone out."""
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="live_session_ends_after_it_begins",
                violation_error_message=_("It ends after it begins."),
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="live_session_has_a_seat"),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "starts_at", "id"], name="live_session_by_time"),
            models.Index(fields=["manufacturer", "lesson_key", "starts_at"], name="live_session_by_lesson"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def lesson_name(self) -> str:
        """The title of its lesson, where `selectors.live.session_rows` has read it along."""
        return translated(getattr(self, "lesson_titles", None) or {}, "–")

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_open(self) -> bool:
        """Whether seats are still given."""
        return self.state == SessionState.PLANNED and self.starts_at > timezone.now()


class SeatState(models.TextChoices):
    BOOKED = "booked", _("Has a seat")
    WAITING = "waiting", _("Waits")
    CANCELLED = "cancelled", _("Given back")
    ATTENDED = "attended", _("Was there")
    MISSED = "missed", _("Was not there")


HELD_SEATS = (SeatState.BOOKED, SeatState.ATTENDED, SeatState.MISSED)
"""What takes a seat away from others."""


class LiveSeat(BulkModel):
    """Somebody's seat at a session, or place in its waiting list."""

    session = OwnedForeignKey(
        LiveSession, on_delete=models.CASCADE, db_index=False, related_name="taken", verbose_name=_("live session")
    )
    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="live_seats", verbose_name=_("enrolment")
    )
    member = OwnedForeignKey(Membership, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    state = models.CharField(_("state"), max_length=9, choices=SeatState.choices)
    place = models.PositiveIntegerField(
        _("place in the row"), help_text=_("In the order in which seats were asked for.")
    )
    turn = models.PositiveSmallIntegerField(default=0)
    """Counts its changes: calendars and notices tell them apart by it."""
    booked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    marked_by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+", verbose_name=_("marked by"))

    class Meta:
        verbose_name = _("seat at a live session")
        verbose_name_plural = _("seats at live sessions")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "session", "enrolment"], name="live_seat_once"),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "session", "state", "place"], name="live_seat_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.enrolment_id}"
