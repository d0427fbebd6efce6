from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class OwnedForeignKey(models.ForeignKey):
    """A key between two owned tables.

    The database's check is the composite key (manufacturer, column) that `Isolate(keys=...)` puts on: PostgreSQL's
    own check would ignore the policies and accept another manufacturer's row.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TranslatedField(models.JSONField):
    """One text per language: {"en": "Agency", "ko": "대리점"}. Read it with `tenancy.translation.translated`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


class KeysField(ArrayField):
    """A list of short keys (languages, functions)."""

    def __init__(self, base_field: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(base_field or models.CharField(max_length=50), **kwargs)
