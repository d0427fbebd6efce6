"""Who stands above whom: finds circles and too deep chains in a hierarchy before it is written. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a partner's place: `circle` with the way round, or `too_deep` with the most levels."""

    code: str
    value: str


def first_trouble(
    known: Iterable[tuple[int, str, int | None]],
    staged: Iterable[tuple[int, str, int | None, int | None]],
    *,
    most_levels: int,
) -> dict[int, Trouble]:
    """The rows of a file that would break the hierarchy: those on a circle, or if there is none those too deep.

    known: (id, code, parent id) of all partners. staged: (row, code, id or None for a new partner, parent id) of the
    file; a parent in the file itself is the negative of its row.
    """
    rows, partners = list(staged), list(known)
    node_of = {row: key if key is not None else -row for row, _code, key, _parent in rows}
    code_of = {key: code for key, code, _parent in partners}
    above = {key: parent for key, _code, parent in partners if parent is not None}
    for row, code, _key, parent in rows:
        node = node_of[row]
        code_of[node] = code
        if parent is None:
            above.pop(node, None)
        else:
            above[node] = node_of[-parent] if parent < 0 else parent
    circles: dict[int, Trouble] = {}
    deep: dict[int, Trouble] = {}
    for row, _code, _key, _parent in rows:
        way = [node_of[row]]
        while (parent := above.get(way[-1])) is not None and len(way) <= most_levels + 1:
            way.append(parent)
            if parent == way[0]:
                circles[row] = Trouble("circle", " > ".join(code_of[node] for node in way))
                break
        else:
            if len(way) > most_levels:
                deep[row] = Trouble("too_deep", str(most_levels))
    return circles or deep
