"""The content library (C-6): material for partners, in versions by language, and who used it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import Product, ProductCategory
from partners.models import Audience, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel
from tenancy.translation import translated


class AssetKind(models.TextChoices):
    """What a partner looks for."""

    PRICE_LIST = "price_list", _("Price list")
    CATALOGUE = "catalogue", _("Catalogue")
    DATASHEET = "datasheet", _("Data sheet")
    MANUAL = "manual", _("Installation and use")
    CERTIFICATE = "certificate", _("Certificate")
    PRESENTATION = "presentation", _("Presentation")
    PICTURE = "picture", _("Picture")
    VIDEO = "video", _("Video")
    TEXT = "text", _("Text")
    OTHER = "other", _("Other")


class AssetState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEXT_ASSET_STATES: dict[str, frozenset[str]] = {
    AssetState.DRAFT: frozenset({AssetState.SCHEDULED, AssetState.PUBLISHED}),
    AssetState.SCHEDULED: frozenset({AssetState.DRAFT, AssetState.PUBLISHED, AssetState.WITHDRAWN}),
    AssetState.PUBLISHED: frozenset({AssetState.SCHEDULED, AssetState.EXPIRED, AssetState.WITHDRAWN}),
    AssetState.EXPIRED: frozenset({AssetState.SCHEDULED, AssetState.PUBLISHED, AssetState.WITHDRAWN}),
    AssetState.WITHDRAWN: frozenset({AssetState.DRAFT}),
}


class ContentSource(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    PAGE = "page", _("Page")


class PreviewState(models.TextChoices):
    NONE = "none", _("No preview")
    WAITING = "waiting", _("Preview in the making")
    DONE = "done", _("Preview made")
    FAILED = "failed", _("No preview could be made")


class UseKind(models.TextChoices):
    VIEW = "view", _("Looked at")
    DOWNLOAD = "download", _("Downloaded")
    BRAND = "brand", _("Made with own logo")
    SHARE = "share", _("Shared")


class AssetTerms(OwnedModel):
    """What has to be accepted before material is downloaded. A changed text is a new edition, accepted anew."""

    name = models.CharField(_("name"), max_length=120)
    texts = TranslatedField(_("text by language"))
    edition = models.PositiveIntegerField(_("edition"), default=1)
    is_retired = models.BooleanField(_("retired"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("terms of use")
        verbose_name_plural = _("terms of use")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name"],
                name="asset_terms_name_once",
                violation_error_message=_("Other terms have this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@track(exclude=["shelf"])
class Asset(OwnedModel):
    """A piece of material under one name, with one current version per language.

    `shelf` is where partners find it: 0 for all, else the audience; empty while it is not out. The policies ask for it.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=AssetKind.choices, default=AssetKind.CATALOGUE)
    titles = TranslatedField(_("title by language"))
    summaries = TranslatedField(_("in a few words, by language"), blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, related_name="+", verbose_name=_("product category")
    )
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    terms = OwnedForeignKey(AssetTerms, null=True, blank=True, related_name="assets", verbose_name=_("terms of use"))
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    may_share = models.BooleanField(_("partners may pass it on to customers"), default=True)
    may_brand = models.BooleanField(_("partners may put their logo on it"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AssetState.choices, default=AssetState.DRAFT)
    reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last new version"), null=True, blank=True)
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("put in by"))
    created_at = models.DateTimeField(_("put in"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    shelf = models.GeneratedField(
        expression=models.Case(
            models.When(models.Q(state=AssetState.PUBLISHED), then=Coalesce(models.F("audience"), models.Value(0)))
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("material")
        indexes = [
            models.Index(fields=["manufacturer", "shelf", "-changed_at", "-id"], name="asset_by_shelf"),
            models.Index(
                "manufacturer",
                models.F("changed_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="asset_by_news",
            ),
            models.Index(fields=["manufacturer", "-updated_at", "-id"], name="asset_by_change"),
            models.Index(fields=["manufacturer", "state", "-updated_at", "-id"], name="asset_by_state"),
            models.Index(
                fields=["manufacturer", "valid_to"],
                name="asset_by_end",
                condition=models.Q(state="published", valid_to__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="asset_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.titles, "") or "–"

    @property
    def summary(self) -> str:
        return translated(self.summaries, "")

    @property
    def is_out(self) -> bool:
        """Whether partners can have it now."""
        today = timezone.localdate()
        return (
            self.state == AssetState.PUBLISHED
            and (self.valid_from is None or self.valid_from <= today)
            and (self.valid_to is None or self.valid_to >= today)
        )


class AssetProduct(OwnedModel):
    """A product that a piece of material is about."""

    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="products", verbose_name=_("material"))
    product = OwnedForeignKey(Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"))

    class Meta:
        verbose_name = _("product of material")
        verbose_name_plural = _("products of material")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "asset", "product"], name="asset_product_once"),
        ]

    def __str__(self) -> str:
        return str(self.product)


class AssetVersion(OwnedModel):
    """The content of a piece of material in one language as it was put in. Of each language one is current."""

    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="versions", verbose_name=_("material"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    number = models.PositiveIntegerField(_("version"))
    is_current = models.BooleanField(_("current"), default=True)
    source = models.CharField(max_length=5, choices=ContentSource.choices, default=ContentSource.FILE)
    stored = models.FileField(_("file"), max_length=300, blank=True)
    original_name = models.CharField(_("file name"), max_length=150, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True, max_length=50_000)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    zones = models.JSONField(_("places for logo and contact"), default=list, blank=True)
    """Of a PDF: [{"what": "logo" | "address" | "contact", "page": -1, "x": 15, "y": 250, "width": 60, "height": 20}], in
    millimetres from the upper left, pages from 1 on, or from -1 back from the end."""
    preview = models.CharField(max_length=8, choices=PreviewState.choices, default=PreviewState.NONE)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    text = models.TextField(blank=True)
    """What stands in the file, for the search."""
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("put in by"))
    created_at = models.DateTimeField(_("put in"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "asset", "language", "number"], name="asset_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "asset", "language"],
                condition=models.Q(is_current=True),
                name="asset_version_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(is_current=False),
                name="asset_version_withdrawn_is_not_current",
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "created_at"],
                name="asset_version_without_preview",
                condition=models.Q(preview="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.language} {self.number}"

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_video(self) -> bool:
        return self.content_type.startswith("video/")

    @property
    def ending(self) -> str:
        return ending_of(self.source, self.original_name)


def ending_of(source: str, original_name: str) -> str:
    """What a reader calls the kind of a version's file."""
    if source != ContentSource.FILE:
        return str(_("Link") if source == ContentSource.LINK else _("Text"))
    return original_name.rpartition(".")[2].upper()[:5]


class AssetPreview(OwnedModel):
    """A page of a version as a picture that was drawn here; page 0 is the small one for lists."""

    version = OwnedForeignKey(
        AssetVersion, on_delete=models.CASCADE, related_name="previews", verbose_name=_("version")
    )
    page = models.PositiveSmallIntegerField(_("page"))
    stored = models.FileField(_("file"), max_length=300)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        ordering = ["page"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "version", "page"], name="asset_preview_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.page}"


class AssetText(BulkModel):
    """What a piece of material is found by in one language, folded for the search. Partners never read it."""

    pk = models.CompositePrimaryKey("asset", "language")
    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="texts", db_index=False)
    language = models.CharField(max_length=5)
    title = models.TextField()
    text = models.TextField()

    class Meta:
        verbose_name = _("text of material")
        verbose_name_plural = _("texts of material")

    def __str__(self) -> str:
        return self.title


class AssetTextPart(BulkModel):
    """A part of what a long document is found by, where `AssetText` holds its beginning alone. Part 0 is what is said of it,
    -1 its signs of Chinese, Japanese or Korean script, each once; the others overlap. Partners never read it."""

    pk = models.CompositePrimaryKey("version", "part")
    version = OwnedForeignKey(AssetVersion, on_delete=models.CASCADE, related_name="parts", db_index=False)
    part = models.SmallIntegerField()
    text = models.TextField()

    class Meta:
        verbose_name = _("part of a long text")
        verbose_name_plural = _("parts of long texts")
        indexes = [
            models.Index(fields=["manufacturer", "version"], condition=models.Q(part=-1), name="asset_long_texts")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.part}"


class TermsAcceptance(OwnedModel):
    """Somebody of a partner accepted an edition of terms of use, with the text as it read."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    member = OwnedForeignKey(Membership, related_name="+", verbose_name=_("person"))
    terms = OwnedForeignKey(AssetTerms, related_name="acceptances", verbose_name=_("terms of use"))
    edition = models.PositiveIntegerField(_("edition"))
    text_sha256 = models.CharField(max_length=64)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    at = models.DateTimeField(_("accepted"), default=timezone.now)

    class Meta:
        verbose_name = _("accepted terms")
        verbose_name_plural = _("accepted terms")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "member", "terms", "edition"], name="terms_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.terms_id} {self.edition}"


class AssetUse(OwnedModel):
    """Somebody looked at, downloaded or passed on a version: of staff, of a partner, or a customer by a link."""

    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="uses", verbose_name=_("material"))
    version = OwnedForeignKey(
        AssetVersion, on_delete=models.CASCADE, related_name="uses", db_index=False, verbose_name=_("version")
    )
    kind = models.CharField(_("what"), max_length=8, choices=UseKind.choices)
    partner = OwnedForeignKey(
        Partner, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("partner")
    )
    member = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("person"))
    link = OwnedForeignKey(
        "campaigns.ShareLink", null=True, blank=True, related_name="uses", verbose_name=_("link for a customer")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("use of material")
        verbose_name_plural = _("uses of material")
        indexes = [
            models.Index(fields=["manufacturer", "asset", "-at", "-id"], name="asset_use_by_asset"),
            models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="asset_use_by_partner"),
            models.Index(fields=["manufacturer", "version", "partner"], name="asset_use_by_version"),
            models.Index(fields=["manufacturer", "-at", "-id"], name="asset_use_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asset_id}"


class PartnerBrand(OwnedModel):
    """What a partner puts on material in its own name."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    company = models.CharField(_("company"), max_length=120, blank=True)
    address = models.CharField(pgettext_lazy("street", "address"), max_length=200, blank=True)
    contact = models.CharField(_("contact person"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(_("website"), max_length=120, blank=True)
    logo = models.FileField(_("logo"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("brand of a partner")
        verbose_name_plural = _("brands of partners")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner"], name="partner_brand_once"),
        ]

    def __str__(self) -> str:
        return self.company

    @property
    def is_ready(self) -> bool:
        """Whether there is enough to put on a document."""
        return bool(self.company and (self.logo or self.phone or self.email))


class BrandedCopy(OwnedModel):
    """A version with a partner's logo and contact on it; made once from what it shows, `made_of`, and kept."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    version = OwnedForeignKey(AssetVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("version"))
    made_of = models.CharField(max_length=64)
    stored = models.FileField(_("file"), max_length=300)
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("copy with a partner's logo")
        verbose_name_plural = _("copies with partners' logos")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner", "version", "made_of"], name="branded_copy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.version_id}"


class ShareLink(OwnedModel):
    """A short address at which a partner's customer finds a piece of material, without a sign-in."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="links", verbose_name=_("material"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    token = models.CharField(max_length=32, unique=True)
    note = models.CharField(_("for whom"), max_length=120, blank=True)
    is_branded = models.BooleanField(_("with own logo"), default=False)
    created_by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    ends_on = models.DateField(_("works until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("switched off"), null=True, blank=True)

    class Meta:
        verbose_name = _("link for a customer")
        verbose_name_plural = _("links for customers")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="share_link_by_partner"),
        ]

    def __str__(self) -> str:
        return self.note or self.token


class LibraryVisit(OwnedModel):
    """When somebody was in the library: this time, and the time before, since when everything counts as new."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    member = OwnedForeignKey(Membership, related_name="+", verbose_name=_("person"))
    seen_at = models.DateTimeField(_("last there"))
    before_at = models.DateTimeField(_("the time before"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit to the library")
        verbose_name_plural = _("visits to the library")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "member"], name="library_visit_once"),
        ]

    def __str__(self) -> str:
        return str(self.seen_at)


class PartnerShelf(OwnedModel):
    """The audiences with material that a partner is in, as found out at its last visit. The policies read it."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    audiences = ArrayField(models.BigIntegerField(), default=list)
    checked_at = models.DateTimeField(_("found out"), auto_now=True)

    class Meta:
        verbose_name = _("shelves of a partner")
        verbose_name_plural = _("shelves of partners")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner"], name="partner_shelf_once"),
        ]

    def __str__(self) -> str:
        return str(self.partner_id)
