"""For staff: the whole pool distributed at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView
from django_htmx.http import HttpResponseClientRefresh

from leads import batch_wording as wording
from leads.filters.batches import ItemFilterSet
from leads.forms.batches import BatchForm
from leads.matching import COMPONENTS
from leads.models import BatchItem, BatchShare, BatchState, ItemState, LeadBatch
from leads.selectors import batches as reading
from leads.services import batches as services
from leads.tables.batches import BATCH_TONES, BatchTable, ItemTable, ShareTable, unplaced_words
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import row_number
from partners.models import Partner
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right

MOST_SHOWN = 10


class DistributeMixin(StaffMixin):
    """A page about all partners together: for who may distribute and sees all of them."""

    required_right = Right.LEADS_DISTRIBUTE
    required_function = "leads"
    kwargs: dict[str, Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        member = getattr(request, "member", None)
        if member is not None and self.is_own_side(member) and not reading.may_distribute(member):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        """Distributions and trials on the past, side by side."""
        return [
            (_("Distributions"), self.member.url("leads:batches"), here == "batches"),
            (_("Trials on the past"), self.member.url("leads:replays"), here == "replays"),
        ]


class BatchListView(DistributeMixin, ListView):
    """All distributions, the latest first."""

    list_key = "lead_batches"
    table_class = BatchTable
    template_name = "leads/staff/batch_list.html"
    sorts = {"created_at": Sort("pk", descending=True)}
    default_sort = "-created_at"
    empty = Empty(
        gettext_lazy("Nothing has been distributed at once yet"),
        gettext_lazy(
            "Instead of one lead after the other, the whole pool finds its partners together: worked out so that all"
            " leads together are expected to win most, within what each partner can take on."
        ),
        url_name="leads:batch_new",
        action=gettext_lazy("Distribute the pool"),
        right=Right.LEADS_DISTRIBUTE,
    )

    def get_queryset(self) -> QuerySet[LeadBatch]:
        return reading.batches()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = reading.free_leads().count()
        title = ngettext("%(count)s lead waits in the pool", "%(count)s leads wait in the pool", waiting) % {
            "count": formats.number(waiting)
        }
        return super().get_context_data(title=title, tabs=self.tabs("batches"), **kwargs)


class OneBatchMixin(DistributeMixin):
    """A page of one distribution."""

    @cached_property
    def batch(self) -> LeadBatch:
        return get_object_or_404(reading.batches(), pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        return self.member.url("leads:batch", pk=self.batch.pk)

    def batch_tabs(self, here: str) -> list[tuple[str, str, bool]]:
        return [
            (_("What came out"), self.own_url, here == "batch"),
            (_("Who gets what"), self.member.url("leads:batch_partners", pk=self.batch.pk), here == "partners"),
            (_("Leads"), self.member.url("leads:batch_leads", pk=self.batch.pk), here == "leads"),
        ]


class BatchFormView(DistributeMixin, FormView):
    """Which leads, within which limits."""

    form_class = BatchForm
    template_name = "leads/staff/batch_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def form_valid(self, form: BatchForm) -> HttpResponse:
        batch = form.instance
        batch.query = form.query
        try:
            with transaction.atomic():
                services.save_batch(batch, by=self.member)
                services.request_solution(batch, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("leads:batch", pk=batch.pk))


class BatchNewView(OnceMixin, BatchFormView):
    def get_initial(self) -> dict[str, Any]:
        """Leads chosen in the list, by its address."""
        chosen: dict[str, Any] = {}
        for name in BatchForm.LEADS:
            values = [value for value in self.request.GET.getlist(name) if value]
            if values:
                chosen[name] = values if name in ("kind", "source") else values[0]
        return chosen


class BatchSettingsView(OneBatchMixin, BatchFormView):
    """Other limits: it is worked out again."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.batch}

    def get_initial(self) -> dict[str, Any]:
        query = QueryDict(self.batch.query)
        return {
            name: query.getlist(name) if name in ("kind", "source") else query[name]
            for name in BatchForm.LEADS
            if name in query
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=self.batch, **kwargs)


class BatchPreviewView(DistributeMixin, TemplateView):
    """How many leads what stands in the form is about, and for how many there is room."""

    template_name = "leads/partials/batch_preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = QueryDict(mutable=True)
        for name in BatchForm.LEADS:
            query.setlist(name, self.request.GET.getlist(name))
        partners, room = reading.room_now()
        return super().get_context_data(
            waiting=reading.free_leads(query.urlencode()).count(), partners=partners, room=room, **kwargs
        )


class BatchView(OneBatchMixin, TemplateView):
    """What came out, in words first; how far it is while it is worked on. Asked by htmx it sends that part alone."""

    template_name = "leads/staff/batch.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.batch.state not in (BatchState.SOLVING, BatchState.SENDING):  # type: ignore[attr-defined]
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["leads/partials/batch_progress.html"] if self.request.htmx else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.batch
        context: dict[str, Any] = {
            "batch": batch,
            "job": batch.job,
            "is_at_work": batch.state in (BatchState.SOLVING, BatchState.SENDING),
            "title": wording.headline(batch),
            "tone": BATCH_TONES.get(batch.state, ""),
        }
        if not self.request.htmx:
            currency = self.member.manufacturer.currency
            counts = reading.counts_of(batch)
            top = list(reading.shares_of(batch).filter(leads__gt=0).order_by("-leads", "-value", "pk")[:MOST_SHOWN])
            context |= {
                "tabs": self.batch_tabs("batch"),
                "currency": currency,
                "chart": wording.ways_chart(batch, currency),
                "ways": wording.ways_of(batch),
                "notes": wording.notes_of(batch, currency),
                "counts": counts,
                "planned": counts[ItemState.PLANNED],
                "by_hand": batch.items.exclude(changed_at=None).count(),
                "shares": ShareTable(top, member=self.member, batch=batch, currency=currency),
                "has_shares": bool(top),
                "failed": batch.state == BatchState.DRAFT and batch.job is not None and batch.job.message,
            }
        return super().get_context_data(**context, **kwargs)


class BatchPartnersView(OneBatchMixin, ListView):
    """Who gets what, against what each can take on."""

    list_key = "lead_batch_partners"
    table_class = ShareTable
    template_name = "leads/staff/batch_part.html"
    sorts = {
        "leads": Sort("leads", descending=True),
        "value": Sort("value", descending=True),
        "room": Sort("room", descending=True),
    }
    default_sort = "-leads"
    export_name = "distribution-partners"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(gettext_lazy("No partner may get any of these leads"))

    def get_queryset(self) -> QuerySet[BatchShare]:
        return reading.shares_of(self.batch)

    def table_arguments(self) -> dict[str, Any]:
        return {"batch": self.batch}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        getting = self.batch.shares.filter(leads__gt=0).count()
        title = ngettext("%(count)s partner gets leads", "%(count)s partners get leads", getting) % {
            "count": formats.number(getting)
        }
        return super().get_context_data(title=title, batch=self.batch, tabs=self.batch_tabs("partners"), **kwargs)


class BatchLeadsView(OneBatchMixin, ListView):
    """The leads with their partners; a click changes by hand."""

    list_key = "lead_batch_leads"
    table_class = ItemTable
    filterset_class = ItemFilterSet
    template_name = "leads/staff/batch_part.html"
    sorts = {"value": Sort("value", descending=True)}
    default_sort = "-value"
    export_name = "distribution-leads"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(gettext_lazy("No lead waited in the pool"))

    @property
    def partner_id(self) -> int | None:
        """The partner that the page of shares leads here for."""
        asked = self.request.GET.get("partner", "")
        return row_number(asked)

    def get_queryset(self) -> QuerySet[BatchItem]:
        items = reading.items_of(self.batch)
        return items.filter(partner=self.partner_id) if self.partner_id is not None else items

    def table_arguments(self) -> dict[str, Any]:
        return {"batch": self.batch}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = ngettext("%(placed)s of %(count)s lead has its partner", "%(placed)s of %(count)s leads have their partner", self.batch.leads) % {
            "placed": formats.number(self.batch.placed),
            "count": formats.number(self.batch.leads),
        }  # fmt: skip
        partner = Partner.objects.filter(pk=self.partner_id).first() if self.partner_id is not None else None
        return super().get_context_data(
            title=str(partner or title), batch=self.batch, tabs=self.batch_tabs("leads"), **kwargs
        )


class BatchItemView(OneBatchMixin, TemplateView):
    """One lead of it: why this partner, who else may get it, and a change by hand."""

    template_name = "leads/staff/batch_item.html"

    @cached_property
    def item(self) -> BatchItem:
        items = reading.items_of(self.batch).defer(None).select_related("lead", "partner", "proposed", "changed_by")
        return get_object_or_404(items, pk=self.kwargs["item"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = kwargs["item"] = self.item
        labels = wording.component_labels()
        return super().get_context_data(
            batch=self.batch,
            candidates=reading.candidates_of(item),
            components=[
                (labels[name.value], round(100 * item.components[name.value]))
                for name in COMPONENTS
                if name.value in item.components
            ],
            chance=100 * item.components["chance"] if "chance" in item.components else None,
            can_change=self.batch.state == BatchState.READY
            and item.state in (ItemState.PLANNED, ItemState.UNPLACED, ItemState.LEFT_OUT),
            reason=unplaced_words().get(item.note, ""),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("partner", "")
        partner_id = row_number(chosen)
        self.take_step(
            lambda: services.change_item(self.item, partner_id=partner_id, by=self.member),
            _("The lead is left out.") if partner_id is None else _("The lead goes to another partner."),
        )
        return redirect(request.path)


class BatchStepView(OneBatchMixin, View):
    """A step of a distribution as a whole."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(self.take)
        return redirect(self.own_url)

    def take(self) -> None:
        raise NotImplementedError


class BatchSolveView(BatchStepView):
    def take(self) -> None:
        services.request_solution(self.batch, by=self.member)


class BatchSendView(BatchStepView):
    def take(self) -> None:
        services.request_sending(self.batch, by=self.member)


class BatchStopView(BatchStepView):
    def take(self) -> None:
        services.stop_sending(self.batch, by=self.member)
        messages.success(self.request, _("Sending stops after the leads in hand; what was offered stays offered."))


class BatchCancelView(BatchStepView):
    def take(self) -> None:
        services.cancel_batch(self.batch)
        messages.success(self.request, _("The distribution is cancelled; no lead was changed."))
