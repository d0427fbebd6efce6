from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jobs.columns import Column
from jobs.imports import import_kinds
from tenancy.models import Membership

DATE_FORMATS = (
    ("", _("as the cells show")),
    ("ymd", _("year, month, day")),
    ("dmy", _("day, month, year")),
    ("mdy", _("month, day, year")),
)
DECIMAL_MARKS = (("", _("as the cells show")), (".", _("a point: 1,234.56")), (",", _("a comma: 1.234,56")))
ENCODINGS = (
    ("", _("found out")),
    ("utf-8", "UTF-8"),
    ("cp949", "CP949 (한국어)"),
    ("cp932", "Shift_JIS (日本語)"),
)


class UploadForm(forms.Form):
    """Which file, and what is in it."""

    kind = forms.ChoiceField(label=_("What is in the file?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, also packed (.gz), or Excel (.xlsx), up to 1 GB. The first row names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx"}),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            kind
            for kind in import_kinds()
            if member.can(kind.right) and (kind.function is None or member.has_function(kind.function))
        ]
        field = self.fields["kind"]
        field.choices = [(kind.key, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class MatchForm(forms.Form):
    """Which of the file's columns is which of ours, what stands for all rows, and how cells are to be read."""

    date_format = forms.ChoiceField(label=_("Dates are written as"), choices=DATE_FORMATS, required=False)
    decimal_mark = forms.ChoiceField(label=_("The decimal mark is"), choices=DECIMAL_MARKS, required=False)
    encoding = forms.ChoiceField(label=_("Encoding of the text"), choices=ENCODINGS, required=False)

    def __init__(
        self, *args: Any, columns: Sequence[Column], headers: Sequence[str], mapping: dict[str, Any], **kwargs: Any
    ) -> None:
        options = {name: mapping.get(name, "") for name in ("date_format", "decimal_mark", "encoding")}
        kwargs["initial"] = options | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.columns = list(columns)
        choices = [("", _("not in the file")), *((header, header) for header in headers)]
        for column in self.columns:
            self.fields[f"column-{column.name}"] = forms.ChoiceField(
                label=column.label or column.name,
                choices=choices,
                required=False,
                initial=mapping.get("columns", {}).get(column.name, ""),
            )
            self.fields[f"constant-{column.name}"] = forms.CharField(
                label=_("Same for all rows"),
                required=False,
                max_length=200,
                initial=mapping.get("constants", {}).get(column.name, ""),
            )
        for name in ("date_format", "decimal_mark", "encoding"):
            kept = mapping.get(name)
            field = self.fields[name]
            if kept and kept not in dict(field.choices):  # type: ignore[attr-defined]
                field.choices = [*field.choices, (kept, kept)]  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[tuple[Column, Any, Any]]:
        """Each of our columns with its two fields, for the table of the page."""
        return [(column, self[f"column-{column.name}"], self[f"constant-{column.name}"]) for column in self.columns]

    @property
    def options(self) -> list[Any]:
        return [self["date_format"], self["decimal_mark"], self["encoding"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for column in self.columns:
            header, constant = cleaned.get(f"column-{column.name}"), cleaned.get(f"constant-{column.name}")
            if header and constant:
                self.add_error(f"constant-{column.name}", _("Choose a column or write a value for all rows, not both."))
            if header and header in taken:
                self.add_error(
                    f"column-{column.name}",
                    _("“%(header)s” is matched with “%(other)s” already.") % {"header": header, "other": taken[header]},
                )
            elif header:
                taken[header] = str(column.label or column.name)
            if column.must_map and not header and not constant:
                self.add_error(f"column-{column.name}", _("This is needed: choose the column that holds it."))
        return cleaned

    @property
    def mapping(self) -> dict[str, Any]:
        """What was chosen, as `jobs.imports.Mapping` reads it."""
        cleaned = self.cleaned_data
        names = [column.name for column in self.columns]
        return {
            "columns": {name: cleaned[f"column-{name}"] for name in names if cleaned.get(f"column-{name}")},
            "constants": {name: cleaned[f"constant-{name}"] for name in names if cleaned.get(f"constant-{name}")},
            **{name: cleaned[name] for name in ("date_format", "decimal_mark", "encoding") if cleaned.get(name)},
        }


class RunForm(forms.Form):
    """How a checked file is brought in."""

    only_good = forms.BooleanField(required=False)
    create_missing = forms.BooleanField(required=False)
