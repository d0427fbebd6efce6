from django.urls import path

from leads.views.staff import scoring

staff_urlpatterns = [
    path("leads/scoring/", scoring.ScoringView.as_view(), name="scoring"),
    path("leads/scoring/learn/", scoring.LearnView.as_view(), name="scoring_learn"),
    path("leads/scoring/off/", scoring.SwitchOffView.as_view(), name="scoring_off"),
    path("leads/scoring/rules/", scoring.RulesView.as_view(), name="score_rules"),
    path("leads/scoring/rules/try/", scoring.RulesTryView.as_view(), name="score_rules_try"),
    path("leads/scoring/rules/suggested/", scoring.RulesSuggestView.as_view(), name="score_rules_suggest"),
]
