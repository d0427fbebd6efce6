"""Campaigns from plan to what was learned."""

from django.urls import path

from campaigns.views.staff import calendar, campaigns

staff_urlpatterns = [
    path("campaigns/", campaigns.CampaignListView.as_view(), name="list"),
    path("campaigns/new/", campaigns.CampaignNewView.as_view(), name="new"),
    path("campaigns/pilot-size/", campaigns.PilotSizeView.as_view(), name="pilot_size"),
    path("campaigns/calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("campaigns/calendar/clash/", calendar.ClashView.as_view(), name="clash"),
    path("campaigns/<int:pk>/", campaigns.CampaignView.as_view(), name="detail"),
    path("campaigns/<int:pk>/edit/", campaigns.PlanEditView.as_view(), name="edit"),
    path("campaigns/<int:pk>/step/", campaigns.StepView.as_view(), name="step"),
    path("campaigns/<int:pk>/copy/", campaigns.CopyView.as_view(), name="copy"),
    path("campaigns/<int:pk>/costs/", campaigns.CostView.as_view(), name="costs"),
    path("campaigns/<int:pk>/checks/<int:check>/", campaigns.CheckView.as_view(), name="check"),
    path("campaigns/<int:pk>/variants/", campaigns.VariantsView.as_view(), name="variants"),
    path("campaigns/<int:pk>/texts/new/<int:variant>/", campaigns.ContentNewView.as_view(), name="content_new"),
    path("campaigns/<int:pk>/texts/<int:content>/", campaigns.ContentEditView.as_view(), name="content"),
    path("campaigns/<int:pk>/texts/preview/", campaigns.PreviewView.as_view(), name="content_preview"),
    path("campaigns/<int:pk>/links/", campaigns.LinksView.as_view(), name="links"),
    path("campaigns/<int:pk>/readers/", campaigns.ReaderListView.as_view(), name="readers"),
]
