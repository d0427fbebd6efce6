"""Who is likely to answer."""

from django.urls import path

from campaigns.views.staff import propensity

staff_urlpatterns = [
    path("campaigns/answering/", propensity.PropensityView.as_view(), name="propensity"),
    path("campaigns/answering/learn/", propensity.LearnView.as_view(), name="propensity_learn"),
    path("campaigns/<int:pk>/chances/", propensity.ScoreView.as_view(), name="chances"),
]
