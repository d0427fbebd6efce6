class DomainError(Exception):
    """Something a user may not do now. The message is a translated sentence for that user."""
