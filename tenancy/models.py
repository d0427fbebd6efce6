import datetime as dt
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.functions import is_switched_on
from tenancy.history import track
from tenancy.mail_errors import ERROR_LENGTH
from tenancy.rights import (
    ASSIGNED_ONLY_REMOVES,
    PARTNER_ROLES,
    ROLE_RIGHTS,
    Right,
    Role,
)
from tenancy.rls import CurrentManufacturer
from tenancy.translation import translated


class Language(models.TextChoices):
    KOREAN = "ko", "한국어"
    JAPANESE = "ja", "日本語"
    ENGLISH = "en", "English"


LANGUAGE_OF_COUNTRY = {"KR": Language.KOREAN.value, "JP": Language.JAPANESE.value}
"""What is read where, as far as pages speak it; elsewhere a manufacturer's own languages say more than a country."""
COUNTRY_OF_LANGUAGE = {language: country for country, language in LANGUAGE_OF_COUNTRY.items()}


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who signs in with `email`; without a password only by a code or an invitation.

        Accounts come from operators and from invitations sent to the address, so it counts as confirmed.
        """
        from allauth.account.models import EmailAddress

        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save(using=self._db)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A platform administrator: Django admin over all manufacturers."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Inside a scope people are memberships: this table cannot be read there."""

    email = models.EmailField(_("e-mail"), unique=True)
    phone = models.CharField(_("mobile number"), max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("mobile number verified"), default=False)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("platform administrator"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


RESERVED_SLUGS = frozenset({"accounts", "admin", "api", "healthz", "look", "media", "readyz", "static"})


def not_reserved(slug: str) -> None:
    """A manufacturer's pages begin with its slug, so it must not be an address of the portal's own."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("The portal uses this address itself. Choose another."))


@track(exclude=["logo"])
class Manufacturer(models.Model):
    """A tenant: a company that runs a partner programme."""

    slug = models.SlugField(_("address"), max_length=40, unique=True, validators=[not_reserved])
    name = models.CharField(_("name"), max_length=150)
    names = TranslatedField(_("name by language"), blank=True)
    languages = KeysField(verbose_name=_("languages"))
    timezone = models.CharField(_("time zone"), max_length=60, default="UTC")
    currency = models.CharField(
        _("base currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three letters, such as KRW."))],
    )
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    business_hours = models.JSONField(_("business hours"), default=dict, blank=True)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    brand_colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#0f5e69",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #0f5e69."))],
    )
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    domain = models.CharField(
        _("own domain"),
        max_length=253,
        null=True,
        blank=True,
        unique=True,
        validators=[
            RegexValidator(
                r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
                _("A domain such as partners.example.com, in small letters."),
            )
        ],
    )
    require_mfa = models.BooleanField(_("staff must use a second factor"), default=False)
    functions_off = KeysField(verbose_name=_("switched-off functions"))
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("manufacturer")
        verbose_name_plural = _("manufacturers")
        ordering = ["slug"]

    def __str__(self) -> str:
        return translated(self.names, self.name)

    @property
    def first_language(self) -> str:
        """What is written for nobody in particular is written in it: the first of its languages that pages speak."""
        return next((each for each in self.languages if each in Language.values), Language.ENGLISH.value)

    def language_for(self, wanted: str) -> str:
        """A reader's language if the manufacturer's pages speak it, else its first one."""
        return wanted if not self.languages or wanted in self.languages else self.first_language

    @property
    def logo_url(self) -> str:
        """Where the logo is served, empty without one."""
        if not self.logo:
            return ""
        name = str(self.logo.name).removeprefix("logos/")
        return reverse("tenancy_public:logo", kwargs={"manufacturer": self.slug, "name": name})


class OwnedModel(models.Model):
    """A row of one manufacturer. The database fills it in and keeps it apart: see `tenancy/rls.py`."""

    manufacturer = models.ForeignKey(
        Manufacturer,
        on_delete=models.PROTECT,
        related_name="+",
        db_default=CurrentManufacturer(),
        editable=False,
        verbose_name=_("manufacturer"),
    )

    class Meta:
        abstract = True


def role_fits_side() -> models.Q:
    """Staff roles without a partner, partner roles with one."""
    return models.Q(role__in=sorted(PARTNER_ROLES), partner__isnull=False) | (
        ~models.Q(role__in=sorted(PARTNER_ROLES)) & models.Q(partner__isnull=True)
    )


@track(exclude=["last_seen_at"])
class Membership(OwnedModel):
    """One user's place: staff of a manufacturer, or a person of one of its partners.

    Name, e-mail and language are copies of the user's, since the user table cannot be read inside a scope; a trigger
    keeps them in step.
    """

    user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("user"),
    )
    partner = OwnedForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("partner"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    assigned_only = models.BooleanField(_("sees only assigned partners"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    created_at = models.DateTimeField(_("joined"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            # Who moves from one partner to another gets a new place; the old one stays with what was done in it.
            models.UniqueConstraint(
                fields=["manufacturer", "user"],
                condition=models.Q(is_active=True),
                name="membership_active_once",
                violation_error_message=_("This person has a place here already."),
            ),
            models.CheckConstraint(
                condition=role_fits_side(),
                name="membership_role_fits_side",
                violation_error_message=_("A partner's role needs a partner, and a staff role has none."),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner"], name="membership_by_partner"),
            models.Index(fields=["manufacturer", "name", "id"], name="membership_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the member works for the manufacturer, not for a partner."""
        return self.partner_id is None

    @cached_property
    def rights(self) -> frozenset[Right]:
        rights = ROLE_RIGHTS[self.role]
        return rights - ASSIGNED_ONLY_REMOVES if self.assigned_only else rights

    def can(self, right: Right) -> bool:
        """Whether the member's role holds the right."""
        return right in self.rights

    def has_function(self, key: str) -> bool:
        """Whether the function is switched on for the manufacturer and, for partner users, their kind and partner."""
        levels = [self.manufacturer.functions_off]
        if self.partner is not None:
            levels += [self.partner.functions_off, self.partner.kind.functions_off]
        return is_switched_on(key, *levels)

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this member's manufacturer."""
        return reverse(name, kwargs={"manufacturer": self.manufacturer.slug, **kwargs})


INVITATION_DAYS = 14


def invitation_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=INVITATION_DAYS)


class Invitation(OwnedModel):
    """An offer of a place, by mail: one use, with an end. Only the hash of its secret is kept.

    The secret is made when the mail is written, by the task that sends it; until then nobody knows one that fits.
    """

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    partner = OwnedForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("partner"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    assigned_only = models.BooleanField(_("sees only assigned partners"), default=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="invitations_sent",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), default=invitation_end)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    mail_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_sent_at = models.DateTimeField(_("mail sent"), null=True, blank=True, editable=False)
    mail_refused = models.CharField(_("mail refused"), max_length=ERROR_LENGTH, blank=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=role_fits_side(),
                name="invitation_role_fits_side",
                violation_error_message=_("A partner's role needs a partner, and a staff role has none."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                nulls_distinct=False,
                name="invitation_open_once_per_side",
                violation_error_message=_("This address has an open invitation already."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class JoinRequest(OwnedModel):
    """A colleague with an address of the partner's own e-mail domain asks to join (T-6)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    partner = OwnedForeignKey("partners.Partner", related_name="join_requests", verbose_name=_("partner"))
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    message = models.CharField(_("message"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    mail_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_sent_at = models.DateTimeField(_("answer sent"), null=True, blank=True, editable=False)
    mail_refused = models.CharField(_("mail refused"), max_length=ERROR_LENGTH, blank=True, editable=False)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "email"],
                condition=models.Q(state="waiting"),
                name="join_request_waiting_once",
            )
        ]

    def __str__(self) -> str:
        return self.email


VIEW_AS_TIME = dt.timedelta(hours=1)


class ViewAs(OwnedModel):
    """One of the staff looks at the portal as a partner's person sees it (T-7): who, whom, from when to when."""

    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("who looked"))
    member = OwnedForeignKey(Membership, related_name="viewed", verbose_name=_("as whom"))
    started_at = models.DateTimeField(_("began"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends by itself"))
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    class Meta:
        verbose_name = _("look as a partner's person")
        verbose_name_plural = _("looks as a partner's person")

    def __str__(self) -> str:
        return f"{self.by_id} -> {self.member_id}"


class DataKind(models.TextChoices):
    """The kinds of data that a sub-partner may share with the partner above it (P-15)."""

    PROFILE = "profile", _("Profile")
    SALES = "sales", pgettext_lazy("shared between partners", "Purchases")
    PAPERS = "papers", _("Compliance papers")
    AGREEMENTS = "agreements", _("Agreements")
    TASKS = "tasks", _("Tasks")
    PIPELINE = "pipeline", _("Opportunities")
    SERVICE = "service", _("Acting on our behalf")


class Sharing(OwnedModel):
    """A sub-partner's agreement to show one kind of its data to the partner above it."""

    partner = OwnedForeignKey("partners.Partner", related_name="sharings", verbose_name=_("partner"))
    above = OwnedForeignKey("partners.Partner", related_name="+", verbose_name=_("shown to"))
    data_kind = models.CharField(_("data"), max_length=10, choices=DataKind.choices)
    agreed_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("agreed by"))
    agreed_at = models.DateTimeField(_("agreed"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("sharing agreement")
        verbose_name_plural = _("sharing agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "above", "data_kind", "partner"],
                condition=models.Q(withdrawn_at=None),
                name="sharing_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} -> {self.above_id}: {self.get_data_kind_display()}"


class SavedView(OwnedModel):
    """A list's filters, sort and columns under a name; shared ones are seen by all staff."""

    member = OwnedForeignKey(Membership, related_name="saved_views", verbose_name=_("member"))
    list_key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "member", "list_key", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
