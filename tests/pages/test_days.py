"""Days that no form takes."""

from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models

from campaigns.forms.sending import MailingForm

SAID = ["Give a day between the years 1900 and 2999."]


class Form(forms.Form):
    day = forms.DateField(required=False)
    at = forms.DateTimeField(required=False)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"day": "0001-01-01"}, {"day": SAID}),
        ({"day": "1899-12-31"}, {"day": SAID}),
        ({"day": "1900-01-01", "at": "2999-12-31T23:59"}, {}),
        ({"day": "9999-12-31", "at": "0001-01-01T00:00"}, {"day": SAID, "at": SAID}),
    ],
)
def test_days_at_the_ends_of_the_calendar_are_refused(data: dict[str, str], errors: dict[str, Any]) -> None:
    assert dict(Form(data).errors) == errors


def test_all_models_and_forms_refuse_them() -> None:
    fields = [
        field.formfield()
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.DateField) and field.editable
    ]

    assert len(fields) > 50
    assert [field for field in [*fields, MailingForm.base_fields["starts_at"]] if len(field.validators) != 1] == []
