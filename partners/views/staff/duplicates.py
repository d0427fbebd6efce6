"""What staff see of possible duplicates and merges."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from pages.row_numbers import row_number
from partners import selectors
from partners.compare import better_first, compared
from partners.filters.duplicates import DuplicateFilterSet
from partners.matching import Company
from partners.models import DuplicatePair, PairState, Partner, PartnerMerge
from partners.selectors import duplicates as found
from partners.selectors.quality import quality_of
from partners.services import duplicates, merging
from partners.tables.duplicates import DuplicateTable
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

MERGES_SHOWN = 100


class DuplicateListView(StaffMixin, ListView):
    """Pairs of partners that look like one company, the surest first."""

    required_right = Right.PARTNERS_MERGE
    list_key = "duplicates"
    table_class = DuplicateTable
    filterset_class = DuplicateFilterSet
    template_name = "partners/staff/duplicates_list.html"
    default_sort = "-score"
    sorts = {"score": Sort("score", descending=True, nullable=False), "found_at": Sort("found_at", descending=True)}
    empty = Empty(
        gettext_lazy("No partner looks like another"),
        gettext_lazy("All partners are compared every night, and each one when it is registered or changed."),
    )

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        pairs = found.duplicate_pairs()
        return pairs if "state" in self.params else pairs.filter(state=PairState.OPEN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), **kwargs)

    def title(self) -> str:
        waiting = count_up_to(found.open_pairs())
        if waiting > COUNT_UP_TO:
            return _("More than %(count)s pairs of partners look like one company") % {
                "count": formats.number(COUNT_UP_TO)
            }
        if waiting:
            return ngettext(
                "%(count)s pair of partners looks like one company",
                "%(count)s pairs of partners look like one company",
                waiting,
            ) % {"count": formats.number(waiting)}
        return _("No two partners look like one company")


class DuplicateSearchView(StaffMixin, View):
    """All partners are compared with one another now."""

    required_right = Right.PARTNERS_MERGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        duplicates.request_search(by=self.member)
        messages.success(request, _("All partners are being compared. What is found stands here in a minute or two."))
        return redirect(self.member.url("partners:duplicates"))


class OnePairMixin(StaffMixin):
    """A page of one pair."""

    required_right = Right.PARTNERS_MERGE
    kwargs: dict[str, Any]

    @cached_property
    def pair(self) -> DuplicatePair:
        pairs = DuplicatePair.objects.select_related("first__kind", "second__kind", "decided_by")
        return get_object_or_404(pairs, pk=self.kwargs["pk"])


class DuplicateView(OnePairMixin, TemplateView):
    """Two records side by side; what differs is marked, and each field can be taken from either."""

    template_name = "partners/staff/duplicate.html"
    http_method_names = ["get", "head", "post", "options"]

    @cached_property
    def sides(self) -> tuple[Partner, Partner]:
        """The record that stays, and the one that goes into it: as asked, else the better known first."""
        pair = self.pair
        keep = self.request.POST.get("keep") or self.request.GET.get("keep", "")
        if keep == str(pair.first_id):
            return pair.first, pair.second
        if keep == str(pair.second_id):
            return pair.second, pair.first
        return better_first(pair.first, pair.second)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left, right = self.sides
        rows = compared(left, right)
        merge = PartnerMerge.objects.filter(
            Q(winner=left, loser=right) | Q(winner=right, loser=left), undone_at=None
        ).first()
        return super().get_context_data(
            pair=self.pair,
            percent=found.shown_percent(self.pair.score),
            left=left,
            right=right,
            rows=[row for row in rows if row.differs],
            same=[row for row in rows if not row.differs],
            reasons=[reason | {"words": _(text)} for reason in self.pair.reasons for text in [reason["words"]]],
            merge=merge,
            can_merge=self.pair.state != PairState.MERGED and not (left.merged_into_id or right.merged_into_id),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        left, right = self.sides
        take = [row.choice for row in compared(left, right) if row.choice and request.POST.get(row.choice) == "right"]
        try:
            merging.merge_partners(left, right, take=take, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("partners:duplicate", pk=self.pair.pk))
        messages.success(
            request,
            _("%(loser)s is part of %(winner)s now. You can undo that for 30 days.")
            % {"loser": f"{right} ({right.code})", "winner": left},
        )
        return redirect(self.member.url("partners:detail", pk=left.pk))


class DuplicateDecisionView(OnePairMixin, View):
    """These are two companies; or it is to be decided after all."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            if request.POST.get("decision") == "reopen":
                duplicates.reopen_pair(self.pair, by=self.member)
                messages.success(request, _("The pair is to be decided again."))
            else:
                duplicates.dismiss_pair(self.pair, by=self.member)
                messages.success(request, _("Noted: these are two companies. The pair is not put forward again."))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("partners:duplicates"))


class MergeListView(StaffMixin, TemplateView):
    """What was merged lately, and how to take it back."""

    required_right = Right.PARTNERS_MERGE
    template_name = "partners/staff/duplicates_merges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        merges = list(found.latest_merges()[:MERGES_SHOWN])
        return super().get_context_data(
            merges=[(merge, merging.can_undo(merge)) for merge in merges],
            title=ngettext(
                "%(count)s record has been merged", "%(count)s records have been merged", len(merges)
            ) % {"count": formats.number(len(merges))} if merges else _("Nothing has been merged yet"),
            **kwargs,
        )  # fmt: skip


class MergeUndoView(StaffMixin, View):
    """A merge is taken back."""

    required_right = Right.PARTNERS_MERGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        merge = get_object_or_404(PartnerMerge, pk=self.kwargs["pk"])
        try:
            merge = merging.undo_merge(merge, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("%(loser)s is a partner of its own again, with all that was its own.")
                % {"loser": Partner.objects.get(pk=merge.loser_id)},
            )
        return redirect(self.member.url("partners:merges"))


class DuplicateWarningView(StaffMixin, TemplateView):
    """While a partner is typed: those that look like it already."""

    required_right = Right.PARTNERS_EDIT
    template_name = "partners/partials/duplicates_warning.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = Company(*(self.request.GET.get(name, "")[:300] for name in found.COMPARED))
        editing = self.request.GET.get("editing", "")
        alike = found.duplicates_of(typed, apart_from=row_number(editing))
        seen = set(
            selectors.partners_for(self.member)
            .filter(pk__in=[each.partner.pk for each in alike])
            .values_list("pk", flat=True)
        )
        shown = [
            (each, [_(reason.words) for reason in each.match.reasons if reason.weight > 0], each.partner.pk in seen)
            for each in alike
        ]
        return super().get_context_data(alike=shown, **kwargs)


class QualityView(StaffMixin, TemplateView):
    """How good the data about partners are, and where to begin."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/quality.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            quality=quality_of(self.member, by=self.request.GET.get("by", "kind")),
            can_merge=self.member.can(Right.PARTNERS_MERGE),
            **kwargs,
        )
