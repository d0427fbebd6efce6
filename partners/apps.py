from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        from partners import ending, handover, journey_checks, panels, rhythm, timeline

        panels.autodiscover()
        ending.autodiscover()
        handover.autodiscover()
        journey_checks.autodiscover()
        rhythm.autodiscover()
        timeline.autodiscover()
