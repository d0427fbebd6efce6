"""Question banks, questions with their answers in each language, files of questions, and the rules of a quiz."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.files import PICTURES, UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training import grading
from training.forms.courses import TagsField
from training.grading import Fault, read_range
from training.models import Question, QuestionBank, QuestionKind, Quiz, QuizPart
from training.question_files import LONGEST_OPTION, LONGEST_QUESTION, MOST_OPTIONS, range_text

MOST_PICTURE = 5 * 1024 * 1024
MOST_FILE = 1024 * 1024
MOST_ACCEPTED = 50
BLANK_ROWS, FIRST_ROWS = 2, 4
WITH_OPTIONS = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.ORDER)
FAULTS: dict[str, Any] = {
    Fault.NO_TEXT: _("Write the question."),
    Fault.TOO_FEW_OPTIONS: _("At least two answers are needed: fill another row."),
    Fault.EMPTY_OPTION: _("A row is marked but empty: write an answer, or take the mark out."),
    Fault.NO_SOLUTION: _("Say what is right: without it nobody could pass."),
    Fault.SEVERAL_RIGHT: _("Only one answer can be right here: leave one marked, or make it a question with several."),
    Fault.ALL_RIGHT: _("All answers are right: add a wrong one, or there is nothing to choose."),
    Fault.BAD_RANGE: _("A range goes from the smaller number to the larger."),
    Fault.UNPAIRED: _("Each left side needs its right side in the same row."),
    Fault.NO_PICTURE: _("Upload the picture to point in."),
    Fault.BAD_AREA: _(
        "An area lies within the picture: left and width, top and height are at most 100 per cent together."
    ),
}
ROWS_HELP: dict[str, Any] = {
    QuestionKind.SINGLE: _("Mark the one that is right. What is left empty is left out."),
    QuestionKind.MULTIPLE: _("Mark all that are right. What is left empty is left out."),
    QuestionKind.ORDER: _("The numbers say the right order; learners see it shuffled. What is left empty is left out."),
    QuestionKind.MATCH: _("What belongs together stands in one row. A right side alone is one that fits nothing."),
    QuestionKind.HOTSPOT: _("Rectangles that are right, in per cent of the picture from its upper left corner."),
}


class BankForm(OwnedModelForm):
    """What a question bank is called, and who looks after it."""

    class Meta:
        model = QuestionBank
        fields = ["name", "owner", "is_retired"]
        help_texts = {"is_retired": _("It is no longer offered to quizzes; those that draw from it go on.")}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = members_with(Right.TRAINING_EDIT).order_by("name", "pk")
        owner.label_from_instance = lambda person: person.name
        owner.empty_label = _("Nobody yet")


class RowForm(forms.Form):
    """A row of a question: what it holds hangs on the kind."""

    key = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.languages = kind, languages
        if kind == QuestionKind.ORDER:
            self.fields["place"] = forms.IntegerField(
                label=pgettext_lazy("in an order", "Place"), required=False, min_value=1, max_value=99
            )
        elif kind == QuestionKind.HOTSPOT:
            for name, label in AREA.items():
                self.fields[name] = forms.DecimalField(
                    label=label, required=False, min_value=0, max_value=100, decimal_places=1
                )
        elif kind != QuestionKind.MATCH:
            self.fields["is_right"] = forms.BooleanField(label=_("Right"), required=False)
        if kind != QuestionKind.HOTSPOT:
            for side, label in (
                SIDES.items() if kind == QuestionKind.MATCH else [("text", pgettext_lazy("to choose from", "Answer"))]
            ):
                for code in languages:
                    name = get_language_info(code)["name_local"]
                    self.fields[f"{side}_{code}"] = forms.CharField(
                        label=f"{label}, {name}" if len(languages) > 1 else label,
                        required=False,
                        max_length=LONGEST_OPTION,
                        widget=forms.TextInput(attrs={"lang": code}),
                    )
        if kind == QuestionKind.MATCH:
            self.fields["other_key"] = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def said(self, name: str = "text") -> dict[str, str]:
        """A text of the row by language."""
        found = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in self.languages}
        return {code: text for code, text in found.items() if text}


AREA: dict[str, Any] = {
    "left": _("From the left"),
    "top": _("From the top"),
    "width": pgettext_lazy("of an area", "Width"),
    "height": pgettext_lazy("of an area", "Height"),
}
SIDES: dict[str, Any] = {"left": _("Left side"), "right": _("Right side")}


class LinesField(forms.CharField):
    """A line for each value."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=10_000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = list(dict.fromkeys(filter(None, (line.strip() for line in super().clean(value).splitlines()))))
        if len(lines) > MOST_ACCEPTED or any(len(line) > LONGEST_OPTION for line in lines):
            raise forms.ValidationError(_("At most 50 lines of 500 letters each."))
        return lines


class RangesField(LinesField):
    """A number, or a range of numbers, on each line."""

    def clean(self, value: Any) -> Any:
        ranges = []
        for line in super().clean(value):
            try:
                ranges.append(read_range(line))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(line)s” is neither a number nor a range such as 3.1..3.2."), params={"line": line[:40]}
                ) from None
        return ranges


class QuestionForm(OwnedModelForm):
    """A question of one kind, with all its languages side by side and the rows of its answers."""

    tags = TagsField(label=_("Tags"), required=False, help_text=_("Divided by commas: installation, safety."))
    difficulty = forms.TypedChoiceField(
        label=pgettext_lazy("of a question, as its writer says", "Difficulty"),
        coerce=int,
        choices=[(1, _("1, easy")), (2, "2"), (3, "3"), (4, "4"), (5, _("5, hard"))],
    )

    class Meta:
        model = Question
        fields = ["tags", "difficulty", "points", "gives_part"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        question, kind = self.instance, self.instance.kind
        self.keys_before = {each["key"] for each in question.options}
        self.languages = list(member.manufacturer.languages or ["en"])
        for code in self.languages:
            attrs = {"lang": code}
            self.fields[f"text_{code}"] = forms.CharField(
                label=pgettext_lazy("of a quiz", "Question"),
                required=False,
                max_length=LONGEST_QUESTION,
                initial=question.texts.get(code, ""),
                widget=forms.Textarea(attrs=attrs | {"rows": 3}),
            )
            self.fields[f"feedback_{code}"] = forms.CharField(
                label=_("Explanation, shown afterwards"),
                required=False,
                max_length=LONGEST_QUESTION,
                initial=question.feedback.get(code, ""),
                widget=forms.Textarea(attrs=attrs | {"rows": 2}),
            )
        self.fields[f"text_{self.languages[0]}"].is_needed = True  # type: ignore[attr-defined]
        self.fields |= self._answer_fields(kind, question.solution)
        self.fields["picture_file"] = UploadField(
            label=_("New picture") if question.picture else _("Picture"),
            required=False,
            kinds=PICTURES,
            max_bytes=MOST_PICTURE,
        )
        if question.picture and kind != QuestionKind.HOTSPOT:
            self.fields["no_picture"] = forms.BooleanField(label=_("Take the picture out"), required=False)
        if kind not in (QuestionKind.MULTIPLE, QuestionKind.ORDER, QuestionKind.MATCH):
            del self.fields["gives_part"]
        self.rows: Any = self._rows() if kind in ROWS_HELP else None
        self.rows_errors: list[Any] = []

    @staticmethod
    def _answer_fields(kind: str, solution: Mapping[str, Any]) -> dict[str, forms.Field]:
        if kind == QuestionKind.TRUE_FALSE:
            choices = [("true", _("True")), ("false", _("False"))]
            initial = str(solution["is_true"]).lower() if "is_true" in solution else None
            field = forms.ChoiceField(
                label=_("It is"), choices=choices, initial=initial, required=False, widget=forms.RadioSelect
            )
            return {"is_true": field}
        if kind == QuestionKind.NUMBER:
            lines = [range_text(low, high) for low, high in solution.get("ranges", [])]
            words = _("A line each: 5, or 3.1..3.2, or 5:0.1 for 0.1 around 5.")
            return {"ranges": RangesField(label=_("Right numbers"), help_text=words, initial=lines)}
        if kind == QuestionKind.TEXT:
            words = _("A line each, in any language. Case and spaces do not matter; * stands for anything.")
            return {
                "accepted": LinesField(
                    label=_("Right answers"), help_text=words, initial=list(solution.get("accepted", []))
                )
            }
        return {}

    def _rows(self) -> Any:
        initial = row_values(self.instance, self.languages)
        extra = BLANK_ROWS if initial else FIRST_ROWS
        factory = forms.formset_factory(RowForm, extra=extra, max_num=MOST_OPTIONS, absolute_max=MOST_OPTIONS)
        return factory(
            self.data if self.is_bound else None,
            initial=initial,
            prefix="rows",
            form_kwargs={"kind": self.instance.kind, "languages": self.languages},
        )

    @property
    def sides(self) -> list[tuple[str, str, list[Any]]]:
        """The texts of each language, with its code and its own name."""
        return [
            (code, get_language_info(code)["name_local"], [self[f"text_{code}"], self[f"feedback_{code}"]])
            for code in self.languages
        ]

    @property
    def facts(self) -> list[Any]:
        names = ("tags", "difficulty", "points", "gives_part", "picture_file", "no_picture")
        return [self[name] for name in names if name in self.fields]

    @property
    def answers(self) -> list[Any]:
        return [self[name] for name in ("is_true", "ranges", "accepted") if name in self.fields]

    @property
    def rows_help(self) -> Any:
        return ROWS_HELP.get(self.instance.kind, "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.rows is not None and not self.rows.is_valid():
            self.rows_errors = self.rows.non_form_errors()
            raise forms.ValidationError(_("Look at the answers: one of the rows cannot be read."))
        question = self.instance
        question.texts = {code: cleaned.get(f"text_{code}") or "" for code in self.languages}
        question.texts = {code: text for code, text in question.texts.items() if text}
        question.feedback = {code: text for code in self.languages if (text := cleaned.get(f"feedback_{code}"))}
        question.options, question.solution = self._answered(cleaned)
        if not any(name in self.errors for name in ("ranges", "accepted", "is_true", "picture_file")):
            has_picture = bool(cleaned.get("picture_file") or question.picture)
            for fault in grading.faults(
                question.kind, question.texts, question.options, question.solution, has_picture=has_picture
            ):
                self._say(fault)
        return cleaned

    def _say(self, fault: Fault) -> None:
        where = {Fault.NO_TEXT: f"text_{self.languages[0]}", Fault.NO_PICTURE: "picture_file"}.get(fault)
        where = where or next((name for name in ("is_true", "ranges", "accepted") if name in self.fields), None)
        if where is None:
            self.rows_errors = [*self.rows_errors, FAULTS[fault]]
            self.add_error(None, FAULTS[fault])
        else:
            self.add_error(where, FAULTS[fault])

    def _answered(self, cleaned: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Options and solution as `training.grading` reads them."""
        kind = self.instance.kind
        if kind == QuestionKind.TRUE_FALSE:
            return [], {"is_true": cleaned["is_true"] == "true"} if cleaned.get("is_true") else {}
        if kind == QuestionKind.NUMBER:
            return [], {"ranges": cleaned.get("ranges", [])}
        if kind == QuestionKind.TEXT:
            return [], {"accepted": cleaned.get("accepted", [])}
        rows = [row for row in self.rows.forms if row.cleaned_data]
        if kind == QuestionKind.HOTSPOT:
            areas = [[row.cleaned_data.get(name) for name in AREA] for row in rows]
            return [], {
                "areas": [
                    [float(side or 0) / 100 for side in area] for area in areas if any(s is not None for s in area)
                ]
            }
        if kind == QuestionKind.MATCH:
            return self._paired(rows)
        kept = [row for row in rows if row.said() or row.cleaned_data.get("is_right")]
        if kind == QuestionKind.ORDER:
            kept.sort(key=lambda row: row.cleaned_data.get("place") or 100)
        options = [{"key": self._key(row.cleaned_data["key"]), "texts": row.said()} for row in kept]
        right = [
            option["key"]
            for option, row in zip(options, kept, strict=True)
            if kind == QuestionKind.ORDER or row.cleaned_data.get("is_right")
        ]
        return options, {"keys": right}

    def _paired(self, rows: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Pairs from rows; right sides that read alike are one."""
        options: list[dict[str, Any]] = []
        others: dict[tuple[Any, ...], str] = {}
        pairs: dict[str, str] = {}
        for row in rows:
            left, right = row.said("left"), row.said("right")
            mark = tuple(sorted(right.items()))
            if right and mark not in others:
                others[mark] = self._key(row.cleaned_data["other_key"])
                options.append({"key": others[mark], "texts": right, "side": "right"})
            if left:
                key = self._key(row.cleaned_data["key"])
                options.append({"key": key, "texts": left, "side": "left"})
                pairs |= {key: others[mark]} if right else {}
        return options, {"pairs": pairs}

    def _key(self, asked: str) -> str:
        """The key that an option had, or a new one."""
        if asked not in self.keys_before:
            return grading.new_key()
        self.keys_before.remove(asked)
        return asked

    def given_picture(self) -> Any:
        """As `services.question_banks.save_question` takes it."""
        return self.cleaned_data.get("picture_file") or (False if self.cleaned_data.get("no_picture") else None)


def row_values(question: Question, languages: Sequence[str]) -> list[dict[str, Any]]:
    """What the rows of a question hold."""

    def words(option: Mapping[str, Any], name: str = "text") -> dict[str, str]:
        return {f"{name}_{code}": option["texts"].get(code, "") for code in languages}

    options, solution = question.options, question.solution
    if question.kind == QuestionKind.HOTSPOT:
        return [
            {name: round(100 * side, 1) for name, side in zip(AREA, area, strict=True)}
            for area in solution.get("areas", [])
        ]
    by_key = {each["key"]: each for each in options}
    if question.kind == QuestionKind.MATCH:
        pairs = solution.get("pairs", {})
        rows = [
            {"key": one, "other_key": other} | words(by_key[one], "left") | words(by_key[other], "right")
            for one, other in pairs.items()
        ]
        spare = [each for each in options if each["side"] == "right" and each["key"] not in pairs.values()]
        return rows + [{"other_key": each["key"]} | words(each, "right") for each in spare]
    if question.kind == QuestionKind.ORDER:
        return [
            {"key": key, "place": place} | words(by_key[key])
            for place, key in enumerate(solution.get("keys", []), start=1)
        ]
    right = solution.get("keys", [])
    return [{"key": each["key"], "is_right": each["key"] in right} | words(each) for each in options]


class QuestionFileForm(forms.Form):
    """A file of questions, and the language that they are written in."""

    language = forms.ChoiceField(label=_("Language of the questions"), choices=[])
    file = UploadField(
        label=_("File"),
        max_bytes=MOST_FILE,
        kinds=("gift", "txt", "csv"),
        help_text=_("GIFT (.gift or .txt) or CSV, at most 1 MB and 2,000 questions."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [
            (code, get_language_info(code)["name_local"]) for code in member.manufacturer.languages or ["en"]
        ]


class QuestionsForm(QuestionFileForm):
    """The questions of a file once more, to be kept as they were shown."""

    text = forms.CharField(max_length=2 * MOST_FILE, strip=False, widget=forms.HiddenInput)
    is_csv = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["file"]


class QuizForm(OwnedModelForm):
    """The rules of a quiz, and what it draws."""

    class Meta:
        model = Quiz
        fields = ["pass_mark", "minutes", "attempts", "wait_hours", "is_shuffled", "reveals"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits: dict[str, Any] = {"minutes": 600, "attempts": 100, "wait_hours": 720}
        for name, most in limits.items():
            field: Any = self.fields[name]
            field.max_value = most
            field.validators = [*field.validators, MaxValueValidator(most)]
            field.widget.attrs["max"] = most


class PartForm(OwnedModelForm):
    """So many questions from a bank."""

    tag = forms.ChoiceField(label=_("Tag"), required=False, choices=[])

    class Meta:
        model = QuizPart
        fields = ["bank", "tag", "easiest", "hardest", "count"]

    def __init__(self, *args: Any, banks: Any, tags: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["bank"].queryset = banks
        fields["bank"].empty_label = _("None")
        fields["bank"].required = False
        fields["tag"].choices = [("", _("Any")), *[(tag, tag) for tag in tags]]
        for name in ("easiest", "hardest"):
            fields[name] = forms.TypedChoiceField(
                label=fields[name].label,
                coerce=int,
                choices=[(each, str(each)) for each in range(1, 6)],
                initial=fields[name].initial,
            )
        self.fits: int | None = None
        for field in fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
