"""How learning goes, what it goes with, and who may not finish."""

from django.urls import path

from training.views.portal import team_analysis
from training.views.staff import analysis, effects

staff_urlpatterns = [
    path("training/analysis/", analysis.CourseProgressView.as_view(), name="analysis"),
    path("training/analysis/partners/", analysis.PartnerProgressView.as_view(), name="analysis_partners"),
    path("training/analysis/partners/<int:pk>/", analysis.OnePartnerView.as_view(), name="analysis_partner"),
    path("training/analysis/people/", analysis.PersonProgressView.as_view(), name="analysis_people"),
    path("training/analysis/risks/", analysis.RiskListView.as_view(), name="analysis_risks"),
    path("training/analysis/risks/learn/", analysis.RiskLearnView.as_view(), name="analysis_risks_learn"),
    path("training/analysis/effects/", effects.EffectsView.as_view(), name="analysis_effects"),
    path("training/analysis/effects/measure/", effects.EffectsMeasureView.as_view(), name="analysis_effects_measure"),
]
portal_urlpatterns = [path("learning/team/analysis/", team_analysis.TeamAnalysisView.as_view(), name="team_analysis")]
