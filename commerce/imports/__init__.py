"""What can be brought in: products, exchange rates, sell-in lines, and direct sales."""

from commerce.imports.direct_sales import DirectSaleImport
from commerce.imports.products import ProductImport
from commerce.imports.rates import RateImport
from commerce.imports.sell_in import SellInImport

__all__ = ["DirectSaleImport", "ProductImport", "RateImport", "SellInImport"]
