"""What a course teaches, put together: modules, lessons in their order, texts, files and pictures, and how it looks."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages.row_numbers import number_or_404
from tenancy.rights import Right
from training.forms.lessons import LessonForm, ModuleForm, PictureForm
from training.lesson_kinds import playable_kinds, player_of
from training.models import Course, CoursePicture, CourseVersion, Lesson, LessonContent, LessonKind, Module
from training.services import content as services
from training.services.courses import CourseError
from training.shown import Addresses, shown
from training.views.files import PLAYED, content_response, picture_response
from training.views.staff.courses import TrainingMixin


def addresses_for(member: Any, course_id: int) -> Addresses:
    """Where staff get the files of lessons."""
    return Addresses(
        file=lambda content, what: member.url("training:lesson_file", pk=content.pk, what=what),
        picture=lambda name: member.url("training:course_picture", pk=course_id, picture=name),
    )


class WritingMixin(TrainingMixin):
    """A page on which the draft is written."""

    required_right = Right.TRAINING_EDIT

    def course_page(self, course_id: int) -> str:
        return self.member.url("training:course", pk=course_id)


class ModuleFormView(WritingMixin, FormView):
    """A module, new or named anew; moved, or deleted when it is empty."""

    form_class = ModuleForm
    template_name = "training/staff/module_form.html"

    @cached_property
    def module(self) -> Module:
        if "course" in self.kwargs:
            course = get_object_or_404(Course, pk=self.kwargs["course"])
            return Module(version=draft_or_404(course))
        rows = Module.objects.select_related("version__course")
        return get_object_or_404(rows, pk=self.kwargs["pk"], version__state=CourseVersion.State.DRAFT)

    @property
    def back_url(self) -> str:
        return self.course_page(self.module.version.course_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.module}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        module = self.module
        return super().get_context_data(
            module=module,
            course=module.version.course,
            back_url=self.back_url,
            is_empty=bool(module.pk) and not module.lessons.exists(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.module.pk and "move" in request.POST:
            self.take_step(lambda: services.move_module(self.module, up=request.POST["move"] == "up"))
            return redirect(self.back_url)
        if self.module.pk and "remove" in request.POST:
            back = self.back_url
            self.take_step(lambda: services.remove_module(self.module), _("The module is gone."))
            return redirect(back)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ModuleForm) -> HttpResponse:
        self.take_step(lambda: services.save_module(form.save(commit=False)))
        return redirect(self.back_url)


class LessonFormView(WritingMixin, FormView):
    """A lesson with all its languages side by side."""

    form_class = LessonForm
    template_name = "training/staff/lesson_form.html"

    @cached_property
    def lesson(self) -> Lesson:
        if "module" in self.kwargs:
            modules = Module.objects.select_related("version__course")
            module = get_object_or_404(modules, pk=self.kwargs["module"], version__state=CourseVersion.State.DRAFT)
            kind = self.request.GET.get("kind", LessonKind.PAGE)
            if kind not in playable_kinds():
                raise Http404
            return Lesson(version=module.version, module=module, kind=kind)
        rows = Lesson.objects.select_related("module", "version__course").prefetch_related("contents")
        return get_object_or_404(rows, pk=self.kwargs["pk"], version__state=CourseVersion.State.DRAFT)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.lesson}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = self.lesson.version.course
        editor = player_of(self.lesson.kind).editor
        return super().get_context_data(
            lesson=self.lesson,
            course=course,
            back_url=self.course_page(course.pk),
            editor_url=self.member.url(editor, pk=self.lesson.pk) if editor and self.lesson.pk else "",
            pictures=list(course.pictures.all()),
            picture_form=PictureForm(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lesson = self.lesson
        back = self.course_page(lesson.version.course_id)
        if lesson.pk and "move" in request.POST:
            self.take_step(lambda: services.move_lesson(lesson, up=request.POST["move"] == "up"))
            return redirect(back)
        if lesson.pk and "place" in request.POST:
            self.take_step(self.place)
            return redirect(back)
        if lesson.pk and "remove" in request.POST:
            self.take_step(lambda: services.remove_lesson(lesson), _("The lesson is gone."))
            return redirect(back)
        return super().post(request, *args, **kwargs)

    def place(self) -> None:
        """Where it was dragged to: a module, and before which of its lessons."""
        module = get_object_or_404(Module, pk=number_or_404(self.request.POST["place"]))
        before = self.request.POST.get("before", "")
        services.place_lesson(self.lesson, module, before=number_or_404(before) if before else None)

    def form_valid(self, form: LessonForm) -> HttpResponse:
        try:
            lesson = services.save_written(form.save(commit=False), form.given())
        except CourseError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        if editor := player_of(lesson.kind).editor:
            return redirect(self.member.url(editor, pk=lesson.pk))
        if "stay" in self.request.POST:
            return redirect(self.member.url("training:lesson", pk=lesson.pk))
        return redirect(self.course_page(lesson.version.course_id))


class PictureAddView(WritingMixin, View):
    """A picture for the texts of a course, uploaded beside the text of a lesson."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        lesson = get_object_or_404(Lesson.objects.select_related("version__course"), pk=self.kwargs["pk"])
        form = PictureForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, " ".join(map(str, form.errors["picture"])))
        else:
            self.take_step(lambda: self.keep(lesson, form))
        return redirect(f"{self.member.url('training:lesson', pk=lesson.pk)}#pictures")

    def keep(self, lesson: Lesson, form: PictureForm) -> None:
        (made,) = services.add_pictures(lesson.version.course, [form.cleaned_data["picture"]])
        messages.success(
            self.request, _("Write ![what it shows](%(name)s) where it is to stand.") % {"name": made.name}
        )


@method_decorator(csp_update(PLAYED), name="dispatch")
class LessonPreviewView(TrainingMixin, TemplateView):
    """A lesson as learners see it, in each language."""

    template_name = "training/staff/lesson_preview.html"
    heading = gettext_lazy("As learners see it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Lesson.objects.select_related("module", "version__course").prefetch_related("contents")
        lesson = get_object_or_404(rows, pk=self.kwargs["pk"])
        languages = list(self.member.manufacturer.languages or ["en"])
        asked = self.request.GET.get("lang", "")
        language = asked if asked in languages else languages[0]
        player = player_of(lesson.kind)
        with translation.override(language):
            title = str(lesson)
        return super().get_context_data(
            lesson=lesson,
            course=lesson.version.course,
            player=player,
            shown=shown(lesson, addresses_for(self.member, lesson.version.course_id), language=language),
            language=language,
            lesson_title=title,
            languages=[
                (get_language_info(code)["name_local"], f"?lang={code}", code == language) for code in languages
            ],
            is_preview=True,
            can_write=self.member.can(Right.TRAINING_EDIT),
            **(player.context(None, lesson, None, self.member) if player.context else {}),
            **kwargs,
        )


class LessonFileView(TrainingMixin, View):
    """A file of a lesson, for staff."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        content = get_object_or_404(LessonContent, pk=self.kwargs["pk"])
        return content_response(request, content, self.kwargs["what"])


class CoursePictureView(TrainingMixin, View):
    """A picture of a course, for staff."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        picture = get_object_or_404(CoursePicture, course=self.kwargs["pk"], name=self.kwargs["picture"])
        return picture_response(request, picture)


def draft_or_404(course: Course) -> CourseVersion:
    """The version that is written at present."""
    return get_object_or_404(course.versions.select_related("course"), state=CourseVersion.State.DRAFT)
