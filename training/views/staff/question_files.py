"""Questions from files: looked at first, then kept all at once; and questions as a file."""

import io
import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView

from jobs.reading.encodings import detect_encoding
from pages import formats
from pages.sheets import CONTENT_TYPES, write_csv
from training import question_files
from training.forms.question_banks import FAULTS, QuestionFileForm, QuestionsForm
from training.grading import plain
from training.models import Question, QuestionBank, QuestionKind
from training.services import question_banks as services
from training.views.staff.question_banks import BankMixin

REASONS: dict[str, Any] = FAULTS | {
    "braces": gettext_lazy("The answers do not stand in braces { } as GIFT has them."),
    "essay": gettext_lazy("An essay cannot be marked here: ask for a few words instead."),
    "weights": gettext_lazy("Answers of different worth are not taken: an answer is right or wrong here."),
    "number": gettext_lazy("The answer is no number, nor a range such as 3.1..3.2."),
    "pairs": gettext_lazy("A pair lacks one of its sides: write left -> right."),
    "right": gettext_lazy("No answer is marked as right, or several with = are."),
    "text": gettext_lazy("There is no question, only answers."),
    "many": gettext_lazy("A file has at most 2,000 questions: divide it."),
    "columns": gettext_lazy("The first line must name the columns kind, question and right."),
    "kind": gettext_lazy("The kind must be single, multiple, true, number, text, order or match."),
    "true": gettext_lazy("Of a kind true, the column right says true or false."),
    "difficulty": gettext_lazy("Difficulty is a whole number from 1 to 5."),
    "points": gettext_lazy("Points are a number from 0.25 to 999."),
    "long": gettext_lazy("Too long: a question has up to 4,000 letters, and up to 20 answers of 500."),
    "broken": gettext_lazy("From here on the file cannot be read as CSV: a quotation mark is missing."),
}


class QuestionImportView(BankMixin, FormView):
    """A file of questions: what it brings and what not, and then kept."""

    form_class = QuestionFileForm
    template_name = "training/staff/question_import.html"

    @cached_property
    def bank(self) -> QuestionBank:
        return get_object_or_404(QuestionBank, pk=self.kwargs["pk"])

    def get_form_class(self) -> Any:
        return QuestionsForm if "text" in self.request.POST else QuestionFileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bank=self.bank, columns=question_files.COLUMNS, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        language = form.cleaned_data["language"]
        if isinstance(form, QuestionsForm):
            found, _unread = question_files.read(form.cleaned_data["text"], is_csv=form.cleaned_data["is_csv"])
            return self.keep(found, language)
        upload = form.cleaned_data["file"]
        is_csv = (upload.name or "").lower().endswith(".csv")
        text = text_of(upload)
        found, unread = question_files.read(text, is_csv=is_csv)
        known = services.there_already(self.bank, language)
        kinds: dict[str, Any] = dict(QuestionKind.choices)
        rows = []
        for each in found:
            mark = (each.kind, plain(each.text))
            rows.append((each.line, kinds[each.kind], each.text, mark in known))
            known.add(mark)
        new = sum(not is_known for *_row, is_known in rows)
        kept = QuestionsForm(initial={"language": language, "text": text, "is_csv": is_csv}, member=self.member)
        kept.fields["language"].widget = kept.fields["text"].hidden_widget()
        return self.render_to_response(
            self.get_context_data(
                form=form,
                kept=kept,
                new=new,
                rows=rows,
                unread=[(each.line, each.beginning, REASONS[each.reason]) for each in unread],
                title=self.title(new),
            )
        )

    def title(self, new: int) -> str:
        if not new:
            return _("This file brings nothing new")
        words = ngettext("%(count)s question can be brought in", "%(count)s questions can be brought in", new)
        return words % {"count": formats.number(new)}

    def keep(self, found: list[question_files.Found], language: str) -> HttpResponse:
        made = 0

        def step() -> None:
            nonlocal made
            made = services.keep_found(self.bank, found, language)

        if self.take_step(step):
            words = ngettext("%(count)s question is in the bank now.", "%(count)s questions are in the bank now.", made)
            messages.success(self.request, words % {"count": formats.number(made)})
        return redirect(self.member.url("training:bank", pk=self.bank.pk))


def text_of(upload: Any) -> str:
    """The text of an upload that has been checked to be one, in whichever encoding."""
    content = upload.read()
    try:
        content.decode()
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    return content.decode(detect_encoding(lambda: io.BytesIO(content), is_utf8=is_utf8), errors="replace")


class QuestionExportView(BankMixin, View):
    """The questions of a bank as a CSV file that can be brought in again."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        bank = get_object_or_404(QuestionBank, pk=self.kwargs["pk"])
        languages = self.member.manufacturer.languages or ["en"]
        asked = request.GET.get("lang", "")
        questions = Question.objects.filter(bank=bank, is_retired=False).order_by("pk")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        rows = question_files.as_rows(list(questions), asked if asked in languages else languages[0])
        write_csv(file, question_files.COLUMNS, rows)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{bank}.csv", content_type=CONTENT_TYPES["csv"])
