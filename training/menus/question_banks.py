from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right
from training.functions import TRAINING

register_menu(
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Question banks"),
        url_name="training:banks",
        right=Right.TRAINING_EDIT,
        function=TRAINING.key,
        order=61,
    )
)
