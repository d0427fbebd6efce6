"""Campaigns of partners to their own customers."""

from django.urls import path

from campaigns.views.portal import partner_campaigns as portal
from campaigns.views.public import partner_campaigns as public
from campaigns.views.staff import partner_campaigns as staff

staff_urlpatterns = [
    path("partner-campaigns/", staff.TemplateListView.as_view(), name="partner_templates"),
    path("partner-campaigns/new/", staff.TemplateNewView.as_view(), name="partner_template_new"),
    path("partner-campaigns/<int:pk>/", staff.TemplateView.as_view(), name="partner_template"),
    path("partner-campaigns/<int:pk>/edit/", staff.TemplateEditView.as_view(), name="partner_template_edit"),
    path("partner-campaigns/<int:pk>/step/", staff.TemplateStepView.as_view(), name="partner_template_step"),
    path("partner-campaigns/<int:pk>/texts/new/", staff.TextNewView.as_view(), name="partner_text_new"),
    path("partner-campaigns/<int:pk>/texts/<int:text>/", staff.TextEditView.as_view(), name="partner_text"),
]

portal_urlpatterns = [
    path("campaigns/", portal.OwnCampaignsView.as_view(), name="own_campaigns"),
    path("campaigns/start/<int:pk>/", portal.OwnStartView.as_view(), name="own_start"),
    path("campaigns/customers/", portal.CustomersView.as_view(), name="own_customers"),
    path("campaigns/customers/add/", portal.CustomersAddView.as_view(), name="own_customers_add"),
    path("campaigns/customers/keep/", portal.CustomersKeepView.as_view(), name="own_customers_keep"),
    path("campaigns/customers/remove/", portal.CustomersRemoveView.as_view(), name="own_customers_remove"),
    path("campaigns/customers/<int:pk>/remove/", portal.CustomerRemoveView.as_view(), name="own_customer_remove"),
    path("campaigns/<int:pk>/", portal.OwnCampaignView.as_view(), name="own_campaign"),
    path("campaigns/<int:pk>/look/", portal.OwnLookView.as_view(), name="own_look"),
    path("campaigns/<int:pk>/mail/<slug:language>/", portal.OwnMailView.as_view(), name="own_mail"),
    path("campaigns/<int:pk>/send/", portal.OwnSendView.as_view(), name="own_send"),
    path("campaigns/<int:pk>/stop/", portal.OwnStopView.as_view(), name="own_stop"),
]

public_urlpatterns = [
    path("own/logo/<str:token>.png", public.LogoView.as_view(), name="own_logo"),
    path("own/o/<str:token>/picture.gif", public.OpenView.as_view(), name="own_open"),
    path("own/c/<str:token>/", public.ClickView.as_view(), name="own_click"),
    path("own/a/<str:token>/<slug:code>/", public.AnswerView.as_view(), name="own_answer"),
    path("own/u/<str:token>/", public.UnsubscribeView.as_view(), name="own_unsubscribe"),
]
