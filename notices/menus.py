from django.utils.translation import gettext_lazy as _

from notices.selectors import unread_count
from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        label=_("Notices"),
        url_name="notices:inbox",
        right=Right.NOTICES,
        place="bell",
        badge=unread_count,
    ),
    MenuItem(
        side="portal",
        label=_("Notices"),
        url_name="notices_portal:inbox",
        right=Right.NOTICES,
        place="bell",
        badge=unread_count,
    ),
)
