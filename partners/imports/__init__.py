"""What can be brought in about partners; one module a subject."""

from partners.imports.contacts import ContactImport
from partners.imports.markets import HolidayImport, MarketFigureImport
from partners.imports.partners import PartnerImport
from partners.imports.prospects import ProspectImport
from partners.imports.territories import TerritoryFigureImport

__all__ = [
    "ContactImport",
    "HolidayImport",
    "MarketFigureImport",
    "PartnerImport",
    "ProspectImport",
    "TerritoryFigureImport",
]
