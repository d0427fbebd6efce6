"""What can be brought in: products, exchange rates, and sell-in lines."""

from commerce.imports.products import ProductImport
from commerce.imports.rates import RateImport
from commerce.imports.sell_in import SellInImport

__all__ = ["ProductImport", "RateImport", "SellInImport"]
