"""How campaigns reach their readers, and how readers end it."""

from django.urls import path

from campaigns.views.public import sending as public
from campaigns.views.staff import mailings, sending

staff_urlpatterns = [
    path("campaigns/settings/", sending.SettingsView.as_view(), name="settings"),
    path("campaigns/suppressed/", sending.SuppressionListView.as_view(), name="suppressions"),
    path("campaigns/suppressed/new/", sending.SuppressView.as_view(), name="suppress"),
    path("campaigns/suppressed/<int:pk>/", sending.LiftView.as_view(), name="suppression_lift"),
    path("campaigns/consents/", sending.ConsentNoticeListView.as_view(), name="consent_notices"),
    path("campaigns/templates/", sending.TemplateListView.as_view(), name="templates"),
    path("campaigns/templates/new/", sending.TemplateFormView.as_view(), name="template_new"),
    path("campaigns/templates/<int:pk>/", sending.TemplateFormView.as_view(), name="template"),
    path("campaigns/templates/<int:pk>/step/", sending.TemplateStepView.as_view(), name="template_step"),
    path("campaigns/<int:pk>/mailings/", mailings.MailingStartView.as_view(), name="mailing_start"),
    path("campaigns/<int:pk>/mailings/<int:mailing>/step/", mailings.MailingStepView.as_view(), name="mailing_step"),
    path("campaigns/<int:pk>/mailings/<int:mailing>/list/", mailings.MailingListView.as_view(), name="mailing_list"),
    path(
        "campaigns/<int:pk>/mailings/<int:mailing>/letters/",
        mailings.MailingLettersView.as_view(),
        name="mailing_letters",
    ),
    path(
        "campaigns/<int:pk>/mailings/<int:mailing>/results/",
        mailings.MailingResultsView.as_view(),
        name="mailing_results",
    ),
    path("campaigns/<int:pk>/texts/<int:content>/shown/", mailings.MailShownView.as_view(), name="mail_shown"),
    path("campaigns/<int:pk>/texts/<int:content>/mail/", mailings.MailPageView.as_view(), name="mail_page"),
]
public_urlpatterns = [
    path("u/<str:token>/", public.UnsubscribeView.as_view(), name="unsubscribe"),
    path("p/<str:token>/", public.ChoicesView.as_view(), name="choices"),
    path("n/<str:token>/", public.ConsentView.as_view(), name="consent"),
    path("campaigns/reports/", public.ReportsView.as_view(), name="reports"),
]
