"""Points for learning, and the leaderboard, which a manufacturer can switch off and everybody can leave."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel

MOST_POINTS = 10_000


class PointRules(OwnedModel):
    """What learning is worth, and whether people are compared."""

    is_on = models.BooleanField(_("points and leaderboard"), default=True)
    lesson_points = models.PositiveSmallIntegerField(
        _("points for a lesson"), default=10, validators=[MaxValueValidator(MOST_POINTS)]
    )
    quiz_points = models.PositiveSmallIntegerField(
        _("points for a full score"),
        default=50,
        validators=[MaxValueValidator(MOST_POINTS)],
        help_text=_("Beside those for the lesson; a score of 80 gives four fifths."),
    )
    course_points = models.PositiveSmallIntegerField(
        _("points for a course that is passed"), default=100, validators=[MaxValueValidator(MOST_POINTS)]
    )
    months = models.PositiveSmallIntegerField(
        _("months that count"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    across_partners = models.BooleanField(
        _("own rank among all partners' people"),
        default=True,
        help_text=_("With the points of the nearest, without names and partners."),
    )

    class Meta:
        verbose_name = _("rules of points")
        verbose_name_plural = _("rules of points")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="point_rules_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class LearningPoints(BulkModel):
    """What somebody's learning is worth by the rules, as counted last."""

    member = models.OneToOneField(
        Membership,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="learning_points",
        verbose_name=_("person"),
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    points = models.PositiveIntegerField(_("points"))
    counted_at = models.DateTimeField(_("counted"), db_default=Now())

    class Meta:
        verbose_name = _("points of a person")
        verbose_name_plural = _("points of people")
        indexes = [
            models.Index(fields=["manufacturer", "-points"], name="learning_points_rank"),
            models.Index(fields=["manufacturer", "partner", "-points"], name="learning_points_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.points}"


class LeaderboardLeaver(OwnedModel):
    """Somebody who does not want to be on the leaderboard."""

    member = models.OneToOneField(
        Membership,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("person who is on no leaderboard")
        verbose_name_plural = _("people who are on no leaderboard")

    def __str__(self) -> str:
        return str(self.member_id)
