"""Everything read about prospects and applications (P-5). Only staff who recruit come here; partners never do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, Window
from django.db.models.functions import Concat, RowNumber, StrIndex
from django.utils.translation import gettext as _

from pages.boards import CARDS, Column, pages_of
from partners import prospect_keys
from partners.countries import country_name
from partners.matching import Company, Prepared, compare, normalise_company, prepare
from partners.models import (
    Agreement,
    AgreementTemplate,
    AgreementType,
    ApplicationForm,
    ApplicationQuestion,
    Journey,
    Partner,
    Prospect,
    ProspectFile,
    ProspectSource,
    ProspectStage,
    RefusalReason,
)
from partners.models.recruiting import OPEN_STAGES, WAY
from partners.selectors.partners import matching, search_words
from partners.vetting import Question, QuestionType, best_points
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from tenancy.translation import translated

MOST_DUPLICATES = 10
SECONDS_A_DAY = 86400


def prospect_rows() -> QuerySet[Prospect]:
    """Prospects with what a list shows of them."""
    return Prospect.objects.select_related(
        "source", "owner", "refusal_reason", "introduced_by_partner", "introduced_by_member"
    ).defer("answers", "explanation", "note")


def matching_prospects(prospects: QuerySet[Prospect], text: str) -> QuerySet[Prospect]:
    """Those whose name, reference, contact or city hold every word of `text`."""
    for word in search_words(text):
        prospects = prospects.alias(place=StrIndex(Concat(Value(" "), "search_text"), Value(word))).filter(place__gt=0)
    return prospects


def recruiters() -> QuerySet[Membership]:
    """Who can be responsible for prospects, by name."""
    return members_with(Right.RECRUITING).filter(partner=None).order_by("name", "pk")


def sources(*, current: ProspectSource | None = None) -> QuerySet[ProspectSource]:
    """The sources to choose from: those in use, and the one chosen already."""
    return ProspectSource.objects.filter(Q(is_retired=False) | Q(pk=current.pk if current else None))


def refusal_reasons() -> QuerySet[RefusalReason]:
    """The reasons to choose from."""
    return RefusalReason.objects.filter(is_retired=False)


def agreements_to_offer() -> QuerySet[AgreementType]:
    """The kinds of agreement with a published text, which an approval can put before the new partner."""
    published = AgreementTemplate.objects.filter(type=OuterRef("pk"), published_at__isnull=False)
    return AgreementType.objects.filter(Exists(published), is_retired=False)


def made_of(prospect: Prospect) -> tuple[Agreement | None, Journey | None]:
    """The agreement and the onboarding that began with an approval."""
    agreement = Agreement.objects.filter(partner=prospect.partner_id).order_by("pk").first()
    journey = Journey.objects.filter(partner=prospect.partner_id).order_by("pk").first()
    return agreement, journey


def published_form() -> ApplicationForm | None:
    """The version that companies are asked by now, if applications are taken at all."""
    return ApplicationForm.objects.filter(state=ApplicationForm.State.PUBLISHED).first()


def form_versions() -> QuerySet[Any]:
    """All versions, newest first, with how many questions each has and how many applied by it."""
    return ApplicationForm.objects.annotate(
        question_count=Count("questions", distinct=True), application_count=Count("applications", distinct=True)
    ).select_related("published_by")


# --- The board --------------------------------------------------------------------------------------------------------


def board(prospects: QuerySet[Prospect], pages: Mapping[str, int]) -> list[Column[Prospect]]:
    """A column for each stage, and of each the asked page, longest waiting first. Two queries, however many there are."""
    counts = dict(prospects.order_by().values_list("stage").annotate(count=Count("pk")))
    asked = pages_of(ProspectStage, counts, pages)
    shown = Q(pk__in=[])
    for stage, page in asked.items():
        shown |= Q(stage=stage, place__gt=(page - 1) * CARDS, place__lte=page * CARDS)
    placed = prospects.annotate(
        place=Window(RowNumber(), partition_by="stage", order_by=[F("stage_since").asc(), F("pk").asc()])
    ).filter(shown)
    cards: dict[str, list[Prospect]] = {}
    for prospect in placed.order_by("stage_since", "pk"):
        cards.setdefault(prospect.stage, []).append(prospect)
    return [Column(stage, counts.get(stage, 0), asked[stage], cards.get(stage, [])) for stage in ProspectStage]


# --- One application --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One question of an application with its answer as text, and what it was worth."""

    question: ApplicationQuestion
    text: str
    files: list[ProspectFile]
    points: Decimal | None
    share: Decimal | None
    best: Decimal
    is_knock_out: bool


def answers_of(prospect: Prospect) -> list[Answer]:
    """All questions of the version that was asked, in order, with answers and points as they were scored then."""
    if prospect.form_id is None:
        return []
    files: dict[str, list[ProspectFile]] = {}
    for file in prospect.files.all():
        files.setdefault(file.question_key, []).append(file)
    lines = {line["key"]: line for line in prospect.explanation}
    questions = list(ApplicationQuestion.objects.filter(form_id=prospect.form_id))
    return [
        Answer(
            question,
            answer_text(question, prospect.answers.get(question.key)),
            files.get(question.key, []),
            Decimal(lines[question.key]["points"]) if question.key in lines else None,
            Decimal(lines[question.key]["share"]) if question.key in lines else None,
            best_points(known),
            bool(lines.get(question.key, {}).get("is_knock_out")),
        )
        for question, known in zip(questions, vetting_questions(questions), strict=True)
    ]


def vetting_questions(questions: Sequence[ApplicationQuestion]) -> list[Question]:
    """Questions as scoring knows them."""
    return [Question(each.key, QuestionType(each.type), each.weight, each.options) for each in questions]


def answer_text(question: ApplicationQuestion, answer: Any) -> str:
    """An answer as a reader sees it."""
    if answer in (None, "", []):
        return ""
    labels = {str(option["key"]): translated(option.get("labels"), str(option["key"])) for option in question.options}
    match question.type:
        case QuestionType.YES_NO:
            return _("Yes") if answer == "yes" else _("No")
        case QuestionType.CHOICE:
            return labels.get(str(answer), str(answer))
        case QuestionType.MULTIPLE:
            return ", ".join(labels.get(str(key), str(key)) for key in answer)
        case QuestionType.PLACE:
            parts = [country_name(answer["country"]) if answer.get("country") else "", answer.get("region", "")]
            return " · ".join(part for part in parts if part)
        case QuestionType.FILE:
            return ""
    return str(answer)


# --- Duplicates -------------------------------------------------------------------------------------------------------


WORTH_SHOWING = 0.5
"""From this probability on somebody should look whether two companies are one."""
CANDIDATES = 50


@dataclass(frozen=True)
class Duplicate:
    """A partner or another prospect that may be the same company, how surely, and what says so."""

    record: Partner | Prospect
    percent: float
    reasons: list[str]

    @property
    def is_partner(self) -> bool:
        return isinstance(self.record, Partner)


def duplicates_of(prospect: Prospect) -> list[Duplicate]:
    """Partners and other prospects that may be the same company, surest first."""
    keys = prospect_keys.keys_of(prospect)
    own = prepare(
        Company(name=prospect.company, **{name: getattr(prospect, name) for name in COMPARED}, website=prospect.website)
    )
    found: list[Duplicate] = []
    for partner in _partners_alike(prospect, keys):
        found += _judged(own, partner, partner.name)
    for other in _prospects_alike(prospect, keys):
        found += _judged(own, other, other.company)
    return sorted(found, key=lambda duplicate: -duplicate.percent)[:MOST_DUPLICATES]


COMPARED = ("local_name", "business_number", "phone", "email", "address", "city", "postal_code", "country")


def _judged(own: Prepared, record: Any, name: str) -> list[Duplicate]:
    company = Company(name=name, **{field: getattr(record, field) for field in COMPARED}, website=record.website)
    match = compare(own, prepare(company))
    if match.score < WORTH_SHOWING:
        return []
    reasons = [_(reason.words) for reason in match.reasons if reason.weight > 0]
    return [Duplicate(record, match.score * 100, reasons)]


def _partners_alike(prospect: Prospect, keys: Mapping[str, str]) -> list[Partner]:
    """Partners to compare with: one of the names, the number, the phone or the mail domain is alike."""
    same = Q(pk__in=[])
    if keys["number_key"]:
        same |= Q(plain_number=keys["number_key"])
    if keys["phone_key"]:
        same |= Q(plain_phone__endswith=keys["phone_key"])
    if keys["mail_domain"]:
        same |= Q(email_domain=keys["mail_domain"])
    partners = Partner.objects.exclude(pk=prospect.partner_id or 0)
    alike = partners.alias(
        plain_number=_without("business_number", r"[\W_]+"), plain_phone=_without("phone", r"\D+")
    ).filter(same)
    found: dict[int, Partner] = {partner.pk: partner for partner in alike[:CANDIDATES]}
    for name in filter(None, (prospect.company, prospect.local_name)):
        named = matching(partners, normalise_company(name))[:CANDIDATES] if normalise_company(name) else []
        found |= {partner.pk: partner for partner in named}
    return list(found.values())


def _prospects_alike(prospect: Prospect, keys: Mapping[str, str]) -> QuerySet[Prospect]:
    same = Q(pk__in=[])
    for name, value in keys.items():
        if value:
            same |= Q(**{name: value})
    return Prospect.objects.filter(same).exclude(pk=prospect.pk).order_by("-created_at", "-pk")[:CANDIDATES]


def _without(field_name: str, pattern: str) -> Func:
    return Func(field_name, Value(pattern), Value(""), Value("g"), function="regexp_replace", output_field=TextField())


# --- Reports ----------------------------------------------------------------------------------------------------------

FUNNEL = """
WITH reached AS (
    SELECT p.id, p.source_id, p.stage, max(array_position(%(way)s::text[], m.to_stage::text)) AS furthest
    FROM partners_prospect p JOIN partners_prospectmove m ON m.prospect_id = p.id
    WHERE p.created_at >= %(since)s AND p.created_at < %(until)s
    GROUP BY p.id, p.source_id, p.stage
)
SELECT source_id, count(*), count(*) FILTER (WHERE stage = 'refused'),
    array(SELECT count(*) FROM unnest(array_agg(furthest)) f, generate_series(1, %(stages)s) n
          WHERE f >= n GROUP BY n ORDER BY n)
FROM reached GROUP BY GROUPING SETS ((source_id), ())
ORDER BY GROUPING(source_id), count(*) DESC, source_id
"""

STAYS = """
WITH stays AS (
    SELECT p.source_id, m.to_stage, m.at, lead(m.at) OVER (PARTITION BY m.prospect_id ORDER BY m.at, m.id) AS left_at
    FROM partners_prospect p JOIN partners_prospectmove m ON m.prospect_id = p.id
    WHERE p.created_at >= %(since)s AND p.created_at < %(until)s
)
SELECT GROUPING(source_id) = 1, source_id, to_stage, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at)) / %(day)s
FROM stays WHERE left_at IS NOT NULL AND to_stage = ANY(%(way)s::text[])
GROUP BY GROUPING SETS ((source_id, to_stage), (to_stage))
"""


@dataclass(frozen=True)
class FunnelRow:
    """How far the prospects of one source came: `reached[stage]` counts those that came at least so far."""

    source: ProspectSource | None
    total: int
    refused: int
    reached: dict[str, int]
    days: dict[str, float] = field(default_factory=dict)
    """Median days at a stage, of those that left it."""

    @property
    def conversion(self) -> Decimal | None:
        """Per cent that became partners."""
        return Decimal(self.reached[ProspectStage.ONBOARDING] * 100) / self.total if self.total else None


@dataclass(frozen=True)
class Funnel:
    """The funnel of a period: all prospects, and those of each source."""

    total: FunnelRow
    by_source: list[FunnelRow]


def funnel(*, since: dt.datetime, until: dt.datetime) -> Funnel:
    """How far prospects created in a period came, and how long they stood at each stage, by source. Three queries."""
    params: dict[str, Any] = {
        "since": since,
        "until": until,
        "way": [str(stage.value) for stage in WAY],
        "stages": len(WAY),
        "day": SECONDS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAYS, params)
        stays = cursor.fetchall()
        cursor.execute(FUNNEL, params)
        rows = cursor.fetchall()
    days: dict[Any, dict[str, float]] = {}
    for is_total, source_id, stage, _count, median in stays:
        days.setdefault("total" if is_total else source_id, {})[stage] = float(median)
    known = ProspectSource.objects.in_bulk([source_id for source_id, *_rest in rows if source_id is not None])
    made = [
        FunnelRow(
            known.get(source_id),
            total,
            refused,
            _by_stage(reached),
            days.get(source_id, {}),
        )
        for source_id, total, refused, reached in rows
    ]
    # The last row is the one over all sources; without any prospect it is the only one.
    *by_source, total = made
    return Funnel(
        FunnelRow(None, total.total, total.refused, total.reached, days.get("total", {})),
        by_source,
    )


def _by_stage(reached: Sequence[int]) -> dict[str, int]:
    """Counts by stage; those at the end that nobody reached are missing in what the database gives."""
    return {stage: reached[place] if place < len(reached) else 0 for place, stage in enumerate(WAY)}


INTRODUCERS = """
SELECT CASE WHEN introduced_by_partner_id IS NOT NULL THEN 'partner'
            WHEN introduced_by_member_id IS NOT NULL THEN 'member' ELSE 'text' END AS kind,
    introduced_by_partner_id, introduced_by_member_id,
    CASE WHEN introduced_by_partner_id IS NULL AND introduced_by_member_id IS NULL
         THEN min(btrim(introduced_by_text)) END AS name,
    count(*) AS introduced,
    count(*) FILTER (WHERE partner_id IS NOT NULL) AS partners,
    count(*) FILTER (WHERE stage = 'refused') AS refused,
    max(created_at) AS latest
FROM partners_prospect
WHERE introduced_by_partner_id IS NOT NULL OR introduced_by_member_id IS NOT NULL OR btrim(introduced_by_text) <> ''
GROUP BY 1, 2, 3,
    CASE WHEN introduced_by_partner_id IS NULL AND introduced_by_member_id IS NULL
         THEN lower(btrim(introduced_by_text)) END
ORDER BY partners DESC, introduced DESC, latest DESC, 2, 3, 4
LIMIT %(most)s
"""
MOST_INTRODUCERS = 200


@dataclass(frozen=True)
class Introducer:
    """Who introduces companies: how many, and how many of them became partners."""

    kind: str
    partner: Partner | None
    member: Membership | None
    name: str
    introduced: int
    partners: int
    refused: int
    latest: dt.datetime

    @property
    def key(self) -> str:
        """What the list's filter knows this one by."""
        if self.partner is not None:
            return f"partner-{self.partner.pk}"
        return f"member-{self.member.pk}" if self.member is not None else f"text-{self.name}"

    @property
    def query(self) -> str:
        """The list of what this one introduced."""
        return urlencode({"introducer": self.key})


def introducers() -> list[Introducer]:
    """Everybody who introduced a company, who brought most partners first. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(INTRODUCERS, {"most": MOST_INTRODUCERS})
        rows = cursor.fetchall()
    partners = Partner.objects.in_bulk([row[1] for row in rows if row[1]])
    members = Membership.objects.in_bulk([row[2] for row in rows if row[2]])
    return [
        Introducer(
            kind,
            partner := partners.get(partner_id),
            member := members.get(member_id) if partner is None else None,
            str(partner or (member.name if member else "") or name),
            *counts,
        )
        for kind, partner_id, member_id, name, *counts in rows
    ]


def introduced_by(partner: Partner) -> QuerySet[Prospect]:
    """The companies that a partner introduced, newest first."""
    return Prospect.objects.filter(introduced_by_partner=partner).order_by("-created_at", "-pk")


def overdue_prospects(member: Membership, day: dt.date) -> QuerySet[Prospect]:
    """What the member should have done by `day`."""
    return Prospect.objects.filter(owner=member, stage__in=OPEN_STAGES, due_on__lte=day)


def unread_applications() -> QuerySet[Prospect]:
    """Applications that nobody is responsible for yet."""
    return Prospect.objects.filter(stage=ProspectStage.APPLIED, owner=None)
