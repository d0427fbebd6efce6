"""From first contact to partner: prospects, the form they apply with, and what happened on the way (P-5)."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models.partner import COUNTRY, Partner, shown_name
from partners.vetting import QuestionType
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.files import stored_name
from tenancy.history import track
from tenancy.mail_errors import ERROR_LENGTH
from tenancy.models import Invitation, Language, Membership, OwnedModel
from tenancy.translation import translated

FILE_FOLDER = "recruiting"

APPLICATION_SUBJECT = "partners.application"
"""Its key among the subjects of approvals."""


class ProspectStage(models.TextChoices):
    """How far a company has come on its way to being a partner."""

    FOUND = "found", _("Found")
    CONTACTED = "contacted", _("Contacted")
    APPLIED = "applied", _("Applied")
    REVIEWED = "reviewed", _("Reviewed")
    AGREED = "agreed", _("Agreed")
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", pgettext_lazy("stage of a partner", "Active")
    REFUSED = "refused", _("Refused")


WAY = (
    ProspectStage.FOUND,
    ProspectStage.CONTACTED,
    ProspectStage.APPLIED,
    ProspectStage.REVIEWED,
    ProspectStage.AGREED,
    ProspectStage.ONBOARDING,
    ProspectStage.ACTIVE,
)
"""The stages in their order; a refusal can come from any of the open ones."""

OPEN_STAGES = WAY[:5]
"""Where nothing is decided: staff move freely between these."""


class OwnCode(OwnedModel):
    """An entry of a list that is the manufacturer's own."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    is_retired = models.BooleanField(_("retired"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return translated(self.names, self.code)


class ProspectSource(OwnCode):
    """Where prospects come from (fair, search, website ...): the manufacturer's own list."""

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="prospect_source_code_once",
                violation_error_message=_("Another source has this code."),
            )
        ]


class RefusalReason(OwnCode):
    """Why a company does not become a partner: the manufacturer's own list."""

    class Meta:
        verbose_name = _("reason for refusing")
        verbose_name_plural = _("reasons for refusing")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="refusal_reason_code_once",
                violation_error_message=_("Another reason has this code."),
            )
        ]


class ApplicationForm(OwnedModel):
    """One version of what a company is asked when it applies. Published it is frozen, so that answers stay readable."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Replaced")

    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    intros = TranslatedField(_("introduction by language"), blank=True)
    consents = TranslatedField(_("consent by language"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("published by"))

    class Meta:
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "version"], name="application_form_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "state"],
                condition=~models.Q(state="retired"),
                name="application_form_state_once",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %(number)s") % {"number": self.version})

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def intro(self) -> str:
        return translated(self.intros)

    @property
    def consent(self) -> str:
        return translated(self.consents)


class ApplicationQuestion(OwnedModel):
    """One question of a form, and what its answers are worth; `options` is read by `partners.vetting`."""

    form = OwnedForeignKey(ApplicationForm, on_delete=models.CASCADE, related_name="questions", verbose_name=_("form"))
    key = models.SlugField(_("key"), max_length=40)
    type = models.CharField(_("type"), max_length=10, choices=[(each.value, each.value) for each in QuestionType])
    labels = TranslatedField(_("question by language"))
    helps = TranslatedField(_("explanation by language"), blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=0, validators=[MaxValueValidator(100)], help_text=_("0: does not count for the score.")
    )
    options = models.JSONField(_("answers"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "form", "key"], name="application_question_key_once")
        ]

    def __str__(self) -> str:
        return translated(self.labels, self.key)

    @property
    def help(self) -> str:
        return translated(self.helps)


@track(exclude=["search_text", "name_key", "phone_key", "number_key", "mail_domain", "explanation"])
class Prospect(OwnedModel):
    """A company that may become a partner: found by staff, brought in by a file, or applying by itself."""

    reference = models.CharField(_("reference"), max_length=20)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    company = models.CharField(_("company"), max_length=200)
    local_name = models.CharField(_("local name"), max_length=200, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_title = models.CharField(_("job title"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    note = models.TextField(_("note"), blank=True, max_length=4000)

    stage = models.CharField(_("stage"), max_length=12, choices=ProspectStage.choices, default=ProspectStage.FOUND)
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)
    source = OwnedForeignKey(ProspectSource, null=True, blank=True, related_name="prospects", verbose_name=_("source"))
    introduced_by_partner = OwnedForeignKey(
        Partner, null=True, blank=True, related_name="introduced_prospects", verbose_name=_("introduced by partner")
    )
    introduced_by_member = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="introduced_prospects",
        verbose_name=_("introduced by colleague"),
    )
    introduced_by_text = models.CharField(_("introduced by"), max_length=150, blank=True)
    owner = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="owned_prospects", verbose_name=_("responsible")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)

    form = OwnedForeignKey(
        ApplicationForm, null=True, blank=True, related_name="applications", verbose_name=_("application form")
    )
    form_key = models.UUIDField(null=True, blank=True, editable=False)
    """One of each page of the form that was opened: sent twice it is still one application."""
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    score = models.FloatField(
        _("score"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    is_knocked_out = models.BooleanField(_("an answer rules it out"), default=False)
    explanation = models.JSONField(default=list, blank=True)

    refusal_reason = OwnedForeignKey(
        RefusalReason, null=True, blank=True, related_name="prospects", verbose_name=_("reason for refusing")
    )
    partner = OwnedForeignKey(Partner, null=True, blank=True, related_name="prospects", verbose_name=_("partner"))
    invitation = OwnedForeignKey(Invitation, null=True, blank=True, related_name="+", verbose_name=_("invitation"))
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    number_key = models.CharField(max_length=40, blank=True, editable=False)
    phone_key = models.CharField(max_length=40, blank=True, editable=False)
    mail_domain = models.CharField(max_length=253, blank=True, editable=False)
    search_text = models.GeneratedField(
        expression=models.Func(
            "company", "local_name", "reference", "contact_name", "city", function="partners_search_text"
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="prospect_reference_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="prospect_external_code_once",
                violation_error_message=_("Another prospect has this external code."),
            ),
            models.UniqueConstraint(fields=["manufacturer", "form_key"], name="prospect_form_key_once"),
            models.UniqueConstraint(fields=["manufacturer", "partner"], name="prospect_partner_once"),
            models.CheckConstraint(
                condition=~models.Q(stage__in=["onboarding", "active"]) | models.Q(partner__isnull=False),
                name="prospect_onboarding_has_partner",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage="refused") | models.Q(refusal_reason__isnull=False),
                name="prospect_refused_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "stage", "stage_since", "id"], name="prospect_by_stage"),
            models.Index(fields=["manufacturer", "company", "id"], name="prospect_by_company"),
            models.Index(fields=["manufacturer", "score", "id"], name="prospect_by_score"),
            models.Index(fields=["manufacturer", "due_on", "id"], name="prospect_by_due"),
            models.Index(fields=["manufacturer", "created_at", "id"], name="prospect_by_created"),
            models.Index(fields=["manufacturer", "name_key"], name="prospect_by_name_key"),
            models.Index(fields=["manufacturer", "mail_domain"], name="prospect_by_domain"),
            models.Index(fields=["manufacturer", "introduced_by_partner"], name="prospect_by_introducer"),
        ]

    def __str__(self) -> str:
        return shown_name(self.company, self.local_name)

    @property
    def is_open(self) -> bool:
        """Whether nothing is decided yet."""
        return self.stage in OPEN_STAGES

    @property
    def introducer(self) -> str:
        """Who brought it, in words."""
        return str(self.introduced_by_partner or self.introduced_by_member or self.introduced_by_text or "")

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()


class ProspectMove(OwnedModel):
    """A step from one stage to another; `from_stage` is empty for the first."""

    prospect = OwnedForeignKey(Prospect, on_delete=models.CASCADE, related_name="moves", verbose_name=_("prospect"))
    from_stage = models.CharField(_("from"), max_length=12, choices=ProspectStage.choices, blank=True)
    to_stage = models.CharField(_("to"), max_length=12, choices=ProspectStage.choices)
    at = models.DateTimeField(_("at"), default=timezone.now, db_default=models.functions.Now())
    by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("by"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "prospect", "at", "id"], name="prospect_move_by_time")]

    def __str__(self) -> str:
        return f"{self.from_stage} -> {self.to_stage}"


class ProspectComment(OwnedModel):
    """What staff write to each other about a prospect."""

    prospect = OwnedForeignKey(Prospect, on_delete=models.CASCADE, related_name="comments", verbose_name=_("prospect"))
    author = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("comment"), max_length=4000)
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "prospect", "created_at"], name="prospect_comment_by_time")]

    def __str__(self) -> str:
        return self.text[:80]


def file_place(row: Any, name: str) -> str:
    """Where a prospect's file lies."""
    return stored_name(row.manufacturer_id, FILE_FOLDER, name)


class ProspectFile(OwnedModel):
    """A file that came with an application. Only staff can fetch it."""

    prospect = OwnedForeignKey(Prospect, on_delete=models.CASCADE, related_name="files", verbose_name=_("prospect"))
    question_key = models.SlugField(_("question"), max_length=40)
    file = models.FileField(_("file"), upload_to=file_place, max_length=200)
    original_name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.original_name


class ProspectMail(OwnedModel):
    """A mail to an applicant: one of each kind, whatever happens, and never lost."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Application received")
        REFUSED = "refused", _("Refusal")

    prospect = OwnedForeignKey(Prospect, on_delete=models.CASCADE, related_name="mails", verbose_name=_("prospect"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    mail_tried_at = models.DateTimeField(null=True, blank=True)
    mail_sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    mail_refused = models.CharField(_("refused by the mail server"), max_length=ERROR_LENGTH, blank=True)

    class Meta:
        verbose_name = _("mail to an applicant")
        verbose_name_plural = _("mails to applicants")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "prospect", "kind"], name="prospect_mail_once")]

    def __str__(self) -> str:
        return self.subject


class RecruitingTexts(OwnedModel):
    """What the manufacturer writes to who is refused; where it says nothing, the portal's own words go out."""

    refusal_subjects = TranslatedField(_("subject by language"), blank=True)
    refusal_texts = TranslatedField(_("text by language"), blank=True)

    class Meta:
        verbose_name = _("texts of recruiting")
        verbose_name_plural = _("texts of recruiting")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="recruiting_texts_once")]

    def __str__(self) -> str:
        return str(get_language())
