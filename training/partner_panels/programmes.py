"""What a partner's people have to learn and how far they are, on the staff's page of it."""

from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated
from training.functions import TRAINING
from training.models import PersonState, ProgrammePerson, ProgrammeState
from training.selectors.programmes import COUNTED, late

SHOWN = 6


def programmes_of(member: Membership, partner: Partner) -> dict[str, Any] | None:
    """The running programmes of its people, late ones first. One query; nothing where there is none."""
    own = ProgrammePerson.objects.filter(partner=partner, state__in=COUNTED, programme__state=ProgrammeState.RUNNING)
    rows = (
        own.values("programme", "programme__titles", "programme__code")
        .annotate(
            people=Count("pk"),
            finished=Count("pk", filter=Q(state=PersonState.DONE)),
            late=Count("pk", filter=late()),
            due_on=Min("due_on", filter=Q(state=PersonState.OPEN)),
        )
        .order_by("-late", "programme")[:SHOWN]
    )
    found = [row | {"title": translated(row["programme__titles"], row["programme__code"])} for row in rows]
    return {"rows": found, "code": partner.code} if found else None


register_panel(
    Panel(
        "learning_programmes",
        _("What its people have to learn"),
        "training/staff/panels/programmes.html",
        programmes_of,
        Right.TRAINING_VIEW,
        function=TRAINING.key,
        order=70,
        tab="people",
    )
)
