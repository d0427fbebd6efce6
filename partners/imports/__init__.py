"""What can be brought in about partners; one module a subject."""

from partners.imports.contacts import ContactImport
from partners.imports.partners import PartnerImport
from partners.imports.prospects import ProspectImport

__all__ = ["ContactImport", "PartnerImport", "ProspectImport"]
