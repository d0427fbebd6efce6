from collections.abc import Sequence

from django.utils.text import slugify

from commerce.models import Product, ProductCategory


def create_draft_products(codes: Sequence[str]) -> None:
    """Products of which only the code is known, to be completed by somebody; those that exist stay as they are."""
    Product.objects.bulk_create(
        [Product(code=code, name=code, is_draft=True) for code in codes], ignore_conflicts=True, batch_size=10_000
    )


def create_categories(names: Sequence[str]) -> None:
    """Categories of which only the name is known; the name is the code too, where it fits."""
    for name in names:
        code = name if len(name) <= 64 else slugify(name, allow_unicode=True)[:64]
        ProductCategory.objects.get_or_create(code=code, defaults={"names": {"en": name}})
