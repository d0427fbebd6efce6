"""Fixtures that several tests here share."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from partners.models import (
    ApplicationForm,
    ApplicationQuestion,
)
from partners.services import applying
from partners.services.application_forms import draft_form, publish_form, save_question
from partners.vetting import ANY
from tenancy.rls import staff_scope


@pytest.fixture
def house(manufacturer: Any) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        yield


@pytest.fixture
def form(manufacturer, owner) -> ApplicationForm:
    """A published form: years (40), shop (20), licence (40, a file), and trade, where `other` rules out."""
    with staff_scope(manufacturer.pk):
        owner.manufacturer = manufacturer
        draft = draft_form(by=owner)
        draft.questions.all().delete()
        rows: list[dict[str, Any]] = [
            {
                "type": "number", "labels": {"en": "Years", "ko": "업력"}, "weight": 40, "is_required": True,
                "options": [{"key": "0", "points": 20}, {"key": "10", "points": 100}],
            },
            {"type": "yes_no", "labels": {"en": "Shop"}, "weight": 20, "options": [{"key": "yes", "points": 100}]},
            {"type": "file", "labels": {"en": "Licence"}, "weight": 40, "options": [{"key": ANY, "points": 50}]},
            {
                "type": "choice", "labels": {"en": "Trade"}, "is_required": True,
                "options": [
                    {"key": "retail", "labels": {"en": "Retail", "ko": "소매"}, "points": 0},
                    {"key": "other", "labels": {"en": "Other"}, "points": 0, "knock_out": True},
                ],
            },
        ]  # fmt: skip
        for row in rows:
            save_question(ApplicationQuestion(form=draft, **row))
        return publish_form(draft, by=owner)


@pytest.fixture
def slowly():
    """Visitors in tests need no time to read."""
    with mock.patch.object(applying.read_ticket, "__kwdefaults__", {"quickest": applying.AT_ONCE}):
        yield
