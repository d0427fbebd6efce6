from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right
from training.functions import TRAINING

register_menu(
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Learning programmes"),
        url_name="training:programmes",
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
        order=62,
    )
)
