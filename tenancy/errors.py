class DomainError(Exception):
    """Something a user may not do now. The message is a translated sentence for that user."""


class TenancyError(DomainError):
    """A step about manufacturers, members or invitations that cannot be taken."""
