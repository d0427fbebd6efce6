from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right
from training.functions import TRAINING

register_menu(
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Live sessions"),
        url_name="training:sessions",
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
        order=64,
    ),
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Work to mark"),
        url_name="training:hand_ins",
        right=Right.TRAINING_EDIT,
        function=TRAINING.key,
        order=64,
    ),
    MenuItem(
        side="staff",
        section=_("Training"),
        label=_("Questions to the trainer"),
        url_name="training:asked_list",
        right=Right.TRAINING_EDIT,
        function=TRAINING.key,
        order=64,
    ),
)
