from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from partners import agreement_menus as agreement_menus  # its items are registered there
from partners.selectors.recruiting import unread_applications
from partners.working_menus import MENU as WORKING_MENU
from tenancy.models import Membership
from tenancy.rights import Right


def new_applications(member: Membership) -> int:
    """Applications that nobody has taken up."""
    return unread_applications().count()


register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Confirmations"),
        url_name="partners:confirmations",
        right=Right.PARTNERS_VIEW,
        order=60,
    ),
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
        section=_("Partners"),
        label=_("Onboarding"),
        url_name="partners:journeys",
        right=Right.PARTNERS_VIEW,
        order=32,
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Life cycle"),
        url_name="partners:stage_proposals",
        right=Right.PARTNERS_VIEW,
        order=34,
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Handovers"),
        url_name="partners:handovers",
        right=Right.PARTNERS_VIEW,
        order=36,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Onboarding journeys"),
        url_name="partners:journey_templates",
        right=Right.SETTINGS_EDIT,
        order=850,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Reasons for moves"),
        url_name="partners:stage_reasons",
        right=Right.SETTINGS_EDIT,
        order=852,
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Audiences"),
        url_name="partners:audiences",
        right=Right.AUDIENCES,
        order=60,
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
        label=_("Territories"),
        url_name="partners:territories",
        right=Right.SETTINGS_EDIT,
        order=835,
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
register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("People"),
        url_name="partners:people",
        right=Right.PARTNERS_VIEW,
        function="people",
        order=22,
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Contact history"),
        url_name="partners:contact_entries",
        right=Right.PARTNERS_VIEW,
        function="people",
        order=24,
    ),
    MenuItem(
        side="staff",
        label=_("Note a contact"),
        url_name="partners:entry_create",
        right=Right.CONTACTS_EDIT,
        function="people",
        place="quick",
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Codes for contacts"),
        url_name="partners:contact_codes",
        right=Right.SETTINGS_EDIT,
        function="people",
        order=850,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Greetings and gifts"),
        url_name="partners:greeting_texts",
        right=Right.SETTINGS_EDIT,
        function="people",
        order=852,
    ),
    MenuItem(
        side="portal",
        label=_("People"),
        url_name="partners_portal:people",
        right=Right.PORTAL_PROFILE_VIEW,
        function="people",
        order=42,
    ),
    MenuItem(
        side="portal",
        label=_("Contact history"),
        url_name="partners_portal:contact_entries",
        right=Right.PORTAL_WORK,
        function="people",
        order=44,
    ),
)

register_menu(*WORKING_MENU)

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Duplicates"),
        url_name="partners:duplicates",
        right=Right.PARTNERS_MERGE,
        order=42,
    ),
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Data quality"),
        url_name="partners:quality",
        right=Right.PARTNERS_VIEW,
        order=44,
    ),
)
