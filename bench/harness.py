"""What every measurement needs: time, floors, ratios, memory, and a line to read."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    print(text, flush=True)


def seconds(job: Callable[[], Any], *, times: int = 1, warm_up: int = 0) -> float:
    """The median time of `job` over some runs, after some that do not count."""
    for _ in range(warm_up):
        job()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        job()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def side_by_side(jobs: dict[str, Callable[[], Any]], *, times: int, warm_up: int = 1) -> dict[str, float]:
    """The median times of several jobs run in turn, so that whatever slows the machine slows all of them."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(warm_up + times):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            if turn >= warm_up:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(of_job) for name, of_job in taken.items()}


@dataclass
class Measure:
    """A job beside its floor, and how many times the floor it may take. A `fault` is over, whatever the ratio."""

    name: str
    seconds: float
    floor: float
    limit: float
    notes: dict[str, Any] = field(default_factory=dict)
    fault: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor

    @property
    def is_within(self) -> bool:
        return self.ratio <= self.limit and not self.fault

    def as_dict(self) -> dict[str, Any]:
        """The measure with its ratio, for JSON."""
        return {**asdict(self), "ratio": round(self.ratio, 3), "is_within": self.is_within}

    def line(self) -> str:
        """One line of the report."""
        notes = ", ".join(f"{key} {value}" for key, value in self.notes.items())
        notes += f"; {self.fault}" if self.fault else ""
        verdict = "ok  " if self.is_within else "OVER"
        return (
            f"{verdict} {self.name:<44} {duration(self.seconds):>10}  floor {duration(self.floor):>10}"
            f"  ratio {self.ratio:5.2f} of {self.limit:g}" + (f"  ({notes})" if notes else "")
        )


def duration(value: float) -> str:
    """Seconds as a person reads them."""
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def report(measures: list[Measure]) -> dict[str, Any]:
    """Print the measures and return them for JSON."""
    for measure in measures:
        say(measure.line())
    return {"measures": [measure.as_dict() for measure in measures]}


def peak_memory_mb() -> float:
    """The most memory this process has held so far, in MB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / 1024 if sys.platform == "darwin" else peak / 1024
