"""What every page of a member can do: take a step, and tell how it went."""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.test import RequestFactory

from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError


class Kept(BaseStorage):
    """Messages that no browser is to see."""


@pytest.fixture
def view() -> MemberRequiredMixin:
    view = MemberRequiredMixin()
    view.request = RequestFactory().post("/")
    view.request._messages = Kept(view.request)
    return view


def told(view: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in get_messages(view.request)._queued_messages]


def refuse() -> str:
    raise DomainError("It is too late.")


@pytest.mark.parametrize(
    ("step", "said", "is_taken", "expected"),
    [
        (lambda: None, "It is kept.", True, [("success", "It is kept.")]),
        (lambda: "Two are kept.", "", True, [("success", "Two are kept.")]),
        (lambda: "Two are kept.", "It is kept.", True, [("success", "It is kept.")]),
        (lambda: 2, "", True, []),
        (lambda: "", "", True, []),
        (refuse, "It is kept.", False, [("error", "It is too late.")]),
    ],
)
def test_a_step_tells_how_it_went(
    view: Any, step: Callable[[], Any], said: str, is_taken: bool, expected: list[tuple[str, str]]
) -> None:
    assert view.take_step(step, said) is is_taken
    assert told(view) == expected


def test_other_errors_go_on(view: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        view.take_step(lambda: 1 // 0, "It is kept.")
    assert told(view) == []


class TwoDays(forms.Form):
    first = forms.DateField(label="First day")
    last = forms.DateField(label="Last day")

    def clean(self) -> dict[str, Any]:
        self.add_error(None, "The days do not fit.")
        return self.cleaned_data


def test_what_is_wrong_is_told_by_field_and_for_the_whole_form(view: Any) -> None:
    assert view.tell_wrong(TwoDays({"first": "2026-03-01", "last": "soon"})) == ""
    assert told(view) == [("error", "Last day: Enter a valid date."), ("error", "The days do not fit.")]
