"""Tables whose bodies cost next to nothing: what a column needs is looked up once, not once per cell.

    class PartnerTable(LeanTable):
        name = TextColumn(verbose_name=_("Partner"), link=True)
        tier = TierColumn(colour="summary.tier_colour", names="summary.tier_names", verbose_name=_("Grade"))
        revenue = MoneyColumn(accessor="summary__revenue", verbose_name=_("Sell-in"))

        def row_url(self, record): ...

Declaration, order and exclusion of columns are django-tables2's; the body is written here, without templates. Every value
is escaped unless it is marked safe. Stock columns work too: their `render` (or the table's `render_<name>`) is called.
"""

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from inspect import signature
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tables2.utils import Sequence as ColumnSequence

from pages import formats
from pages.charts import spark_points
from pages.markup import escaped

Cell = Callable[[Any, Any], str]
"""(value, record) -> the cell's HTML, escaped."""

NOTHING = formats.NOTHING


class LeanColumn(tables.Column):
    """A column that prepares its cells once per page, and knows what it is in a spreadsheet."""

    css = ""
    is_exported = True

    def __init__(self, *args: Any, css: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.css = f"{type(self).css} {css}".strip()

    def __deepcopy__(self, memo: dict[int, Any]) -> "LeanColumn":
        """A table copies its columns for each page, with all that is in them; its own is only what it sets on them."""
        return copy.copy(self)

    def prepare(self, table: "LeanTable") -> Cell:
        """The function that writes this column's cells, with language and formats looked up."""
        raise NotImplementedError

    def export(self, value: Any, record: Any) -> Any:
        """The plain value for a spreadsheet: a number, a date, a text."""
        return value


class TextColumn(LeanColumn):
    """A text. `minor`: in grey; `cut`: shortened with an ellipsis when long."""

    def __init__(self, *args: Any, minor: bool = False, cut: bool = False, **kwargs: Any) -> None:
        css = " ".join([kwargs.pop("css", ""), "minor" if minor else "", "cut" if cut else ""])
        super().__init__(*args, css=" ".join(css.split()), **kwargs)

    def prepare(self, table: "LeanTable") -> Cell:
        texts: dict[Any, str] = {}

        def cell(value: Any, _record: Any) -> str:
            if not isinstance(value, Model):
                return escaped(value)
            key = value.pk  # the same few kinds and people stand in many rows
            text = texts.get(key)
            if text is None:
                text = texts[key] = escaped(value)
            return text

        return cell

    def export(self, value: Any, record: Any) -> Any:
        return "" if value is None else str(value)


class NumberColumn(LeanColumn):
    """A number with `decimals` places, or as many as it has."""

    css = "num"

    def __init__(self, *args: Any, decimals: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decimals = decimals

    def prepare(self, table: "LeanTable") -> Cell:
        decimals = self.decimals
        return lambda value, _record: formats.number(value, decimals)


class MoneyColumn(LeanColumn):
    """An amount with all digits of its currency, which the head names: `currency` is its code, or found in the row by
    `currency_from`; else the manufacturer's own, which the table is given."""

    css = "num"

    def __init__(self, *args: Any, currency: str = "", currency_from: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.currency_from = currency_from

    def prepare(self, table: "LeanTable") -> Cell:
        if self.currency_from:
            find, language = _getter(self.currency_from), get_language()
            return lambda value, record: formats.money(value, find(record), language)
        currency = self.currency or table.currency
        return lambda value, _record: formats.money_digits(value, currency)

    def unit(self, table: "LeanTable") -> str:
        """What the head says beside the name."""
        return "" if self.currency_from else formats.currency_name(self.currency or table.currency, get_language())


class PercentColumn(LeanColumn):
    """Per cent, as 8.4 for 8.4 %. `is_change`: with sign, arrow and verdict."""

    css = "num"

    def __init__(self, *args: Any, is_change: bool = False, lower_is_better: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_change = is_change
        self.lower_is_better = lower_is_better

    def prepare(self, table: "LeanTable") -> Cell:
        if not self.is_change:
            return lambda value, _record: formats.percent(value)
        words = {"up": _("up"), "down": _("down"), "same": _("unchanged")}
        verdicts = {True: " is-better", False: " is-worse", None: ""}

        def cell(value: Any, _record: Any) -> str:
            change = formats.change(value, lower_is_better=self.lower_is_better)
            if change is None:
                return NOTHING
            return (
                f'<span class="change{verdicts[change.is_good]}"><span class="visually-hidden">{words[change.direction]}'
                f' </span><span aria-hidden="true">{change.arrow}</span> {change.text}</span>'
            )

        return cell


class DateColumn(LeanColumn):
    """A day, short, in the reader's order; of a moment, its day in the manufacturer's time zone."""

    css = "num"

    def prepare(self, table: "LeanTable") -> Cell:
        language = get_language()
        return lambda value, _record: formats.date_short(_day(value), language)

    def export(self, value: Any, record: Any) -> Any:
        return _day(value)


class MomentColumn(LeanColumn):
    """Date and time to the minute, in the manufacturer's time zone."""

    css = "num"

    def prepare(self, table: "LeanTable") -> Cell:
        language, zone = get_language(), timezone.get_current_timezone()
        return lambda value, _record: formats.date_time(value, language, zone)

    def export(self, value: Any, record: Any) -> Any:
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0) if value else None


class ChoiceColumn(LeanColumn):
    """The label of a field with choices; with `tones` ({value: 'good', 'bad', 'warn' or 'active'}) as a mark."""

    def __init__(self, *args: Any, choices: Any, tones: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.tones = tones

    def prepare(self, table: "LeanTable") -> Cell:
        # In the reader's language now, and not for each row.
        labels = {value: escaped(str(label)) for value, label in getattr(self.choices, "choices", self.choices)}
        if self.tones is None:
            return lambda value, _record: labels.get(value) or escape(value)
        tones = {value: f" state-{tone}" for value, tone in self.tones.items()}
        return lambda value, _record: (
            f'<span class="state{tones.get(value, "")}">{labels.get(value) or escape(value)}</span>'
        )

    def export(self, value: Any, record: Any) -> Any:
        return str(dict(getattr(self.choices, "choices", self.choices)).get(value, value))


class TierColumn(LeanColumn):
    """A grade: its colour as a dot, always with its name. The value is the colour; `names` finds the name by language."""

    def __init__(self, *args: Any, names: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = _getter(names)

    def prepare(self, table: "LeanTable") -> Cell:
        language = formats.base_language(get_language())
        return lambda value, record: (
            f'<span class="tier tier-{escaped(value)}">{escaped(_in_language(self.names(record), language))}</span>'
        )

    def export(self, value: Any, record: Any) -> Any:
        return _in_language(self.names(record), formats.base_language(get_language()))


class SparkColumn(LeanColumn):
    """A trend as a small line; the value is a sequence of numbers."""

    is_exported = False

    def prepare(self, table: "LeanTable") -> Cell:
        def cell(value: Any, _record: Any) -> str:
            points = spark_points(value)
            if not points:
                return ""
            return f'<svg class="spark" width="80" height="20" aria-hidden="true"><polyline points="{points}"/></svg>'

        return cell


@dataclass(frozen=True)
class Head:
    """A column's head, for the template."""

    name: str
    label: str
    unit: str
    css: str
    sort_url: str = ""
    sorted: str = ""
    """'ascending', 'descending' or nothing, as `aria-sort` wants it."""


class LeanTable(tables.Table):
    """A table of one page of records. `columns_shown` picks and orders columns; `is_selectable` adds a box to each row."""

    always_shown: Sequence[str] = ()
    """Columns that cannot be put away, beside the first."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let `Meta.sequence` order the columns wherever a list asks for them: on the page, in its choice, in its file."""
        super().__init_subclass__(**kwargs)
        order = ColumnSequence(cls._meta.sequence or ("...",))
        order.expand(cls.base_columns)
        cls.base_columns = {name: cls.base_columns[name] for name in order}

    def __init__(
        self,
        data: Iterable[Any],
        *,
        columns_shown: Sequence[str] | None = None,
        currency: str = "",
        is_selectable: bool = False,
        member: Any = None,
        **kwargs: Any,
    ) -> None:
        self.currency = currency
        self.is_selectable = is_selectable
        self.member = member
        if columns_shown is not None:
            kwargs["sequence"] = [*columns_shown, "..."]
            kwargs["exclude"] = [name for name in self.base_columns if name not in columns_shown]
        super().__init__(list(data), **kwargs)

    def row_url(self, record: Any) -> str:
        """Where a click on the row leads; the first column is the link. Nothing: rows are not clickable."""
        return ""

    @property
    def records(self) -> list[Any]:
        return self.data.data

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns shown."""
        return [
            Head(
                name=column.name,
                label=str(column.verbose_name),
                unit=unit(self) if (unit := getattr(column.column, "unit", None)) else "",
                css=getattr(column.column, "css", ""),
            )
            for column in self.columns.iterall()
            if column.visible
        ]

    def body(self) -> SafeString:
        """All rows as HTML."""
        columns = [_Prepared(self, column) for column in self.columns.iterall() if column.visible]
        parts: list[str] = []
        add = parts.append
        pick = escape(_("Select"))
        for record in self.records:
            url = self.row_url(record)
            add('<tr class="is-link">' if url else "<tr>")
            if self.is_selectable:
                add(
                    f'<td class="pick"><input class="form-check-input" type="checkbox" name="selected"'
                    f' value="{escape(record.pk)}" aria-label="{pick}: {escape(record)}"></td>'
                )
            for column in columns:
                html = column.html(record)
                if url:
                    html, url = f'<a class="row-link" href="{escaped(url)}">{html}</a>', ""
                add(f"{column.opening}{html}</td>")
            add("</tr>")
        return mark_safe("".join(parts))  # noqa: S308 - each cell is escaped where it is made

    def export_heads(self) -> list[str]:
        """The first row of an exported sheet: with the unit, as there is nobody to ask."""
        heads = {head.name: head for head in self.heads}
        return [
            f"{heads[column.name].label} ({heads[column.name].unit})"
            if heads[column.name].unit
            else heads[column.name].label
            for column in self._exported()
        ]

    def export_rows(self, records: Iterable[Any]) -> Iterable[list[Any]]:
        """The plain values of each record."""
        getters = [(_getter(str(column.accessor)), _exporter(self, column)) for column in self._exported()]
        for record in records:
            yield [export(find(record), record) for find, export in getters]

    def _exported(self) -> list[Any]:
        return [
            column
            for column in self.columns.iterall()
            if column.visible and getattr(column.column, "is_exported", True)
        ]


class _Prepared:
    """A column with all that its cells need."""

    def __init__(self, table: LeanTable, column: Any) -> None:
        css = getattr(column.column, "css", "")
        self.opening = f'<td class="{escape(css)}">' if css else "<td>"
        self.find = _getter(str(column.accessor))
        self.empty_values = column.column.empty_values
        self.default: str = conditional_escape(column.default if column.default is not None else NOTHING)
        if self.default in ("—", ""):
            self.default = NOTHING
        if isinstance(column.column, LeanColumn) and not hasattr(table, f"render_{column.name}"):
            self.cell = column.column.prepare(table)
        else:
            self.cell = _rendered(table, column)

    def html(self, record: Any) -> str:
        value = self.find(record)
        if value in self.empty_values:
            return self.default
        return self.cell(value, record)


def _rendered(table: LeanTable, column: Any) -> Cell:
    """A stock column's cell: its own `render`, or the table's for it."""
    render = getattr(table, f"render_{column.name}", None) or column.column.render
    names = [name for name in signature(render).parameters if name not in {"kwargs", "self"}]
    fixed = {"column": column.column, "bound_column": column, "table": table, "bound_row": None}

    def cell(value: Any, record: Any) -> str:
        known = {**fixed, "value": value, "record": record}
        return conditional_escape(render(**{name: known[name] for name in names if name in known}))

    return cell


def _exporter(table: LeanTable, column: Any) -> Callable[[Any, Any], Any]:
    own = getattr(table, f"value_{column.name}", None)
    if own is not None:
        return lambda value, record: own(record=record, value=value)
    if isinstance(column.column, LeanColumn):
        return lambda value, record: None if value is None else column.column.export(value, record)
    return lambda value, _record: value if isinstance(value, int | float | Decimal | dt.date | None) else str(value)


def _getter(path: str) -> Callable[[Any], Any]:
    """`summary__revenue` or `summary.revenue` of a record or a dict; nothing where the way there is missing."""
    dotted = path.replace("__", ".")
    find = attrgetter(dotted)

    def get(record: Any) -> Any:
        if isinstance(record, dict):
            return record.get(path)
        try:
            value = find(record)
        except (AttributeError, ObjectDoesNotExist):
            return None
        return value() if callable(value) and not hasattr(value, "all") else value

    return get


def _day(value: Any) -> Any:
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value


def _in_language(names: Any, language: str) -> str:
    """A name out of {language: name}, or the name itself."""
    if not isinstance(names, dict):
        return str(names or "")
    return str(names.get(language) or names.get("en") or next(iter(names.values()), ""))


def link_pattern(url: str, placeholder: int) -> Callable[[Any], str]:
    """Addresses of many rows from one: `link_pattern(member.url("partners:detail", pk=987654321), 987654321)`.

    Asking the resolver for each of fifty rows costs more than writing them.
    """
    before, after = url.split(str(placeholder))
    return lambda pk: f"{before}{pk}{after}"
