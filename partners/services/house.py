"""What the house does in a partner's place: its own people, and what else a partner cannot see."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tenancy.rls import current_scope, staff_scope


def house_scope() -> AbstractContextManager[Any]:
    """In a partner's scope that of the manufacturer, for the few steps that follow from a partner's step; else nothing."""
    scope = current_scope()
    if scope.actor == "partner" and scope.manufacturer is not None:
        return staff_scope(scope.manufacturer)
    return nullcontext()
