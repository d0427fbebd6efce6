"""What can be brought in about partners; one module a subject."""

from partners.imports.partners import PartnerImport

__all__ = ["PartnerImport"]
