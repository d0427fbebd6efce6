"""Market development funds: money set aside for what partners do to sell, and where each part of it is (C-8).

Where money is, the ledger alone says: each entry moves an amount from one place to another, the database keeps the
balances from the entries, lets none fall below zero, and lets nobody change an entry. Partners read what is theirs and
write none of it: their steps go through `house_scope`.
"""

import datetime as dt
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from commerce.models import CURRENCY
from partners.models import Audience, OwnCode, Partner, shown_name
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

FUND_SUBJECT = "campaigns.fund"
"""What a request is called among the subjects of approvals."""
CENT = Decimal("0.0001")
ABOVE_ZERO = [MinValueValidator(CENT)]


def _money(label: object, **options: object) -> models.DecimalField:
    return models.DecimalField(label, max_digits=18, decimal_places=4, **options)  # type: ignore[arg-type]


class FundActivity(OwnCode):
    """Something that partners are paid a share of (a fair, an advertisement ...): the manufacturer's own list."""

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="fund_activity_code_once",
                violation_error_message=_("Another activity has this code."),
            )
        ]


@track()
class Fund(OwnedModel):
    """A budget: its period, whom it is for, what it pays, and until when is asked and claimed. How much is in it, the
    ledger says."""

    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    request_until = models.DateField(_("requests until"))
    claim_days = models.PositiveSmallIntegerField(
        _("days to claim after the activity"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"),
        default=7,
        db_default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("By then a request is answered and a claim is checked. Partners see the day."),
    )
    audience = OwnedForeignKey(
        Audience,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for whom"),
        help_text=_("Nobody chosen: all active partners."),
    )
    activities = KeysField(
        verbose_name=_("activities"), db_default=[], help_text=_("Nothing chosen: every activity of your list.")
    )
    share = models.DecimalField(
        _("share paid, in %"),
        max_digits=5,
        decimal_places=2,
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    is_common = models.BooleanField(
        _("who asks first is served first"),
        default=False,
        help_text=_("Requests draw on what is left in the fund. Otherwise each partner has only what it was given."),
    )
    cap = _money(
        _("at most per partner"), null=True, blank=True, validators=ABOVE_ZERO, help_text=_("Empty: no limit.")
    )
    note = models.TextField(_("what partners should know"), blank=True, max_length=2000)
    is_open = models.BooleanField(_("partners can ask"), default=True)
    owner = OwnedForeignKey(Membership, related_name="+", verbose_name=_("owner"))
    swept_on = models.DateField(null=True, editable=False)
    """When what partners had left at its end went back into it."""
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name"],
                name="fund_name_once",
                violation_error_message=_("Another fund has this name."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="fund_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(request_until__gte=models.F("starts_on"))
                & models.Q(request_until__lte=models.F("ends_on")),
                name="fund_request_within",
                violation_error_message=_("The last day for requests lies within the period."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.TextChoices):
    """Where money of a fund can be."""

    OUTSIDE = "outside", _("Outside of the fund")
    POOL = "pool", _("Not given to anybody")
    FREE = "free", pgettext_lazy("money", "Left")
    RESERVED = "reserved", pgettext_lazy("money", "Asked for")
    APPROVED = "approved", pgettext_lazy("money", "Approved")
    CLAIMED = "claimed", pgettext_lazy("money", "Claimed")
    SETTLED = "settled", pgettext_lazy("money", "Settled")


OWN_PLACES = (Place.FREE, Place.RESERVED, Place.APPROVED, Place.CLAIMED, Place.SETTLED)
"""Places of one partner's money."""


class EntryKind(models.TextChoices):
    """Why money moves."""

    BUDGET = "budget", _("Put into the fund")
    CUT = "cut", _("Taken out of the fund")
    ALLOT = "allot", _("Given to the partner")
    RETURN = "return", _("Back into the fund")
    RESERVE = "reserve", _("Reserved for a request")
    RELEASE = "release", _("Free again")
    APPROVE = "approve", pgettext_lazy("money", "Approved")
    CLAIM = "claim", pgettext_lazy("money", "Claimed")
    REOPEN = "reopen", _("Claim returned")
    SETTLE = "settle", pgettext_lazy("money", "Settled")
    EXPIRE = "expire", _("Expired")


MOVES: dict[str, tuple[tuple[str, str], ...]] = {
    EntryKind.BUDGET: ((Place.OUTSIDE, Place.POOL),),
    EntryKind.CUT: ((Place.POOL, Place.OUTSIDE),),
    EntryKind.ALLOT: ((Place.POOL, Place.FREE),),
    EntryKind.RETURN: ((Place.FREE, Place.POOL),),
    EntryKind.RESERVE: ((Place.FREE, Place.RESERVED),),
    EntryKind.RELEASE: (
        (Place.RESERVED, Place.FREE),
        (Place.APPROVED, Place.FREE),
        (Place.CLAIMED, Place.FREE),
    ),
    EntryKind.APPROVE: ((Place.RESERVED, Place.APPROVED),),
    EntryKind.CLAIM: ((Place.APPROVED, Place.CLAIMED),),
    EntryKind.REOPEN: ((Place.CLAIMED, Place.APPROVED),),
    EntryKind.SETTLE: ((Place.CLAIMED, Place.SETTLED),),
    EntryKind.EXPIRE: ((Place.APPROVED, Place.FREE), (Place.FREE, Place.POOL)),
}
"""From where to where each kind moves money. The database knows them, too."""


class FundState(models.TextChoices):
    """Where a request stands."""

    SUBMITTED = "submitted", _("Waits for an answer")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLAIMED = "claimed", _("Claim is being checked")
    RETURNED = "returned", _("More is asked for")
    SETTLED = "settled", _("Settled")
    EXPIRED = "expired", _("Expired")


NEXT_FUND_STATES: dict[str, frozenset[str]] = {
    FundState.SUBMITTED: frozenset({FundState.APPROVED, FundState.REFUSED, FundState.WITHDRAWN}),
    FundState.APPROVED: frozenset({FundState.CLAIMED, FundState.WITHDRAWN, FundState.EXPIRED}),
    FundState.CLAIMED: frozenset({FundState.RETURNED, FundState.SETTLED}),
    FundState.RETURNED: frozenset({FundState.CLAIMED, FundState.WITHDRAWN, FundState.EXPIRED}),
    FundState.REFUSED: frozenset(),
    FundState.WITHDRAWN: frozenset(),
    FundState.SETTLED: frozenset(),
    FundState.EXPIRED: frozenset(),
}
WAITING_STATES = (FundState.SUBMITTED, FundState.CLAIMED)
"""The manufacturer is to answer."""
CLAIMABLE_STATES = (FundState.APPROVED, FundState.RETURNED)
"""The partner may put a claim together."""


@track(exclude=["search_text"])
class FundRequest(OwnedModel):
    """What a partner wants to do, with what it costs; later what came of it."""

    reference = models.CharField(_("reference"), max_length=20)
    fund = OwnedForeignKey(Fund, related_name="requests", verbose_name=_("fund"))
    partner = OwnedForeignKey(Partner, db_index=False, related_name="fund_requests", verbose_name=_("partner"))
    partner_name = models.CharField(_("partner"), max_length=400)
    partner_local_name = models.CharField(_("partner's local name"), max_length=200, blank=True)
    activity = OwnedForeignKey(FundActivity, related_name="+", verbose_name=_("activity"))
    title = models.CharField(_("what you want to do"), max_length=200)
    purpose = models.TextField(_("what it is to bring"), blank=True, max_length=2000)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    campaign = OwnedForeignKey(Campaign, null=True, blank=True, related_name="+", verbose_name=_("campaign"))
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8, editable=False)
    """What one unit of the request's currency is worth in the fund's, on the day it was handed in."""
    planned = _money(_("planned cost"), editable=False)
    share = models.DecimalField(_("share paid, in %"), max_digits=5, decimal_places=2, editable=False)
    asked = _money(_("asked for"), editable=False)
    """The share of the planned cost, in the fund's currency: what is reserved."""
    asked_base = _money(_("asked for, in base currency"), null=True, editable=False)
    approved = _money(_("approved"), null=True, editable=False)
    settled = _money(_("settled"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=FundState.choices, default=FundState.SUBMITTED)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    claim_until = models.DateField(_("claim until"), null=True, blank=True, editable=False)
    wanted_until = models.DateField(_("longer until"), null=True, blank=True)
    wanted_why = models.CharField(_("why longer"), max_length=500, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True, max_length=2000)
    search_text = models.GeneratedField(
        expression=models.Func(
            "title",
            models.functions.Concat("partner_name", models.Value(" "), "partner_local_name"),
            "reference",
            "purpose",
            "asked_by_name",
            function="partners_search_text",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    asked_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("asked by"))
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("handed in"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("request for funds")
        verbose_name_plural = _("requests for funds")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="fund_request_reference_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="fund_request_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-asked_at", "-id"], name="fund_request_by_partner"),
            models.Index(fields=["manufacturer", "-asked_at", "-id"], name="fund_request_latest"),
            models.Index(fields=["manufacturer", "state", "asked_at"], name="fund_request_by_state"),
            models.Index(
                fields=["manufacturer", "claim_until"],
                condition=models.Q(state__in=["approved", "returned"]),
                name="fund_request_to_claim",
            ),
        ]

    @property
    def answer_until(self) -> dt.date | None:
        """The last day to answer it, while it waits for staff. Reads its fund."""
        if self.state not in WAITING_STATES:
            return None
        since = self.claimed_at if self.state == FundState.CLAIMED and self.claimed_at else self.asked_at
        return timezone.localdate(since) + dt.timedelta(days=self.fund.answer_days)

    @property
    def is_late(self) -> bool:
        """Whether staff should have answered by now."""
        return self.answer_until is not None and self.answer_until < timezone.localdate()

    def __str__(self) -> str:
        return self.title

    @property
    def shown_partner(self) -> str:
        """Who asks, as the reader writes names."""
        return shown_name(self.partner_name, self.partner_local_name)


class FundLine(OwnedModel):
    """A line of what an activity is to cost, in the request's currency."""

    request = OwnedForeignKey(FundRequest, on_delete=models.CASCADE, related_name="lines")
    what = models.CharField(_("what"), max_length=150)
    planned = _money(_("planned"), validators=ABOVE_ZERO)

    class Meta:
        verbose_name = _("line of the plan")
        verbose_name_plural = _("lines of the plan")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.what


class FundFileKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    PROOF = "proof", _("Proof")


class FundFile(OwnedModel):
    """An invoice, or what shows that the activity took place."""

    request = OwnedForeignKey(FundRequest, related_name="files")
    kind = models.CharField(_("kind"), max_length=7, choices=FundFileKind.choices)
    file = models.FileField(_("file"), max_length=300)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    look = models.BigIntegerField(null=True, editable=False)
    """Of pictures: 64 signs of light and dark, so that another photo of the same sheet is found."""
    by_name = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a claim")
        verbose_name_plural = _("files of claims")
        ordering = ["pk"]
        indexes = [models.Index(fields=["manufacturer", "sha256"], name="fund_file_by_content")]

    def __str__(self) -> str:
        return self.name


class LineAnswer(models.TextChoices):
    """What is said to a line of a claim."""

    WAITING = "waiting", _("Not checked yet")
    APPROVED = "approved", pgettext_lazy("line", "Approved")
    CUT = "cut", _("Cut")
    REFUSED = "refused", pgettext_lazy("line", "Refused")


class ClaimLine(OwnedModel):
    """An invoice that the partner claims, and what of it is paid for."""

    request = OwnedForeignKey(FundRequest, related_name="claims")
    line = OwnedForeignKey(FundLine, null=True, blank=True, related_name="claims", verbose_name=_("line of the plan"))
    file = OwnedForeignKey(FundFile, null=True, blank=True, related_name="claims", verbose_name=_("invoice"))
    what = models.CharField(_("what for"), max_length=150)
    supplier = models.CharField(_("supplier"), max_length=150, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=60, blank=True)
    number_key = models.CharField(max_length=60, blank=True, editable=False)
    """The number without signs and spaces: what is compared."""
    invoice_on = models.DateField(_("invoice of"))
    amount = _money(_("amount"), validators=ABOVE_ZERO)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8, editable=False)
    """What one unit is worth in the fund's currency, on the day of the invoice."""
    answer = models.CharField(_("answer"), max_length=8, choices=LineAnswer.choices, default=LineAnswer.WAITING)
    allowed = _money(_("accepted"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("line of a claim")
        verbose_name_plural = _("lines of claims")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allowed__isnull=True) | models.Q(allowed__gte=0, allowed__lte=models.F("amount")),
                name="claim_line_within_amount",
                violation_error_message=_("No more can be accepted than was claimed."),
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "number_key"], name="claim_line_by_number"),
            models.Index(fields=["manufacturer", "invoice_on", "amount"], name="claim_line_by_day"),
        ]

    def __str__(self) -> str:
        return self.what


class FundStep(OwnedModel):
    """A step of a request: where to, why, who and when. Nobody changes it afterwards."""

    request = OwnedForeignKey(FundRequest, related_name="steps")
    state = models.CharField(_("state"), max_length=9, choices=FundState.choices)
    note = models.CharField(_("why"), max_length=1000, blank=True)
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a request for funds")
        verbose_name_plural = _("steps of requests for funds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.get_state_display()


class FundEntry(OwnedModel):
    """A line of the ledger: an amount, in the fund's currency, that went from one place to another."""

    fund = OwnedForeignKey(Fund, related_name="entries")
    partner = OwnedForeignKey(Partner, null=True, related_name="+", db_index=False, verbose_name=_("partner"))
    request = OwnedForeignKey(FundRequest, null=True, related_name="entries")
    kind = models.CharField(_("what"), max_length=8, choices=EntryKind.choices)
    source = models.CharField(_("from"), max_length=8, choices=Place.choices)
    target = models.CharField(_("to"), max_length=8, choices=Place.choices)
    amount = _money(_("amount"))
    note = models.CharField(_("why"), max_length=500, blank=True)
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("line of the ledger of funds")
        verbose_name_plural = _("ledger of funds")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="fund_entry_above_zero"),
            models.CheckConstraint(
                condition=models.Q(
                    *(
                        models.Q(kind=kind, source=source, target=target)
                        for kind, pairs in MOVES.items()
                        for source, target in pairs
                    ),
                    _connector=models.Q.OR,
                ),
                name="fund_entry_known_move",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["budget", "cut"], partner__isnull=True)
                | ~models.Q(kind__in=["budget", "cut"]) & models.Q(partner__isnull=False),
                name="fund_entry_of_somebody",
            ),
        ]
        indexes = [models.Index(fields=["manufacturer", "fund", "partner", "-id"], name="fund_entry_by_partner")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class FundBalance(OwnedModel):
    """How much of a fund is where, for a partner; without a partner what nobody has been given. The database writes it,
    from the ledger alone."""

    fund = OwnedForeignKey(Fund, related_name="balances", db_index=False)
    partner = OwnedForeignKey(Partner, null=True, related_name="fund_balances", verbose_name=_("partner"))
    pool = _money(Place.POOL.label, default=0)
    free = _money(Place.FREE.label, default=0)
    reserved = _money(Place.RESERVED.label, default=0)
    approved = _money(Place.APPROVED.label, default=0)
    claimed = _money(Place.CLAIMED.label, default=0)
    settled = _money(Place.SETTLED.label, default=0)

    class Meta:
        verbose_name = _("balance of a fund")
        verbose_name_plural = _("balances of funds")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "fund", "partner"], nulls_distinct=False, name="fund_balance_once"
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{place}__gte": 0}), name=f"fund_balance_{place}_not_below_zero"
                )
                for place in ("pool", "free", "reserved", "approved", "claimed", "settled")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id}: {self.partner_id}"

    @property
    def given(self) -> Decimal:
        """All that the partner has of the fund, wherever it is."""
        return self.free + self.tied

    @property
    def tied(self) -> Decimal:
        """What stands for requests, paid or not."""
        return self.reserved + self.approved + self.claimed + self.settled
