"""The base of every task that works on one manufacturer's rows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pghistory
from celery import shared_task

from tenancy.rls import staff_scope


def scoped_task(*, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A Celery task that runs in the staff scope of the manufacturer named by its keyword `manufacturer_id`.

    History tells the task's name as the source of what it changes. With `bind=True` a retry leaves the scope by an
    exception, so that what the failed attempt wrote is rolled back.
    """

    def decorate(run: Callable[..., Any]) -> Any:
        @wraps(run)
        def in_scope(*args: Any, manufacturer_id: int, **kwargs: Any) -> Any:
            with pghistory.context(task=name), staff_scope(manufacturer_id):
                return run(*args, manufacturer_id=manufacturer_id, **kwargs)

        return shared_task(name=name, **options)(in_scope)

    return decorate
