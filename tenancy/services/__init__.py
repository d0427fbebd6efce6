"""Everything that changes who has which place."""

from tenancy.errors import TenancyError
from tenancy.services.invitations import (
    accept_as_new_user,
    accept_as_user,
    invite,
    open_invitation,
    resend_invitation,
    revoke_invitation,
)
from tenancy.services.joining import approve_join_request, ask_to_join, refuse_join_request
from tenancy.services.manufacturers import create_manufacturer, save_settings
from tenancy.services.members import change_place, end_place, reopen_place, set_access
from tenancy.services.users import confirm_email, end_sessions, note_seen

__all__ = [
    "TenancyError",
    "accept_as_new_user",
    "accept_as_user",
    "approve_join_request",
    "ask_to_join",
    "change_place",
    "confirm_email",
    "create_manufacturer",
    "end_place",
    "end_sessions",
    "invite",
    "note_seen",
    "open_invitation",
    "refuse_join_request",
    "reopen_place",
    "resend_invitation",
    "revoke_invitation",
    "save_settings",
    "set_access",
]
