"""The types of step that need nothing but the partner itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.journey_checks import StepType, register_step_type
from partners.models import Agreement, AgreementState, AgreementType, PaperType, Partner, Stage
from partners.models.tasks import url_on_side
from partners.questions import Question, all_questions, missing_conditions
from tenancy.models import Membership

SECTIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "contact": (_("How to reach it"), ("phone", "email")),
    "address": (_("Where it is"), ("address", "city", "postal_code", "country")),
    "company": (_("The company"), ("business_number", "employees", "established_year")),
    "opening": (_("Opening hours and languages"), ("opening_hours", "languages")),
}
"""Parts of the profile that a step can ask for, each with its fields; those that are asked must have a value."""


def sections() -> list[tuple[str, Any]]:
    """The parts of the profile to choose from; none named means all of them."""
    return [("", _("All that is asked")), *((key, label) for key, (label, _fields) in SECTIONS.items())]


def fields_of(subject: str, questions: Iterable[Question]) -> list[Question]:
    """What a part of the profile asks of the partner itself; without a part all that is asked."""
    names = SECTIONS[subject][1] if subject in SECTIONS else None
    return [
        each
        for each in questions
        if each.stage is not None and each.partner_edits and (names is None or each.name in names)
    ]


def with_profile(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those whose profile has a value in every field of the part that they are asked for. What is asked in an onboarding
    is asked on any journey; what comes later only once the partner is there. Two queries.
    """
    asked = [
        replace(each, stage=Stage.DRAFT) if each.is_asked_at(Stage.ONBOARDING) else each
        for each in fields_of(subject, all_questions())
    ]
    here = Partner.objects.filter(pk__in=partner_ids)
    return set(here.exclude(missing_conditions(asked)).values_list("pk", flat=True))


def profile_form(member: Any, subject: str) -> str:
    """Where the partner fills it in: at the part's first field."""
    names = SECTIONS[subject][1] if subject in SECTIONS else ("phone",)
    return f"{member.url('partners_portal:profile_edit')}#id_{names[0]}"


def agreement_types() -> list[tuple[str, Any]]:
    """The types of agreement to choose from; none named means any."""
    return [
        ("", _("Any agreement")),
        *((each.code, str(each)) for each in AgreementType.objects.filter(is_retired=False)),
    ]


def with_agreement(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those that have accepted an agreement of the type, and have not let it end."""
    accepted = Agreement.objects.filter(partner__in=partner_ids, state=AgreementState.ACCEPTED)
    if subject:
        accepted = accepted.filter(type__code=subject)
    return set(accepted.values_list("partner", flat=True))


def paper_types() -> list[tuple[str, Any]]:
    """The compliance papers to choose from; none named means any file."""
    return [("", _("Any file")), *((each.code, str(each)) for each in PaperType.objects.filter(is_retired=False))]


def agreements_page(member: Membership, subject: str) -> str:
    """Where the partner reads and accepts it."""
    return url_on_side(member, "partners_portal:agreements", {})


register_step_type(
    StepType(
        "form",
        _("Complete the profile"),
        _("Done once what you ask of this part of the profile has a value."),
        done=with_profile,
        subjects=sections,
        place=profile_form,
        order=10,
    )
)
register_step_type(StepType("read", _("Read and confirm"), _("Done when the text is confirmed as read."), order=20))
register_step_type(
    StepType(
        "upload",
        _("Hand in a paper"),
        _("Done when a file is handed in. One that names a compliance paper goes to the papers as well, for review."),
        subjects=paper_types,
        takes="file",
        order=30,
    )
)
register_step_type(
    StepType(
        "agreement",
        _("Accept an agreement"),
        _("Done when the agreement is accepted in the portal."),
        done=with_agreement,
        subjects=agreement_types,
        place=agreements_page,
        order=40,
    )
)
register_step_type(StepType("course", _("Pass a course"), _("Done when the qualification is there."), order=50))
register_step_type(StepType("first_order", _("First order"), _("Done once something was bought."), order=60))
register_step_type(
    StepType("meeting", _("Meeting"), _("A date is fixed, and ticked once you have met."), takes="meeting", order=70)
)
register_step_type(StepType("confirm", _("Tick off"), _("Done when the side whose step it is ticks it."), order=80))
