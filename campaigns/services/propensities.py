"""Who is likely to answer: learned from the readers of past campaigns, kept for each manufacturer, and asked at planning.

What is learned from was known when each reader was written to: what stands frozen with them, what a file of past campaigns
says was known of them (`known`), and what had come back and been ordered by then, added up as of that moment. What only the
campaign itself told is declared as known after, and left out by that (`fields_of`).
"""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Campaign, PropensityModel
from campaigns.propensity import Propensity, known_after, known_before, learn
from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from tenancy.cursors import dict_rows
from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation.learning import FEWEST_CLOSED, FEWEST_WON, FieldType, ScoreField, TooFewError, has_enough

LEARNING = "campaign_propensity"
MOST_TAUGHT = 50_000
"""The latest readers are learned from."""
LEARN_AFTER = dt.timedelta(days=7)
CHUNK = 10_000

BEFORE: dict[str, tuple[FieldType, Any]] = {
    "channel": (FieldType.CATEGORY, gettext_lazy("Channel")),
    "advertising": (FieldType.CATEGORY, gettext_lazy("Advertising")),
    "language": (FieldType.CATEGORY, gettext_lazy("Language")),
    "country": (FieldType.CATEGORY, gettext_lazy("Country")),
    "grade": (FieldType.CATEGORY, gettext_lazy("Grade")),
    "kind": (FieldType.CATEGORY, gettext_lazy("Kind of partner")),
    "role": (FieldType.CATEGORY, gettext_lazy("Role of the person")),
    "mails": (FieldType.NUMBER, gettext_lazy("Mails of campaigns before, two years")),
    "clicks": (FieldType.NUMBER, gettext_lazy("Clicks before, two years")),
    "answers": (FieldType.NUMBER, gettext_lazy("Answers before, two years")),
    "bought": (FieldType.NUMBER, gettext_lazy("Sell-in of the company, 12 months before")),
    "silent": (FieldType.NUMBER, gettext_lazy("Days since its last purchase")),
}
AFTER: dict[str, Any] = {
    "opened": pgettext_lazy("mail", "Opened"),
    "clicked": gettext_lazy("Clicked"),
    "bounced": gettext_lazy("Came back"),
    "unsubscribed": gettext_lazy("Unsubscribed"),
    "ordered": gettext_lazy("Ordered"),
}
"""What only the contact tells: it would tell the answer with it, and nothing of the next campaign."""
OWN = "known:"
"""Stands before the names of what a file says was known of readers."""
MOST_OWN = 30

# What came before is joined by the person as a whole: looked up for each reader it would take hours after a first import,
# when the tables have no statistics yet.
ROWS = """
    WITH chosen AS MATERIALIZED (
        SELECT r.*, {moment} AS moment, c.channel, c.is_advertising, c.window_days
        FROM campaigns_recipient r JOIN campaigns_campaign c ON c.id = r.campaign_id
        WHERE {which}
    ), earlier AS MATERIALIZED (
        SELECT r.id, r.moment, o.sent_at, o.clicked_at, o.replied_at, o.known FROM chosen r
        JOIN campaigns_recipient o ON o.contact_id = r.contact_id AND o.sent_at < r.moment AND o.id <> r.id
        UNION ALL
        SELECT r.id, r.moment, o.sent_at, o.clicked_at, o.replied_at, o.known FROM chosen r
        JOIN campaigns_recipient o ON o.customer_id = r.customer_id AND o.sent_at < r.moment AND o.id <> r.id
        WHERE r.contact_id IS NULL
    ), past AS (
        SELECT id, count(*) AS mails, count(*) FILTER (WHERE clicked_at < moment) AS clicks,
            count(*) FILTER (WHERE replied_at < moment) AS answers
        FROM earlier WHERE sent_at >= moment - interval '2 years' GROUP BY id
    ), told AS (
        SELECT DISTINCT ON (id) id, known FROM earlier WHERE known <> '{{}}' ORDER BY id, sent_at DESC
    )
    SELECT r.id, r.campaign_id, r.moment, r.moment + make_interval(days => r.window_days) AS settled,
        r.replied_at IS NOT NULL AS answered,
        r.channel, r.is_advertising::text AS advertising, r.language, nullif(r.country, '') AS country,
        nullif(r.grade, '') AS grade, k.code AS kind, nullif(p.role, '') AS role,
        coalesce(past.mails, 0) AS mails, coalesce(past.clicks, 0) AS clicks, coalesce(past.answers, 0) AS answers,
        coalesce(sales.bought, 0)::float AS bought, r.moment::date - sales.last AS silent,
        CASE WHEN r.known = '{{}}' THEN coalesce(told.known, r.known) ELSE r.known END AS known
    FROM chosen r
    LEFT JOIN partners_partner company ON company.id = r.partner_id
    LEFT JOIN partners_partnerkind k ON k.id = company.kind_id
    LEFT JOIN partners_contact p ON p.id = r.contact_id
    LEFT JOIN past ON past.id = r.id
    LEFT JOIN told ON told.id = r.id
    LEFT JOIN LATERAL (
        SELECT sum(s.amount_base) AS bought, max(s.date) AS last FROM commerce_salesday s
        WHERE s.partner_id = r.partner_id AND s.date < r.moment::date AND s.date >= r.moment::date - 365
    ) sales ON true
    ORDER BY r.moment, r.id
"""
PAST = ROWS.format(
    moment="r.sent_at",
    which="""r.id IN (
        SELECT o.id FROM campaigns_recipient o JOIN campaigns_campaign d ON d.id = o.campaign_id
        WHERE o.sent_at IS NOT NULL AND o.sent_at + make_interval(days => d.window_days) <= %(now)s
        ORDER BY o.sent_at DESC, o.id DESC LIMIT %(most)s
    )""",
)
NEXT = ROWS.format(
    moment="%(now)s::timestamptz",
    which="r.campaign_id = %(campaign)s AND r.left_out = '' AND r.arm IN ('pilot', 'rest')",
)


class PropensityError(DomainError):
    """Nothing can be learned, or said, now."""


@dataclass(frozen=True)
class Supply:
    """How many readers there are to learn from whose time to answer is over."""

    people: int
    answered: int

    @property
    def is_enough(self) -> bool:
        return has_enough(closed=self.people, won=self.answered)


def supply(now: dt.datetime | None = None) -> Supply:
    """What there is to learn from at a moment, now unless named. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(r.replied_at) FROM campaigns_recipient r"
            " JOIN campaigns_campaign c ON c.id = r.campaign_id"
            " WHERE r.sent_at IS NOT NULL AND r.sent_at + make_interval(days => c.window_days) <= %s",
            [now or timezone.now()],
        )
        return Supply(*cursor.fetchone())


def too_little_text(have: Supply) -> str:
    """Why nothing can be learned yet, and what it takes."""
    return _(
        "It takes at least %(people)s readers whose time to answer is over, %(answered)s who answered and as many who did"
        " not. You have %(have)s, %(have_answered)s of whom answered."
    ) % {
        "people": FEWEST_CLOSED,
        "answered": FEWEST_WON,
        "have": have.people,
        "have_answered": have.answered,
    }


def _rows(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Readers with their fields; what was known of one stands beside the others under names of its own."""
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        rows = list(dict_rows(cursor))
    for row in rows:
        known = row.pop("known")
        row |= {OWN + key: value for key, value in (json.loads(known) if isinstance(known, str) else known).items()}
    return rows


def fields_of(rows: list[dict[str, Any]]) -> list[ScoreField]:
    """Each field with when it is known: ours, and what files say was known of these readers, the most common ones."""
    own: Counter[str] = Counter(key for row in rows for key in row if key.startswith(OWN))
    kept = sorted(key for key, _count in own.most_common(MOST_OWN))
    words = {key for row in rows for key in kept if isinstance(row.get(key), str)}
    return [
        *(known_before(key, kind) for key, (kind, _label) in BEFORE.items()),
        *(known_before(key, FieldType.CATEGORY if key in words else FieldType.NUMBER) for key in kept),
        *(known_after(key, FieldType.CATEGORY) for key in AFTER),
    ]


def label_of(key: str) -> str:
    """What a field is called."""
    return key.removeprefix(OWN) if key.startswith(OWN) else str(BEFORE[key][1])


def request_learning(*, by: Membership | None = None) -> Job:
    """Have it learned by a worker, if there is enough."""
    have = supply()
    if not have.is_enough:
        raise PropensityError(too_little_text(have))
    return start_job(LEARNING, key="propensity", by=by)


def run_learning(progress: Progress) -> dict[str, Any]:
    """The job; its result names the `version`, the `people` and how many `answered`, and whether it is `useful`."""
    progress.begin(0, _("Reading past campaigns"))
    model = learn_now(timezone.now())
    return {"version": model.version, "people": model.people, "answered": model.answered, "useful": model.is_useful}


def learn_now(now: dt.datetime) -> PropensityModel:
    """Learn from the readers whose time to answer is over, and keep it as the next version."""
    rows = _rows(PAST, {"now": now, "most": MOST_TAUGHT})
    try:
        learned = learn(
            rows,
            [row["answered"] for row in rows],
            fields=fields_of(rows),
            contacted=[row["moment"] for row in rows],
            settled=[row["settled"] for row in rows],
        )
    except TooFewError as error:
        raise PropensityError(too_little_text(Supply(error.closed, error.won))) from error
    latest = PropensityModel.objects.aggregate(version=Max("version"))["version"] or 0
    return PropensityModel.objects.create(
        version=latest + 1,
        is_useful=learned.is_useful,
        document=learned.as_json(),
        people=len(rows),
        answered=sum(row["answered"] for row in rows),
        campaigns=len({row["campaign_id"] for row in rows}),
        first_on=timezone.localdate(rows[0]["moment"]),
        last_on=timezone.localdate(rows[-1]["moment"]),
    )


def present_model() -> PropensityModel | None:
    """The latest model, if it beats the plain rate: else nobody is chosen by it."""
    latest = PropensityModel.objects.first()
    return latest if latest is not None and latest.is_useful else None


def look_after(now: dt.datetime) -> bool:
    """Every night: learn anew where a week has gone by and there is enough; whether it learns."""
    last = PropensityModel.objects.defer("document").first()
    if (last is None or now - last.created_at >= LEARN_AFTER) and supply(now).is_enough:
        request_learning()
        return True
    return False


@transaction.atomic
def score_readers(campaign: Campaign, now: dt.datetime | None = None) -> int:
    """Keep with each frozen reader the chance to answer; returns of how many. Nothing without a useful model."""
    model = present_model()
    if model is None:
        raise PropensityError(_("Nothing has been learned yet that is better than the plain rate."))
    rows = _rows(NEXT, {"campaign": campaign.pk, "now": now or timezone.now()})
    scored = Propensity.from_json(model.document).score(rows)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            part = range(start, min(start + CHUNK, len(rows)))
            cursor.execute(
                "UPDATE campaigns_recipient r SET chance = s.chance"
                " FROM unnest(%s::bigint[], %s::float[]) s (id, chance) WHERE r.id = s.id",
                [[rows[place]["id"] for place in part], [scored[place].probability for place in part]],
            )
    return len(rows)


@dataclass(frozen=True)
class Tenth:
    """A tenth of a campaign's readers by their chances, best first."""

    number: int
    people: int
    expected: float
    share: float
    """Of all answers expected, how many this tenth and those before it hold."""


TENTHS = """
    SELECT tenth, count(*), sum(chance)::float
    FROM (
        SELECT chance, ntile(10) OVER (ORDER BY chance DESC, id) AS tenth FROM campaigns_recipient
        WHERE campaign_id = %s AND chance IS NOT NULL
    ) t GROUP BY 1 ORDER BY 1
"""


def tenths_of(campaign: Campaign) -> list[Tenth]:
    """What is expected of a campaign's readers; empty where they were not scored."""
    with connection.cursor() as cursor:
        cursor.execute(TENTHS, [campaign.pk])
        rows = cursor.fetchall()
    total, so_far, found = sum(row[2] for row in rows), 0.0, []
    for number, people, expected in rows:
        so_far += expected
        found.append(Tenth(number, people, expected, so_far / total if total else 0.0))
    return found


def least_chance(campaign: int, share: float) -> float | None:
    """The chance that this best share of a campaign's readers has at least; none where they were not scored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY chance DESC) FROM campaigns_recipient"
            " WHERE campaign_id = %s AND chance IS NOT NULL",
            [share, campaign],
        )
        found = cursor.fetchone()[0]
    return None if found is None else float(found)
