"""Announcements (N-2): what many partners are told at once, who reads it, and what they say to it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Audience, AudienceSnapshot, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class AnnouncementKind(models.TextChoices):
    PRICE = "price", _("Prices")
    PRODUCT = "product", _("Products")
    DOCUMENT = "document", _("Documents")
    PROGRAMME = "programme", _("Programme")
    COOPERATION = "cooperation", _("Co-operation")
    COMPETITION = "competition", _("Competition")


ADVERTISING_KINDS = frozenset({AnnouncementKind.PRODUCT, AnnouncementKind.PROGRAMME})
"""What is told to sell more. Prices, documents, co-operation and competition are what partners need for their work; so is
whatever they must confirm, of any kind."""


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Names(models.TextChoices):
    """What partners read of who wrote a comment; staff always read all of it."""

    COMPANY = "company", _("The company's name")
    HIDDEN = "hidden", _("That it is a partner")


@track()
class Announcement(OwnedModel):
    """What is told to an audience. Who is in it is found when it is published; `Addressee` keeps it."""

    kind = models.CharField(_("kind"), max_length=12, choices=AnnouncementKind.choices)
    titles = TranslatedField(_("title by language"))
    bodies = TranslatedField(_("text by language"))
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    takes_newcomers = models.BooleanField(_("also for those who come into the audience later"), default=False)
    snapshot = OwnedForeignKey(
        AudienceSnapshot, null=True, editable=False, related_name="+", verbose_name=_("frozen audience")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=AnnouncementState.choices, default=AnnouncementState.DRAFT
    )
    publish_at = models.DateTimeField(_("to be published"), null=True, blank=True)
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    is_pinned = models.BooleanField(_("pinned to the home page"), default=False)
    must_confirm = models.BooleanField(_("must be confirmed"), default=False)
    confirm_by = models.DateField(_("to be confirmed by"), null=True, blank=True)
    remind_before = models.PositiveSmallIntegerField(_("reminder so many days before"), default=3)
    comments_on = models.BooleanField(_("partners may comment"), default=False)
    names = models.CharField(
        _("partners read of each other"), max_length=7, choices=Names.choices, default=Names.HIDDEN
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = OwnedForeignKey(
        Membership, null=True, editable=False, related_name="+", verbose_name=_("published by")
    )
    owner = OwnedForeignKey(Membership, related_name="+", verbose_name=_("responsible"))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "expired"]) | models.Q(published_at__isnull=False),
                name="announcement_published_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(publish_at__isnull=False),
                name="announcement_scheduled_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(must_confirm=False) | models.Q(confirm_by__isnull=False),
                name="announcement_to_confirm_has_its_day",
                violation_error_message=_("Say until when it has to be confirmed."),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-created_at", "-id"], name="announcement_by_time"),
            models.Index(fields=["manufacturer", "state", "-published_at", "-id"], name="announcement_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.titles, "–")

    @property
    def body(self) -> str:
        return translated(self.bodies, "")

    @property
    def is_advertising(self) -> bool:
        """Whether it stays away from partners that a campaign holds out (C-2)."""
        return self.kind in ADVERTISING_KINDS and not self.must_confirm

    @property
    def is_out(self) -> bool:
        """Whether its partners can read it now."""
        return self.state == AnnouncementState.PUBLISHED and (self.ends_at is None or self.ends_at > timezone.now())


class Addressee(BulkModel):
    """A partner that an announcement is for, and what became of it there. A partner's first reader and confirmer count."""

    announcement = OwnedForeignKey(
        Announcement,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="addressees",
        verbose_name=_("announcement"),
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="addressed", verbose_name=_("partner")
    )
    addressed_at = models.DateTimeField(_("told"))
    due_on = models.DateField(_("to be confirmed by"), null=True)
    read_at = models.DateTimeField(_("first read"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = OwnedForeignKey(
        Membership, null=True, db_index=False, related_name="+", verbose_name=_("confirmed by")
    )

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "announcement", "partner"], name="addressee_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(read_at__isnull=False),
                name="addressee_confirms_what_it_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "partner", "-addressed_at", "-announcement"], name="addressee_by_partner"
            ),
            models.Index(
                fields=["manufacturer", "partner"],
                name="addressee_to_confirm",
                condition=models.Q(due_on__isnull=False, confirmed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.partner_id}"


class Reading(BulkModel):
    """That somebody at a partner has read an announcement."""

    announcement = OwnedForeignKey(
        Announcement, on_delete=models.CASCADE, db_index=False, related_name="readings", verbose_name=_("announcement")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    member = OwnedForeignKey(
        Membership, on_delete=models.CASCADE, db_index=False, related_name="readings", verbose_name=_("person")
    )
    read_at = models.DateTimeField(_("read"), default=timezone.now)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "announcement", "member"], name="reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.member_id}"


class AnnouncementFile(OwnedModel):
    """A file that goes with an announcement."""

    announcement = OwnedForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="files", verbose_name=_("announcement")
    )
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("put in by"))
    at = models.DateTimeField(_("put in"), default=timezone.now)

    class Meta:
        verbose_name = _("file of an announcement")
        verbose_name_plural = _("files of announcements")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "announcement", "sha256"], name="announcement_file_once"),
        ]

    def __str__(self) -> str:
        return self.original_name


class AnnouncementComment(OwnedModel):
    """What is said to an announcement, for all it is for. Whose it is stands in `CommentAuthor`, which others never read."""

    announcement = OwnedForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="comments", verbose_name=_("announcement")
    )
    body = models.TextField(_("comment"), max_length=4000)
    shown_name = models.CharField(_("shown as"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("of the manufacturer"), default=False)
    at = models.DateTimeField(_("written"), default=timezone.now)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("hidden by"))

    class Meta:
        verbose_name = _("comment on an announcement")
        verbose_name_plural = _("comments on announcements")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["manufacturer", "announcement", "at", "id"], name="announcement_comment_by_time")
        ]

    def __str__(self) -> str:
        return self.body[:60]


class CommentAuthor(OwnedModel):
    """Who wrote a comment. A partner reads its own alone, so that names that are not shown cannot be found out."""

    comment = OwnedForeignKey(
        AnnouncementComment, on_delete=models.CASCADE, related_name="authors", verbose_name=_("comment")
    )
    partner = OwnedForeignKey(Partner, null=True, related_name="+", verbose_name=_("partner"))
    member = OwnedForeignKey(Membership, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        verbose_name = _("author of a comment")
        verbose_name_plural = _("authors of comments")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "comment"], name="comment_author_once")]

    def __str__(self) -> str:
        return self.name
