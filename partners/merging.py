"""What becomes of the rows that point to a partner when that partner's record is merged into another, and back.

Every table with a key to partners is found by itself. Rows move to the record that stays; where they would meet a row
that may be there only once (a kind that both have), they stay with the merged record, so that nothing is lost. An app
whose rows must not simply move says so in `merge_rules.py`, found as Django finds `admin.py`:

    register_rule("valuation.Score", "partner", stays=_("A score is of the record as it was."))
    register_rule("commerce.SalesLine", "partner", move=move_lines, back=lines_back)

What must not be cut off from its people, such as money that they are to claim, is named by `register_obstacle`: a record with
such a thing is not merged into another.

`move(winner, loser)` gives what moved, in whatever form `back(winner, loser, items)` needs; it must find nothing more to
move when it is called again.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import autodiscover_modules

from partners.models import Partner

Items = list[Any]


@dataclass(frozen=True)
class PartnerKey:
    """A column that points to partners."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    @property
    def key_fields(self) -> list[str]:
        """What tells a row from the others of one partner."""
        pk = self.model._meta.pk
        if isinstance(pk, models.CompositePrimaryKey):
            return [name for name in pk.field_names if name not in ("manufacturer", self.field)]
        return [] if pk.name == self.field else [pk.attname]


@dataclass(frozen=True)
class MergeRule:
    """What happens to the rows of one key instead of moving. `stays`: why they do not."""

    stays: Any = ""
    move: Callable[[int, int], Items] | None = None
    back: Callable[[int, int, Items], None] | None = None


_rules: dict[str, MergeRule] = {}


def register_rule(
    model: str,
    field: str,
    *,
    stays: Any = "",
    move: Callable[[int, int], Items] | None = None,
    back: Callable[[int, int, Items], None] | None = None,
) -> None:
    """Give the rows of `model` that point to a partner by `field` a rule of their own."""
    name = f"{model}.{field}"
    if name in _rules:
        raise ValueError(f"Two merge rules are registered for {name}.")
    if bool(stays) == bool(move) or bool(move) != bool(back):
        raise ValueError(f"The rule for {name} must either say why rows stay, or how they move and go back.")
    _rules[name] = MergeRule(stays, move, back)


_obstacles: list[Callable[[Partner], list[str]]] = []


def register_obstacle(why_not: Callable[[Partner], list[str]]) -> Callable[[Partner], list[str]]:
    """Ask `why_not` of each record that is to go into another: sentences that say what stands against it."""
    _obstacles.append(why_not)
    return why_not


def obstacles(loser: Partner) -> list[str]:
    """What stands against merging a record into another."""
    return [sentence for why_not in _obstacles for sentence in why_not(loser)]


def rules() -> dict[str, MergeRule]:
    """The registered rules by the name of their key."""
    return dict(_rules)


@cache
def partner_keys() -> tuple[PartnerKey, ...]:
    """All keys to partners but those of histories, which tell what was; rows that others depend on come first."""
    found = [
        PartnerKey(model, field.name)
        for model in apps.get_models()
        if model._meta.managed and not issubclass(model, pghistory.models.Event)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Partner
    ]
    owners = {key.model for key in found}
    ordered: list[PartnerKey] = []
    placed: set[type[models.Model]] = {Partner}
    waiting = [key for key in found if key.model is not Partner]
    while waiting:
        ready = [key for key in waiting if not _needs(key.model, owners) - placed - {key.model}] or waiting[:1]
        ordered += ready
        placed |= {key.model for key in ready}
        waiting = [key for key in waiting if key not in ready]
    # Partners last: what sub-partners agreed to show moves before they do, since moving them would end it.
    return (*ordered, *(key for key in found if key.model is Partner))


def move_rows(winner: int, loser: int) -> dict[str, Items]:
    """Let everything that points to `loser` point to `winner`, by the rules; what moved, by the name of the key."""
    moved: dict[str, Items] = {}
    for key in partner_keys():
        rule = _rules.get(key.name)
        if rule is None:
            items = _move(key, winner, loser)
        elif rule.move is not None:
            items = rule.move(winner, loser)
        else:
            continue
        if items:
            moved[key.name] = items
    return moved


def rows_back(winner: int, loser: int, moved: dict[str, Items]) -> None:
    """Take back what `move_rows` did; rows that have been removed or gone elsewhere meanwhile stay as they are."""
    for key in partner_keys():
        items = moved.get(key.name)
        if not items:
            continue
        rule = _rules.get(key.name)
        if rule is not None and rule.back is not None:
            rule.back(winner, loser, items)
        else:
            _back(key, winner, loser, items)


def autodiscover() -> None:
    """Import every app's `merge_rules.py`."""
    autodiscover_modules("merge_rules")


def _needs(model: type[models.Model], owners: set[type[models.Model]]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation} & owners - {model}


def _rows(key: PartnerKey, winner: int, loser: int) -> models.QuerySet[Any]:
    """The loser's rows that may move: not those whose own parent row stays, nor those that would point to one twice."""
    rows = key.model._base_manager.filter(**{f"{key.field}_id": loser})
    for field in key.model._meta.concrete_fields:
        if not field.is_relation or field.name in (key.field, "manufacturer"):
            continue
        if field.related_model is Partner:
            rows = rows.exclude(**{f"{field.name}_id": winner})
        elif field.related_model is not key.model and any(
            other.model is field.related_model and other.field == "partner" for other in partner_keys()
        ):
            rows = rows.exclude(**{f"{field.name}__partner_id": loser})
    return rows


def _move(key: PartnerKey, winner: int, loser: int) -> Items:
    names = key.key_fields
    if not names:
        raise TypeError(f"{key.name} is a row's own key: it needs a merge rule.")
    found = list(_rows(key, winner, loser).order_by(*names).values_list(*names))
    if not found:
        return []
    try:
        with transaction.atomic():
            _point(key, found, loser, winner)
    except IntegrityError:
        found = [row for row in found if _moves_alone(key, row, winner, loser)]
    return [[_plain(value) for value in row] for row in found]


def _moves_alone(key: PartnerKey, row: tuple[Any, ...], winner: int, loser: int) -> bool:
    try:
        with transaction.atomic():
            _point(key, [row], loser, winner)
    except IntegrityError:  # the winner has such a row already: this one stays with the merged record
        return False
    return True


def _back(key: PartnerKey, winner: int, loser: int, items: Items) -> None:
    _point(key, items, winner, loser)


def _point(key: PartnerKey, rows: Sequence[Sequence[Any]], before: int, to: int) -> None:
    """Let those of `rows` that point to `before` point to `to`."""
    names = key.key_fields
    still = key.model._base_manager.filter(**{f"{key.field}_id": before})
    if len(names) == 1:
        still.filter(**{f"{names[0]}__in": [row[0] for row in rows]}).update(**{f"{key.field}_id": to})
        return
    for row in rows:
        still.filter(**dict(zip(names, row, strict=True))).update(**{f"{key.field}_id": to})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
