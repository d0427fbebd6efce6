"""The Celery application. Tasks live in the apps' `tasks` modules."""

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm_portal.settings")


class CommittedTask(DjangoTask):
    """A task whose start after a commit cannot fail that commit's request.

    What it works on is committed; with the broker away the error is logged, and the app's sweep queues it later.
    """

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        from django.db import transaction

        def queue() -> None:  # no partial: Django logs a failed one by its __qualname__
            self.delay(*args, **kwargs)

        transaction.on_commit(queue, robust=True)


app = Celery("prm_portal", task_cls=CommittedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
