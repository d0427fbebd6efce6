"""SCORM packages that nothing plays any more: thrown away as soon as the last lesson with one is gone."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from training.models import ScormPackage, ScormState


def drop_unused() -> None:
    """Throw away the packages that no lesson plays and nobody has played; their files go once that is certain."""
    played = ScormState.objects.filter(activity__package=OuterRef("pk"))
    unused = ScormPackage.objects.filter(lessons=None).exclude(Exists(played))
    for package in unused.select_for_update(no_key=True, of=("self",), skip_locked=True):
        file = package.file
        package.delete()
        transaction.on_commit(partial(file.delete, save=False))
