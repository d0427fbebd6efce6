"""Messages of campaigns in the portal."""

from django.utils.translation import gettext_lazy as _

from notices.models import Channel, Mode
from notices.registry import PORTAL, NoticeKind, register_kind

CAMPAIGN_MESSAGE = register_kind(
    NoticeKind(
        "campaigns.campaign_message",
        label=_("News and offers of campaigns"),
        sides={PORTAL},
        modes={Channel.MAIL: Mode.OFF},
        function="campaigns",
    )
)
