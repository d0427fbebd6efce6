from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns and content")

    def ready(self) -> None:
        from campaigns import events, leaves
        from campaigns import holding as holding
        from campaigns import telling as telling

        events.autodiscover()
        leaves.autodiscover()
