"""Who a partner belonged to, and what was done in its place, on its timeline."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import OnBehalf, Relation
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def relations(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Each declaration, on either side, and what became of it."""
    rows = Relation.objects.filter(Q(below=partner_id) | Q(above=partner_id)).select_related(
        "above", "below", "declared_member"
    )
    return [
        Entry(
            at=relation.declared_at,
            key=relation.pk,
            title=_("%(below)s belongs to %(above)s") % {"below": relation.below, "above": relation.above},
            text=f"{relation.get_state_display()} {relation.reason}".strip(),
            who=relation.declared_member.name if relation.declared_member else "",
            url_name="partners:relation",
            url_kwargs={"pk": relation.pk},
        )
        for relation in newest(rows, before, limit, at="declared_at")
    ]


def in_its_place(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What the partner above did for it."""
    rows = OnBehalf.objects.filter(partner_id=partner_id).select_related("acting")
    return [
        Entry(
            at=step.at,
            key=step.pk,
            title=_("%(partner)s acted in its place: %(what)s")
            % {"partner": step.acting, "what": step.get_what_display()},
            text=step.detail,
            who=step.by_name,
        )
        for step in newest(rows, before, limit, at="at")
    ]


register_timeline(
    TimelineSource(
        "relations",
        gettext_lazy("Belonging together"),
        "person",
        Right.PARTNERS_VIEW,
        relations,
        function="sub_partners",
        of=Relation,
        columns=("above_id", "below_id"),
    )
)
register_timeline(
    TimelineSource(
        "on_behalf",
        gettext_lazy("Steps in its place"),
        "pencil",
        Right.PARTNERS_VIEW,
        in_its_place,
        function="sub_partners",
        of=OnBehalf,
    )
)
