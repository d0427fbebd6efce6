import gc

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "prm_portal"

    def ready(self) -> None:
        """Make the Celery application, so that the apps' tasks are sent through it; what is loaded is no garbage from here on."""
        import prm_portal.celery  # noqa: F401

        gc.freeze()
