"""What staff do with campaigns: the list, the plan, its texts and readers, each step, the calendar."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from approvals.selectors import route_for
from approvals.standing import standing_of
from campaigns.filters.campaigns import CampaignFilterSet, ReaderFilterSet
from campaigns.forms.campaigns import ContentForm, CopyForm, CostForm, PilotSizeForm, PlanForm, VariantForm
from campaigns.functions import CAMPAIGNS
from campaigns.goals import verdict_words
from campaigns.leaves import leaves_for
from campaigns.models import (
    CAMPAIGN_SUBJECT,
    NEXT_CAMPAIGN_STATES,
    Campaign,
    CampaignContent,
    CampaignState,
    CampaignVariant,
    Message,
    Recipient,
    SequenceStep,
)
from campaigns.previews import preview_of
from campaigns.selectors import campaigns as reading
from campaigns.services import campaigns as services
from campaigns.services.link_checks import check_links
from campaigns.tables.campaigns import TONES, CampaignTable, ReaderTable
from campaigns.texts import FIELDS
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import number_or_404
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right
from valuation.experiment import Verdict, sample_size

STEP_RIGHTS: dict[str, Right] = dict.fromkeys(
    (
        CampaignState.PILOT,
        CampaignState.DECISION,
        CampaignState.ROLLOUT,
        CampaignState.MEASURING,
        CampaignState.STOPPED,
    ),
    Right.CAMPAIGNS_SEND,
)
"""What goes out, and what stops it, is decided by who may send; the other steps by who may plan."""


def step_words(campaign: Campaign, to: str) -> str:
    """What the button of a step says."""
    if to == CampaignState.PLAN:
        return _("Take back to the plan")
    if to == CampaignState.ROLLOUT and campaign.state == CampaignState.DECISION:
        return _("Go: write to all the others")
    if to == CampaignState.STOPPED and campaign.state == CampaignState.PLAN:
        return _("Drop this plan")
    return {
        CampaignState.APPROVAL: _("Ask for approval"),
        CampaignState.PILOT: _("Start the pilot"),
        CampaignState.DECISION: _("End the pilot and decide"),
        CampaignState.ROLLOUT: _("Start the roll-out"),
        CampaignState.MEASURING: _("End sending and measure"),
        CampaignState.ANALYSED: _("Close the analysis"),
        CampaignState.CLOSED: _("Close the campaign"),
        CampaignState.STOPPED: _("Stop"),
    }[CampaignState(to)]


class CampaignsMixin(StaffMixin):
    """Pages of campaigns."""

    required_right = Right.CAMPAIGNS_VIEW
    required_function: str | None = CAMPAIGNS.key
    kwargs: dict[str, Any]

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        """List and calendar side by side."""
        return [
            (_("List"), self.member.url("campaigns:list"), here == "list"),
            (_("Calendar"), self.member.url("campaigns:calendar"), here == "calendar"),
        ]


class CampaignListView(CampaignsMixin, ListView):
    """All campaigns, the latest first."""

    list_key = "campaigns"
    table_class = CampaignTable
    filterset_class = CampaignFilterSet
    template_name = "campaigns/staff/campaign_list.html"
    default_sort = "-starts_on"
    sorts = {
        "starts_on": Sort("starts_on", descending=True),
        "ends_on": Sort("ends_on", descending=True),
        "name": Sort("name"),
        "state": Sort("state"),
        "budget": Sort("budget", descending=True),
    }
    default_columns = ["name", "state", "channel", "starts_on", "ends_on", "written", "goal", "budget", "owner"]
    export_name = "campaigns"
    export_right = Right.CAMPAIGNS_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No campaign yet"),
        gettext_lazy("Plan one against a number, try it on a few, and see what it did."),
        "campaigns:new",
        gettext_lazy("Plan a campaign"),
        Right.CAMPAIGNS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Campaign]:
        return reading.campaign_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = reading.campaigns_for(self.member).aggregate(
            open=Count("pk", filter=Q(state__in=reading.UNDER_WAY)),
            due=Count("pk", filter=Q(state=CampaignState.DECISION)),
        )
        title = ngettext("%(count)s campaign is under way", "%(count)s campaigns are under way", counted["open"]) % {
            "count": formats.number(counted["open"])
        }
        if counted["due"]:
            due = ngettext("%(due)s waits for go or stop", "%(due)s wait for go or stop", counted["due"]) % {
                "due": formats.number(counted["due"])
            }
            title = _("%(open)s, %(due)s") % {"open": title, "due": due}
        return super().get_context_data(
            title=title, tabs=self.tabs("list"), can_edit=self.member.can(Right.CAMPAIGNS_EDIT), **kwargs
        )


class PlanView(CampaignsMixin, FormView):
    """The form of a plan, new or changed."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = PlanForm
    template_name = "campaigns/staff/plan_form.html"

    def form_valid(self, form: PlanForm) -> HttpResponse:
        campaign = form.save(commit=False)
        try:
            services.save_plan(campaign, by=self.member)
            services.save_checks(campaign, form.cleaned_data["checks"])
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("campaigns:detail", pk=campaign.pk))


class CampaignNewView(OnceMixin, PlanView):
    """A new plan."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"starts_on": today + dt.timedelta(days=14), "ends_on": today + dt.timedelta(days=42)}


class OneCampaignMixin(CampaignsMixin):
    """A page of one campaign."""

    @cached_property
    def campaign(self) -> Campaign:
        rows = reading.campaigns_for(self.member)
        return get_object_or_404(
            rows.select_related("owner", "audience", "excluded", "product", "manufacturer"), pk=self.kwargs["pk"]
        )

    def page(self, tab: str = "") -> str:
        url = self.member.url("campaigns:detail", pk=self.campaign.pk)
        return f"{url}?tab={tab}" if tab else url

    def must_be_planned(self) -> None:
        """Forms of the plan open only while it is one. What somebody was writing when a colleague went on is shown to
        them again, with the reason why it cannot be kept."""
        if self.campaign.state != CampaignState.PLAN and self.request.method != "POST":
            raise PermissionDenied


class PlanEditView(OneCampaignMixin, PlanView):
    """Change a plan."""

    required_right = Right.CAMPAIGNS_EDIT

    def get_form_kwargs(self) -> dict[str, Any]:
        self.must_be_planned()
        return super().get_form_kwargs() | {"member": self.member, "instance": self.campaign}


class CampaignView(OneCampaignMixin, TemplateView):
    """A campaign with its leaves and the next steps."""

    template_name = "campaigns/staff/campaign.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            # Of a message of a sequence, the sequence is what there is to see.
            step = SequenceStep.objects.filter(carrier=self.kwargs["pk"]).select_related("version").first()
            if step is None:
                raise
            return redirect(self.member.url("campaigns:sequence", pk=step.version.sequence_id))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, member = self.campaign, self.member
        leaves = leaves_for(member, campaign)
        asked = self.request.GET.get("tab", "")
        leaf = next((each for each in leaves if each.key == asked), leaves[0])
        is_plan = campaign.state == CampaignState.PLAN
        return super().get_context_data(
            campaign=campaign,
            heading=heading_of(campaign),
            tone=TONES.get(campaign.state, ""),
            tabs=[(each.title, self.page(each.key), each.key == leaf.key) for each in leaves],
            leaf=leaf,
            steps_next=self.next_steps(),
            is_approved_at_once=self.is_approved_at_once,
            missing=services.missing(campaign) if is_plan else [],
            texts_url=self.page("texts"),
            standing=standing_of(CAMPAIGN_SUBJECT, campaign.pk, member)
            if campaign.state == CampaignState.APPROVAL
            else None,
            is_plan=is_plan,
            is_freezing=campaign.state == CampaignState.FREEZING,
            can_edit=member.can(Right.CAMPAIGNS_EDIT),
            can_change=is_plan and member.can(Right.CAMPAIGNS_EDIT),
            currency=member.manufacturer.currency,
            **leaf.context(member, campaign, self.request.GET),
            **kwargs,
        )

    @cached_property
    def is_approved_at_once(self) -> bool:
        """Whether nobody is asked, since no approval line takes a campaign of this budget."""
        campaign = self.campaign
        return campaign.state == CampaignState.PLAN and route_for(CAMPAIGN_SUBJECT, campaign.budget) is None

    def next_steps(self) -> list[tuple[str, str, str]]:
        """Where it may go from here by this member: state, words, look of the button."""
        campaign = self.campaign
        found = []
        for to in CampaignState:
            if to not in NEXT_CAMPAIGN_STATES[campaign.state] or to in (CampaignState.FREEZING, CampaignState.APPROVED):
                continue
            if not self.member.can(STEP_RIGHTS.get(to, Right.CAMPAIGNS_EDIT)):
                continue
            if campaign.state == CampaignState.APPROVED:
                has_pilot = bool(campaign.arms.get("pilot"))
                if to == (CampaignState.ROLLOUT if has_pilot else CampaignState.PILOT):
                    continue
            words = step_words(campaign, to)
            if to == CampaignState.APPROVAL and self.is_approved_at_once:
                words = _("Approve")
            found.append((to.value, words, self.look(to)))
        return found

    def look(self, to: str) -> str:
        if to == CampaignState.STOPPED:
            is_bad = self.campaign.verdict.get("verdict") == Verdict.STOP
            return "btn-danger" if is_bad else ""
        if to == CampaignState.PLAN:
            return ""
        is_open = self.campaign.state == CampaignState.DECISION and self.campaign.verdict.get("verdict") != Verdict.GO
        return "" if is_open else "btn-primary"


def heading_of(campaign: Campaign) -> str:
    """What matters about it now, in a sentence."""
    if campaign.state == CampaignState.DECISION:
        return verdict_words(campaign.verdict)
    return campaign.name


class StepView(CampaignView):
    """A campaign takes a step; where it cannot, the page says why, with the note as it was written."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        to = request.POST.get("to", "")
        if to not in CampaignState.values:
            raise Http404
        if not self.member.can(STEP_RIGHTS.get(to, Right.CAMPAIGNS_EDIT)):
            raise PermissionDenied
        campaign, note = self.campaign, request.POST.get("note", "")
        if self.take_step(lambda: services.advance(campaign, to, by=self.member, note=note), _("Done.")):
            return redirect(self.page())
        campaign.refresh_from_db()
        return self.render_to_response(self.get_context_data(note=note))


class CopyView(OnceMixin, OneCampaignMixin, FormView):
    """Plan it again."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = CopyForm
    template_name = "campaigns/staff/copy_form.html"

    def get_initial(self) -> dict[str, Any]:
        return {
            "name": _("%(name)s (copy)") % {"name": self.campaign.name[:100]},
            "starts_on": timezone.localdate() + dt.timedelta(days=14),
        }

    def form_valid(self, form: CopyForm) -> HttpResponse:
        copied = services.copy_campaign(self.campaign, by=self.member, **form.cleaned_data)
        messages.success(self.request, _("Copied. Its texts, costs and checks are taken over; nobody is chosen yet."))
        return redirect(self.member.url("campaigns:detail", pk=copied.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, **kwargs)


class CostView(OneCampaignMixin, FormView):
    """What it costs, planned and spent."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = CostForm
    template_name = "campaigns/staff/cost_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.campaign}

    def form_valid(self, form: CostForm) -> HttpResponse:
        try:
            services.save_costs(self.campaign, form.lines, seen=self.request.POST.get("seen", ""))
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form, seen=services.costs_stand(self.campaign)))
        messages.success(self.request, _("Saved."))
        return redirect(self.page())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        charged = Message.objects.filter(mailing__campaign=self.campaign).aggregate(all=Sum("cost"))["all"]
        kwargs |= {"charged": charged, "currency": self.member.manufacturer.currency}
        kwargs.setdefault("seen", self.request.POST.get("seen") or services.costs_stand(self.campaign))
        return super().get_context_data(campaign=self.campaign, **kwargs)


class CheckView(OneCampaignMixin, View):
    """Something is done, or not after all."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        check = get_object_or_404(self.campaign.checks.all(), pk=self.kwargs["check"])
        services.tick(check, is_done="done" in request.POST, by=self.member)
        return redirect(self.page())


# --- Texts ------------------------------------------------------------------------------------------------------------


class VariantsView(OneCampaignMixin, FormView):
    """Another variant, or one goes."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = VariantForm
    template_name = "campaigns/staff/variant_form.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        variant = get_object_or_404(self.campaign.variants.all(), pk=number_or_404(request.POST["remove"]))
        self.take_step(lambda: services.remove_variant(variant), _("Variant %(label)s is gone.") % {"label": variant})
        return redirect(self.page("texts"))

    def form_valid(self, form: VariantForm) -> HttpResponse:
        self.take_step(lambda: services.add_variant(self.campaign, **form.cleaned_data), _("Saved."))
        return redirect(self.page("texts"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, **kwargs)


class ContentFormView(OneCampaignMixin, FormView):
    """The form of a text, with how it reads beside it."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = ContentForm
    template_name = "campaigns/staff/content_form.html"

    @property
    def content(self) -> CampaignContent:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        self.must_be_planned()
        return super().get_form_kwargs() | {"member": self.member, "instance": self.content}

    def form_valid(self, form: ContentForm) -> HttpResponse:
        content = form.save(commit=False)
        content.answers = form.cleaned_data["answers"]
        try:
            services.save_content(content)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        check_links(self.campaign, by=self.member)
        return redirect(self.page("texts"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = self.content
        return super().get_context_data(
            campaign=self.campaign,
            content=content,
            variant=content.variant,
            preview=preview_of(self.campaign, content, self.member) if content.body else None,
            fields=FIELDS.items(),
            **kwargs,
        )


class ContentNewView(ContentFormView):
    """A text of a variant in another language."""

    @cached_property
    def content(self) -> CampaignContent:
        variant = get_object_or_404(self.campaign.variants.all(), pk=self.kwargs["variant"])
        return CampaignContent(variant=variant)

    def get_initial(self) -> dict[str, Any]:
        """The first language that has no text yet, beginning with those of the manufacturer."""
        used = set(self.content.variant.contents.values_list("language", flat=True))
        free = [code for code in self.member.manufacturer.languages if code not in used]
        return {"language": free[0] if free else ""}


class ContentEditView(ContentFormView):
    """A text is changed, or taken away."""

    @cached_property
    def content(self) -> CampaignContent:
        rows = CampaignContent.objects.filter(variant__campaign=self.campaign).select_related("variant__campaign")
        return get_object_or_404(rows, pk=self.kwargs["content"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST:
            self.take_step(lambda: services.remove_content(self.content), _("The text is gone."))
            return redirect(self.page("texts"))
        return super().post(request, *args, **kwargs)


class LinksView(OneCampaignMixin, View):
    """The links of the texts are followed by a job."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if check_links(self.campaign, by=self.member):
            messages.success(request, _("The links are being followed. What was found stands here in a minute."))
        return redirect(self.page("texts"))


class PreviewView(OneCampaignMixin, View):
    """How a text reads while it is being written; nothing is kept."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = {name: request.POST.get(name, "") for name in ("language", "country", "subject", "preheader", "body")}
        variant = self.campaign.variants.first() or CampaignVariant(campaign=self.campaign)
        content = CampaignContent(variant=variant, answers=request.POST.getlist("answers"), **asked)
        return render(
            request,
            "campaigns/partials/preview.html",
            {"preview": preview_of(self.campaign, content, self.member), "content": content},
        )


class PilotSizeView(CampaignsMixin, View):
    """How many readers it takes to know a rate as well as wanted."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = PilotSizeForm(request.GET)
        words = {}
        if form.is_valid():
            asked = form.cleaned_data
            size = sample_size(
                asked["pilot_at_least"] / 100, within=asked["within"] / 100, level=asked["pilot_level"] / 100
            )
            words = {
                "count": formats.number(size),
                "rate": formats.number(asked["pilot_at_least"]),
                "within": formats.number(asked["within"]),
                "level": formats.number(asked["pilot_level"]),
            }
        return render(request, "campaigns/partials/pilot_size.html", words)


# --- Readers ----------------------------------------------------------------------------------------------------------


class ReaderListView(OneCampaignMixin, ListView):
    """The frozen readers by name, those left out with the reason."""

    list_key = "campaign_readers"
    table_class = ReaderTable
    filterset_class = ReaderFilterSet
    template_name = "campaigns/staff/reader_list.html"
    default_sort = "name"
    sorts = {"name": Sort("id")}
    default_columns = ["name", "partner_name", "address", "language", "grade", "arm", "variant", "left_out", "sent_at"]
    export_name = "campaign-readers"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No reader is frozen yet"), gettext_lazy("They are found and kept when the campaign is approved.")
    )

    def get_queryset(self) -> QuerySet[Recipient]:
        return reading.recipients_for(self.member, self.campaign).select_related("variant")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, **kwargs)
