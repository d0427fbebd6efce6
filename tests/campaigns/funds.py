"""What tests of funds share: a fund with money in it, a partner that may ask, a request in one call, and its steps."""

import datetime as dt
import io
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils import timezone
from PIL import Image

from campaigns.models import ClaimLine, Fund, FundActivity, FundBalance, FundRequest
from campaigns.models.funds import OWN_PLACES, FundEntry, Place
from campaigns.services import funds as services
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory

TODAY = timezone.localdate()


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def active(manufacturer: Any, **fields: Any) -> Partner:
    return PartnerFactory(manufacturer=manufacturer, stage="active", **fields)


def admin_of(partner: Partner) -> Membership:
    return PartnerMemberFactory(manufacturer=partner.manufacturer, partner=partner, role=Role.PARTNER_ADMIN)


def fund_of(by: Membership, amount: Any = 10_000_000, **fields: Any) -> Fund:
    """A fund in won that runs from a month ago for half a year."""
    with staff_scope(by.manufacturer_id):
        services.default_activities()
        fund = Fund(
            **{
                "name": "Spring", "currency": "KRW", "starts_on": day(-30), "ends_on": day(150),
                "request_until": day(100), "share": Decimal(50),
            }
            | fields
        )  # fmt: skip
        services.save_fund(fund, by=by, amount=Decimal(amount))
        return fund


def ask(by: Membership, fund: Fund, *costs: Any, code: str = "fair", **fields: Any) -> FundRequest:
    """Hand in a request whose plan has these costs."""
    with staff_scope(by.manufacturer_id):
        activity = FundActivity.objects.get(code=code)
    said = FundRequest(
        **{
            "fund": fund, "activity": activity, "title": "Booth at the fair", "starts_on": day(0), "ends_on": day(3),
            "currency": fund.currency,
        }
        | fields
    )  # fmt: skip
    lines = [(f"Cost {number}", Decimal(cost)) for number, cost in enumerate(costs, 1)]
    with partner_scope(by.manufacturer_id, by.partner_id or 0):
        return services.hand_in(said, lines, by=by)


def invoice(by: Membership, request: FundRequest, amount: Any, **fields: Any) -> ClaimLine:
    upload = fields.pop("upload", None)
    said = ClaimLine(
        **{"what": "Booth", "amount": Decimal(amount), "currency": request.currency, "invoice_on": day(0)} | fields
    )
    with partner_scope(by.manufacturer_id, by.partner_id or 0):
        return services.add_claim_line(request, said, by=by, upload=upload)


def proved(by: Membership, request: FundRequest, *amounts: Any, number: str = "") -> FundRequest:
    """A claim of these invoices with a photo, handed in."""
    for place, amount in enumerate(amounts):
        invoice(by, request, amount, invoice_number=f"{number}{place}" if number else "")
    with partner_scope(by.manufacturer_id, by.partner_id or 0):
        services.add_proof(request, picture(), by=by)
        return services.hand_in_claim(request, by=by)


def picture(turn: int = 0, *, size: int = 72, name: str = "photo.png") -> SimpleUploadedFile:
    """A picture; of another `turn` it shows something else, of another `size` the same as another file."""
    image = Image.new("L", (9, 8))
    image.putdata([(x * (turn + 3) * 37 + y * 53) % 256 for y in range(8) for x in range(9)])
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.NEAREST).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


def where(fund: Fund, partner: Partner | None) -> dict[str, int]:
    """What of a fund is where, without what is nothing."""
    with staff_scope(fund.manufacturer_id):
        row = FundBalance.objects.get(fund=fund, partner=partner)
        places = ("pool", "free", "reserved", "approved", "claimed", "settled")
        return {place: int(getattr(row, place)) for place in places if getattr(row, place)}


def stored(request: FundRequest) -> FundRequest:
    with staff_scope(request.manufacturer_id):
        return FundRequest.objects.select_related("fund").get(pk=request.pk)


def ledger_differences() -> list[tuple[int, int | None, str, Decimal, Decimal]]:
    """Where a balance is not the sum of its entries: (fund, partner, place, balance, sum). Never any."""
    sums: dict[tuple[int, int | None, str], Decimal] = defaultdict(Decimal)
    entries = FundEntry.objects.order_by().values_list("fund", "partner", "source", "target")
    for fund, partner, source, target, amount in entries.annotate(total=Sum("amount")):
        sums[fund, None if source == Place.POOL else partner, source] -= amount
        sums[fund, None if target == Place.POOL else partner, target] += amount
    kept = {
        (row.fund_id, row.partner_id, place): getattr(row, place)
        for row in FundBalance.objects.all()
        for place in ("pool", *(each.value for each in OWN_PLACES))
    }
    keys = {key for key in sums if key[2] != Place.OUTSIDE} | set(kept)
    return [
        (*key, kept.get(key, Decimal(0)), sums[key])
        for key in sorted(keys, key=str)
        if kept.get(key, Decimal(0)) != sums[key]
    ]
