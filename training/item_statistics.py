"""What answers tell of a question. Pure: no Django, no database.

Classical test theory (Crocker & Algina, Introduction to Classical and Modern Test Theory, 1986): difficulty is the mean
share of points reached; discrimination the correlation of a question with the rest of its attempt.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST = 30
"""Answers below which nothing is said of a question."""
TOO_EASY, TOO_HARD = 0.95, 0.2
WEAK = 0.15
DEAD_SHARE = 0.02


class Hint(StrEnum):
    """What makes a question worth looking at."""

    TOO_FEW = "too_few"
    EASY = "easy"
    HARD = "hard"
    WEAK = "weak"
    REVERSED = "reversed"
    DEAD_OPTION = "dead_option"
    DRAWS_THE_BEST = "draws_the_best"


@dataclass(frozen=True)
class Answered:
    """One answer: the share of its points (0 to 1), the share of the rest of the attempt, and the options chosen."""

    share: float
    rest: float | None
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemStatistics:
    """n answers; difficulty 0 (nobody) to 1 (everybody); discrimination -1 to 1, None where all answers or attempts are
    alike; options: the share of answers that chose each, and the mean rest of those who did.
    """

    n: int
    difficulty: float | None
    discrimination: float | None
    options: Mapping[str, tuple[float, float | None]]
    hints: tuple[Hint, ...]


def statistics_of(
    answers: Sequence[Answered], *, options: Sequence[str] = (), right: Sequence[str] = ()
) -> ItemStatistics:
    """What the answers to one question tell. options: the keys that were offered; right: those that are right."""
    n = len(answers)
    if not n:
        return ItemStatistics(0, None, None, {}, (Hint.TOO_FEW,))
    difficulty = math.fsum(each.share for each in answers) / n
    compared = [(each.share, each.rest) for each in answers if each.rest is not None]
    discrimination = correlation([one for one, _rest in compared], [rest for _one, rest in compared])
    chosen = Counter(key for each in answers for key in set(each.chosen))
    table = {key: (chosen[key] / n, _mean_rest(answers, key)) for key in options}
    return ItemStatistics(
        n, difficulty, discrimination, table, _hints(n, difficulty, discrimination, table, set(right))
    )


def _mean_rest(answers: Sequence[Answered], key: str) -> float | None:
    rests = [each.rest for each in answers if key in each.chosen and each.rest is not None]
    return math.fsum(rests) / len(rests) if rests else None


def _hints(
    n: int,
    difficulty: float,
    discrimination: float | None,
    table: Mapping[str, tuple[float, float | None]],
    right: set[str],
) -> tuple[Hint, ...]:
    if n < FEWEST:
        return (Hint.TOO_FEW,)
    found = []
    if difficulty > TOO_EASY:
        found.append(Hint.EASY)
    elif difficulty < TOO_HARD:
        found.append(Hint.HARD)
    if discrimination is not None and discrimination < 0:
        found.append(Hint.REVERSED)
    elif discrimination is not None and discrimination < WEAK and difficulty <= TOO_EASY:
        found.append(Hint.WEAK)
    wrong = {key: each for key, each in table.items() if key not in right}
    if any(part < DEAD_SHARE for part, _rest in wrong.values()):
        found.append(Hint.DEAD_OPTION)
    best = max((rest for key, (_part, rest) in table.items() if key in right and rest is not None), default=None)
    if best is not None and any(
        rest is not None and rest > best and part >= DEAD_SHARE for part, rest in wrong.values()
    ):
        found.append(Hint.DRAWS_THE_BEST)
    return tuple(found)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's, None where there are fewer than three or one side never varies."""
    n = len(xs)
    if n < 3:
        return None
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    over = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    under = math.sqrt(math.fsum((x - mean_x) ** 2 for x in xs) * math.fsum((y - mean_y) ** 2 for y in ys))
    return over / under if under > 1e-12 else None
