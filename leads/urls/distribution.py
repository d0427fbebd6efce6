"""How leads are handed out: the queue and the running offers, candidates, rules; the partner's inbox; the mail's link."""

from django.urls import path

from leads.views.portal import offers as portal
from leads.views.public import offers as public
from leads.views.staff import distribution as staff

staff_urlpatterns = [
    path("leads/distribution/", staff.DistributionView.as_view(), name="distribution"),
    path("leads/<int:pk>/candidates/", staff.CandidatesView.as_view(), name="candidates"),
    path("leads/<int:pk>/hand-out/", staff.HandOutView.as_view(), name="hand_out"),
    path("leads/<int:pk>/take-back/", staff.TakeBackView.as_view(), name="take_back"),
    path("leads/offers/<int:pk>/withdraw/", staff.WithdrawView.as_view(), name="offer_withdraw"),
    path("leads/decisions/<int:pk>/", staff.DecisionView.as_view(), name="decision"),
    path("leads/rules/", staff.RulesView.as_view(), name="distribution_rules"),
    path("leads/rules/new/", staff.RuleCreateView.as_view(), name="distribution_rule_create"),
    path("leads/rules/<int:pk>/", staff.RuleEditView.as_view(), name="distribution_rule"),
]
portal_urlpatterns = [
    path("leads/", portal.OffersView.as_view(), name="offers"),
    path("leads/offers/<int:pk>/", portal.OfferView.as_view(), name="offer"),
    path("leads/offers/<int:pk>/answer/", portal.OfferAnswerView.as_view(), name="offer_answer"),
]
public_urlpatterns = [path("leads/offer/<str:token>/", public.OfferLinkView.as_view(), name="offer")]
