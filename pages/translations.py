"""What Django's translations learn beyond looking texts up."""

from typing import Any

from django.utils.translation import trans_real

from pages import particles


class Translation(trans_real.DjangoTranslation):
    """A language's texts; Korean ones choose their particles."""

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(language, *args, **kwargs)
        if language.split("-")[0] == "ko":
            for catalog in self._catalog._catalogs:  # type: ignore[attr-defined]
                for key, text in catalog.items():
                    catalog[key] = particles.choosing(text)


def install() -> None:
    """Have Django load languages by `Translation`; it has no setting for it."""
    trans_real.DjangoTranslation = Translation  # type: ignore[misc]
