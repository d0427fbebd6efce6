"""By course, partner and person; who may not finish; what courses go with."""

from django.utils.translation import gettext_lazy as _

from tenancy.rights import Right
from training.analysis_tabs import Tab, register_tab

register_tab(Tab("courses", _("Courses"), "training:analysis", order=10))
register_tab(Tab("partners", _("Partners"), "training:analysis_partners", order=20))
register_tab(Tab("people", _("People"), "training:analysis_people", order=30))
register_tab(Tab("programmes", _("Programmes"), "training:programmes", order=40))
register_tab(Tab("risks", _("Who may not finish"), "training:analysis_risks", Right.TRAINING_ASSIGN, order=50))
register_tab(Tab("effects", _("Effect"), "training:analysis_effects", order=60))
