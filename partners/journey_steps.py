"""The types of step that need nothing but the partner itself."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.journey_checks import StepType, register_step_type
from partners.models import Agreement, AgreementState, AgreementType, Partner
from partners.models.tasks import url_on_side
from tenancy.models import Membership

SECTIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "contact": (_("How to reach it"), ("phone", "email")),
    "address": (_("Where it is"), ("address", "city", "postal_code", "country")),
    "company": (_("The company"), ("business_number", "employees", "established_year")),
    "opening": (_("Opening hours and languages"), ("opening_hours", "languages")),
}
"""Parts of the profile that a step can ask for, each with the fields that must have a value."""


def sections() -> list[tuple[str, Any]]:
    """The parts of the profile to choose from; none named means all of them."""
    return [("", _("All of these")), *((key, label) for key, (label, _fields) in SECTIONS.items())]


def fields_of(subject: str) -> tuple[str, ...]:
    """The fields that a part of the profile asks for."""
    if subject in SECTIONS:
        return SECTIONS[subject][1]
    return tuple(name for _label, names in SECTIONS.values() for name in names)


def with_profile(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those whose profile has a value in every field of the part."""
    empty = Q()
    for name in fields_of(subject):
        field = Partner._meta.get_field(name)
        if name == "languages":
            empty |= Q(languages=[])
        elif field.null:
            empty |= Q(**{f"{name}__isnull": True})
        else:
            empty |= Q(**{name: ""})
    return set(Partner.objects.filter(pk__in=partner_ids).exclude(empty).values_list("pk", flat=True))


def profile_form(member: Any, subject: str) -> str:
    """Where the partner fills it in."""
    return f"{member.url('partners_portal:profile_edit')}#id_{fields_of(subject)[0]}"


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


def agreements_page(member: Membership, subject: str) -> str:
    """Where the partner reads and accepts it."""
    return url_on_side(member, "partners_portal:agreements", {})


register_step_type(
    StepType(
        "form",
        _("Complete the profile"),
        _("Done once these fields of the profile have a value."),
        done=with_profile,
        subjects=sections,
        place=profile_form,
        order=10,
    )
)
register_step_type(StepType("read", _("Read and confirm"), _("Done when the text is confirmed as read."), order=20))
register_step_type(
    StepType("upload", _("Hand in a paper"), _("Done when a file is handed in."), takes="file", order=30)
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
