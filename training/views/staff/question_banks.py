"""Question banks for staff: the list, one with its questions, a question with what its answers tell, and its editor."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import number_or_404
from tenancy.once import OnceMixin
from tenancy.rights import Right
from tenancy.translation import translated
from training.filters.question_banks import BankFilterSet, QuestionFilterSet
from training.forms.question_banks import BankForm, QuestionForm
from training.item_statistics import FEWEST, Hint, ItemStatistics
from training.models import AttemptQuestion, CourseVersion, Lesson, Question, QuestionBank, QuestionKind, Quiz
from training.selectors import question_banks as reading
from training.selectors.item_statistics import NEWEST, common_answers, statistics_for
from training.selectors.quizzes import AskedQuestion
from training.services import question_banks as services
from training.services.quizzes import as_shown
from training.tables.question_banks import BankTable, QuestionTable
from training.views.files import question_picture_response
from training.views.staff.courses import TrainingMixin
from training.views.staff.quizzes import written_quiz

LONGEST_NAME = 120
ADVICE: dict[str, Any] = {
    Hint.TOO_FEW: gettext_lazy("Fewer than 30 answers: nothing can be said of this question yet."),
    Hint.EASY: gettext_lazy(
        "Nearly everybody gets it right: it tells nobody apart. Ask more of it, or leave it as a warm-up."
    ),
    Hint.HARD: gettext_lazy("Hardly anybody gets it right: is it taught, and is the right answer marked?"),
    Hint.WEAK: gettext_lazy("Who does well otherwise gets it right hardly more often: it may be ambiguous."),
    Hint.REVERSED: gettext_lazy(
        "Who does well otherwise gets it wrong more often: the wrong answer is probably marked as right."
    ),
    Hint.DEAD_OPTION: gettext_lazy("A wrong answer is chosen by hardly anybody: write a likelier one."),
    Hint.DRAWS_THE_BEST: gettext_lazy(
        "A wrong answer is chosen by better learners than the right one: it may be right too."
    ),
}


class BankMixin(TrainingMixin):
    """Pages that show what is right: for those who write."""

    required_right = Right.TRAINING_EDIT


class BankListView(BankMixin, ListView):
    """All question banks."""

    list_key = "question_banks"
    table_class = BankTable
    filterset_class = BankFilterSet
    template_name = "training/staff/bank_list.html"
    sorts = {"name": Sort("name"), "created_at": Sort("created_at", descending=True)}
    default_sort = "name"
    empty = Empty(
        gettext_lazy("No question bank yet"),
        gettext_lazy("Questions are kept by subject, and every quiz draws from them anew."),
        "training:bank_create",
        gettext_lazy("Make a question bank"),
        Right.TRAINING_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.bank_rows()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = Question.objects.filter(is_retired=False, bank__is_retired=False).count()
        title = ngettext(
            "%(count)s question is there to draw from", "%(count)s questions are there to draw from", counted
        ) % {"count": formats.number(counted)}
        return super().get_context_data(title=title if counted else _("No question to draw from yet"), **kwargs)


class BankFormView(OnceMixin, BankMixin, FormView):
    """A question bank, new or named anew; a new one may be made for a quiz, which draws from it at once."""

    form_class = BankForm
    template_name = "training/staff/bank_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def bank(self) -> QuestionBank:
        if "pk" in self.kwargs:
            return get_object_or_404(QuestionBank, pk=self.kwargs["pk"])
        name = f"{self.quiz.lesson.version.course}: {self.quiz}"[:LONGEST_NAME] if self.quiz else ""
        return QuestionBank(owner=self.member, name=name)

    @cached_property
    def quiz(self) -> Quiz | None:
        asked = self.request.GET.get("quiz", "")
        return written_quiz(number_or_404(asked)) if asked and "pk" not in self.kwargs else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.bank}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.quiz:
            url = self.member.url("training:quiz_edit", pk=self.quiz.lesson_id)
        elif self.bank.pk:
            url = self.member.url("training:bank", pk=self.bank.pk)
        else:
            url = self.member.url("training:banks")
        return super().get_context_data(bank=self.bank, quiz=self.quiz, back_url=url, **kwargs)

    def form_valid(self, form: BankForm) -> HttpResponse:
        bank, quiz = form.save(), self.quiz
        if quiz:
            self.take_step(
                lambda: services.draw_from(quiz, bank),
                _("“%(quiz)s” draws from this bank: write its questions now.") % {"quiz": quiz},
            )
        return redirect(self.member.url("training:bank", pk=bank.pk))


class BankView(BankMixin, ListView):
    """The questions of a bank, with what their answers tell."""

    list_key = "questions"
    table_class = QuestionTable
    filterset_class = QuestionFilterSet
    template_name = "training/staff/bank.html"
    sorts = {
        "updated_at": Sort("updated_at", descending=True),
        "difficulty": Sort("difficulty"),
        "kind": Sort("kind"),
    }
    default_sort = "-updated_at"
    default_columns = ["written", "kind", "tag_words", "difficulty", "answers", "reached", "discrimination", "hints"]
    empty = Empty(
        gettext_lazy("No question yet"),
        gettext_lazy("Write the first one, or bring in a GIFT or CSV file that you have."),
    )
    kwargs: dict[str, Any]

    @cached_property
    def bank(self) -> QuestionBank:
        return get_object_or_404(QuestionBank.objects.select_related("owner"), pk=self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Any]:
        return Question.objects.filter(bank=self.bank)

    def filterset_arguments(self) -> dict[str, Any]:
        return {"bank": self.bank}

    def make_table(self, records: list[Any], **kwargs: Any) -> Any:
        told = statistics_for(records)
        for each in records:
            found = told[each.pk]
            each.written, each.tag_words = str(each), ", ".join(each.tags)
            each.answers, each.hints, each.discrimination = found.n, found.hints, found.discrimination
            each.reached = None if found.difficulty is None else 100 * found.difficulty
        return super().make_table(records, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = Question.objects.filter(bank=self.bank, is_retired=False).count()
        title = ngettext("%(bank)s: %(count)s question", "%(bank)s: %(count)s questions", counted) % {
            "bank": self.bank,
            "count": formats.number(counted),
        }
        return super().get_context_data(
            bank=self.bank,
            title=title,
            kinds=QuestionKind.choices,
            drawing=[(lesson, self.quiz_url(lesson)) for lesson in reading.lessons_drawing(self.bank)],
            **kwargs,
        )

    def quiz_url(self, lesson: Lesson) -> str:
        """Where what a quiz draws is changed, or seen once its version is out."""
        if lesson.version.state == CourseVersion.State.DRAFT:
            return self.member.url("training:quiz_edit", pk=lesson.pk)
        return self.member.url("training:course", pk=lesson.version.course_id)


class OneQuestionMixin(BankMixin):
    """A page of one question."""

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(Question.objects.select_related("bank"), pk=self.kwargs["pk"])

    def page(self, question: Question) -> str:
        return self.member.url("training:question", pk=question.pk)


class QuestionView(OneQuestionMixin, TemplateView):
    """A question as learners see it, and what the answers to it tell."""

    template_name = "training/staff/question.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question
        told = statistics_for([question], NEWEST)[question.pk]
        languages = list(self.member.manufacturer.languages or ["en"])
        asked = self.request.GET.get("lang", "")
        language = asked if asked in languages else languages[0]
        with translation.override(language):
            row = AttemptQuestion(order=0, shown=as_shown(question, is_shuffled=False), most=question.points)
            seen = AskedQuestion.of(row, self.member.url("training:question_picture", pk=question.pk))
        return super().get_context_data(
            bank=question.bank,
            subject=question,
            question=seen,
            told=told,
            reached=None if told.difficulty is None else 100 * told.difficulty,
            heading=heading(told),
            hints=[ADVICE[hint] for hint in told.hints],
            options=option_rows(question, told),
            common=[(text, 100 * share, 100 * gave) for text, share, gave in common_answers(question)],
            newest=NEWEST,
            language=language,
            languages=[
                (get_language_info(code)["name_local"], f"?lang={code}", code == language) for code in languages
            ],
            **kwargs,
        )


def heading(told: ItemStatistics) -> str:
    """What the statistics come to, as a sentence."""
    if told.n < FEWEST:
        return ngettext("%(count)s answer so far", "%(count)s answers so far", told.n) % {"count": told.n}
    if any(hint != Hint.TOO_FEW for hint in told.hints):
        return _("Worth a look: %(share)s of the points are reached") % {
            "share": formats.percent(100 * (told.difficulty or 0), 0)
        }
    return _("Works well: %(share)s of the points are reached") % {
        "share": formats.percent(100 * (told.difficulty or 0), 0)
    }


def option_rows(question: Question, told: ItemStatistics) -> list[dict[str, Any]]:
    """What each answer that was offered was chosen by."""
    names: dict[str, str] = {"true": _("True"), "false": _("False")}
    names |= {each["key"]: translated(each["texts"], "–") for each in question.options}
    right = question.solution.get("keys", [str(question.solution.get("is_true", "")).lower()])
    return [
        {
            "text": names[key],
            "is_right": key in right,
            "share": 100 * share,
            "rest": None if rest is None else 100 * rest,
        }
        for key, (share, rest) in told.options.items()
    ]


class QuestionFormView(OnceMixin, BankMixin, FormView):
    """A question with all its languages side by side."""

    form_class = QuestionForm
    template_name = "training/staff/question_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def question(self) -> Question:
        if "bank" in self.kwargs:
            kind = self.request.GET.get("kind", QuestionKind.SINGLE)
            if kind not in QuestionKind.values:
                raise Http404
            return Question(bank=get_object_or_404(QuestionBank, pk=self.kwargs["bank"]), kind=kind)
        return get_object_or_404(Question.objects.select_related("bank"), pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        if self.question.pk:
            return self.member.url("training:question", pk=self.question.pk)
        return self.member.url("training:bank", pk=self.question.bank_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.question}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question
        areas = question.solution.get("areas", []) if question.kind == QuestionKind.HOTSPOT and question.pk else []
        return super().get_context_data(
            subject=question,
            bank=question.bank,
            back_url=self.back_url,
            picture_url=self.member.url("training:question_picture", pk=question.pk)
            if question.pk and question.picture
            else "",
            areas=[[f"{1000 * side:.0f}" for side in area] for area in areas],
            is_asked=bool(question.pk) and AttemptQuestion.objects.filter(question=question.pk).exists(),
            **kwargs,
        )

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        before = self.question.pk
        question = services.save_question(form.save(commit=False), picture=form.given_picture())
        if before and question.pk != before:
            messages.success(
                self.request, _("It has been answered before: the changed question stands in place of the old one.")
            )
        else:
            messages.success(self.request, _("Saved."))
        if "stay" in self.request.POST:
            return redirect(self.member.url("training:question_edit", pk=question.pk))
        if "next" in self.request.POST:
            url = self.member.url("training:question_create", bank=question.bank_id)
            return redirect(f"{url}?kind={question.kind}")
        return redirect(self.member.url("training:question", pk=question.pk))


class QuestionStepView(OneQuestionMixin, View):
    """A question copied, taken out, or brought back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        question, step = self.question, request.POST.get("step", "")
        if step == "copy":
            copy = services.copy_question(question)
            messages.success(request, _("This is the copy: change what you like."))
            return redirect(self.member.url("training:question_edit", pk=copy.pk))
        if step == "retire":
            services.set_retired(question, is_retired=True)
            messages.success(request, _("It is drawn no more."))
        elif step == "return":
            services.set_retired(question, is_retired=False)
            messages.success(request, _("It is drawn again."))
        else:
            raise Http404
        return redirect(self.page(question))


class QuestionPictureView(OneQuestionMixin, View):
    """The picture of a question, for staff."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return question_picture_response(request, self.question)
