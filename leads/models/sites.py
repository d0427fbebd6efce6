"""Sites (現場, 현장): where goods are installed, with who builds, how much goes in, and the papers of it (L-12)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import EndCustomer, Product, ProductCategory
from partners.models import COUNTRY, Partner, shown_name
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

FILE_FOLDER = "sites"


class SiteStage(models.TextChoices):
    """How far a building project has come."""

    SPECIFIED = "specified", _("Specified")
    TENDER = "tender", _("Tender")
    STARTED = "started", pgettext_lazy("site", "Started")
    INSTALLING = "installing", _("Installing")
    FINISHED = "finished", pgettext_lazy("site", "Finished")
    DROPPED = "dropped", _("Dropped")


SITE_WAY = (
    SiteStage.SPECIFIED,
    SiteStage.TENDER,
    SiteStage.STARTED,
    SiteStage.INSTALLING,
    SiteStage.FINISHED,
)
"""The stages in their order; any open one can be dropped."""
OPEN_SITE_STAGES = SITE_WAY[:4]


@track(exclude=["search_text"])
class Site(OwnedModel):
    """A place of use that leads, opportunities and deals hang on.

    Partners read the sites they have access to (`SiteAccess`), and write none of it: their steps go through the house.
    """

    reference = models.CharField(_("reference"), max_length=20)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    local_name = models.CharField(_("local name"), max_length=200, blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    client = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="sites", verbose_name=_("client")
    )
    stage = models.CharField(_("stage"), max_length=10, choices=SiteStage.choices, default=SiteStage.SPECIFIED)
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)
    area = models.DecimalField(
        _("area in m²"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    tender_on = models.DateField(_("tender on"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    finishes_on = models.DateField(_("finishes on"), null=True, blank=True)
    registered_by = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="sites", verbose_name=_("registered by")
    )
    note = models.TextField(_("note"), blank=True, max_length=4000)
    owner = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="owned_sites", verbose_name=_("responsible")
    )
    merged_into = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_records",
        verbose_name=_("merged into"),
    )
    created_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    search_text = models.GeneratedField(
        expression=models.Func("name", "local_name", "reference", "address", "city", function="partners_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="site_reference_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="site_external_code_once",
                violation_error_message=_("Another site has this external code."),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "stage", "-stage_since", "-id"], name="site_by_stage"),
            models.Index(fields=["manufacturer", "name", "id"], name="site_by_name"),
            models.Index(fields=["manufacturer", "-created_at", "-id"], name="site_latest"),
            models.Index(fields=["manufacturer", "client"], name="site_by_client"),
            models.Index(fields=["manufacturer", "registered_by", "-created_at", "-id"], name="site_by_registrar"),
        ]

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)

    @property
    def is_open(self) -> bool:
        """Whether something can still be sold there."""
        return self.stage in OPEN_SITE_STAGES and self.merged_into_id is None

    @property
    def place(self) -> str:
        """Where it is, in one line."""
        return ", ".join(part for part in (self.address, self.city, self.region) if part)


class SiteAccess(OwnedModel):
    """A partner that registered a site or takes part in it: that is who reads it in the portal."""

    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="access", db_index=False)
    partner = OwnedForeignKey(Partner, related_name="site_access", db_index=False)
    since = models.DateTimeField(default=timezone.now, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("access to a site")
        verbose_name_plural = _("access to sites")
        constraints = [models.UniqueConstraint(fields=["site", "partner"], name="site_access_once")]
        indexes = [models.Index(fields=["manufacturer", "partner", "site"], name="site_access_by_partner")]


class PartyRole(models.TextChoices):
    """What a company does at a site."""

    CLIENT = "client", _("Client")
    BUILDER = "builder", _("Builder")
    INTERIOR = "interior", _("Interior firm")
    ARCHITECT = "architect", _("Architect")
    INSTALLER = "installer", _("Installer")


class SiteParty(OwnedModel):
    """A company at a site: one of our partners, an end customer, or a name alone."""

    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="parties", db_index=False)
    role = models.CharField(_("role"), max_length=10, choices=PartyRole.choices)
    company = models.CharField(_("company"), max_length=200, blank=True)
    """Its name; for a partner or an end customer as it was when it was entered."""
    partner = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="site_parts", verbose_name=_("partner")
    )
    customer = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="site_parts", verbose_name=_("end customer")
    )
    contact = models.CharField(_("contact"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    entered_by = OwnedForeignKey(Partner, null=True, blank=True, editable=False, db_index=False, related_name="+")
    """The partner that entered it; empty where staff did. Contacts are shown to who entered them, and to staff."""
    created_at = models.DateTimeField(_("entered"), auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("party of a site")
        verbose_name_plural = _("parties of sites")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(partner__isnull=True) | models.Q(customer__isnull=True), name="site_party_is_one"
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "site", "role"], name="site_party_by_site"),
            models.Index(fields=["manufacturer", "partner"], name="site_party_by_partner"),
        ]

    def __str__(self) -> str:
        return self.company


class QuantityState(models.TextChoices):
    """How sure a quantity is."""

    PLANNED = "planned", _("Planned")
    QUOTED = "quoted", _("Quoted")
    ORDERED = "ordered", _("Ordered")
    DELIVERED = "delivered", _("Delivered")
    INSTALLED = "installed", _("Installed")


class SiteProduct(OwnedModel):
    """How much of what goes into a site. `partner` is who said so; without one it is the manufacturer's own figure."""

    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="products", db_index=False)
    product = OwnedForeignKey(
        Product, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product")
    )
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=QuantityState.choices, default=QuantityState.PLANNED)
    partner = OwnedForeignKey(Partner, null=True, blank=True, editable=False, db_index=False, related_name="+")
    is_shared = models.BooleanField(_("shown to the partners of the site"), default=False)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("quantity of a site")
        verbose_name_plural = _("quantities of sites")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=False) | models.Q(category__isnull=False),
                name="site_product_of_something",
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "site", "state"], name="site_product_by_site")]

    def __str__(self) -> str:
        return str(self.product or self.category or "")


class SiteFileKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    DOCUMENT = "document", _("Document")


class SiteFile(OwnedModel):
    """A photo or a paper of a site. `partner` is who brought it; staff's own are shown to partners where they say so."""

    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="files", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=SiteFileKind.choices, default=SiteFileKind.DOCUMENT)
    file = models.FileField(max_length=300)
    original_name = models.CharField(_("file"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("note"), max_length=300, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=SiteStage.choices, blank=True)
    """Where the site stood when it was brought."""
    partner = OwnedForeignKey(Partner, null=True, blank=True, editable=False, db_index=False, related_name="+")
    is_shared = models.BooleanField(_("shown to the partners of the site"), default=False)
    by = OwnedForeignKey(Membership, null=True, blank=True, db_index=False, related_name="+")
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("brought"), auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("file of a site")
        verbose_name_plural = _("files of sites")
        constraints = [
            models.UniqueConstraint(fields=["site", "partner", "sha256"], nulls_distinct=False, name="site_file_once")
        ]
        indexes = [models.Index(fields=["manufacturer", "site", "-created_at", "-id"], name="site_file_by_time")]

    def __str__(self) -> str:
        return self.original_name


class SiteStageMove(OwnedModel):
    """A step from one stage to another; `from_stage` is empty for the first."""

    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="moves", db_index=False)
    from_stage = models.CharField(_("from"), max_length=10, choices=SiteStage.choices, blank=True)
    to_stage = models.CharField(_("to"), max_length=10, choices=SiteStage.choices)
    at = models.DateTimeField(_("at"), default=timezone.now, db_default=models.functions.Now())
    by = OwnedForeignKey(Membership, null=True, blank=True, db_index=False, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a site")
        verbose_name_plural = _("steps of sites")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "site", "at", "id"], name="site_move_by_time")]

    def __str__(self) -> str:
        return f"{self.from_stage} -> {self.to_stage}"


class SiteKey(BulkModel):
    """A blocking key of a site, hashed: who shares one is compared."""

    pk = models.CompositePrimaryKey("manufacturer", "site", "key")
    site = OwnedForeignKey(Site, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding sites")
        verbose_name_plural = _("keys for finding sites")
        indexes = [models.Index(fields=["manufacturer", "key"], name="site_key_by_key")]
