from tenancy.errors import DomainError


class ApprovalError(DomainError):
    """A step of an approval that cannot be taken."""
