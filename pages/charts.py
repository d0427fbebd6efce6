"""What a chart shows, worked out on the server: values, axis, every text. Pure: no Django.

The browser only draws (static/js/charts.js); it formats no number and holds no word. Each chart carries the table that
stands behind it. Bars always begin at zero.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pages import formats

Value = int | float | Decimal | None
Tell = Callable[[Value], str]


@dataclass(frozen=True)
class Chart:
    """A chart for `components/chart.html`."""

    drawing: dict[str, Any]
    """For the browser, as JSON."""
    head: list[str]
    rows: list[list[str]]
    size: str = ""
    """'short', 'tall', 'map', or nothing for the usual height."""

    @property
    def is_empty(self) -> bool:
        return not self.rows


def lines(
    categories: Sequence[str],
    now: Sequence[Value],
    before: Sequence[Value] | None = None,
    *,
    names: tuple[str, str],
    tell: Tell,
    language: str,
    head: str = "",
    size: str = "",
    from_zero: bool = True,
) -> Chart:
    """A line through time, strong, and the year before beside it, dashed and quiet; `names` stand at their ends."""
    return _against("lines", categories, now, before, names, tell, language, head, size, from_zero=from_zero)


def bars(
    categories: Sequence[str],
    now: Sequence[Value],
    before: Sequence[Value] | None = None,
    *,
    names: tuple[str, str],
    tell: Tell,
    language: str,
    head: str = "",
    size: str = "",
) -> Chart:
    """Bars by time, the year before quiet on the left of each."""
    return _against("bars", categories, now, before, names, tell, language, head, size, from_zero=True)


@dataclass(frozen=True)
class Bar:
    """One horizontal bar. `tier` colours it as a tier, `tone` as 'accent' or 'quiet'."""

    label: str
    value: Value
    tier: str = ""
    tone: str = "accent"
    url: str = ""


def ranked(items: Sequence[Bar], *, tell: Tell, head: tuple[str, str], size: str = "") -> Chart:
    """Horizontal bars in the given order, each with its figure at the end."""
    return Chart(
        drawing={
            "kind": "ranked",
            "bars": [
                {
                    "label": item.label,
                    "value": _plain(item.value),
                    "text": tell(item.value),
                    "colour": f"tier-{item.tier}" if item.tier else item.tone,
                    "url": item.url,
                }
                for item in items
            ],
        },
        head=list(head),
        rows=[[item.label, tell(item.value)] for item in items],
        size=size,
    )


@dataclass(frozen=True)
class Stop:
    """A class that things move between, such as a tier; best first."""

    key: str
    label: str
    tier: str = ""


def flow(
    stops: Sequence[Stop],
    moves: dict[tuple[str, str], int],
    *,
    head: tuple[str, str, str],
    tell: Tell,
    size: str = "",
) -> Chart:
    """How many moved from which class to which between two days: `moves[(from, to)]`."""
    order = {stop.key: (place, stop) for place, stop in enumerate(stops)}
    used = sorted(
        ((source, target, count) for (source, target), count in moves.items() if count),
        key=lambda move: (order[move[0]][0], order[move[1]][0]),
    )
    totals: dict[str, int] = {}
    for source, target, count in used:
        for node in (f"0:{source}", f"1:{target}"):
            totals[node] = totals.get(node, 0) + count
    return Chart(
        drawing={
            "kind": "flow",
            "nodes": [
                {
                    "id": f"{side}:{stop.key}",
                    "label": stop.label,
                    "text": tell(totals[f"{side}:{stop.key}"]),
                    "colour": f"tier-{stop.tier}" if stop.tier else "accent",
                    "side": side,
                }
                for side in (0, 1)
                for stop in stops
                if f"{side}:{stop.key}" in totals
            ],
            "links": [
                {"source": f"0:{source}", "target": f"1:{target}", "value": count, "text": tell(count)}
                for source, target, count in used
            ],
        },
        head=list(head),
        rows=[[order[source][1].label, order[target][1].label, tell(count)] for source, target, count in used],
        size=size,
    )


@dataclass(frozen=True)
class Place:
    """A spot on a map. `tone`: 'fine', 'white', 'thin' or 'crowded', each with a shape of its own beside the colour."""

    label: str
    longitude: float
    latitude: float
    size: Value
    """How large it is drawn, against the others."""
    text: str
    tone: str = "fine"
    url: str = ""


def places(
    spots: Sequence[Place],
    dots: Sequence[tuple[float, float, int]] = (),
    *,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    size: str = "map",
) -> Chart:
    """Spots by longitude and latitude, above quiet dots that let the land be seen; `rows` is the table behind it."""
    largest = max((float(spot.size or 0) for spot in spots), default=0.0) or 1.0
    return Chart(
        drawing={
            "kind": "places",
            "spots": [
                {
                    "label": spot.label,
                    "at": [spot.longitude, spot.latitude],
                    "share": round(float(spot.size or 0) / largest, 4),
                    "text": spot.text,
                    "tone": spot.tone,
                    "url": spot.url,
                }
                for spot in spots
            ],
            "dots": [[longitude, latitude] for longitude, latitude, _count in dots],
        },
        head=list(head),
        rows=[list(row) for row in rows],
        size=size,
    )


def spark_points(values: Sequence[Value], *, width: int = 80, height: int = 20) -> str:
    """The points of an SVG polyline for a trend in a table cell; empty with fewer than two values."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = width / (len(values) - 1)
    flat = high == low
    return " ".join(
        f"{place * step:.1f},{height / 2 if flat else 1 + (height - 2) * (high - float(value)) / span:.1f}"
        for place, value in enumerate(values)
        if value is not None
    )


# --- The way through the tiers ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """A tier on the ladder."""

    name: str
    score: str
    x: str
    label_y: int
    anchor: str
    is_next: bool
    is_reached: bool


@dataclass(frozen=True)
class Ladder:
    """A score on its way through the tiers, for `components/ladder.html`."""

    score: str
    x: str
    rungs: list[Rung] = field(default_factory=list)
    height: int = 52


def ladder(score: Value, tiers: Sequence[tuple[str, Value]], *, goal: str | None = None, top: float = 100) -> Ladder:
    """`tiers`: name and lowest score of each, in rising order. The lowest, from zero, needs no mark.

    `goal`: the tier to be reached or won back, where it is not the one that the score comes to next.
    """
    at = float(score or 0)
    marks = [(name, float(minimum)) for name, minimum in tiers if minimum]
    coming = goal or next((name for name, minimum in marks if minimum > at), None)
    rungs: list[Rung] = []
    ends = [-100.0, -100.0, -100.0]
    for name, minimum in marks:
        share = _share(minimum, top)
        half = _label_width(f"{name} {formats.number(minimum)}") / 2
        anchor = "end" if share + half > 100 else "start" if share - half < 0 else "middle"
        left = {"end": share - 2 * half, "start": share, "middle": share - half}[anchor]
        row = next((row for row, end in enumerate(ends) if left > end + 2), 2)
        ends[row] = left + 2 * half
        rungs.append(
            Rung(
                name=name,
                score=formats.number(minimum),
                x=f"{share:g}%",
                label_y=46 + 16 * row,
                anchor=anchor,
                is_next=name == coming,
                is_reached=minimum <= at,
            )
        )
    lowest = max((rung.label_y for rung in rungs), default=30)
    return Ladder(score=formats.number(score, 1), x=f"{_share(at, top):g}%", rungs=rungs, height=lowest + 6)


def _share(value: float, top: float) -> float:
    return round(max(0.0, min(100.0, 100 * value / top)), 2)


def _label_width(text: str) -> float:
    """About how wide a label is, in per cent of a ladder on a phone: Asian letters take the full square."""
    return sum(12.0 if ord(char) > 0x2E80 else 6.8 for char in text) / 300 * 100


# --- Axes -------------------------------------------------------------------------------------------------------------


def ticks(values: Sequence[Value], *, from_zero: bool = True, most: int = 6) -> list[float]:
    """Round figures for an axis that holds all values, at most `most` steps; from zero unless told otherwise. Between counts
    there are no halves."""
    known = [float(value) for value in values if value is not None]
    is_whole = any(known) and all(isinstance(value, int) for value in values if value is not None)
    low, high = min(known, default=0.0), max(known, default=0.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (0.0, 1.0) if low == 0 else sorted((0.0, low)) if from_zero else (low - 1, high + 1)
    step = _nice_step((high - low) / most, is_whole=is_whole)
    while math.ceil(high / step) - math.floor(low / step) > most:
        step = _nice_step(step * 1.01, is_whole=is_whole)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _nice_step(atleast: float, *, is_whole: bool) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not smaller; a whole number where that is asked for."""
    atleast = max(atleast, 1.0) if is_whole else atleast
    power = 10.0 ** math.floor(math.log10(atleast))
    steps = (factor * power for factor in (1, 2, 2.5, 5, 10))
    return next(step for step in steps if step >= atleast * (1 - 1e-9) and not (is_whole and step % 1))


def _against(
    kind: str,
    categories: Sequence[str],
    now: Sequence[Value],
    before: Sequence[Value] | None,
    names: tuple[str, str],
    tell: Tell,
    language: str,
    head: str,
    size: str,
    *,
    from_zero: bool,
) -> Chart:
    series = [{"name": names[0], "role": "now", "values": [_plain(value) for value in now], "texts": _texts(now, tell)}]
    if before is not None:
        series.append(
            {
                "name": names[1],
                "role": "before",
                "values": [_plain(value) for value in before],
                "texts": _texts(before, tell),
            }
        )
    axis = ticks([*now, *(before or [])], from_zero=from_zero)
    columns = [now] if before is None else [now, before]
    return Chart(
        drawing={
            "kind": kind,
            "categories": list(categories),
            "series": series,
            "ticks": axis,
            "tick_texts": formats.axis_labels(axis, language),
        },
        head=[head, *names[: len(columns)]],
        rows=[[category, *(tell(column[place]) for column in columns)] for place, category in enumerate(categories)],
        size=size,
    )


def _texts(values: Sequence[Value], tell: Tell) -> list[str]:
    return [tell(value) for value in values]


def _plain(value: Value) -> float | int | None:
    """What JSON can hold and a drawing needs: a float is exact enough for a pixel."""
    return float(value) if isinstance(value, Decimal) else value
