"""What is worked out of learning: who may not finish, and what a course goes with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import OwnedModel
from training.models.courses import Course
from training.models.learning import Enrolment


class RiskModel(OwnedModel):
    """A model of who finishes, learned from courses of the past. The latest is the one in use, if it is useful."""

    version = models.PositiveIntegerField(_("version"))
    is_useful = models.BooleanField(_("better than the plain rate"))
    document = models.JSONField()
    """As `training.risk.EarlyWarning.as_json` writes it."""
    enrolments = models.PositiveIntegerField(_("enrolments"))
    finished = models.PositiveIntegerField(_("finished in time"))
    courses = models.PositiveIntegerField(_("courses"))
    created_at = models.DateTimeField(_("learned"), auto_now_add=True)

    class Meta:
        verbose_name = _("model of who finishes")
        verbose_name_plural = _("models of who finishes")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "version"], name="risk_model_version_once")]

    def __str__(self) -> str:
        return str(self.version)


class EnrolmentRisk(BulkModel):
    """How likely an open enrolment is finished in time, as of a night, and why it may not be."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, db_constraint=False, related_name="risk", verbose_name=_("enrolment")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    chance = models.FloatField(_("chance to finish in time"))
    needs_help = models.BooleanField(_("may not finish"))
    reasons = models.JSONField(_("reasons"), default=list)
    """What speaks against it, strongest first, as `training.risk` gives it."""
    scored_on = models.DateField(_("as of"))
    reminded_on = models.DateField(_("reminded"), null=True)

    class Meta:
        verbose_name = _("risk of not finishing")
        verbose_name_plural = _("risks of not finishing")
        constraints = [
            models.CheckConstraint(condition=models.Q(chance__range=(0, 1)), name="enrolment_risk_is_a_chance")
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "partner", "id"],
                condition=models.Q(needs_help=True),
                name="enrolment_risk_by_partner",
            ),
            models.Index(
                fields=["manufacturer", "id"], condition=models.Q(needs_help=True), name="enrolment_risk_needs_help"
            ),
        ]

    def __str__(self) -> str:
        return str(self.enrolment_id)


class CourseEffect(OwnedModel):
    """What partners that took a course did better or worse than comparable ones that did not, as last worked out."""

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, db_constraint=False, related_name="effect", verbose_name=_("course")
    )
    day = models.DateField(_("as of"))
    trained_after = models.DateField(_("trained after"))
    trained_until = models.DateField(_("trained until"))
    verdict = models.CharField(_("verdict"), max_length=11)
    """Of `valuation.comparison.Verdict`."""
    did = models.PositiveIntegerField(_("trained partners"))
    others = models.PositiveIntegerField(_("untrained partners"))
    pairs = models.PositiveIntegerField(_("pairs"))
    difference = models.FloatField(_("difference in growth, points"), null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    p = models.FloatField(null=True)
    plain_difference = models.FloatField(_("difference without pairing, points"), null=True)
    mean_did = models.FloatField(_("growth of the trained in pairs"), null=True)
    mean_others = models.FloatField(_("growth of their counterparts"), null=True)
    balance = models.JSONField(_("balance"), default=list)
    """Each with its key, and how far apart the groups were before and after pairing."""
    worked_out_at = models.DateTimeField(_("worked out"), auto_now=True)

    class Meta:
        verbose_name = _("effect of a course")
        verbose_name_plural = _("effects of courses")

    def __str__(self) -> str:
        return str(self.course_id)
