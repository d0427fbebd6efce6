"""Who takes a course: the list, one person's way through it, and enrolling by hand."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort
from partners.selectors.partners import partners_for
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.filters.courses import EnrolmentFilterSet
from training.forms.enrolments import DueForm, EnrolForm, ReasonForm
from training.forms.programmes import RecogniseManyForm
from training.forms.words import words_in
from training.leaves import tabs_of
from training.models import Course, CourseState, CourseVersion, Enrolment, Exemption
from training.selectors import courses as reading
from training.selectors.learning import outline
from training.services import enrolling, exemptions
from training.tables.courses import ENROLMENT_TONES, EnrolmentTable
from training.views.staff.bulk import each_of
from training.views.staff.courses import OneCourseMixin, TrainingMixin

PEOPLE_FOUND = 100


def take_back_many(member: Membership, rows: QuerySet[Enrolment], given: dict[str, Any]) -> str:
    """Those that are still open."""
    return each_of(rows, lambda row: enrolling.take_back(row, reason=given["reason"]))


def exempt_many(member: Membership, rows: QuerySet[Enrolment], given: dict[str, Any]) -> str:
    """Those that are still open, for one reason."""
    if not given["reason"].strip():
        raise BulkRefusedError(_("Say why: the reason stays with the exemption."))
    return each_of(rows, lambda row: exemptions.record(row, reason=given["reason"], by=member))


def recognise_many(member: Membership, rows: QuerySet[Enrolment], given: dict[str, Any]) -> str:
    """Those that are still open, who have learned it at the same place."""
    kind, reason, day = Exemption.Kind.RECOGNISED, given["reason"], given["learned_on"]
    return each_of(rows, lambda row: exemptions.record(row, reason=reason, by=member, kind=kind, learned_on=day))


def due_many(member: Membership, rows: QuerySet[Enrolment], given: dict[str, Any]) -> str:
    """Another day for those that are still open."""
    return each_of(rows, lambda row: enrolling.set_due(row, given["due_on"]))


def move_many(member: Membership, rows: QuerySet[Enrolment], given: dict[str, Any]) -> str:
    """Those on an older version of their course."""
    course = Course.objects.filter(pk__in=rows.order_by().values("course")).first()
    if course is None:
        raise BulkRefusedError(_("Nobody is chosen."))
    try:
        moved = enrolling.move_on(course, Enrolment.objects.filter(pk__in=rows.order_by().values("pk")))
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error
    return said_moved(moved)


def said_moved(moved: int) -> str:
    """How many go on in the newer version."""
    if not moved:
        return _("Nobody learns by an older version.")
    return ngettext(
        "%(count)s person goes on in the newer version and is told.",
        "%(count)s people go on in the newer version and are told.",
        moved,
    ) % {"count": formats.number(moved)}


class PeopleListView(OneCourseMixin, ListView):
    """Everybody who takes a course or has taken it."""

    list_key = "course_people"
    table_class = EnrolmentTable
    filterset_class = EnrolmentFilterSet
    template_name = "training/staff/course_people.html"
    sorts = {
        "enrolled_at": Sort("enrolled_at", descending=True),
        "due_on": Sort("due_on", nullable=True),
        "seen_at": Sort("seen_at", descending=True, nullable=True),
        "ended_at": Sort("ended_at", descending=True, nullable=True),
        "score": Sort("score", descending=True, nullable=True),
        "done": Sort("done", descending=True),
    }
    default_sort = "-enrolled_at"
    default_columns = ["person", "partner", "state", "done", "total", "score", "due_on", "seen_at", "ended_at"]
    export_name = "learners"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction("due", gettext_lazy("Set the day"), Right.TRAINING_ASSIGN, due_many, form_class=DueForm),
        BulkAction(
            "move",
            gettext_lazy("Move to the version that is out"),
            Right.TRAINING_ASSIGN,
            move_many,
            explanation=gettext_lazy("What they have done counts; each is told."),
        ),
        BulkAction("exempt", gettext_lazy("Exempt"), Right.TRAINING_ASSIGN, exempt_many, form_class=ReasonForm),
        BulkAction(
            "recognise",
            gettext_lazy("Recognise earlier learning"),
            Right.TRAINING_ASSIGN,
            recognise_many,
            form_class=RecogniseManyForm,
            explanation=gettext_lazy(
                "The course counts as passed in programmes and before other courses; it gives no certificate."
            ),
        ),
        BulkAction(
            "take_back",
            gettext_lazy("Take the course back"),
            Right.TRAINING_ASSIGN,
            take_back_many,
            form_class=ReasonForm,
            is_dangerous=True,
        ),
    ]
    empty = Empty(
        gettext_lazy("Nobody takes this course yet"),
        gettext_lazy("Once it is out people enrol themselves, or you enrol them."),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.enrolment_rows(self.course, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            course=self.course,
            tabs=tabs_of(self.member, self.course, "people"),
            can_enrol=self.member.can(Right.TRAINING_ASSIGN) and self.course.state == CourseState.PUBLISHED,
            **kwargs,
        )


class EnrolPeopleView(OneCourseMixin, FormView):
    """People of partners are looked for by name, mail or partner, and enrolled."""

    required_right = Right.TRAINING_ASSIGN
    form_class = EnrolForm
    template_name = "training/staff/enrol.html"

    @cached_property
    def words(self) -> str:
        return words_in(self.request.GET)

    def people(self) -> QuerySet[Membership]:
        """Who may learn at the partners that the member sees, and fits the words."""
        rows = members_with(Right.PORTAL_TRAINING).filter(partner__in=partners_for(self.member).order_by().values("pk"))
        if self.request.method == "POST":
            return rows.select_related("partner")
        if not self.words:
            return rows.none()
        for word in self.words.split()[:5]:
            rows = rows.filter(
                Q(name__icontains=word)
                | Q(email__icontains=word)
                | Q(partner__name__icontains=word)
                | Q(partner__local_name__icontains=word)
                | Q(partner__code__iexact=word)
            )
        keys = list(rows.order_by("partner__name", "name", "pk").values_list("pk", flat=True)[:PEOPLE_FOUND])
        found = Membership.objects.filter(pk__in=keys).select_related("partner")
        return found.order_by("partner__name", "name", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self.people()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(course=self.course, words=self.words, most=PEOPLE_FOUND, **kwargs)
        form = context["form"]
        context["found"] = 0 if form.is_bound else len(form.fields["people"].queryset)
        return context

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        people = form.cleaned_data["people"][: enrolling.MOST_AT_ONCE]
        made, refused = enrolling.enrol_people(self.course, people, by=self.member, due_on=form.cleaned_data["due_on"])
        for sentence in refused[:10]:
            messages.error(self.request, sentence)
        if made:
            messages.success(self.request, said_enrolled(len(made)))
        return redirect(self.member.url("training:course_people", pk=self.course.pk))

    def form_invalid(self, form: EnrolForm) -> HttpResponse:
        messages.error(self.request, " ".join(str(each) for errors in form.errors.values() for each in errors))
        return redirect(self.request.get_full_path())


def said_enrolled(count: int) -> str:
    """How many take it now."""
    return ngettext("%(count)s person is enrolled.", "%(count)s people are enrolled.", count) % {
        "count": formats.number(count)
    }


class OneEnrolmentMixin(TrainingMixin):
    """A page of one person's way through a course."""

    @cached_property
    def enrolment(self) -> Enrolment:
        rows = reading.seen_enrolments(self.member).select_related("course", "version", "member", "partner", "by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class EnrolmentView(OneEnrolmentMixin, TemplateView):
    """One person's way through a course, lesson by lesson."""

    template_name = "training/staff/enrolment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enrolment = self.enrolment
        return super().get_context_data(
            enrolment=enrolment,
            tone=ENROLMENT_TONES.get(enrolment.state, ""),
            outline=outline(enrolment.version, enrolment),
            is_older=enrolment.is_open and enrolment.version.state != CourseVersion.State.PUBLISHED,
            due_form=DueForm(member=self.member, initial={"due_on": enrolment.due_on}),
            can_assign=self.member.can(Right.TRAINING_ASSIGN),
            **kwargs,
        )


class EnrolmentStepView(OneEnrolmentMixin, View):
    """Another day, taken back, exempt, or on in the newer version."""

    required_right = Right.TRAINING_ASSIGN
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment, step, why = (
            self.enrolment,
            request.POST.get("step", ""),
            ReasonForm(request.POST, member=self.member),
        )
        if not why.is_valid():
            messages.error(request, " ".join(map(str, why.errors["reason"])))
            return redirect(self.member.url("training:enrolment", pk=enrolment.pk))
        reason = why.cleaned_data["reason"]
        if step == "due":
            form = DueForm(request.POST, member=self.member)
            if form.is_valid():
                self.take_step(lambda: enrolling.set_due(enrolment, form.cleaned_data["due_on"]), _("Saved."))
            else:
                messages.error(request, " ".join(map(str, form.errors["due_on"])))
        elif step == "take_back":
            self.take_step(lambda: enrolling.take_back(enrolment, reason=reason), _("The enrolment is taken back."))
        elif step == "exempt":
            self.take_step(
                lambda: exemptions.record(enrolment, reason=reason, by=self.member), _("The exemption is kept.")
            )
        elif step == "move":
            mine = Enrolment.objects.filter(pk=enrolment.pk)
            self.take_step(lambda: messages.success(request, said_moved(enrolling.move_on(enrolment.course, mine))))
        else:
            raise Http404
        return redirect(self.member.url("training:enrolment", pk=enrolment.pk))


class MoveOnView(OneCourseMixin, View):
    """All who learn by an older version, of the partners that the member sees, go on in the one that is out."""

    required_right = Right.TRAINING_ASSIGN
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = reading.seen_enrolments(self.member)
        self.take_step(lambda: messages.success(request, said_moved(enrolling.move_on(self.course, rows))))
        return redirect(self.page("versions"))
