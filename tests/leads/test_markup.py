"""Every text of leads, deals, sites and customers holds a script; every page shows it as text."""

import contextlib
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction

from commerce.models import EndCustomer
from tenancy.rls import staff_scope
from tests.isolation.test_urls import EXPECTED
from tests.isolation.world import make_world

pytestmark = pytest.mark.django_db

SCRIPT = "<script>x()"
"""Short, so that it fits into most fields."""
EXPECTED_TEXTS = {
    "Lead.name", "Lead.company", "Lead.subject", "Lead.message", "DealRegistration.customer_name", "DealRegistration.note",
    "Opportunity.name", "Opportunity.note", "Site.name", "Site.note", "EndCustomer.name", "ConflictCase.subject",
    "ConflictCase.statement", "DealAppeal.text", "ExtensionRequest.text",
}  # fmt: skip
SIDES = {"leads": "owner", "leads_portal": "partner_admin"}


def texts_of(model: type[models.Model]) -> list[str]:
    """The fields in which somebody may have written anything."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.EmailField | models.URLField | models.FileField)
        and not field.choices
        and not field.unique
        and (field.max_length or 1000) > 20
    ]


def write_script(model: type[Any]) -> list[str]:
    """The texts of a model that are scripts now; some the database keeps to itself."""
    written = []
    for name in texts_of(model):
        with contextlib.suppress(DatabaseError), transaction.atomic():
            if model.objects.update(**{name: SCRIPT}):
                written.append(name)
    return written


def test_no_page_runs_what_somebody_wrote() -> None:
    world = make_world()
    with staff_scope(world.manufacturer.pk):
        own = [*apps.get_app_config("leads").get_models(), EndCustomer]
        written = {f"{model.__name__}.{name}" for model in own for name in write_script(model)}
    assert written >= EXPECTED_TEXTS, EXPECTED_TEXTS - written
    shown = 0
    for name, answers in EXPECTED.items():
        person = SIDES.get(name.partition(":")[0])
        if person and answers.get(person) == 200:
            response = world.client(person).get(world.address(name))
            page = response.getvalue().decode(errors="replace")
            if "html" in response.headers["Content-Type"]:
                assert SCRIPT not in page, name
                shown += "&lt;script&gt;" in page
    assert shown > 15, shown
