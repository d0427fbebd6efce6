"""Journeys as staff see them, and their templates."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from partners import services
from partners.defaults import create_default_template
from partners.filters.lifecycle import JourneyFilterSet
from partners.forms.onboarding import MeetingForm, PhaseForm, StepForm, TemplateForm, TickForm
from partners.journey_checks import step_type
from partners.models import Journey, JourneyItem, JourneyPhase, JourneyStep, JourneyTemplate
from partners.selectors import onboarding as selectors
from partners.services import onboarding
from partners.services.lifecycle import move_step
from partners.tables.onboarding import JourneyTable
from partners.views.staff.partners import OnePartnerMixin
from tenancy.access import MemberRequiredMixin, StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.models import Membership
from tenancy.rights import Right


def remind(member: Membership, chosen: QuerySet[Journey], cleaned: dict[str, Any]) -> str:
    """The bulk action: remind the partners of what they do next."""
    count = onboarding.remind(chosen)
    return ngettext(
        "%(count)s partner is reminded of its next step.",
        "%(count)s partners are reminded of their next step.",
        count,
    ) % {"count": formats.number(count)}


class JourneyListView(StaffMixin, ListView):
    """All journeys that the member may see."""

    required_right = Right.PARTNERS_VIEW
    list_key = "journeys"
    table_class = JourneyTable
    filterset_class = JourneyFilterSet
    template_name = "partners/staff/onboarding_journeys.html"
    default_sort = "moved_at"
    sorts = {
        "moved_at": Sort("moved_at"),
        "next_due_on": Sort("next_due_on"),
        "started_at": Sort("started_at", descending=True),
        "finished_at": Sort("finished_at", descending=True),
    }
    default_columns = ["partner", "state", "done", "next_due_on", "moved_at", "kind", "channel_manager"]
    export_name = "journeys"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction(
            "remind",
            gettext_lazy("Remind"),
            Right.PARTNERS_EDIT,
            remind,
            explanation=gettext_lazy(
                "The partners' admins are told what comes next. Who was reminded today already is not told again."
            ),
        )
    ]
    empty = Empty(
        gettext_lazy("No partner is on its way"),
        gettext_lazy("A journey begins when a partner comes to the stage “Onboarding”, or from its page."),
        url_name="partners:journey_templates",
        action=gettext_lazy("See the journeys there are"),
        right=Right.SETTINGS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Journey]:
        journeys = selectors.with_standing(selectors.journeys_for(self.member), timezone.localdate())
        return journeys if self.params.get("state") else journeys.filter(state=Journey.State.RUNNING)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(), can_edit_templates=self.member.can(Right.SETTINGS_EDIT), **kwargs
        )

    def title(self) -> str:
        journeys = selectors.journeys_for(self.member)
        still = selectors.stalled(journeys, timezone.localdate()).count()
        if still:
            return ngettext("%(count)s onboarding stands still", "%(count)s onboardings stand still", still) % {
                "count": formats.number(still)
            }
        running = journeys.filter(state=Journey.State.RUNNING).count()
        if running:
            return _("Every onboarding moves on")
        return _("Nobody is being onboarded")


class OneJourneyMixin(StaffMixin):
    """A page of one journey of a partner that the member may see."""

    kwargs: dict[str, Any]

    @cached_property
    def journey(self) -> Journey:
        return get_object_or_404(selectors.journeys_for(self.member), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect(self.member.url("partners:journey", pk=self.journey.pk))


class JourneyView(OneJourneyMixin, TemplateView):
    """One journey: every step, who does it, and what staff can do about it."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/onboarding_journey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        phases = selectors.phases_of(self.journey, self.member, today)
        return super().get_context_data(
            title=journey_title(self.journey, today),
            journey=self.journey,
            partner=self.journey.partner,
            phases=phases,
            can_edit=self.member.can(Right.PARTNERS_EDIT) and self.journey.state == Journey.State.RUNNING,
            file_url="partners:journey_file",
            **kwargs,
        )


def journey_title(journey: Journey, today: Any) -> str:
    """How far a partner is, as a sentence."""
    if journey.state == Journey.State.DONE:
        return _("%(partner)s has done all steps") % {"partner": journey.partner}
    if journey.state == Journey.State.STOPPED:
        return _("The onboarding of %(partner)s was stopped") % {"partner": journey.partner}
    days = (today - timezone.localdate(journey.moved_at)).days
    if days > journey.template.stalled_days:
        return _("%(partner)s has stood still for %(days)s days") % {"partner": journey.partner, "days": days}
    return _("%(partner)s has done %(done)s of %(steps)s steps") % {
        "partner": journey.partner,
        "done": journey.done,
        "steps": journey.steps,
    }


class JourneyStartView(OnePartnerMixin, View):
    """A partner is sent on its way by hand."""

    required_right = Right.PARTNERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            journey = services.start_journey(self.partner, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("partners:detail", pk=self.partner.pk))
        return redirect(self.member.url("partners:journey", pk=journey.pk))


class JourneyActView(OneJourneyMixin, View):
    """Reminded or stopped."""

    required_right = Right.PARTNERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("do")
        if wanted == "remind":
            if onboarding.remind(Journey.objects.filter(pk=self.journey.pk)):
                messages.success(request, _("The partner is reminded of its next step, once a day at most."))
            else:
                messages.error(request, _("There is nobody to remind, or nothing that the partner has to do."))
        elif wanted == "stop":
            onboarding.stop_journey(self.journey)
            messages.success(request, _("The journey is stopped. What was done stays."))
        else:
            raise Http404
        return self.back()


class ItemMixin(MemberRequiredMixin):
    """A step of a journey that the member may see; each side says which and where to go on."""

    required_right: Right
    kwargs: dict[str, Any]

    def get_items(self) -> QuerySet[JourneyItem]:
        raise NotImplementedError

    def back(self) -> HttpResponse:
        raise NotImplementedError

    @cached_property
    def item(self) -> JourneyItem:
        return get_object_or_404(self.get_items().select_related("step"), pk=self.kwargs["pk"])


class ItemTickView(ItemMixin, View):
    """A step is ticked, its meeting fixed, or its tick taken back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(lambda: self.act(request))
        return self.back()

    def act(self, request: HttpRequest) -> None:
        wanted = request.POST.get("do", "done")
        form: Any
        if wanted == "reopen":
            onboarding.reopen_item(self.item, by=self.member)
        elif wanted == "meeting":
            form = MeetingForm(request.POST)
            if not form.is_valid():
                self.say(form)
                return
            onboarding.fix_meeting(self.item, by=self.member, meeting_at=form.cleaned_data["meeting_at"])
            messages.success(request, _("The meeting is fixed."))
        else:
            takes = step_type(self.item.step.type).takes
            form = TickForm(request.POST, request.FILES, takes=takes, needs_file=not self.member.is_staff)
            if not form.is_valid():
                self.say(form)
                return
            upload = form.cleaned_data.get("file")
            onboarding.complete_item(
                self.item,
                by=self.member,
                note=form.cleaned_data["note"],
                upload=upload,
                upload_type=getattr(upload, "checked_type", ""),
            )
            messages.success(request, _("Done: %(step)s") % {"step": self.item.step})

    def say(self, form: Any) -> None:
        for errors in form.errors.values():
            for error in errors:
                messages.error(self.request, str(error))


class ItemFileView(ItemMixin, View):
    """The paper that was handed in, as a download."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.item.file:
            raise Http404
        return attachment_response(self.item.file, name=self.item.file_name, content_type=self.item.file_type)


class StaffItemMixin(StaffMixin, ItemMixin):
    def get_items(self) -> QuerySet[JourneyItem]:
        return JourneyItem.objects.filter(journey__in=selectors.journeys_for(self.member).values("pk"))

    def back(self) -> HttpResponse:
        return redirect(self.member.url("partners:journey", pk=self.item.journey_id))


class StaffItemTickView(StaffItemMixin, ItemTickView):
    required_right = Right.PARTNERS_EDIT


class StaffItemFileView(StaffItemMixin, ItemFileView):
    required_right = Right.PARTNERS_VIEW


# --- Templates -------------------------------------------------------------------------------------------------------


class TemplateListView(StaffMixin, TemplateView):
    """The journeys that there are, with all their versions."""

    required_right = Right.SETTINGS_EDIT
    template_name = "partners/staff/onboarding_templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(selectors.templates())
        labels = [
            (JourneyTemplate.State.PUBLISHED, _("In use")),
            (JourneyTemplate.State.DRAFT, _("Drafts")),
            (JourneyTemplate.State.RETIRED, _("Earlier versions")),
        ]
        groups = [(label, [each for each in found if each.state == state]) for state, label in labels]
        return super().get_context_data(groups=groups, has_any=bool(found), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Begin with what we propose."""
        template = create_default_template()
        return redirect(self.member.url("partners:journey_template", pk=template.pk))


class TemplateFormView(StaffMixin, FormView):
    """What is said about a template as a whole; a new one."""

    required_right = Right.SETTINGS_EDIT
    form_class: Any = TemplateForm
    template_name = "partners/staff/onboarding_form.html"
    kwargs: dict[str, Any]
    heading: Any = gettext_lazy("A new journey")

    @cached_property
    def entry(self) -> Any:
        return JourneyTemplate()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.entry}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            entry=self.entry, heading=self.heading, back_url=self.back_url(), can_remove=self.can_remove, **kwargs
        )

    can_remove = False

    def back_url(self) -> str:
        if self.entry.pk:
            return self.member.url("partners:journey_template", pk=self.entry.pk)
        return self.member.url("partners:journey_templates")

    def save(self, form: Any) -> JourneyTemplate:
        return onboarding.save_template(form.save(commit=False))

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            template = self.save(form)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("partners:journey_template", pk=template.pk))


class TemplateEditView(TemplateFormView):
    heading = gettext_lazy("The journey as a whole")

    @cached_property
    def entry(self) -> JourneyTemplate:
        return get_object_or_404(JourneyTemplate, pk=self.kwargs["pk"])


class TemplateDetailView(StaffMixin, TemplateView):
    """A version with its phases and steps, and what can be done with it."""

    required_right = Right.SETTINGS_EDIT
    template_name = "partners/staff/onboarding_template.html"
    kwargs: dict[str, Any]

    @cached_property
    def template(self) -> JourneyTemplate:
        return get_object_or_404(selectors.templates(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        phases = list(self.template.phases.prefetch_related("steps"))
        return super().get_context_data(
            template=self.template,
            phases=[(phase, [(step, step_type(step.type).label) for step in phase.steps.all()]) for phase in phases],
            is_frozen=onboarding.is_frozen(self.template),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Publish, copy to a new version, retire."""
        steps: dict[str, Callable[[JourneyTemplate], JourneyTemplate | None]] = {
            "publish": onboarding.publish_template,
            "version": onboarding.new_version,
            "retire": onboarding.retire_template,
        }
        step = steps.get(request.POST.get("do", ""))
        if step is None:
            raise Http404
        template: JourneyTemplate | None = self.template
        try:
            template = step(self.template)
        except DomainError as error:
            messages.error(request, str(error))
        if template is None:
            return redirect(self.member.url("partners:journey_templates"))
        return redirect(self.member.url("partners:journey_template", pk=template.pk))


class PhaseFormView(TemplateFormView):
    """A phase of a template, new."""

    form_class: Any = PhaseForm
    heading = gettext_lazy("A new phase")

    @cached_property
    def template(self) -> JourneyTemplate:
        return get_object_or_404(JourneyTemplate, pk=self.kwargs["pk"])

    @cached_property
    def entry(self) -> Any:
        return JourneyPhase(template=self.template)

    def back_url(self) -> str:
        return self.member.url("partners:journey_template", pk=self.template.pk)

    def save(self, form: Any) -> JourneyTemplate:
        return onboarding.save_phase(form.save(commit=False)).template


class PartEditMixin:
    """A part that is there: moved or removed as well."""

    can_remove = True
    request: Any
    member: Membership
    entry: Any

    def siblings(self) -> QuerySet[Any]:
        raise NotImplementedError

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        url = self.back_url()  # type: ignore[attr-defined]
        try:
            if "remove" in request.POST:
                onboarding.remove_part(self.entry)
            elif "move" in request.POST:
                onboarding.refuse_frozen(self.template)  # type: ignore[attr-defined]
                move_step(self.entry, self.siblings(), up=request.POST["move"] == "up")
            else:
                return super().post(request, *args, **kwargs)  # type: ignore[misc]
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(url)


class PhaseEditView(PartEditMixin, PhaseFormView):
    heading = gettext_lazy("A phase")

    @cached_property
    def entry(self) -> JourneyPhase:
        return get_object_or_404(JourneyPhase.objects.select_related("template"), pk=self.kwargs["pk"])

    @cached_property
    def template(self) -> JourneyTemplate:
        return self.entry.template

    def siblings(self) -> QuerySet[Any]:
        return JourneyPhase.objects.filter(template=self.template)


class StepFormView(PhaseFormView):
    """A step of a phase, new."""

    form_class = StepForm
    heading = gettext_lazy("A new step")

    @cached_property
    def phase(self) -> JourneyPhase:
        return get_object_or_404(JourneyPhase.objects.select_related("template"), pk=self.kwargs["pk"])

    @cached_property
    def template(self) -> JourneyTemplate:
        return self.phase.template

    @cached_property
    def entry(self) -> Any:
        return JourneyStep(phase=self.phase, type="confirm")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"template": self.template}

    def save(self, form: Any) -> JourneyTemplate:
        return onboarding.save_step(form.save(commit=False)).phase.template


class StepEditView(PartEditMixin, StepFormView):
    heading = gettext_lazy("A step")

    @cached_property
    def entry(self) -> JourneyStep:
        return get_object_or_404(JourneyStep.objects.select_related("phase__template"), pk=self.kwargs["pk"])

    @cached_property
    def phase(self) -> JourneyPhase:
        return self.entry.phase

    def siblings(self) -> QuerySet[Any]:
        return JourneyStep.objects.filter(phase=self.phase)
