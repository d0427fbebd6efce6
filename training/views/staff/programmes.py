"""Learning programmes for staff: the list, one with how far everybody is, and what it is."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from jobs.models import Job
from jobs.registry import job_label
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from partners.selectors.audiences import BrokenAudienceError
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right
from training.filters.programmes import ProgrammeFilterSet
from training.forms.programmes import ProgrammeForm
from training.models import LearningProgramme, ProgrammeState
from training.programme_templates import TEMPLATES
from training.selectors import programmes as reading
from training.selectors.programme_reach import partners_of, reach_of
from training.services import programmes as services
from training.services.programme_assignment import ASSIGNING
from training.tables.programmes import PROGRAMME_TONES, ProgrammeTable
from training.views.staff.courses import TrainingMixin

PARTNERS_SHOWN = 10
LATE_SHOWN = 10


class ProgrammeListView(TrainingMixin, ListView):
    """All learning programmes, with who learns by them."""

    list_key = "learning_programmes"
    table_class = ProgrammeTable
    filterset_class = ProgrammeFilterSet
    template_name = "training/staff/programme_list.html"
    sorts = {
        "updated_at": Sort("updated_at", descending=True),
        "code": Sort("code"),
        "state": Sort("state"),
        "started_at": Sort("started_at", descending=True, nullable=True),
    }
    default_sort = "-updated_at"
    default_columns = ["title", "state", "course_count", "learning", "late", "finished", "owner", "started_at"]
    export_name = "learning-programmes"
    export_right = Right.TRAINING_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No learning programme yet"),
        gettext_lazy("Say once who has to learn what: whoever comes to fit is in it by itself, and is reminded."),
        "training:programme_create",
        gettext_lazy("Make a programme"),
        Right.TRAINING_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.programme_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        running = LearningProgramme.objects.filter(state=ProgrammeState.RUNNING).count()
        title = ngettext("%(count)s learning programme runs", "%(count)s learning programmes run", running) % {
            "count": formats.number(running)
        }
        return super().get_context_data(
            title=title if running else _("No learning programme runs"),
            can_write=self.member.can(Right.TRAINING_EDIT),
            **kwargs,
        )


class OneProgrammeMixin(TrainingMixin):
    """A page of one programme."""

    @cached_property
    def programme(self) -> LearningProgramme:
        rows = LearningProgramme.objects.select_related("owner__manufacturer")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        pages = [
            ("programme", _("Progress")),
            ("programme_partners", _("Partners")),
            ("programme_people", _("People")),
        ]
        pk = self.programme.pk
        return [(label, self.member.url(f"training:{name}", pk=pk), name == here) for name, label in pages]


class ProgrammeView(OneProgrammeMixin, TemplateView):
    """One programme: how far its people are, by course and partner, and who is late."""

    template_name = "training/staff/programme.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        programme, member = self.programme, self.member
        figures = reading.figures_of(programme, member)
        job = Job.objects.filter(kind=ASSIGNING, key__in=[f"programme-{programme.pk}", "programmes"]).order_by("-pk")
        last = job.filter(state__in=Job.OPEN_STATES).first()
        return super().get_context_data(
            programme=programme,
            tone=PROGRAMME_TONES.get(programme.state, ""),
            heading=self.heading(figures),
            figures=figures,
            tabs=self.tabs("programme"),
            courses=reading.by_course(programme, member),
            partners=reading.by_partner(programme, member, limit=PARTNERS_SHOWN),
            late=reading.late_people(programme, member, limit=LATE_SHOWN) if figures.late else [],
            today=timezone.localdate(),
            audiences=[each.audience for each in programme.audiences.select_related("audience").order_by("pk")],
            job=last,
            label=job_label(ASSIGNING),
            can_copy=member.can(Right.TRAINING_EDIT),
            can_write=member.can(Right.TRAINING_EDIT)
            and reading.programmes_to_write(member).filter(pk=programme.pk).exists(),
            **kwargs,
        )

    def heading(self, figures: reading.Figures) -> str:
        """How many have finished, and how many are late."""
        programme = self.programme
        if programme.state == ProgrammeState.DRAFT:
            return _("%(programme)s: not started yet") % {"programme": programme}
        if not figures.people:
            return _("%(programme)s: nobody learns by it") % {"programme": programme}
        said = ngettext(
            "%(programme)s: %(done)s of %(count)s person has finished",
            "%(programme)s: %(done)s of %(count)s people have finished",
            figures.people,
        ) % {
            "programme": programme,
            "done": formats.number(figures.finished),
            "count": formats.number(figures.people),
        }
        if figures.late:
            said += ngettext(", %(late)s person is late", ", %(late)s people are late", figures.late) % {
                "late": formats.number(figures.late)
            }
        return said


class ProgrammeNewView(TrainingMixin, TemplateView):
    """Begin a programme: from one for a class of partner, or empty."""

    required_right = Right.TRAINING_EDIT
    template_name = "training/staff/programme_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(templates=TEMPLATES.values(), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        template = TEMPLATES.get(request.POST.get("template", ""))
        if template is None:
            raise Http404
        made: list[LearningProgramme] = []
        if self.take_step(lambda: made.append(services.from_template(template, by=self.member))):
            return redirect(self.member.url("training:programme_edit", pk=made[0].pk))
        return redirect(self.member.url("training:programme_create"))


class ProgrammeEditView(OnceMixin, TrainingMixin, FormView):
    """What a programme is, new or changed."""

    required_right = Right.TRAINING_EDIT
    form_class = ProgrammeForm
    template_name = "training/staff/programme_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def programme(self) -> LearningProgramme | None:
        found = reading.programmes_to_write(self.member)
        return get_object_or_404(found, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    def get_form_kwargs(self) -> dict[str, Any]:
        instance = self.programme or LearningProgramme(owner=self.member)
        return super().get_form_kwargs() | {"member": self.member, "instance": instance}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = {"pk": self.programme.pk} if self.programme else {}
        preview = self.member.url("training:programme_preview" if pk else "training:programme_new_preview", **pk)
        return super().get_context_data(programme=self.programme, preview_url=preview, **kwargs)

    def form_valid(self, form: ProgrammeForm) -> HttpResponse:
        try:
            programme = services.save_programme(
                form.save(commit=False), audiences=form.cleaned_data["audiences"], courses=form.chosen()
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("training:programme", pk=programme.pk))


class ProgrammePreviewView(TrainingMixin, View):
    """Whom a programme would reach as the form stands now; nothing is kept."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        programme = (
            get_object_or_404(reading.programmes_to_write(self.member), pk=self.kwargs["pk"])
            if "pk" in self.kwargs
            else LearningProgramme(owner=self.member)
        )
        form = ProgrammeForm(request.GET, member=self.member, instance=programme)
        form.is_valid()
        given = form.cleaned_data
        return HttpResponse(self.said(programme, form, given))

    def said(self, programme: LearningProgramme, form: ProgrammeForm, given: dict[str, Any]) -> str:
        """The sentence."""
        since = (programme.started_at or timezone.now()) if given.get("only_new") else None
        try:
            reach = reach_of(
                partners_of(given.get("owner") or self.member, given.get("audiences") or []),
                roles=given.get("roles") or [],
                new_since=since,
                courses=[course.pk for course, _days in form.chosen()],
            )
        except BrokenAudienceError as error:
            return str(error)
        if not reach.people:
            if given.get("only_new"):
                return _("It reaches nobody yet: only people who get their access from its start on.")
            return _("It reaches nobody: no partner in these audiences has people of these roles.")
        people = ngettext("%(count)s person", "%(count)s people", reach.people) % {
            "count": formats.number(reach.people)
        }
        partners = ngettext("%(count)s partner", "%(count)s partners", reach.partners) % {
            "count": formats.number(reach.partners)
        }
        said = _("It reaches %(people)s at %(partners)s now.") % {"people": people, "partners": partners}
        if reach.done:
            said += " " + ngettext(
                "%(count)s of them has passed all of it already.",
                "%(count)s of them have passed all of it already.",
                reach.done,
            ) % {"count": formats.number(reach.done)}
        return said


class ProgrammeStepView(OneProgrammeMixin, View):
    """A step of a programme: start, bring up to date, end, copy, throw away."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        programme, step, by = self.programme, request.POST.get("step", ""), self.member
        page = self.member.url("training:programme", pk=programme.pk)
        if step != "copy":
            get_object_or_404(reading.programmes_to_write(by), pk=programme.pk)
        if step == "start":
            self.take_step(
                lambda: services.start(programme, by=by),
                _("It runs: who fits is put in now, and gets the first course."),
            )
        elif step == "assign":
            self.take_step(lambda: services.assign_now(programme, by=by), _("It is brought up to date now."))
        elif step == "finish":
            self.take_step(
                lambda: services.finish(programme, by=by), _("It has ended; what people have passed stays theirs.")
            )
        elif step == "copy":
            made: list[LearningProgramme] = []
            if self.take_step(lambda: made.append(services.copy(programme, by=by))):
                return redirect(self.member.url("training:programme_edit", pk=made[0].pk))
        elif step == "delete":
            if self.take_step(lambda: services.delete_draft(programme), _("The programme is gone.")):
                return redirect(self.member.url("training:programmes"))
        else:
            raise Http404
        return redirect(page)
