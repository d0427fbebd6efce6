"""Two tiers for staff: who belongs to whom, as partners declared it, and the decision about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort, count_up_to
from partners.filters.tiers import RelationFilterSet
from partners.forms.tiers import RefuseRelationForm
from partners.models import Relation, RelationState
from partners.selectors import tiers as reading
from partners.services import tiers as services
from partners.tables.tiers import RelationTable
from tenancy.access import StaffMixin
from tenancy.history import history_of
from tenancy.rights import Right


class RelationListView(StaffMixin, ListView):
    """Every relation that was declared, those that wait on top."""

    required_right = Right.PARTNERS_VIEW
    required_function = "sub_partners"
    list_key = "relations"
    table_class = RelationTable
    filterset_class = RelationFilterSet
    template_name = "partners/staff/tiers_list.html"
    default_sort = "-declared_at"
    sorts = {
        "declared_at": Sort("declared_at", descending=True),
        "below": Sort("below__name"),
        "above": Sort("above__name"),
    }
    default_columns = ["below", "above", "state", "declared_by", "declared_at", "answered_by", "reason"]
    export_name = "relations"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No partner has declared a relation"),
        gettext_lazy("In the portal an agency says which shops belong to it, or a shop names its agency."),
    )

    def get_queryset(self) -> QuerySet[Relation]:
        return reading.relations_for(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = reading.relations_to_decide(self.member)
        return super().get_context_data(title=self.title(count_up_to(waiting)), first=waiting.first(), **kwargs)

    def title(self, waiting: int) -> str:
        """How many declarations wait."""
        if not waiting:
            return _("No declaration waits for an answer")
        return ngettext(
            "%(count)s declaration waits for an answer", "%(count)s declarations wait for an answer", waiting
        ) % {"count": formats.number(waiting)}


class RelationView(StaffMixin, FormView):
    """One relation: what was declared by whom, and the decision of staff."""

    required_right = Right.PARTNERS_VIEW
    required_function = "sub_partners"
    form_class = RefuseRelationForm
    template_name = "partners/staff/tiers_relation.html"
    kwargs: dict[str, Any]

    @cached_property
    def relation(self) -> Relation:
        rows = reading.relations_for(self.member).select_related(
            "above__channel_manager", "below__channel_manager", "below__parent", "declared_member", "answered_member"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        relation = self.relation
        belongs = relation.below.parent
        return super().get_context_data(
            relation=relation,
            title=self.title(),
            can_decide=relation.state == RelationState.WAITING and self.member.can(Right.PARTNERS_EDIT),
            can_end=relation.state == RelationState.CONFIRMED and self.member.can(Right.PARTNERS_EDIT),
            moves_from=belongs if belongs is not None and belongs.pk != relation.above_id else None,
            changes=history_of(relation)[:10],
            **kwargs,
        )

    def title(self) -> str:
        """Where the relation stands, as a sentence."""
        names = {"below": self.relation.below, "above": self.relation.above}
        sentences = {
            RelationState.WAITING: _("Does %(below)s belong to %(above)s?"),
            RelationState.CONFIRMED: _("%(below)s belongs to %(above)s"),
            RelationState.REFUSED: _("%(below)s does not belong to %(above)s"),
            RelationState.WITHDRAWN: _("Withdrawn: %(below)s belongs to %(above)s"),
            RelationState.ENDED: _("%(below)s no longer belongs to %(above)s"),
        }
        return sentences[RelationState(self.relation.state)] % names

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.member.can(Right.PARTNERS_EDIT):
            raise PermissionDenied
        step = request.POST.get("step", "")
        if step == "confirm":
            return self.done(
                lambda: services.confirm_relation(self.relation, by=self.member), _("The relation is confirmed.")
            )
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        reason = form.cleaned_data["reason"]
        if step == "end":
            if self.relation.state != RelationState.CONFIRMED:
                messages.error(request, _("This has ended already."))
                return redirect(self.request.path)
            return self.done(
                lambda: services.end_relation(self.relation.below_id, by=self.member, reason=reason),
                _("The relation has ended."),
            )
        return self.done(
            lambda: services.refuse_relation(self.relation, by=self.member, reason=reason),
            _("The declaration is refused."),
        )

    def done(self, step: Any, sentence: str) -> HttpResponse:
        self.take_step(step, sentence)
        return redirect(self.member.url("partners:relation", pk=self.relation.pk))
