"""How partners move through their life cycle: reasons, moves, proposals, and what to do at each stage."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner, Stage
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class StageReason(OwnedModel):
    """Why partners move from one stage to another: the manufacturer's own list."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    stages = KeysField(verbose_name=_("for moves to"))
    is_retired = models.BooleanField(_("retired"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reason for a stage")
        verbose_name_plural = _("reasons for stages")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="stage_reason_code_once",
                violation_error_message=_("Another reason has this code."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class StageMove(OwnedModel):
    """A partner went from one stage to another: who moved it, when and why, and what that closed."""

    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="stage_moves")
    before = models.CharField(_("from"), max_length=12, choices=Stage.choices)
    after = models.CharField(_("to"), max_length=12, choices=Stage.choices)
    reason = OwnedForeignKey(StageReason, null=True, blank=True, related_name="moves", verbose_name=_("reason"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    closed = models.JSONField(_("what it closed"), default=dict, blank=True)
    """By ending step: what has to be known to open it again as it was."""
    unfinished = models.PositiveSmallIntegerField(_("steps left undone"), default=0)
    reversed_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False, related_name="reverses"
    )
    """The move that took this one back."""

    class Meta:
        verbose_name = _("move to a stage")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["manufacturer", "partner", "at"], name="stage_move_by_partner")]

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class StageProposal(OwnedModel):
    """A rule finds that a partner belongs at another stage. Staff decide; nothing moves by itself."""

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        ACCEPTED = "accepted", _("Moved")
        DECLINED = "declined", _("Left where it is")
        OUTDATED = "outdated", _("No longer so")

    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="stage_proposals")
    to = models.CharField(_("to"), max_length=12, choices=Stage.choices)
    facts = models.JSONField(_("found"), default=dict)
    """What the rule saw: for dormant `last_sale_on`, `gap` (its usual days between purchases) and `days` since."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("proposed"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("proposal of a stage")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner"],
                condition=models.Q(state="open"),
                name="stage_proposal_one_open",
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "state", "created_at"], name="stage_proposal_by_state")]

    def __str__(self) -> str:
        return f"{self.partner_id} → {self.get_to_display()}"


class PlaybookStep(OwnedModel):
    """What to do once a partner has come to a stage."""

    class Who(models.TextChoices):
        MANAGER = "manager", _("The channel manager")
        PARTNER = "partner", _("The partner")

    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    titles = TranslatedField(_("what to do"))
    texts = TranslatedField(_("how"), blank=True)
    material = models.URLField(_("material"), blank=True)
    who = models.CharField(_("who"), max_length=8, choices=Who.choices, default=Who.MANAGER)
    days = models.PositiveSmallIntegerField(
        _("days after the stage began"), default=7, validators=[MaxValueValidator(1000)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("step of a playbook")
        ordering = ["stage", "order", "days", "pk"]

    def __str__(self) -> str:
        return translated(self.titles)

    @property
    def text(self) -> str:
        """How it is done, in the reader's language."""
        return translated(self.texts)
