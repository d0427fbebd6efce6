"""What partners are asked about themselves, and from which stage of the relationship on (P-1).

A field counts towards completeness once it is asked: of a prospect little, of an active partner all. The manufacturer
decides for each field (`ProfileQuestion`); what it has not decided is as proposed here. Own fields are asked if they count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, CharField, JSONField, Q, TextField, Value
from django.db.models.functions import Cast

from partners.models import CustomField, Partner, ProfileQuestion, Stage
from partners.provenance import FIELDS

STAGES = (Stage.DRAFT, Stage.PROSPECT, Stage.APPLICANT, Stage.ONBOARDING, Stage.ACTIVE)
"""From which one can ask, in order; who has come to rest or to an end is asked what an active partner is."""

PROPOSED: Mapping[str, tuple[Stage, bool]] = {
    "phone": (Stage.PROSPECT, True),
    "email": (Stage.PROSPECT, True),
    "business_number": (Stage.APPLICANT, True),
    "address": (Stage.APPLICANT, True),
    "city": (Stage.DRAFT, True),
    "postal_code": (Stage.APPLICANT, True),
    "country": (Stage.DRAFT, True),
    "opening_hours": (Stage.ONBOARDING, False),
    "employees": (Stage.ONBOARDING, False),
    "languages": (Stage.ONBOARDING, False),
    "established_year": (Stage.ONBOARDING, False),
    "website": (Stage.PROSPECT, False),
}
"""From which stage on each is asked and whether it is needed, in the order in which a partner is asked."""
PROPOSED_OWN = (Stage.DRAFT, False)
"""Own fields that count: asked from the beginning."""
ORDER = [*PROPOSED, *(name for name in FIELDS if name not in PROPOSED)]
STAFF_ONLY = frozenset({"is_exclusive"})
"""What only staff can write."""
OWN = "custom."


@dataclass(frozen=True)
class Question:
    """A field that partners are asked for.

    name: as `Partner.provenance` names it. stage: from which on; None: never. partner_edits: whether the partner itself
    can write it.
    """

    name: str
    label: str
    stage: Stage | None
    is_required: bool
    partner_edits: bool = True

    @property
    def form_name(self) -> str:
        """Its name in forms."""
        return f"custom_{self.key}" if self.is_own else self.name

    @property
    def is_own(self) -> bool:
        return self.name.startswith(OWN)

    @property
    def key(self) -> str:
        """The key of an own field."""
        return self.name.removeprefix(OWN)

    def is_asked_at(self, stage: str) -> bool:
        """Whether a partner at that stage is asked for it."""
        return self.stage is not None and rank(self.stage) <= rank(stage)

    def comes_after(self, stage: str) -> bool:
        """Whether a partner at that stage will be asked for it only later."""
        return self.stage is not None and rank(self.stage) > rank(stage)

    def is_filled(self, partner: Partner) -> bool:
        """Whether the partner has a value in it."""
        if self.is_own:
            return self.key in partner.custom
        return getattr(partner, self.name) not in (None, "", [])

    @property
    def condition(self) -> Q:
        """The same for the database: a column counts unless it is null, an empty text or an empty list."""
        if self.is_own:
            return Q(custom__has_key=self.key)
        field = Partner._meta.get_field(self.name)
        if isinstance(field, ArrayField):
            return ~Q(**{self.name: []})
        if isinstance(field, CharField | TextField):
            return ~Q(**{self.name: ""})
        return Q(**{f"{self.name}__isnull": False})


def rank(stage: str) -> int:
    """How far a stage is along the relationship."""
    return STAGES.index(Stage(stage)) if stage in STAGES else len(STAGES) - 1


def stages_from(stage: Stage) -> list[str]:
    """The stages at which something is asked that is asked from `stage` on."""
    return [each for each in Stage.values if rank(each) >= rank(stage)]


def questions_of(custom_fields: Iterable[CustomField], decided: Iterable[tuple[str, str, bool]] = ()) -> list[Question]:
    """Every field that could be asked, in order; `decided` are (field, stage, is_required) where the manufacturer chose."""
    known = {name: (Stage(stage) if stage else None, needed) for name, stage, needed in decided}
    labels = {field.name: str(getattr(field, "verbose_name", "")) for field in Partner._meta.get_fields()}
    questions = []
    for name in ORDER:
        stage, needed = known.get(name, PROPOSED.get(name, (None, False)))
        questions.append(Question(name, labels[name], stage, needed, name not in STAFF_ONLY))
    for field in custom_fields:
        stage, needed = known.get(f"{OWN}{field.key}", PROPOSED_OWN)
        stage = (stage or PROPOSED_OWN[0]) if field.is_required else None
        questions.append(Question(f"{OWN}{field.key}", str(field), stage, needed, field.partner_edits))
    return questions


def decided_questions() -> list[tuple[str, str, bool]]:
    """What the manufacturer decided, field by field. One query."""
    return list(ProfileQuestion.objects.values_list("field", "stage", "is_required"))


def all_questions() -> list[Question]:
    """Every field that could be asked, as the manufacturer has it now. One query."""
    own = CustomField.objects.order_by().values_list(
        Cast("key", TextField()), Value(""), "is_required", "partner_edits", "labels", "order"
    )
    none = Value(None, BooleanField()), Value(None, JSONField()), Value(0)
    rows = ProfileQuestion.objects.values_list(Cast("field", TextField()), "stage", "is_required", *none)
    found = list(own.union(rows, all=True))
    fields = [
        CustomField(key=name, labels=labels, is_required=counts, partner_edits=edits, order=order)
        for name, _stage, counts, edits, labels, order in found
        if labels is not None
    ]
    fields.sort(key=lambda field: (field.order, field.key))
    return questions_of(fields, [(row[0], row[1], row[2]) for row in found if row[4] is None])


def asked_at(questions: Sequence[Question], stage: str) -> list[Question]:
    """What is asked at a stage: what is needed first, each in its order."""
    return sorted((each for each in questions if each.is_asked_at(stage)), key=lambda each: not each.is_required)


def missing_conditions(questions: Iterable[Question]) -> Q:
    """The partners that lack at least one of what these ask of them at their stage. Matches nobody for no questions."""
    found = Q(pk__in=[])
    for each in questions:
        if each.stage is not None:
            found |= Q(stage__in=stages_from(each.stage)) & ~each.condition
    return found
