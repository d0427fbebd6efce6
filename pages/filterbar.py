"""The filters above a list, written without widgets' templates, and the chips that say which are set.

Works on any django-filter FilterSet: a filter named `q` is the search box; several choices become boxes in a small panel,
one choice a select, a range two fields, anything else one field.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats, icons
from pages.markup import escaped

SEARCH = "q"


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the address of the list without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Bar:
    """The filters above what is no list, such as a board: what `components/list_filters.html` and its chips show."""

    path: str
    search: BoundField | None
    controls: SafeString
    chips: list[Chip]
    errors: list[str]
    clear_url: str = "?"
    also: str = "#page-title"
    """What else of the page a change fetches anew: its sentence counts what is shown."""

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return bool(self.chips or (self.search and self.search.value()))


def bar(form: forms.Form, path: str, query: QueryDict) -> Bar:
    """The filters of a checked form. `query`: the address as it is, without what says which page."""
    return Bar(path, search_box(form), controls(form), chips(form, query), errors_of(form))


def errors_of(form: forms.BaseForm) -> list[str]:
    """What is wrong with what was typed: a sentence for each field, behind its name, and one for the whole form."""
    return [
        f"{form[name].label}: {' '.join(map(str, texts))}" if name in form.fields else " ".join(map(str, texts))
        for name, texts in form.errors.items()
    ]


def search_box(form: forms.Form) -> BoundField | None:
    """The form's search field, which stands first."""
    return form[SEARCH] if SEARCH in form.fields else None


def controls(form: forms.Form) -> SafeString:
    """All filters but the search box, as HTML."""
    return _safe("".join([_control(field) for field in form if field.name != SEARCH]))


def column_boxes(columns: Iterable[tuple[str, str, bool, bool]]) -> SafeString:
    """A box for each column (name, label, whether it is shown, whether it always is), as HTML."""
    return _safe(
        "".join(
            [
                f'<label class="filter-choice"><input class="form-check-input" type="checkbox" name="columns"'
                f' value="{escaped(name)}"{" checked" if is_shown else ""}{" disabled" if is_fixed else ""}>'
                f" {escaped(label)}</label>"
                for name, label, is_shown, is_fixed in columns
            ]
        )
    )


def chips(form: forms.Form, query: QueryDict) -> list[Chip]:
    """Which filters are set, in words; what is searched for stands in its box."""
    found = []
    for name, value in form.cleaned_data.items():
        if name == SEARCH or value in (None, "", [], ()) or (hasattr(value, "__len__") and not len(value)):
            continue
        field = form[name]
        text = _in_words(field, value)
        if text:
            found.append(Chip(str(field.label), text, without(query, names_of(field))))
    return found


def without(query: QueryDict, names: Iterable[str]) -> str:
    """The address of the same list without these parameters, from its first page."""
    rest = query.copy()
    for name in (*names, "after", "before", "last", "from"):
        rest.pop(name, None)
    return "?" + rest.urlencode()


def names_of(field: BoundField) -> list[str]:
    """The parameters that a filter reads: a range has two."""
    suffixes = getattr(field.field.widget, "suffixes", None)
    return [f"{field.html_name}_{suffix}" for suffix in suffixes] if suffixes else [field.html_name]


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308 - each part is escaped where it is made


def _control(field: BoundField) -> str:
    kind = field.field
    if isinstance(kind, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return _boxes(field)
    if isinstance(kind, forms.ChoiceField | forms.NullBooleanField):
        return _select(field)
    if isinstance(kind, forms.MultiValueField):
        return _range(field)
    return _input(field)


def _boxes(field: BoundField) -> str:
    chosen, name = {str(value) for value in field.value() or ()}, escaped(field.html_name)
    choices = [
        f'<label class="filter-choice"><input class="form-check-input" type="checkbox" name="{name}"'
        f' value="{escaped(value)}"{" checked" if value in chosen else ""}> {escaped(label)}</label>'
        for value, label in _choices(field)
    ]
    return _panel(field, "".join(choices))


def _select(field: BoundField) -> str:
    chosen, label = field.value(), escaped(str(field.label))
    chosen = "" if chosen is None else str(chosen)
    options = [
        f'<option value="{escaped(value)}"{" selected" if value == chosen else ""}>{escaped(text)}</option>'
        for value, text in _choices(field)
    ]
    return (
        f'<select class="form-select" name="{escaped(field.html_name)}" aria-label="{label}">'
        f'<option value="">{label}</option>{"".join(options)}</select>'
    )


def _range(field: BoundField) -> str:
    part = cast(forms.MultiValueField, field.field).fields[0]
    kind = "date" if isinstance(part, forms.DateField | forms.DateTimeField) else "number"
    values = field.form.data
    ends = [
        f'<label>{escaped(word)} <input class="form-control" type="{kind}" name="{escaped(name)}"'
        f' value="{escaped(values.get(name, ""))}"></label>'
        for word, name in zip((_("From"), _("To")), names_of(field), strict=True)
    ]
    return _panel(field, f'<div class="filter-range">{"".join(ends)}</div>')


def _input(field: BoundField) -> str:
    kind = "date" if isinstance(field.field, forms.DateField) else "text"
    value = field.value()
    return _panel(
        field,
        f'<div class="filter-range"><input class="form-control" type="{kind}" name="{escaped(field.html_name)}"'
        f' value="{"" if value is None else escaped(value)}" aria-label="{escaped(str(field.label))}"></div>',
    )


def _panel(field: BoundField, content: str) -> str:
    label = escaped(str(field.label))
    return (
        f'<details class="menu menu-start filter"><summary>{label} {ARROW}</summary>'
        f'<fieldset class="menu-panel"><legend class="visually-hidden">{label}</legend>{content}</fieldset></details>'
    )


ARROW = (
    '<svg class="icon" width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    f' stroke-width="1.75" aria-hidden="true">{icons.PATHS["down"]}</svg>'
)


def _choices(field: BoundField) -> Iterator[tuple[str, str]]:
    """All choices but the empty one; groups are flattened."""
    if isinstance(field.field, forms.NullBooleanField):
        yield from (("true", _("Yes")), ("false", _("No")))
        return
    for value, label in cast(Any, field.field).choices:
        if isinstance(label, list | tuple):
            yield from ((str(inner), str(text)) for inner, text in label)
        elif str(value) not in ("", "null"):
            yield str(value), str(label)


def _in_words(field: BoundField, value: Any) -> str:
    kind = field.field
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(kind, forms.ModelChoiceField):
        return ", ".join(str(item) for item in value) if hasattr(value, "__iter__") else str(value)
    if isinstance(kind, forms.ChoiceField):
        labels = dict(_choices(field))
        values = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(item), str(item)) for item in values)
    if isinstance(value, slice):
        ends = [_end(value.start), _end(value.stop)]
        return f"{ends[0]} – {ends[1]}".strip() if any(ends) else ""
    return _end(value)


def _end(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return formats.date_short(value, get_language())
    return formats.number(value) if isinstance(value, int | float | Decimal) else str(value)
