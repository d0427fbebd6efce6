"""For staff: what another way of distribution would have brought."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView
from django_htmx.http import HttpResponseClientRefresh

from leads import batch_wording as wording
from leads.forms.replays import ReplayForm
from leads.models import Replay
from leads.replay import Outcome
from leads.selectors import replays as reading
from leads.services import replays as services
from leads.tables.replays import ReplayTable
from leads.views.staff.batches import DistributeMixin
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import number_or_404
from partners.models import Partner
from tenancy.errors import DomainError
from tenancy.rights import Right

MOST_SHOWN = 10
CHOICES = 50
"""So many earlier trials are offered for comparison."""


class ReplayListView(DistributeMixin, ListView):
    """All trials, the latest first."""

    list_key = "lead_replays"
    table_class = ReplayTable
    template_name = "leads/staff/replay_list.html"
    sorts = {"created_at": Sort("pk", descending=True)}
    default_sort = "-created_at"
    empty = Empty(
        gettext_lazy("No policy has been tried on the past yet"),
        gettext_lazy(
            "Before you change how leads are distributed, see what the change would have brought: the leads of the past"
            " are decided anew, by what was known then."
        ),
        url_name="leads:replay_new",
        action=gettext_lazy("Try a policy"),
        right=Right.LEADS_DISTRIBUTE,
    )

    def get_queryset(self) -> QuerySet[Replay]:
        return reading.replays()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("replays"), **kwargs)


class ReplayNewView(DistributeMixin, FormView):
    """Which policy, on which leads."""

    form_class = ReplayForm
    template_name = "leads/staff/replay_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def form_valid(self, form: ReplayForm) -> HttpResponse:
        tried = form.instance
        tried.policy = form.policy.as_json()
        services.start_replay(tried, by=self.member)
        return redirect(self.member.url("leads:replay", pk=tried.pk))


class OneReplayMixin(DistributeMixin):
    """A page of one trial."""

    @cached_property
    def tried(self) -> Replay:
        return get_object_or_404(reading.replays(), pk=self.kwargs["pk"])


class ReplayView(OneReplayMixin, TemplateView):
    """What came out, in words first. Asked by htmx while it runs, it sends that part alone."""

    template_name = "leads/staff/replay.html"

    @property
    def is_running(self) -> bool:
        return self.tried.job is not None and self.tried.job.is_open

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not self.is_running:  # type: ignore[attr-defined]
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["leads/partials/replay_progress.html"] if self.request.htmx else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tried, currency = self.tried, self.member.manufacturer.currency
        outcome = wording.outcome_of(tried)
        context: dict[str, Any] = {
            "tried": tried,
            "job": tried.job,
            "is_running": self.is_running,
            "title": wording.replay_headline(tried),
            "mode": wording.mode_labels().get(tried.policy.get("mode", ""), ""),
        }
        if outcome is not None:
            context |= {
                "outcome": outcome,
                "rows": wording.replay_rows(outcome, currency),
                "notes": wording.replay_notes(tried, currency),
                "chart": wording.replay_chart(tried, outcome, currency) if outcome.months else None,
                "shifts": shifts_of(outcome),
                "others": list(reading.replays().exclude(result=None).exclude(pk=tried.pk).order_by("-pk")[:CHOICES]),
            }
        return super().get_context_data(**context, **kwargs)


def shifts_of(outcome: Outcome) -> list[tuple[Partner, int, int, str]]:
    """The partners whose share would change most: leads then, leads by the policy, and the difference. One query."""
    done, tried = outcome.done.load, outcome.policy.load
    changed = sorted({*done, *tried}, key=lambda pk: (-abs(tried.get(pk, 0) - done.get(pk, 0)), pk))[:MOST_SHOWN]
    partners = Partner.objects.in_bulk(changed)
    return [
        (partners[pk], done.get(pk, 0), tried.get(pk, 0), formats.signed(tried.get(pk, 0) - done.get(pk, 0), 0))
        for pk in changed
        if pk in partners and tried.get(pk, 0) != done.get(pk, 0)
    ]


class ReplayCompareView(DistributeMixin, TemplateView):
    """Two trials side by side, each against what was done."""

    template_name = "leads/staff/replay_compare.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ("a" in request.GET and "b" in request.GET):
            return redirect(self.member.url("leads:replays"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = [self.request.GET.get(name, "") for name in ("a", "b")]
        found = [get_object_or_404(reading.replays().exclude(result=None), pk=number_or_404(pk)) for pk in asked]
        currency, language = self.member.manufacturer.currency, get_language()
        sides = []
        for tried in found:
            outcome = wording.outcome_of(tried)
            assert outcome is not None
            sides.append((tried, outcome))
        rows = [
            (row_a[0], row_a[1], row_a[2], row_b[2])
            for row_a, row_b in zip(*(wording.replay_rows(outcome, currency) for _tried, outcome in sides), strict=True)
        ]
        difference = [
            _("%(difference)s (%(low)s to %(high)s)")
            % {
                "difference": formats.money_short(outcome.difference, currency, language),
                "low": formats.money_short(outcome.low, currency, language),
                "high": formats.money_short(outcome.high, currency, language),
            }
            for _tried, outcome in sides
        ]
        same = (found[0].since, found[0].until) == (found[1].since, found[1].until)
        return super().get_context_data(found=found, rows=rows, difference=difference, is_same_period=same, **kwargs)


class ReplayDeleteView(OneReplayMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            services.delete_replay(self.tried)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("leads:replay", pk=self.tried.pk))
        messages.success(request, _("The trial is thrown away."))
        return redirect(self.member.url("leads:replays"))
