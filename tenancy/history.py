"""Who changed what, when, from what to what (T-8).

Triggers keep the row as it was before each change or removal, so that changes by SQL, imports and tasks are kept too.
Who and why come from the context: the request's user and address, or the task's name.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats
from pages.paging import RowCompare


def track(*, exclude: Iterable[str] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep the history of a model, without the fields named in `exclude`."""
    return pghistory.track(
        pghistory.UpdateEvent("change", row=pghistory.Old),
        pghistory.DeleteEvent("removal", row=pghistory.Old),
        exclude=list(exclude),
        obj_field=pghistory.ObjForeignKey(db_constraint=False, db_index=True, related_name="events"),
        append_only=False,
    )


_code_names: dict[str, Callable[[], Mapping[str, Any]]] = {}


def register_code_names(field: str, names: Callable[[], Mapping[str, Any]]) -> None:
    """Say what the codes are called that fields of this name keep, one or several; asked once for each page."""
    _code_names[field] = names


@dataclass(frozen=True)
class FieldChange:
    """One field that changed; texts as a reader would see them."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """One change of an object."""

    at: dt.datetime
    who: str
    source: str
    changes: list[FieldChange]
    key: int
    """Orders changes of the same moment."""


def history_of(obj: models.Model, *, limit: int = 50) -> list[HistoryEntry]:
    """The latest changes of `obj`, newest first; `who` is empty where a task or a script made the change."""
    return [entry for entry in history_before(obj, limit=limit) if entry.changes]


def history_before(
    obj: models.Model, *, before: tuple[dt.datetime, int] | None = None, limit: int
) -> list[HistoryEntry]:
    """Changes of `obj` older than a moment and key, newest first; also those in which a reader would see no change."""
    from tenancy.models import Membership

    event_model: Any = obj._meta.get_field("events").related_model
    changes = event_model.objects.filter(pgh_obj_id=obj.pk)
    after: Any = obj
    if before is not None:
        (moment, key), place = before, [models.F("pgh_created_at"), models.F("pgh_id")]
        newer = changes.filter(RowCompare(place, ">", [models.Value(moment), models.Value(key - 1)]))
        after = newer.order_by("pgh_created_at", "pgh_id").first() or obj
        changes = changes.filter(RowCompare(place, "<", [models.Value(moment), models.Value(key)]))
    events = list(changes.order_by("-pgh_created_at", "-pgh_id")[:limit])
    user_ids = {int(event.pgh_context["user"]) for event in events if (event.pgh_context or {}).get("user")}
    names = dict(Membership.objects.filter(user_id__in=user_ids).values_list("user_id", "name"))
    fields = [
        field
        for field in event_model._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name not in {"id", "manufacturer", "updated_at"}
    ]
    shown = _Shown([after, *events], fields)
    entries = []
    for event in events:
        fields_changed = [
            FieldChange(capfirst(str(field.verbose_name)), shown.text(event, field), shown.text(after, field))
            for field in fields
            if getattr(event, field.attname) != getattr(after, field.attname)
        ]
        context = event.pgh_context or {}
        who = names.get(int(context["user"]), "") if context.get("user") else ""
        entries.append(HistoryEntry(event.pgh_created_at, who, context.get("task", ""), fields_changed, event.pgh_id))
        after = event
    return entries


class _Shown:
    """Values as a reader sees them; rows that are pointed to by their names, read once for each key that changed."""

    def __init__(self, rows: Sequence[Any], fields: Iterable[Any]) -> None:
        from tenancy.models import OwnedModel  # users, the other rows that are pointed to, cannot be read in a scope

        self.names: dict[str, dict[Any, str]] = {}
        self.codes: dict[str, Mapping[str, Any]] = {}
        for field in fields:
            if field.name in _code_names and not field.choices:
                values = [getattr(row, field.attname) for row in rows]
                if any(value != values[0] for value in values):
                    self.codes[field.name] = _code_names[field.name]()
            if not (field.is_relation and issubclass(field.related_model, OwnedModel)):
                continue
            keys = {getattr(row, field.attname) for row in rows}
            if len(keys) > 1:
                found = field.related_model._default_manager.in_bulk(keys - {None})
                self.names[field.name] = {key: str(row) for key, row in found.items()}

    def text(self, row: Any, field: Any) -> str:
        value = getattr(row, field.attname)
        if value is None or value in ("", [], {}):
            return ""
        if field.choices:
            return str(getattr(row, f"get_{field.name}_display")())
        if field.is_relation:
            return self.names.get(field.name, {}).get(value, str(value))
        if names := self.codes.get(field.name):
            codes = value if isinstance(value, list) else [value]
            return ", ".join(str(names.get(code, code)) for code in codes)
        return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, dt.datetime):
        return formats.date_time(value, get_language(), timezone.get_current_timezone())
    if isinstance(value, dt.date):
        return formats.date(value, get_language())
    if isinstance(value, Decimal):
        return formats.number(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(each)}" for key, each in value.items())
    return ", ".join(_text(each) for each in value) if isinstance(value, list) else str(value)
