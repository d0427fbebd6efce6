from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pages import days

days.bound_forms()  # here, since fields take it over as they are made, and some are before any app is ready


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from pages import menus, translations

        translations.install()
        menus.autodiscover()
