from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        from training import analysis_tabs, leaves, lesson_kinds, outcomes

        analysis_tabs.autodiscover()
        leaves.autodiscover()
        lesson_kinds.autodiscover()
        outcomes.autodiscover()
