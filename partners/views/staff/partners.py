"""What staff see of partners."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from partners import selectors, services
from partners.custom_fields import all_custom_fields
from partners.filters.partners import PartnerFilterSet
from partners.forms.agreements import ManyAgreementsForm
from partners.forms.confirmation import StartRoundForm
from partners.forms.partners import AssignForm, PartnerForm
from partners.forms.working import ManyTasksForm
from partners.models import NEXT_STAGES, CustomField, Partner, PartnerSummary, Stage, Trend
from partners.panels import OVERVIEW, panel_for, panels_for, tabs_for
from partners.selectors.partners import LISTED
from partners.tables.partners import OWN, PartnerTable, table_with_own_fields
from partners.views.staff.agreements import make_agreements
from partners.views.staff.bulk import ask_to_confirm, create_tasks, hide, show
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right

LOOKED_UP = 12
ASKED_FOR = ("opening_hours", "product_lines", "showroom_area", "lead_capacity", "crew_count")
"""What a list reads only where its column is chosen."""


def assign(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action: give partners to a channel manager."""
    manager = cleaned["channel_manager"]
    count = services.assign_channel_manager(partners, manager, by=member)
    if manager is None:
        return ngettext(
            "%(count)s partner has no channel manager now.", "%(count)s partners have no channel manager now.", count
        ) % {"count": formats.number(count)}
    return ngettext("%(count)s partner went to %(name)s.", "%(count)s partners went to %(name)s.", count) % {
        "count": formats.number(count),
        "name": manager.name,
    }


class PartnerListView(StaffMixin, ListView):
    """All partners that the member may see."""

    required_right = Right.PARTNERS_VIEW
    list_key = "partners"
    filterset_class = PartnerFilterSet
    template_name = "partners/staff/list.html"
    default_sort = "-revenue"
    sorts = {
        "name": Sort("name"),
        "code": Sort("code"),
        "revenue": Sort("summary__revenue_order", key="summary__partner", descending=True, nullable=False),
        "score": Sort("summary__score_order", key="summary__partner", descending=True),
        "growth": Sort("summary__growth_order", key="summary__partner", descending=True),
        "last_sale_on": Sort("summary__last_sale_on", key="summary__partner", descending=True),
        "tier": Sort("summary__tier_rank", key="summary__partner", descending=True, nullable=False),
    }
    default_columns = ["name", "tier", "monthly", "revenue", "growth", "trend", "kind", "city", "channel_manager"]
    export_name = "partners"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "assign", gettext_lazy("Give to a channel manager"), Right.PARTNERS_ASSIGN, assign, form_class=AssignForm
        ),
        BulkAction(
            "confirm",
            gettext_lazy("Ask to confirm the profile"),
            Right.PARTNERS_EDIT,
            ask_to_confirm,
            form_class=StartRoundForm,
        ),
        BulkAction(
            "tasks",
            gettext_lazy("Create tasks"),
            Right.PARTNERS_EDIT,
            create_tasks,
            form_class=ManyTasksForm,
            explanation=gettext_lazy("Each partner gets the task once, also after a double click."),
        ),
        BulkAction("show", gettext_lazy("Show on the public page"), Right.PARTNERS_EDIT, show),
        BulkAction("hide", gettext_lazy("Take off the public page"), Right.PARTNERS_EDIT, hide),
        BulkAction(
            "agreements",
            gettext_lazy("Make agreements"),
            Right.AGREEMENTS_EDIT,
            make_agreements,
            form_class=ManyAgreementsForm,
            explanation=gettext_lazy("Partners that have one of this kind open or running are left out."),
        ),
    ]
    empty = Empty(
        gettext_lazy("No partners yet"),
        gettext_lazy("Bring them in from a sheet, or register the first one by hand."),
        url_name="partners:create",
        action=gettext_lazy("Register a partner"),
        right=Right.PARTNERS_EDIT,
    )

    @cached_property
    def table_class(self) -> type[PartnerTable]:  # type: ignore[override]
        """With the manufacturer's own fields as columns to choose."""
        return table_with_own_fields(self.own_fields)

    @cached_property
    def own_fields(self) -> list[CustomField]:
        return all_custom_fields()

    def filterset_arguments(self) -> dict[str, Any]:
        return {"own_fields": self.own_fields}

    def get_queryset(self) -> QuerySet[Partner]:
        rows = selectors.partner_rows(self.member)
        shown = self.columns_shown
        if "territories" in shown:
            rows = selectors.with_territory_codes(rows)
        more = [name for name in ASKED_FOR if name in shown]
        if any(name.startswith(OWN) for name in shown):
            more.append("custom")
        return rows.only(*LISTED, *more) if more else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(), can_edit=self.member.can(Right.PARTNERS_EDIT), as_of=self.as_of(kwargs), **kwargs
        )

    def title(self) -> str:
        """What needs attention among the partners."""
        silent = count_up_to(selectors.summaries_for(self.member).filter(trend=Trend.SILENT))
        if silent > COUNT_UP_TO:
            return _("More than %(count)s partners have gone silent") % {"count": formats.number(COUNT_UP_TO)}
        if silent:
            return ngettext("%(count)s partner has gone silent", "%(count)s partners have gone silent", silent) % {
                "count": formats.number(silent)
            }
        return _("No partner has gone silent")

    def as_of(self, context: dict[str, Any]) -> dt.date | None:
        """The day that the figures shown are of."""
        rows = context["list"].page.rows if "list" in context else []
        return max((row.summary.as_of for row in rows), default=None)


class OnePartnerMixin(StaffMixin):
    """A page of one partner that the member may see; others do not exist for them."""

    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[Partner]:
        return selectors.partners_for(self.member).select_related("kind", "parent", "channel_manager", "summary")

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class PartnerDetailView(OnePartnerMixin, DetailView):
    """All about one partner, put together from the cards that the apps register."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            partner = self.partner
        except Http404:
            stays = Partner.objects.filter(pk=kwargs["pk"]).values_list("merged_into_id", flat=True).first()
            if stays is None:
                raise
            return redirect(self.member.url("partners:detail", pk=stays))
        if key := request.GET.get("card"):
            panel = panel_for(self.member, partner, key)
            if panel is None:
                raise Http404
            shown = {"panel": panel.context, "title": panel.title, "key": panel.key}
            return render(request, panel.template, shown)
        return super().get(request, *args, **kwargs)

    def get_object(self, queryset: Any = None) -> Partner:
        return self.partner

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner = self.partner
        tabs = tabs_for(self.member)
        chosen = self.request.GET.get("tab", OVERVIEW)
        if chosen not in tabs:
            chosen = OVERVIEW
        return super().get_context_data(
            title=headline(partner),
            summary=partner.summary,
            currency=self.member.manufacturer.currency,
            tabs=[(label, f"?tab={key}", key == chosen) for key, label in tabs.items()],
            main_panels=panels_for(self.member, partner, chosen, "main"),
            side_panels=panels_for(self.member, partner, chosen, "side"),
            next_stages=self.next_stages(),
            can_edit=self.member.can(Right.PARTNERS_EDIT),
            **kwargs,
        )

    def next_stages(self) -> list[tuple[str, Any]]:
        return [(stage.value, stage.label) for stage in Stage if stage in NEXT_STAGES[Stage(self.partner.stage)]]


class PartnerFormView(StaffMixin, FormView):
    """A partner is registered or edited."""

    required_right = Right.PARTNERS_EDIT
    form_class = PartnerForm
    template_name = "partners/staff/form.html"

    @cached_property
    def partner(self) -> Partner:
        return Partner()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.partner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        partner = form.save(commit=False)
        try:
            self.save(partner, form)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("partners:detail", pk=partner.pk))

    def save(self, partner: Partner, form: Any) -> None:
        raise NotImplementedError


class PartnerCreateView(OnceMixin, PartnerFormView):
    """A new partner."""

    def get_initial(self) -> dict[str, Any]:
        return {"parent_code": self.request.GET.get("parent", "")}

    def save(self, partner: Partner, form: Any) -> None:
        services.create_partner(
            partner,
            by=self.member,
            other_kinds=form.cleaned_data["other_kinds"],
            specialisations=form.cleaned_data["specialisations"],
        )
        messages.success(self.request, _("%(partner)s is registered.") % {"partner": partner})


class PartnerEditView(OnePartnerMixin, PartnerFormView):
    """A partner as staff know it."""

    def save(self, partner: Partner, form: Any) -> None:
        services.update_partner(
            partner,
            fields=form.changed_columns,
            other_kinds=form.cleaned_data["other_kinds"],
            specialisations=form.cleaned_data["specialisations"],
        )
        messages.success(self.request, _("%(partner)s is saved.") % {"partner": partner})


class PartnerConfirmView(OnePartnerMixin, View):
    """Staff have checked a profile, on the phone or on the spot."""

    required_right = Right.PARTNERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.confirm_profile(self.partner)
        messages.success(request, _("The profile is confirmed as of today."))
        return redirect(self.member.url("partners:detail", pk=self.partner.pk))


class PartnerLookupView(StaffMixin, TemplateView):
    """Partners to choose from while a name or code is typed, as options of a text field."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/partials/lookup.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = next(iter(self.request.GET.values()), "")  # whatever the field is called that is typed in
        partners = selectors.partners_for(self.member).order_by("name", "pk")
        found = selectors.matching(partners, text)[:LOOKED_UP] if text.strip() else []
        return super().get_context_data(partners=found, **kwargs)


def headline(partner: Partner) -> str:
    """The sentence over a partner's page: what its figures say."""
    summary: PartnerSummary = partner.summary
    if partner.stage == Stage.ENDED:
        return _("%(partner)s is no longer a partner") % {"partner": partner}
    if summary.last_sale_on is None:
        return _("%(partner)s has not bought anything yet") % {"partner": partner}
    if summary.trend == Trend.SILENT:
        day = formats.date(summary.last_sale_on, get_language())
        return _("%(partner)s has bought nothing since %(day)s") % {"partner": partner, "day": day}
    if summary.trend == Trend.NEW:
        return _("%(partner)s is new and buying") % {"partner": partner}
    if summary.change is None or abs(summary.change) < 1:
        return _("%(partner)s buys as much as last year") % {"partner": partner}
    if summary.change > formats.MOST_PERCENT:
        return _("%(partner)s buys many times as much as last year") % {"partner": partner}
    change = formats.percent(abs(summary.change))
    if summary.change > 0:
        return _("%(partner)s buys %(change)s more than last year") % {"partner": partner, "change": change}
    return _("%(partner)s buys %(change)s less than last year") % {"partner": partner, "change": change}
