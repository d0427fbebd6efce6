"""Pages by key: the next page starts after the last row shown, so page 2,000 costs what page 1 costs.

No COUNT over all rows and no OFFSET. A list is sorted by one expression and, among equals, by a key that makes the order
total; both in the same direction, so that the comparison is one of rows, `(revenue, id) < (x, y)`, which an index on
`(manufacturer, revenue, id)` answers in either direction. Rows without a value always come last, as a part of their own:
a row comparison with NULL is neither true nor false, and `NULLS LAST` would need an index for each direction.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP

Row = TypeVar("Row", bound=Model)

COUNT_UP_TO = 1000
"""A list says how many rows it has as long as they are no more; beyond, it says that there are more."""


@dataclass(frozen=True)
class Sort:
    """What a list can be sorted by: a field or annotation, and the key that orders equals.

    `key` must stand in the same table as `field`, or no index serves both: `Sort("summary__score_order",
    key="summary__partner")`. Fields of integers, texts, dates and floating point can be sought in an index below a
    row-level policy; numeric ones cannot. `nullable` is found out where nothing is said.
    """

    field: str
    key: str = "pk"
    descending: bool = False
    nullable: bool | None = None

    def reversed(self) -> "Sort":
        return replace(self, descending=not self.descending)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    next_key: str
    """What `after` must be for the next page; empty on the last."""
    previous_key: str
    """What `before` must be for the page before; empty on the first."""

    @property
    def is_all(self) -> bool:
        """Whether the whole list is on this page."""
        return not self.next_key and not self.previous_key


def page_of(
    queryset: QuerySet[Row], sort: Sort, *, size: int, after: str = "", before: str = "", last: bool = False
) -> Page[Row]:
    """The first page, the one after or before a key, or the last. A key that makes no sense gives the first."""
    nullable = _is_nullable(queryset, sort) if sort.nullable is None else sort.nullable
    start = _read(after or before, queryset, sort)
    if start is None:
        after = before = ""
    backward = bool(before or last) and not after
    rows = _read_rows(queryset, sort, nullable=nullable, start=start, backward=backward, limit=size + 1)
    more = len(rows) > size
    rows = rows[:size]
    if before and not more:
        return page_of(queryset, sort, size=size)  # the start is reached: the first page, and a full one
    if backward:
        rows.reverse()
    if not rows:
        return page_of(queryset, sort, size=size) if after else Page([], "", "")
    has_next = bool(before) if backward else more
    has_previous = more if backward else bool(after)
    return Page(
        rows=rows,
        next_key=_write(rows[-1], sort) if has_next else "",
        previous_key=_write(rows[0], sort) if has_previous else "",
    )


def keys_of_parts(parts: Sequence[QuerySet[Any]]) -> list[list[Any]]:
    """The keys of several short lists, each already sorted and cut, in one query: the parts of a board."""
    found: list[list[Any]] = [[] for _part in parts]
    statements: list[str] = []
    params: list[Any] = []
    for number, part in enumerate(parts):
        try:
            sql, values = part.values("pk").query.sql_with_params()
        except EmptyResultSet:  # nothing can be in it
            continue
        statements.append(f"SELECT {number}, keys.*, row_number() OVER () FROM ({sql}) keys")  # noqa: S608 - Django's own SQL
        params += values
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements) + " ORDER BY 1, 3", params)
            for number, key, _place in cursor.fetchall():
                found[number].append(key)
    return found


def first_pages(
    queryset: QuerySet[Row], parts: Sequence[tuple[QuerySet[Row], Sort, str]], *, size: int
) -> list[Page[Row]]:
    """`page_of` of several parts of a queryset, each with its sort and what it comes after: two queries for all of them,
    where nothing they sort by is missing."""
    cut = []
    for rows, sort, after in parts:
        start = _read(after, rows, sort)
        cut.append((sort, start is not None, _cut(rows, sort, start=start, backward=False, limit=size + 1)))
    keys = keys_of_parts([rows for _sort, _is_later, rows in cut])
    known = queryset.in_bulk([key for part in keys for key in part])
    pages = []
    for (rows, _sort, _after), (sort, is_later, _cut_rows), part in zip(parts, cut, keys, strict=True):
        found = [known[key] for key in part if key in known]
        if is_later and not found:
            pages.append(page_of(rows, sort, size=size))
            continue
        shown = found[:size]
        next_key = _write(shown[-1], sort) if len(found) > size else ""
        pages.append(Page(shown, next_key, _write(shown[0], sort) if is_later else ""))
    return pages


def count_up_to(queryset: QuerySet[Any], limit: int = COUNT_UP_TO) -> int:
    """How many rows there are, looking at no more than `limit` + 1 of them."""
    return queryset.order_by().values("pk")[: limit + 1].count()


def ordered(queryset: QuerySet[Row], sort: Sort) -> QuerySet[Row]:
    """All rows in the list's order, for an export: what has no value comes last here too."""
    value, key = F(sort.field), F(sort.key)
    if sort.descending:
        return queryset.order_by(value.desc(nulls_last=True), key.desc())
    return queryset.order_by(value.asc(nulls_last=True), key.asc())


class RowCompare(Func):
    """`(a, b) < (x, y)`: true or false as a whole, and a condition that an index on (a, b) can use."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, left: Sequence[Any], operator: str, right: Sequence[Any]) -> None:
        if operator not in {"<", ">"}:
            raise ValueError(operator)
        super().__init__(*left, *right)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.operator} ({', '.join(parts[half:])})", params


@dataclass(frozen=True)
class _Start:
    value: Any
    key: Any


def _read_rows(
    queryset: QuerySet[Row], sort: Sort, *, nullable: bool, start: _Start | None, backward: bool, limit: int
) -> list[Row]:
    """Up to `limit` rows from `start` on, in the direction of reading."""
    if not nullable:
        return _part(queryset, sort, start=start, backward=backward, limit=limit)
    known = queryset.filter(**{f"{sort.field}{LOOKUP_SEP}isnull": False})
    unknown = queryset.filter(**{f"{sort.field}{LOOKUP_SEP}isnull": True})
    parts = [(known, True), (unknown, False)]
    if backward:
        parts.reverse()
    if start is not None and (start.value is not None) is not parts[0][1]:
        del parts[0]  # it begins in the second part
    rows: list[Row] = []
    for part, is_known in parts:
        here = start if start is not None and (start.value is not None) is is_known else None
        rows += _part(part, sort, start=here, backward=backward, limit=limit - len(rows), is_known=is_known)
        if len(rows) >= limit:
            break
    return rows


def _part(
    queryset: QuerySet[Row], sort: Sort, *, start: _Start | None, backward: bool, limit: int, is_known: bool = True
) -> list[Row]:
    return list(_cut(queryset, sort, start=start, backward=backward, limit=limit, is_known=is_known))


def _cut(
    queryset: QuerySet[Row], sort: Sort, *, start: _Start | None, backward: bool, limit: int, is_known: bool = True
) -> QuerySet[Row]:
    descending = sort.descending is not backward
    value, key = F(sort.field), F(sort.key)
    if start is not None:
        operator = "<" if descending else ">"
        if is_known:
            queryset = queryset.filter(RowCompare([value, key], operator, [Value(start.value), Value(start.key)]))
        else:
            queryset = queryset.filter(**{f"{sort.key}__{'lt' if descending else 'gt'}": start.key})
    order = [value.desc(), key.desc()] if descending else [value.asc(), key.asc()]
    return queryset.order_by(*order)[:limit]


def _is_nullable(queryset: QuerySet[Any], sort: Sort) -> bool:
    """Whether the sort value can be missing: its own field may be empty, or the row it stands in may not exist."""
    model = queryset.model
    for name in sort.field.split(LOOKUP_SEP):
        try:
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # an annotation
        if field.null or not field.concrete or field.generated:
            return True  # of a generated field Django does not know
        if field.is_relation:
            model = field.related_model
    return False


# --- Keys as they stand in addresses ----------------------------------------------------------------------------------


def _write(row: Model, sort: Sort) -> str:
    values = [_text(_value_of(row, sort.field)), _text(_value_of(row, sort.key))]
    return _signer(type(row), sort).sign(base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("="))


def _signer(model: type[Model], sort: Sort) -> Signer:
    """A key is good for the list and the sort it was written for, and nobody can make one up."""
    return Signer(salt=f"pages.paging:{model._meta.label}:{sort.field}:{sort.key}:{sort.descending}")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Model):
        value = value.pk
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _value_of(row: Any, path: str) -> Any:
    for name in path.split(LOOKUP_SEP):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def _read(text: str, queryset: QuerySet[Any], sort: Sort) -> _Start | None:
    """A key out of an address; nothing when it is none, as after a change by hand or of the sort."""
    if not text:
        return None
    try:
        text = _signer(queryset.model, sort).unsign(text)
    except BadSignature:
        return None
    value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return _Start(
        value=None if value is None else _field_of(queryset, sort.field).to_python(value),
        key=_field_of(queryset, sort.key).to_python(key),
    )


def _field_of(queryset: QuerySet[Any], path: str) -> Any:
    """The field whose type the values of `path` have."""
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field
    model, field = queryset.model, None
    for name in path.split(LOOKUP_SEP):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if field.is_relation:
            model = field.related_model
    return field.target_field if field is not None and field.is_relation else field
