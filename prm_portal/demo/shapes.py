"""What a demo manufacturer consists of, before any of it is in a database."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"

Names = dict[str, str]


@dataclass(frozen=True)
class DemoKind:
    """One of the manufacturer's own kinds of partner."""

    code: str
    names: Names


@dataclass(frozen=True)
class DemoSpecialisation:
    """One of the manufacturer's own specialisations."""

    code: str
    names: Names


@dataclass(frozen=True)
class DemoField:
    """A custom field of the partner profile."""

    key: str
    labels: Names
    type: str
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who signs in: a member of the manufacturer, or of one of its partners."""

    email: str
    name: str
    role: str
    language: str
    title: str = ""
    phone: str = ""
    partner_code: str = ""
    assigned_only: bool = False


@dataclass(frozen=True)
class DemoProduct:
    """A product, with the price it has at the end of the period."""

    code: str
    category: str
    names: Names
    unit: str
    list_price: Decimal
    launched_months_ago: int | None = None


@dataclass(frozen=True)
class DemoCategory:
    """A node of the product tree."""

    code: str
    names: Names
    parent: str


@dataclass
class DemoPartner:
    """A partner as the manufacturer's files describe it."""

    code: str
    external_code: str
    name: str
    local_name: str
    kind: str
    country: str
    region: str
    city: str
    address: str
    postal_code: str
    latitude: float
    longitude: float
    stage: str
    manager_email: str
    parent_code: str = ""
    business_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    established_year: int | None = None
    employees: int | None = None
    showroom_area: int | None = None
    specialisations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    opening_hours: str = ""
    shares: tuple[str, ...] = ()
    confirmed_days_ago: int | None = None
    custom: dict[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The partner's own domain, whether or not its profile names an address there."""
        return f"{domain_of(self.name)}.example"


@dataclass(frozen=True)
class SalesLine:
    """One line of an order, or of a return when the quantity is negative."""

    order_number: str
    line_number: int
    partner_code: str
    product_code: str
    date: date
    quantity: int
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Rate:
    """How much one unit of a currency is worth in the base currency, from a day on."""

    currency: str
    date: date
    rate: Decimal


@dataclass(frozen=True)
class DemoTier:
    """A tier of a programme; `minimums` are requirements on single KPIs."""

    code: str
    names: Names
    min_score: int
    minimums: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoKpi:
    """How one KPI counts in a programme: by target attainment, or by percentile when there is no target."""

    kpi: str
    weight: int
    target: Decimal | None = None


@dataclass(frozen=True)
class DemoProgramme:
    """A grading programme for some kinds of partner; for all when it names none."""

    code: str
    names: Names
    kinds: tuple[str, ...]
    tiers: tuple[DemoTier, ...]
    kpis: tuple[DemoKpi, ...]
    period: str
    grace_periods: int


@dataclass
class DemoManufacturer:
    """A whole fictional manufacturer: who it is, whom it sells through and what it sold."""

    slug: str
    names: Names
    currency: str
    timezone: str
    languages: tuple[str, ...]
    fiscal_year_start: int
    brand_colour: str
    first_day: date
    last_day: date
    kinds: Sequence[DemoKind]
    specialisations: Sequence[DemoSpecialisation]
    fields: Sequence[DemoField]
    people: Sequence[DemoPerson]
    partners: Sequence[DemoPartner]
    categories: Sequence[DemoCategory]
    products: Sequence[DemoProduct]
    rates: Sequence[Rate]
    lines: Sequence[SalesLine]
    programmes: Sequence[DemoProgramme]
    holidays: Sequence[dict[str, str]]

    @property
    def name(self) -> str:
        """The name in the manufacturer's first language."""
        return self.names[self.languages[0]]


def read_data(name: str) -> list[dict[str, str]]:
    """The rows of one of the generator's own tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV text as a manufacturer's ERP would write it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "ł": "l", "Ł": "L", "ß": "ss"})
LEGAL_FORMS = {
    "as", "ab", "a/s", "aps", "oy", "gmbh", "co", "kg", "&", "ag", "bv", "sa", "sas", "sarl", "srl", "sl", "ltd", "sp",
    "z", "oo", "sc", "sro", "inc", "llc", "pty",
}  # fmt: skip


def domain_of(name: str) -> str:
    """A company's name as it stands in its domain: without legal form, accents and dots."""
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS)).encode("ascii", "ignore").decode().lower()
    return "-".join(word for word in plain.replace(".", "").split() if word not in LEGAL_FORMS)


def month_start(day: date, months_ago: int = 0) -> date:
    """The first day of the month that lies `months_ago` before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months_ago
    return date(index // 12, index % 12 + 1, 1)
