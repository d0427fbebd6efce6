"""The people of partners: who they are, what they agreed to, what was given to them, and how they are congratulated."""

import datetime as dt
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Coalesce, ExtractDay, ExtractMonth, Lower, NullIf, Trim
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.countries import country_name
from partners.models.partner import Partner
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel


class ContactRole(models.TextChoices):
    """What somebody does at the partner."""

    OWNER = "owner", _("Company owner")
    MANAGEMENT = "management", _("Management")
    SALES = "sales", _("Sales")
    PURCHASING = "purchasing", _("Purchasing")
    MARKETING = "marketing", _("Marketing")
    TECHNICAL = "technical", _("Technical")
    ACCOUNTING = "accounting", _("Accounting")
    OTHER = "other", _("Other")


class Messenger(models.TextChoices):
    KAKAO = "kakao", "KakaoTalk"
    LINE = "line", "LINE"
    WHATSAPP = "whatsapp", "WhatsApp"
    WECHAT = "wechat", "WeChat"
    TELEGRAM = "telegram", "Telegram"
    OTHER = "other", _("Other")


def _day_of_year(field: str) -> models.GeneratedField:
    """Month and day as 1231, by which those who have their day in some weeks are found."""
    return models.GeneratedField(
        expression=Cast(ExtractMonth(field), models.IntegerField()) * 100
        + Cast(ExtractDay(field), models.IntegerField()),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )


def _digits(number: str | Coalesce) -> models.Func:
    return models.Func(number, models.Value(r"\D"), models.Value(""), models.Value("g"), function="regexp_replace")


@track(exclude=["birthday_in_year", "joined_in_year", "email_key", "number_key", "messenger_key"])
class Contact(OwnedModel):
    """A person at a partner, with or without a place in the portal. Who has left stays, with where they went."""

    partner = OwnedForeignKey(Partner, related_name="contacts", db_index=False, verbose_name=_("partner"))
    membership = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="contacts", verbose_name=_("place in the portal")
    )
    name = models.CharField(_("name"), max_length=150)
    latin_name = models.CharField(_("name in Latin letters"), max_length=150, blank=True)
    position = models.CharField(_("job title"), max_length=100, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    role = models.CharField(_("role at the partner"), max_length=12, choices=ContactRole.choices, default="other")
    is_primary = models.BooleanField(_("first person to ask"), default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    messenger_kind = models.CharField(_("messenger"), max_length=10, choices=Messenger.choices, blank=True)
    messenger = models.CharField(_("name in the messenger"), max_length=100, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    joined_on = models.DateField(_("at the partner since"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    moved_to = models.CharField(_("moved to"), max_length=200, blank=True)
    successor = OwnedForeignKey("self", null=True, blank=True, related_name="predecessors", verbose_name=_("successor"))
    birthday_in_year = _day_of_year("birthday")
    joined_in_year = _day_of_year("joined_on")
    email_key = models.GeneratedField(expression=Lower(Trim("email")), output_field=models.TextField(), db_persist=True)
    """By which whoever has an address is found, as `Suppression` of campaigns keeps it."""
    number_key = models.GeneratedField(
        expression=_digits(Coalesce(NullIf("mobile", models.Value("")), "phone")),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    messenger_key = models.GeneratedField(
        expression=Coalesce(NullIf(Lower(Trim("messenger")), models.Value("")), _digits("mobile")),
        output_field=models.TextField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "name", "id"], name="contact_by_partner"),
            models.Index(fields=["manufacturer", "name", "id"], name="contact_by_name"),
            models.Index(fields=["manufacturer", "email_key"], name="contact_reached_by_email"),
            models.Index(fields=["manufacturer", "number_key"], name="contact_reached_by_number"),
            models.Index(fields=["manufacturer", "messenger_key"], name="contact_reached_by_messenger"),
            models.Index(
                fields=["manufacturer", "birthday_in_year"],
                condition=models.Q(birthday__isnull=False, left_on=None),
                name="contact_by_birthday",
            ),
            models.Index(
                fields=["manufacturer", "joined_in_year"],
                condition=models.Q(joined_on__isnull=False, left_on=None),
                name="contact_by_joined",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "membership"],
                condition=models.Q(left_on=None),
                name="contact_membership_once",
                violation_error_message=_("Another person here has this place in the portal."),
            ),
        ]

    def __str__(self) -> str:
        if self.latin_name and get_language() not in ("ko", "ja"):
            return self.latin_name
        return self.name


class Influence(models.TextChoices):
    """What somebody's word counts for when their company decides."""

    DECIDES = "decides", _("Decides")
    SHAPES = "shapes", _("Shapes the decision")
    ADVISES = "advises", _("Is asked")
    USES = "uses", _("Uses what is decided")
    OPPOSES = "opposes", _("Tends to oppose")


class NewsEvery(models.TextChoices):
    """How often somebody gets personal news."""

    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")


class ContactInsight(OwnedModel):
    """What staff alone know of a person; partners' logins cannot read this table."""

    contact = OwnedForeignKey(Contact, on_delete=models.CASCADE, related_name="insights", db_index=False)
    influence = models.CharField(_("influence on decisions"), max_length=10, choices=Influence.choices, blank=True)
    cares_about = models.TextField(_("what they care about"), blank=True)
    tastes = models.TextField(_("tastes"), blank=True)
    news_every = models.CharField(
        _("personal news"), max_length=8, choices=NewsEvery.choices, blank=True, default="", db_default=""
    )
    interests = KeysField(verbose_name=_("news about"), db_default=[])
    updated_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("what staff know")
        verbose_name_plural = _("what staff know")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "contact"], name="contact_insight_once")]
        indexes = [
            models.Index(
                fields=["manufacturer", "news_every", "contact"],
                condition=~models.Q(news_every=""),
                name="contact_gets_news",
            )
        ]


class ConsentChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    SMS = "sms", _("Text message")
    MESSENGER = "messenger", _("Messenger")
    POST = "post", _("Post")


class ContactConsent(OwnedModel):
    """What a person agreed to be sent by one channel: since when, by what, and when it was withdrawn."""

    partner = OwnedForeignKey(Partner, related_name="+", db_index=False)
    contact = OwnedForeignKey(Contact, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(_("contact channel"), max_length=10, choices=ConsentChannel.choices)
    given_on = models.DateField(_("given on"))
    source = models.CharField(_("by what"), max_length=200)
    recorded_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["manufacturer", "contact", "-given_on"], name="contact_consent_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "contact", "channel"],
                condition=models.Q(withdrawn_on=None),
                name="contact_consent_open_once",
            )
        ]


class FavourKind(models.TextChoices):
    GIFT = "gift", _("Gift")
    VISIT = "visit", _("Visit")
    HOSPITALITY = "hospitality", _("Hospitality")


FAVOUR_SUBJECT = "partners.favour"
"""Its key among the subjects of approvals."""


class FavourState(models.TextChoices):
    """Whether it counts: what is within the limit does at once, the rest once it is approved."""

    GIVEN = "given", _("Within the rules")
    WAITING = "waiting", _("In approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


COUNTED_FAVOURS = (FavourState.GIVEN, FavourState.APPROVED)


class Favour(OwnedModel):
    """Something given to a person: counted against the yearly limit. For staff alone."""

    contact = OwnedForeignKey(Contact, related_name="favours", db_index=False, verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=12, choices=FavourKind.choices, default=FavourKind.GIFT)
    given_on = models.DateField(_("on"))
    value = models.DecimalField(
        _("value"), max_digits=14, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    what = models.CharField(_("what"), max_length=300)
    reason = models.CharField(_("what for"), max_length=300, blank=True, default="", db_default="")
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=FavourState.choices,
        default=FavourState.GIVEN,
        db_default=FavourState.GIVEN.value,
    )
    by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("by"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("gift, visit or hospitality")
        verbose_name_plural = _("gifts, visits and hospitality")
        indexes = [
            models.Index(fields=["manufacturer", "contact", "-given_on", "-id"], name="favour_of_contact"),
            models.Index(fields=["manufacturer", "-given_on", "-id"], name="favour_latest"),
        ]


class PeopleSettings(OwnedModel):
    """What the manufacturer allows itself to give to one person in a calendar year, in the base currency, and which
    greetings go out by themselves.
    """

    yearly_limit = models.DecimalField(
        _("yearly limit for each person"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    warn_percent = models.PositiveSmallIntegerField(
        _("warn from this share of the limit, in %"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    automatic = KeysField(verbose_name=_("greetings that go out by themselves"))
    """Occasions; the others are approved and sent by hand, each."""

    class Meta:
        verbose_name = _("limits")
        verbose_name_plural = _("limits")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="people_settings_once")]


class Occasion(models.TextChoices):
    BIRTHDAY = "birthday", _("Birthday")
    ANNIVERSARY = "anniversary", _("Work anniversary")
    PROMOTION = "promotion", _("Higher grade of the partner")
    COMPANY = "company", _("Anniversary of the contract")
    FIRST_ORDER = "first_order", _("Anniversary of the first order")


OF_THE_COMPANY = (Occasion.COMPANY, Occasion.FIRST_ORDER)
"""A day of the whole company, told to its first contact."""


class GreetingText(OwnedModel):
    """What a greeting says, by occasion and language, and where a country has words of its own. {name}, {partner}, {years}, {grade} and {sender} are filled in."""

    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("greeting text")
        verbose_name_plural = _("greeting texts")
        ordering = ["occasion", "language", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "occasion", "language", "country"],
                name="greeting_text_once",
                violation_error_message=_("There is a text of this occasion, language and country already."),
            )
        ]

    def __str__(self) -> str:
        parts = (self.get_occasion_display(), self.get_language_display(), self.country and country_name(self.country))
        return " · ".join(str(part) for part in parts if part)


class Greeting(OwnedModel):
    """A congratulation of one person, by mail or in another way: once for each occasion and year, and once for each day
    on which the partner's grade rose, which `day` keeps.
    """

    class Way(models.TextChoices):
        MAIL = "mail", _("By e-mail")
        OTHER = "other", _("In person, by phone or by card")

    contact = OwnedForeignKey(Contact, related_name="greetings", db_index=False, verbose_name=_("person"))
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    day = models.DateField(_("day"), null=True)
    way = models.CharField(_("how"), max_length=8, choices=Way.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("by"))
    created_at = models.DateTimeField(auto_now_add=True)
    mail_tried_at = models.DateTimeField(null=True)
    mail_sent_at = models.DateTimeField(_("sent"), null=True)
    mail_refused = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "contact", "occasion", "year"],
                condition=models.Q(day=None),
                name="greeting_once_a_year",
                violation_error_message=_("This person has been congratulated already."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "contact", "occasion", "day"],
                condition=models.Q(day__isnull=False),
                name="greeting_once_a_day",
                violation_error_message=_("This person has been congratulated already."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "created_at"],
                condition=models.Q(way="mail", mail_sent_at=None, mail_refused=""),
                name="greeting_not_sent",
            )
        ]


class PersonalNews(OwnedModel):
    """What one person was told of a period, or that staff left it out: once for each period. For staff alone."""

    contact = OwnedForeignKey(Contact, related_name="news", db_index=False, verbose_name=_("person"))
    period = models.DateField(_("first day of the period"))
    is_skipped = models.BooleanField(_("left out"), default=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("by"))
    created_at = models.DateTimeField(auto_now_add=True)
    mail_tried_at = models.DateTimeField(null=True)
    mail_sent_at = models.DateTimeField(_("sent"), null=True)
    mail_refused = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("personal news")
        verbose_name_plural = _("personal news")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "contact", "period"], name="personal_news_once")]
        indexes = [
            models.Index(
                fields=["manufacturer", "created_at"],
                condition=models.Q(is_skipped=False, mail_sent_at=None, mail_refused=""),
                name="personal_news_not_sent",
            )
        ]


def in_year(day: dt.date) -> int:
    """A day without its year, as `Contact.birthday_in_year` has it."""
    return day.month * 100 + day.day
