"""Who is in a learning programme: the list, one person's way through it, and what is decided of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.models import Membership
from tenancy.rights import Right
from training.filters.programmes import PersonFilterSet, ProgrammePartnerFilterSet
from training.forms.enrolments import ReasonForm
from training.forms.programmes import DayForm, RecogniseForm
from training.models import Course, EnrolmentState, Exemption, PersonState, ProgrammePerson
from training.selectors import programmes as reading
from training.selectors.courses import seen_enrolments
from training.services import exemptions
from training.services import programme_people as services
from training.tables.courses import ENROLMENT_TONES
from training.tables.programmes import PERSON_TONES, PersonTable, ProgrammePartnerTable
from training.views.staff.bulk import each_of
from training.views.staff.courses import TrainingMixin
from training.views.staff.programmes import OneProgrammeMixin


def extend_many(member: Membership, rows: QuerySet[ProgrammePerson], given: dict[str, Any]) -> str:
    """Another day for the courses at hand."""
    return each_of(rows, lambda row: services.extend(row, given["due_on"]))


def exempt_many(member: Membership, rows: QuerySet[ProgrammePerson], given: dict[str, Any]) -> str:
    """They need not learn by it, for one reason."""
    if not given["reason"].strip():
        raise BulkRefusedError(_("Say why: the reason stays with the exemption."))
    return each_of(rows, lambda row: services.exempt_from_all(row, by=member, reason=given["reason"]))


def let_in_many(member: Membership, rows: QuerySet[ProgrammePerson], given: dict[str, Any]) -> str:
    """Those who are held up by a course that they failed."""
    return each_of(rows, lambda row: services.let_in_again(row, by=member))


def take_out_many(member: Membership, rows: QuerySet[ProgrammePerson], given: dict[str, Any]) -> str:
    """Those who were put in by hand."""
    return each_of(rows, lambda row: services.take_out(row, reason=given["reason"]))


class ProgrammePartnersView(OneProgrammeMixin, ListView):
    """How far the people of each partner are with a programme."""

    list_key = "programme_partners"
    table_class = ProgrammePartnerTable
    filterset_class = ProgrammePartnerFilterSet
    template_name = "training/staff/programme_people.html"
    sorts = {"name": Sort("name"), "late": Sort("late", descending=True, nullable=False)}
    default_sort = "name"
    default_columns = ["name", "learning", "late", "stuck", "finished", "share"]
    export_name = "programme-partners"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No partner's people are in this programme yet"),
        gettext_lazy("Once it runs, everybody who fits is put in at night, or at once by “Assign now”."),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.partner_rows(self.programme, self.member)

    def table_arguments(self) -> dict[str, Any]:
        return {"people_url": self.member.url("training:programme_people", pk=self.programme.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.programme,
            tabs=self.tabs("programme_partners"),
            detail=_("How far each partner's people are"),
            **kwargs,
        )


class ProgrammePeopleView(OneProgrammeMixin, ListView):
    """Everybody who is or was in a programme."""

    list_key = "programme_people"
    table_class = PersonTable
    filterset_class = PersonFilterSet
    template_name = "training/staff/programme_people.html"
    sorts = {
        "since": Sort("since", descending=True),
        "due_on": Sort("due_on", nullable=True),
        "done": Sort("done", descending=True),
        "ended_at": Sort("ended_at", descending=True, nullable=True),
        "reminded_at": Sort("reminded_at", descending=True, nullable=True),
    }
    default_sort = "-since"
    default_columns = ["person", "partner", "state", "done", "due_on", "since", "source", "reason"]
    export_name = "programme-people"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction("extend", gettext_lazy("Give another day"), Right.TRAINING_ASSIGN, extend_many, form_class=DayForm),
        BulkAction(
            "let_in",
            gettext_lazy("Let in again"),
            Right.TRAINING_ASSIGN,
            let_in_many,
            explanation=gettext_lazy("Who has failed a course of it may take that course once more."),
        ),
        BulkAction(
            "exempt",
            gettext_lazy("Exempt from the programme"),
            Right.TRAINING_ASSIGN,
            exempt_many,
            form_class=ReasonForm,
            explanation=gettext_lazy("Courses of it that they have not begun are taken back."),
        ),
        BulkAction(
            "take_out",
            gettext_lazy("Take out"),
            Right.TRAINING_ASSIGN,
            take_out_many,
            form_class=ReasonForm,
            explanation=gettext_lazy(
                "For people who were put in by hand; who fits the conditions is exempted instead."
            ),
            is_dangerous=True,
        ),
    ]
    empty = Empty(
        gettext_lazy("Nobody is in this programme yet"),
        gettext_lazy("Once it runs, everybody who fits is put in at night, or at once by “Assign now”."),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.person_rows(self.programme, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.programme,
            tabs=self.tabs("programme_people"),
            detail=_("Who is in it, how far they are, and what was decided of them"),
            **kwargs,
        )


class OnePersonMixin(TrainingMixin):
    """A page of somebody in a programme."""

    @cached_property
    def person(self) -> ProgrammePerson:
        rows = reading.seen_people(self.member).select_related(
            "programme__owner__manufacturer", "member__partner", "partner", "by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def page(self) -> str:
        return self.member.url("training:programme_person", pk=self.person.pk)

    def to_recognise(self) -> QuerySet[Course]:
        """The courses of the programme that the person has not got yet."""
        done = self.person.member.enrolments.filter(state__in=[EnrolmentState.PASSED, EnrolmentState.EXEMPT])
        courses = Course.objects.filter(pk__in=self.person.programme.courses.values("course"))
        return courses.exclude(pk__in=done.values("course")).order_by("code", "pk")


class ProgrammePersonView(OnePersonMixin, TemplateView):
    """One person's way through a programme, course by course, and what can be decided of it."""

    template_name = "training/staff/programme_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        own = reading.with_steps([person])[0]
        exempted = {
            each.enrolment_id: each
            for each in Exemption.objects.filter(
                enrolment__in=[step.enrolment.pk for step in own.steps if step.enrolment is not None]
            ).select_related("by")
        }
        steps = [
            (
                step,
                ENROLMENT_TONES.get(step.enrolment.state, "") if step.enrolment else "",
                exempted.get(step.enrolment.pk) if step.enrolment else None,
            )
            for step in own.steps
        ]
        return super().get_context_data(
            person=person,
            own=own,
            tone=PERSON_TONES.get(person.state, ""),
            steps=steps,
            day_form=DayForm(member=self.member, initial={"due_on": person.due_on}),
            can_assign=self.member.can(Right.TRAINING_ASSIGN),
            is_exempt=person.state == PersonState.EXEMPT,
            **kwargs,
        )


class ProgrammePersonStepView(OnePersonMixin, View):
    """Another day, exempt, taken out, put back, let in again."""

    required_right = Right.TRAINING_ASSIGN
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person, by, step = self.person, self.member, request.POST.get("step", "")
        why = ReasonForm(request.POST, member=by)
        if not why.is_valid():
            messages.error(request, " ".join(map(str, why.errors["reason"])))
            return redirect(self.page())
        reason = why.cleaned_data["reason"]
        if step == "extend":
            form = DayForm(request.POST, member=by)
            if form.is_valid():
                self.take_step(lambda: services.extend(person, form.cleaned_data["due_on"]), _("Saved."))
            else:
                messages.error(request, " ".join(map(str, form.errors["due_on"])))
        elif step == "exempt":
            self.take_step(lambda: services.exempt_from_all(person, by=by, reason=reason), _("The exemption is kept."))
        elif step == "take_out":
            self.take_step(lambda: services.take_out(person, reason=reason), _("Taken out."))
        elif step == "put_back":
            self.take_step(lambda: services.put_back(person, by=by), _("They learn by it again."))
        elif step == "let_in":
            self.take_step(lambda: services.let_in_again(person, by=by), _("The course is open to them again."))
        else:
            raise Http404
        return redirect(self.page())


class RecogniseView(OnePersonMixin, TemplateView):
    """A course that the person can do already, with the reason and the paper."""

    required_right = Right.TRAINING_ASSIGN
    template_name = "training/staff/programme_recognise.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or RecogniseForm(courses=self.to_recognise())
        return super().get_context_data(person=self.person, form=form, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RecogniseForm(request.POST, request.FILES, courses=self.to_recognise())
        if form.is_valid():
            given = form.cleaned_data
            try:
                exemptions.exempt_from(
                    given["course"],
                    self.person.member,
                    reason=given["reason"],
                    by=self.member,
                    kind=Exemption.Kind.RECOGNISED,
                    learned_on=given["learned_on"],
                    paper=given["paper"],
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The course counts as passed."))
                return redirect(self.page())
        return self.render_to_response(self.get_context_data(form=form))


class ExemptionPaperView(TrainingMixin, View):
    """The paper that shows where somebody has learned something, as a download."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = Exemption.objects.filter(enrolment__in=seen_enrolments(self.member)).exclude(paper="")
        made = get_object_or_404(rows, pk=self.kwargs["pk"])
        return attachment_response(made.paper, name=made.original_name, content_type=made.content_type)
