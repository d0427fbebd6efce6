"""Everything that changes products, rates and sell-in."""

from commerce.services.products import create_categories, create_draft_products
from commerce.services.sell_in import compare_lines, lock_sell_in, write_lines

__all__ = ["compare_lines", "create_categories", "create_draft_products", "lock_sell_in", "write_lines"]
