from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache

from jobs.chains import Chain


@pytest.fixture(autouse=True)
def _no_chain_at_work() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_chain_is_started_once_and_goes_on_as_long_as_there_is_more() -> None:
    queued: list[dict[str, int]] = []
    task: Any = SimpleNamespace(name="tests.turn", delay=lambda **keywords: queued.append(keywords))
    first, second = Chain(task, manufacturer_id=1, number=0), Chain(task, manufacturer_id=1, number=1)

    for chain in (first, second, first):  # the first is at work
        chain.start()
    assert queued == [{"manufacturer_id": 1, "number": 0}, {"manufacturer_id": 1, "number": 1}]

    assert first.turn(lambda: 7) == 7
    assert queued[2:] == [{"manufacturer_id": 1, "number": 0}]
    first.start()
    assert first.turn(lambda: 0) == 0
    assert len(queued) == 3

    first.start()  # it has ended
    assert queued[3:] == [{"manufacturer_id": 1, "number": 0}]


def test_a_turn_that_breaks_leaves_its_chain_to_the_sweep_until_it_is_silent_for_long() -> None:
    queued: list[dict[str, int]] = []
    task: Any = SimpleNamespace(name="tests.turn", delay=lambda **keywords: queued.append(keywords))
    chain = Chain(task, seconds=30, manufacturer_id=1)

    with pytest.raises(ZeroDivisionError):
        chain.turn(lambda: 1 // 0)
    chain.start()
    assert queued == []

    cache.clear()  # half a minute passes
    chain.start()
    assert queued == [{"manufacturer_id": 1}]
