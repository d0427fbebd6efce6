"""Funds: budgets, requests, claims."""

from django.urls import path

from campaigns.views.portal import funds as portal
from campaigns.views.staff import funds as staff

staff_urlpatterns = [
    path("funds/", staff.FundRequestListView.as_view(), name="fund_requests"),
    path("funds/budgets/", staff.FundsView.as_view(), name="funds"),
    path("funds/budgets/new/", staff.FundFormView.as_view(), name="fund_new"),
    path("funds/budgets/<int:pk>/", staff.FundView.as_view(), name="fund"),
    path("funds/budgets/<int:pk>/edit/", staff.FundFormView.as_view(), name="fund_edit"),
    path("funds/budgets/<int:pk>/money/", staff.FundMoneyView.as_view(), name="fund_money"),
    path("funds/activities/", staff.ActivitiesView.as_view(), name="fund_activities"),
    path("funds/requests/<int:pk>/", staff.RequestView.as_view(), name="fund_request"),
    path("funds/requests/<int:pk>/step/", staff.RequestStepView.as_view(), name="fund_step"),
    path("funds/files/<int:pk>/", staff.StaffFundFileView.as_view(), name="fund_file"),
]
portal_urlpatterns = [
    path("funds/", portal.FundsView.as_view(), name="funds"),
    path("funds/<int:pk>/ask/", portal.AskView.as_view(), name="fund_ask"),
    path("funds/requests/<int:pk>/", portal.RequestView.as_view(), name="fund_request"),
    path("funds/requests/<int:pk>/step/", portal.RequestStepView.as_view(), name="fund_step"),
    path("funds/files/<int:pk>/", portal.PortalFundFileView.as_view(), name="fund_file"),
]
