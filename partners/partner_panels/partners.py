"""What this app itself shows on a partner's page: its profile, people, sub-partners, sharing and history."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.completeness import completeness_of
from partners.custom_fields import all_custom_fields
from partners.models import LocatorEntry, LocatorQuestion, Partner, Stage, StageProposal, Territory
from partners.panels import Panel, register_panel
from partners.profile import is_stale, profile_sections
from partners.questions import decided_questions, questions_of
from partners.selectors.contact_history import entries_of
from partners.selectors.handover import last_handover_of
from partners.selectors.lifecycle import moves_of
from partners.selectors.onboarding import journey_of, phases_of
from partners.selectors.people import contacts_of
from partners.tables.lifecycle import found
from partners.timeline import timeline_of
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right

CHILDREN_SHOWN = 20
CHANGES_SHOWN = 10
CONTACTS_SHOWN = 40
MOVES_SHOWN = 8
STEPS_SHOWN = 4
BEFORE_ACTIVE = (Stage.PROSPECT, Stage.APPLICANT, Stage.ONBOARDING)
ENTRIES_SHOWN = 8


def profile(member: Membership, partner: Partner) -> dict[str, Any]:
    definitions = all_custom_fields()
    return {
        "partner": partner,
        "completeness": completeness_of(partner, questions_of(definitions, decided_questions())),
        "sections": profile_sections(
            partner, definitions, file_url=lambda key: member.url("partners:own_file", pk=partner.pk, key=key)
        ),
        "is_stale": is_stale(partner),
        "can_edit": member.can(Right.PARTNERS_EDIT),
    }


def territories(member: Membership, partner: Partner) -> dict[str, Any] | None:
    coverage = list(selectors.territories_of(partner))
    can_edit = member.can(Right.PARTNERS_EDIT)
    if not coverage and not (can_edit and Territory.objects.exists()):
        return None
    return {"partner": partner, "coverage": coverage, "can_edit": can_edit}


def people(member: Membership, partner: Partner) -> dict[str, Any]:
    return {"people": selectors.people_of(partner)}


def sub_partners(member: Membership, partner: Partner) -> dict[str, Any] | None:
    children = list(selectors.sub_partners(partner)[: CHILDREN_SHOWN + 1])
    if not children and partner.parent_id is not None:
        return None
    return {
        "partner": partner,
        "children": children[:CHILDREN_SHOWN],
        "has_more": len(children) > CHILDREN_SHOWN,
        "currency": member.manufacturer.currency,
        "can_edit": member.can(Right.PARTNERS_EDIT),
    }


def life_cycle(member: Membership, partner: Partner) -> dict[str, Any]:
    moves = list(moves_of(partner)[:MOVES_SHOWN])
    proposal = StageProposal.objects.filter(partner=partner, state=StageProposal.State.OPEN).first()
    return {
        "partner": partner,
        "moves": moves,
        "can_edit": member.can(Right.PARTNERS_EDIT),
        "proposal": proposal,
        "because": found(proposal.facts, get_language() or "en") if proposal else "",
        "handover": last_handover_of(partner),
    }


def journey(member: Membership, partner: Partner) -> dict[str, Any] | None:
    shown = journey_of(partner)
    if shown is None and partner.stage not in BEFORE_ACTIVE:
        return None
    can_edit = member.can(Right.PARTNERS_EDIT)
    if shown is None:
        return {"partner": partner, "journey": None, "can_edit": can_edit}
    phases = phases_of(shown, member, timezone.localdate())
    open_items = [each for phase in phases for each in phase.items if each.item.done_at is None]
    return {"partner": partner, "journey": shown, "open": open_items[:STEPS_SHOWN], "can_edit": can_edit}


def sharing(member: Membership, partner: Partner) -> dict[str, Any] | None:
    if partner.parent is None:
        return None
    return {"partner": partner, "kinds": selectors.shared_kinds(partner)}


def contacts(member: Membership, partner: Partner) -> dict[str, Any]:
    everybody = list(contacts_of(partner).select_related("successor")[: CONTACTS_SHOWN + 1])
    return {
        "partner": partner,
        "there": [contact for contact in everybody[:CONTACTS_SHOWN] if contact.left_on is None],
        "left": [contact for contact in everybody[:CONTACTS_SHOWN] if contact.left_on is not None],
        "has_more": len(everybody) > CONTACTS_SHOWN,
        "can_edit": member.can(Right.CONTACTS_EDIT),
    }


def contact_history(member: Membership, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "entries": entries_of(partner)[:ENTRIES_SHOWN],
        "can_edit": member.can(Right.CONTACTS_EDIT),
    }


def timeline(member: Membership, partner: Partner) -> dict[str, Any]:
    page = timeline_of(member, partner, size=ENTRIES_SHOWN)
    return {"partner": partner, "entries": page.entries, "has_more": bool(page.next_key)}


def locator(member: Membership, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "entry": LocatorEntry.objects.filter(partner=partner).first(),
        "questions": LocatorQuestion.objects.filter(partner=partner).count(),
        "url": reverse("partners_public:locator", kwargs={"manufacturer": member.manufacturer.slug}),
        "can_edit": member.can(Right.PARTNERS_EDIT),
    }


def history(member: Membership, partner: Partner) -> dict[str, Any]:
    return {"entries": history_of(partner, limit=CHANGES_SHOWN)}


register_panel(
    Panel(
        "journey",
        _("Onboarding"),
        "partners/staff/panels/journey.html",
        journey,
        Right.PARTNERS_VIEW,
        order=5,
        column="side",
    )
)
register_panel(
    Panel(
        "life_cycle",
        _("Life cycle"),
        "partners/staff/panels/life_cycle.html",
        life_cycle,
        Right.PARTNERS_VIEW,
        order=40,
        tab="history",
        column="side",
    )
)
register_panel(
    Panel(
        "profile",
        _("Profile"),
        "partners/staff/panels/profile.html",
        profile,
        Right.PARTNERS_VIEW,
        order=10,
        tab="company",
    )
)
register_panel(
    Panel(
        "people",
        _("Portal users"),
        "partners/staff/panels/people.html",
        people,
        Right.USERS_VIEW,
        order=60,
        tab="people",
        column="side",
    )
)
register_panel(
    Panel(
        "sub_partners",
        _("Sub-partners"),
        "partners/staff/panels/sub_partners.html",
        sub_partners,
        Right.PARTNERS_VIEW,
        function="sub_partners",
        order=20,
        tab="company",
    )
)
register_panel(
    Panel(
        "sharing",
        _("Shared with the partner above"),
        "partners/staff/panels/sharing.html",
        sharing,
        Right.PARTNERS_VIEW,
        function="sub_partners",
        order=30,
        tab="company",
        column="side",
    )
)
register_panel(
    Panel(
        "timeline",
        _("Timeline"),
        "partners/staff/panels/timeline.html",
        timeline,
        Right.PARTNERS_VIEW,
        order=5,
        column="side",
        whole="partners:timeline",
    )
)
register_panel(
    Panel(
        "history",
        _("What was changed"),
        "partners/staff/panels/history.html",
        history,
        Right.PARTNERS_VIEW,
        tab="history",
    )
)
register_panel(
    Panel(
        "locator",
        _("Public page"),
        "partners/staff/panels/locator.html",
        locator,
        Right.PARTNERS_VIEW,
        function="locator",
        order=40,
        tab="company",
        column="side",
    )
)
register_panel(
    Panel(
        "contacts",
        pgettext_lazy("at partners", "People"),
        "partners/staff/panels/contacts.html",
        contacts,
        Right.PARTNERS_VIEW,
        function="people",
        order=10,
        tab="people",
    )
)
register_panel(
    Panel(
        "contact_history",
        _("Contact history"),
        "partners/staff/panels/contact_history.html",
        contact_history,
        Right.PARTNERS_VIEW,
        function="people",
        order=20,
        tab="people",
    )
)
register_panel(
    Panel(
        "territories",
        _("Territories"),
        "partners/staff/panels/territories.html",
        territories,
        Right.PARTNERS_VIEW,
        order=55,
        tab="company",
        column="side",
    )
)
