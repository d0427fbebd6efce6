"""Where the content library stands in the menus."""

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Content library"),
        url_name="campaigns:library",
        right=Right.CONTENT_VIEW,
        function=CONTENT.key,
        order=42,
    ),
    MenuItem(
        side="staff",
        label=_("Material"),
        url_name="campaigns:asset_create",
        right=Right.CONTENT_EDIT,
        function=CONTENT.key,
        place="new",
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Terms of use of material"),
        url_name="campaigns:asset_terms",
        right=Right.CONTENT_EDIT,
        function=CONTENT.key,
        order=850,
    ),
    MenuItem(
        side="portal",
        label=_("Material"),
        url_name="campaigns_portal:library",
        section=PortalSection.MARKETING,
        right=Right.PORTAL_CONTENT,
        function=CONTENT.key,
        order=20,
    ),
)
