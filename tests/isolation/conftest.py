"""The world of `world.py`, made once a module: it takes longer to make than most tests take to look at it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.test import TestCase

from tests.isolation.world import World, make_world


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """In a transaction around those of the module's tests, as `TestCase.setUpTestData` has it."""
    with django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        try:
            yield make_world()
        finally:
            TestCase._rollback_atomics(atomics)  # type: ignore[attr-defined]


@pytest.fixture
def world(made_world: World, db: None) -> World:
    """A test's own copy, whose rows are as they were made: what the test before did is rolled back."""
    return deepcopy(made_world)
