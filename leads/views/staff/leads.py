"""What staff see of leads and do with them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from leads import privacy
from leads.cards import cards_for
from leads.filters.leads import LeadFilterSet
from leads.forms.distribution import RouteForm
from leads.forms.leads import DiscardForm, LeadForm, OwnerForm
from leads.masking import without_personal
from leads.models import POOL_STATES, Lead, LeadLikeness, LeadState, LikenessState
from leads.own_fields import shown
from leads.selectors import duplicates as found
from leads.selectors import leads as selectors
from leads.selectors.customers import customers_for
from leads.selectors.masked import personal_words
from leads.services import discarding, intake
from leads.services.customers import customer_from_lead
from leads.services.routing_jobs import MOST_ROUTED, ROUTABLE, routing_started, start_routing
from leads.tables.leads import LEAD_TONES, OWN, LeadTable, table_with_own_fields
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from partners.countries import country_name
from partners.selectors import partners_for
from partners.selectors.duplicates import shown_percent
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import HistoryEntry, history_of
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right

CHANGES_SHOWN = 15


class LeadsMixin(StaffMixin):
    """Pages of who works with leads."""

    required_right = Right.LEADS_VIEW
    required_function: str | None = "leads"
    kwargs: dict[str, Any]


def assign(member: Membership, leads: QuerySet[Lead], cleaned: dict[str, Any]) -> str:
    """The bulk action: make somebody responsible."""
    owner = cleaned["owner"]
    count = intake.assign_leads(leads, owner)
    if owner is None:
        return ngettext(
            "Nobody is responsible for %(count)s lead now.", "Nobody is responsible for %(count)s leads now.", count
        ) % {"count": formats.number(count)}
    return ngettext("%(count)s lead went to %(name)s.", "%(count)s leads went to %(name)s.", count) % {
        "count": formats.number(count),
        "name": owner.name,
    }


def discard(member: Membership, leads: QuerySet[Lead], cleaned: dict[str, Any]) -> str:
    """The bulk action: these are no leads."""
    try:
        put = discarding.discard_leads(leads, cleaned["reason"], by=member, note=cleaned["note"])
    except DomainError as error:
        raise BulkRefusedError(str(error)) from None
    said = [
        ngettext("%(count)s lead is put aside.", "%(count)s leads are put aside.", put.count)
        % {"count": formats.number(put.count)}
    ]
    if put.withdrawn:
        said.append(
            ngettext(
                "%(count)s offer is withdrawn, and its partner is told.",
                "%(count)s offers are withdrawn, and their partners are told.",
                put.withdrawn,
            )
            % {"count": formats.number(put.withdrawn)}
        )
    if put.left:
        said.append(
            ngettext(
                "%(count)s is left as it is: a partner has or had it. Take it back first.",
                "%(count)s are left as they are: partners have or had them. Take them back first.",
                put.left,
            )
            % {"count": formats.number(put.left)}
        )
    return " ".join(said)


def route(member: Membership, leads: QuerySet[Lead], cleaned: dict[str, Any]) -> str:
    """The bulk action: a worker offers them, each decided on its own."""
    waiting = leads.filter(state__in=ROUTABLE).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[: MOST_ROUTED + 1])
    if not keys:
        raise BulkRefusedError(_("None of them waits for a partner: they are offered, taken or settled."))
    if len(keys) > MOST_ROUTED:
        raise BulkRefusedError(_("Choose at most %(count)s leads at once.") % {"count": formats.number(MOST_ROUTED)})
    start_routing(keys, mode=cleaned["mode"], by=member)
    return routing_started(len(keys))


class LeadListView(LeadsMixin, ListView):
    """All leads that the member may see."""

    list_key = "leads"
    filterset_class = LeadFilterSet
    template_name = "leads/staff/lead_list.html"
    default_sort = "-received_at"
    sorts = {
        "received_at": Sort("received_at", descending=True),
        "score": Sort("score", descending=True, nullable=True),
    }
    default_columns = [
        "who", "state", "score", "subject", "kind", "source", "partner", "owner", "amount_base", "received_at",
    ]  # fmt: skip
    export_name = "leads"
    export_right = Right.LEADS_VIEW
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction("assign", gettext_lazy("Make somebody responsible"), Right.LEADS_EDIT, assign, form_class=OwnerForm),
        BulkAction(
            "route",
            gettext_lazy("Offer to partners"),
            Right.LEADS_DISTRIBUTE,
            route,
            form_class=RouteForm,
            explanation=gettext_lazy(
                "Each lead is decided on its own; those offered or taken already stay as they are."
            ),
        ),
        BulkAction(
            "discard",
            gettext_lazy("Put aside"),
            Right.LEADS_EDIT,
            discard,
            form_class=DiscardForm,
            explanation=gettext_lazy("Those that a partner has or is offered stay as they are."),
            is_dangerous=True,
        ),
    ]
    empty = Empty(
        gettext_lazy("No leads yet"),
        gettext_lazy("Enter the first by hand, bring in a sheet, or publish the form."),
        url_name="leads:create",
        action=gettext_lazy("Add a lead"),
        right=Right.LEADS_EDIT,
    )

    @cached_property
    def table_class(self) -> type[LeadTable]:  # type: ignore[override]
        """With the manufacturer's own fields as columns to choose."""
        return table_with_own_fields()

    def get_queryset(self) -> QuerySet[Lead]:
        rows = selectors.lead_rows(self.member)
        if any(name.startswith(OWN) for name in self.columns_shown):
            return rows.only(*selectors.LISTED, "custom")
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(),
            can_edit=self.member.can(Right.LEADS_EDIT) and privacy.sees_people(self.member),
            **kwargs,
        )

    def title(self) -> str:
        """How many wait for a partner."""
        waiting = count_up_to(selectors.leads_for(self.member).filter(state__in=POOL_STATES))
        if waiting > COUNT_UP_TO:
            return _("More than %(count)s leads wait for a partner") % {"count": formats.number(COUNT_UP_TO)}
        if waiting:
            return ngettext("%(count)s lead waits for a partner", "%(count)s leads wait for a partner", waiting) % {
                "count": formats.number(waiting)
            }
        return _("No lead waits for a partner")


class OneLeadMixin(LeadsMixin):
    """A page of one lead that the member may see; others do not exist for them."""

    def get_queryset(self) -> QuerySet[Lead]:
        return selectors.leads_for(self.member).select_related(
            "kind", "source", "category", "partner", "owner", "reason", "customer", "referred_by", "merged_into",
            "created_by",
        )  # fmt: skip

    @cached_property
    def lead(self) -> Lead:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect(self.member.url("leads:detail", pk=self.kwargs["pk"]))


class LeadDetailView(OneLeadMixin, TemplateView):
    """All about one lead: who it is, what it wants, who it may be, what became of it."""

    template_name = "leads/staff/lead.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead, member = self.lead, self.member
        sees = privacy.sees_people(member)
        can_edit = member.can(Right.LEADS_EDIT)
        context = super().get_context_data(
            lead=lead,
            sees_people=sees,
            can_edit=can_edit,
            name=privacy.title_of(member, lead),
            title=headline(member, lead),
            tone=LEAD_TONES.get(lead.state, ""),
            is_pool=lead.state in POOL_STATES,
            can_discard=can_edit and lead.state in discarding.DISCARDABLE,
            can_restore=can_edit and lead.state == LeadState.DISCARDED,
            alike=self.alike(),
            merges=found.merges_of(lead),
            facts=self.own_facts(),
            place=place_of(lead, sees=sees),
            entries=self.entries(sees=sees),
            main_cards=cards_for(member, lead, "main"),
            side_cards=cards_for(member, lead, "side"),
            owner_form=OwnerForm(initial={"owner": lead.owner_id}),
            **kwargs,
        )
        if not sees:
            privacy.hide_people(lead)
        return context

    def alike(self) -> list[dict[str, Any]]:
        """What the lead looks like, with what was decided; records of others are told of without their names."""
        if self.lead.state == LeadState.MERGED:
            return []
        rows = list(found.likenesses_of(self.lead))
        records = {
            "lead": {row.lead_id if row.other_id == self.lead.pk else row.other_id for row in rows if row.other_id},
            "customer": {row.customer_id for row in rows if row.customer_id},
            "partner": {row.partner_id for row in rows if row.partner_id},
        }
        seen = visible(self.member, records)
        return [self.shown(row, seen) for row in rows]

    def shown(self, row: LeadLikeness, seen: dict[str, set[int]]) -> dict[str, Any]:
        kind: str
        record: Any
        if row.customer is not None:
            kind, record, name = "customer", row.customer, str(row.customer)
            if not privacy.sees_people(self.member):
                name = _("An end customer")
        elif row.partner is not None:
            kind, record, name = "partner", row.partner, str(row.partner)
        else:
            record = row.lead if row.other_id == self.lead.pk else row.other
            kind, name = "lead", privacy.title_of(self.member, record)
        return {
            "row": row,
            "kind": kind,
            "record": record,
            "name": name,
            "is_seen": record.pk in seen[kind],
            "percent": shown_percent(row.score),
            "reasons": found.words_of(row.reasons),
            "is_open": row.state == LikenessState.OPEN,
        }

    def own_facts(self) -> list[tuple[str, str]]:
        """The manufacturer's own fields that have a value."""
        told = ((str(each), shown(each, self.lead.custom.get(each.key))) for each in selectors.own_fields())
        if privacy.sees_people(self.member):
            return [(label, text) for label, text in told if text]
        known = personal_words(self.lead)
        return [(label, without_personal(text, known)) for label, text in told if text]

    def entries(self, *, sees: bool) -> list[HistoryEntry]:
        """What was changed, without what is personal for who may not see it."""
        entries = history_of(self.lead, limit=CHANGES_SHOWN)
        if sees:
            return entries
        hidden = privacy.personal_labels()
        kept = []
        for entry in entries:
            changes = [change for change in entry.changes if change.label not in hidden]
            if changes:
                kept.append(HistoryEntry(entry.at, entry.who, entry.source, changes, entry.key))
        return kept


def visible(member: Membership, records: dict[str, set[int]]) -> dict[str, set[int]]:
    """Which of these leads, customers and partners the member may open."""
    asked: dict[str, QuerySet[Any]] = {
        "lead": selectors.leads_for(member),
        "customer": customers_for(member),
        "partner": partners_for(member),
    }
    seen: dict[str, set[int]] = {}
    for kind, ids in records.items():
        rows = asked[kind]
        if kind == "customer" and not member.can(Right.CUSTOMERS_VIEW):
            seen[kind] = set()
        else:
            seen[kind] = set(rows.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return seen


def place_of(lead: Lead, *, sees: bool) -> str:
    """Where it is, in one line."""
    street = lead.address if sees or not lead.address else privacy.HIDDEN
    parts = (street, lead.postal_code, lead.city, lead.region, country_name(lead.country) if lead.country else "")
    return ", ".join(part for part in parts if part)


def headline(member: Membership, lead: Lead) -> str:
    """The sentence over a lead's page: where it stands."""
    facts = {"who": privacy.title_of(member, lead), "partner": lead.partner or ""}
    match lead.state:
        case LeadState.NEW:
            return _("%(who)s is new and waits for a partner") % facts
        case LeadState.OFFERED:
            return _("%(who)s is offered to a partner") % facts
        case LeadState.MANUAL:
            return _("%(who)s has to be placed by hand") % facts
        case LeadState.ACCEPTED:
            if lead.partner is None:
                return _("%(who)s is looked after by your own sales") % facts
            return _("%(partner)s works on %(who)s") % facts
        case LeadState.WON:
            return _("%(who)s has bought") % facts
        case LeadState.LOST:
            return _("%(who)s did not buy") % facts
        case LeadState.MERGED:
            return _("%(who)s is part of another lead") % facts
    return _("%(who)s is put aside") % facts


class LeadFormView(LeadsMixin, FormView):
    """A lead is entered or edited, with who looks like it beside the form."""

    required_right = Right.LEADS_EDIT
    form_class = LeadForm
    template_name = "leads/staff/lead_form.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.member is not None and request.member.is_staff and not privacy.sees_people(request.member):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def lead(self) -> Lead:
        return Lead()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.lead}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.lead, **kwargs)


class LeadCreateView(OnceMixin, LeadFormView):
    """A new lead, by hand."""

    def get_initial(self) -> dict[str, Any]:
        return {name: self.request.GET[name] for name in ("phone", "name", "company") if name in self.request.GET}

    def form_valid(self, form: Any) -> HttpResponse:
        lead = intake.create_once(
            form.values,
            form_key=self.form_key,
            source=form.cleaned_data["source"] or "staff",
            by=self.member,
            consent=form.cleaned_data["consent"],
            referred_by=form.cleaned_data["referred_by_code"],
        )
        messages.success(
            self.request, _("%(lead)s is kept as %(reference)s.") % {"lead": lead, "reference": lead.reference}
        )
        return redirect(self.member.url("leads:detail", pk=lead.pk))


class LeadEditView(OneLeadMixin, LeadFormView):
    """What is known of a lead changes."""

    required_right = Right.LEADS_EDIT

    def form_valid(self, form: Any) -> HttpResponse:
        lead = form.save(commit=False)
        lead.referred_by = form.cleaned_data["referred_by_code"]
        lead.custom = form.cleaned_data["custom"]
        intake.update_lead(lead, fields=form.columns)
        messages.success(self.request, _("%(lead)s is saved.") % {"lead": lead})
        return self.back()


class LeadDiscardView(OneLeadMixin, FormView):
    """Why it is no lead."""

    required_right = Right.LEADS_EDIT
    form_class = DiscardForm
    template_name = "leads/staff/lead_discard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.lead, name=privacy.title_of(self.member, self.lead), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            discarding.discard_lead(
                self.lead, form.cleaned_data["reason"], by=self.member, note=form.cleaned_data["note"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(lead)s is put aside.") % {"lead": privacy.title_of(self.member, self.lead)})
        return self.back()


class LeadStepView(OneLeadMixin, View):
    """A step that one button takes."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(self.step)
        return self.back()

    def step(self) -> str:
        raise NotImplementedError


class LeadRestoreView(LeadStepView):
    """It is a lead after all."""

    def step(self) -> str:
        intake.restore_lead(self.lead)
        return _("It waits for a partner again.")


class LeadAssignView(LeadStepView):
    """Somebody of the manufacturer looks after it."""

    def step(self) -> str:
        form = OwnerForm(self.request.POST)
        if not form.is_valid():
            return _("Choose somebody from the list.")
        return assign(self.member, Lead.objects.filter(pk=self.lead.pk), form.cleaned_data)


class LeadCustomerView(LeadStepView):
    """Keep who enquires as an end customer."""

    required_right = Right.CUSTOMERS_EDIT

    def step(self) -> str:
        customer = customer_from_lead(self.lead, by=self.member)
        return _("%(customer)s is kept as an end customer.") % {"customer": customer}
