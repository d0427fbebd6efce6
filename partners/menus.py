from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from partners.selectors.recruiting import unread_applications
from tenancy.models import Membership
from tenancy.rights import Right


def new_applications(member: Membership) -> int:
    """Applications that nobody has taken up."""
    return unread_applications().count()


register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Partners"),
        url_name="partners:list",
        right=Right.PARTNERS_VIEW,
        order=20,
    ),
    MenuItem(
        side="staff",
        label=_("Partner, code or city"),
        url_name="partners:list",
        right=Right.PARTNERS_VIEW,
        place="search",
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Recruiting"),
        url_name="partners:recruiting",
        right=Right.RECRUITING,
        function="recruiting",
        order=22,
        badge=new_applications,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Kinds of partner"),
        url_name="partners:kinds",
        right=Right.SETTINGS_EDIT,
        order=820,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Specialisations"),
        url_name="partners:specialisations",
        right=Right.SETTINGS_EDIT,
        order=830,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Own fields"),
        url_name="partners:fields",
        right=Right.SETTINGS_EDIT,
        order=840,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Application form"),
        url_name="partners:application_forms",
        right=Right.SETTINGS_EDIT,
        function="recruiting",
        order=850,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Sources"),
        url_name="partners:sources",
        right=Right.SETTINGS_EDIT,
        function="recruiting",
        order=852,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Reasons for refusing"),
        url_name="partners:reasons",
        right=Right.SETTINGS_EDIT,
        function="recruiting",
        order=854,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Words for refusals"),
        url_name="partners:refusal_text",
        right=Right.SETTINGS_EDIT,
        function="recruiting",
        order=856,
    ),
    MenuItem(
        side="portal",
        label=_("Profile"),
        url_name="partners_portal:profile",
        right=Right.PORTAL_PROFILE_VIEW,
        order=40,
    ),
    MenuItem(
        side="portal",
        label=_("Sharing"),
        url_name="partners_portal:sharing",
        right=Right.PORTAL_PROFILE_VIEW,
        function="sub_partners",
        order=50,
    ),
)
