from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        from partners import (
            code_names,
            ending,
            field_use,
            handover,
            journey_checks,
            locator_questions,
            merging,
            news,
            panels,
            places,
            plan_measures,
            qualification_ways,
            rhythm,
            timeline,
        )
        from partners.audiences import fields

        code_names.register()
        fields.autodiscover()
        field_use.autodiscover()
        panels.autodiscover()
        ending.autodiscover()
        handover.autodiscover()
        journey_checks.autodiscover()
        places.register()
        qualification_ways.autodiscover()
        rhythm.autodiscover()
        plan_measures.autodiscover()
        timeline.autodiscover()
        merging.autodiscover()
        news.autodiscover()
        locator_questions.autodiscover()
