from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right
from training.functions import TRAINING

register_menu(
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Courses"),
        url_name="training:courses",
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
        order=60,
    ),
    MenuItem(
        side="portal",
        label=_("Learning"),
        url_name="training_portal:learning",
        section=PortalSection.GRADE_AND_LEARNING,
        right=Right.PORTAL_TRAINING,
        function=TRAINING.key,
        order=18,
    ),
)
