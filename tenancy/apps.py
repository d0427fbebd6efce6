from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Access")

    def ready(self) -> None:
        from tenancy import functions, people_waiting, searching, waiting  # noqa: F401 (registers itself)

        functions.autodiscover()
        waiting.autodiscover()
        searching.autodiscover()
