"""How leads come in: what looks like one of them, what was merged, the public form, and the manufacturer's choices."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer
from leads.models.leads import Lead
from partners.models import Partner
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel


class LikenessState(models.TextChoices):
    """What was decided about a likeness."""

    OPEN = "open", _("To be decided")
    LINKED = "linked", _("Linked")
    DISMISSED = "dismissed", _("Somebody else")
    MERGED = "merged", _("Merged")


class LeadLikeness(OwnedModel):
    """A lead looks like another lead, an end customer or a partner: found on arrival, decided by a person."""

    lead = OwnedForeignKey(Lead, on_delete=models.CASCADE, related_name="likenesses", verbose_name=_("lead"))
    other = OwnedForeignKey(
        Lead,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="likenesses_to",
        verbose_name=_("other lead"),
    )
    customer = OwnedForeignKey(
        EndCustomer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="lead_likenesses",
        verbose_name=_("end customer"),
    )
    partner = OwnedForeignKey(
        Partner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="lead_likenesses",
        verbose_name=_("partner"),
    )
    score = models.FloatField(_("likeness"))
    reasons = models.JSONField(default=list)
    state = models.CharField(
        _("decision"), max_length=9, choices=LikenessState.choices, default=LikenessState.OPEN, db_default="open"
    )
    decided_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("possible duplicate of a lead")
        verbose_name_plural = _("possible duplicates of leads")
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(other__isnull=False, customer__isnull=True, partner__isnull=True)
                    | models.Q(other__isnull=True, customer__isnull=False, partner__isnull=True)
                    | models.Q(other__isnull=True, customer__isnull=True, partner__isnull=False)
                ),
                name="lead_likeness_to_one",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "lead", "other", "customer", "partner"],
                name="lead_likeness_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "other"], condition=models.Q(other__isnull=False), name="lead_likeness_by_other"
            ),
            models.Index(
                fields=["manufacturer", "customer"],
                condition=models.Q(customer__isnull=False),
                name="lead_likeness_by_customer",
            ),
            models.Index(
                fields=["manufacturer", "partner"],
                condition=models.Q(partner__isnull=False),
                name="lead_likeness_by_partner",
            ),
            models.Index(
                fields=["manufacturer", "-id"], condition=models.Q(state="open"), name="lead_likeness_to_decide"
            ),
        ]


class LeadMerge(OwnedModel):
    """Two leads were one: which stays, what it took over, and how to part them again."""

    winner = OwnedForeignKey(Lead, related_name="merges", verbose_name=_("lead that stays"))
    loser = OwnedForeignKey(Lead, related_name="merged_by", verbose_name=_("lead that went into it"))
    taken = models.JSONField(default=dict)
    """What the lead that stays took over: field -> [before, after]."""
    state_before = models.CharField(max_length=9)
    merged_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    merged_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())
    undone_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge of leads")
        verbose_name_plural = _("merges of leads")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "loser"],
                condition=models.Q(undone_at__isnull=True),
                name="lead_merged_once",
            )
        ]


class CustomerMerge(OwnedModel):
    """Two end customers were one: which stays, what it took over, what came to it, and how to part them again."""

    winner = OwnedForeignKey(EndCustomer, related_name="merges", verbose_name=_("end customer that stays"))
    loser = OwnedForeignKey(EndCustomer, related_name="merged_by", verbose_name=_("end customer that went into it"))
    taken = models.JSONField(default=dict)
    """What the one that stays took over: field -> [before, after]."""
    moved = models.JSONField(default=dict)
    """The rows that hung on the other: "app.Model.field" -> their keys."""
    merged_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    merged_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())
    undone_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge of end customers")
        verbose_name_plural = _("merges of end customers")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "loser"],
                condition=models.Q(undone_at__isnull=True),
                name="customer_merged_once",
            )
        ]


class FormState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Replaced")


@track()
class LeadForm(OwnedModel):
    """The public form in one language, with the words people agree to. A published one never changes: the next one replaces it."""

    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=FormState.choices, default=FormState.DRAFT)
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("introduction"), max_length=1000, blank=True)
    thanks = models.TextField(_("what is said when it has arrived"), max_length=1000)
    consent = models.TextField(_("what people agree to"), max_length=2000)
    asked = KeysField(verbose_name=_("fields that are shown"))
    needed = KeysField(verbose_name=_("fields that must be filled in"))
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("public form for leads")
        verbose_name_plural = _("public forms for leads")
        ordering = ["language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "language", "version"], name="lead_form_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "language"],
                condition=models.Q(state="published"),
                name="lead_form_published_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "language"], condition=models.Q(state="draft"), name="lead_form_draft_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()} {self.version}"

    @property
    def consent_version(self) -> str:
        """What a lead keeps of which words were agreed to."""
        return f"{self.language}-{self.version}"


class LocatorLeads(models.TextChoices):
    """What becomes of a question that somebody asks a partner on the public page of partners."""

    NONE = "none", _("Only a task for the partner")
    PARTNER = "partner", _("A lead of that partner")
    POOL = "pool", _("A lead in the pool")


ORIGIN = RegexValidator(
    r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$", _("An address such as https://www.example.com, without a path.")
)


class IntakeSettings(OwnedModel):
    """What a manufacturer chose for how leads come in; one row."""

    frame_origins = ArrayField(
        models.CharField(max_length=200, validators=[ORIGIN]),
        default=list,
        blank=True,
        verbose_name=_("sites that may show the form"),
    )
    locator = models.CharField(
        _("questions on the page of partners become"),
        max_length=8,
        choices=LocatorLeads.choices,
        default=LocatorLeads.PARTNER,
    )

    class Meta:
        verbose_name = _("settings of intake")
        verbose_name_plural = _("settings of intake")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="lead_intake_settings_once")]
