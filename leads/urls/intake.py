"""Leads, end customers, and how leads come in."""

from django.urls import path

from leads.views.portal import referrals
from leads.views.public import web_forms
from leads.views.staff import calls, customers, intake_settings, leads, likenesses

staff_urlpatterns = [
    path("leads/", leads.LeadListView.as_view(), name="list"),
    path("leads/new/", leads.LeadCreateView.as_view(), name="create"),
    path("leads/call/", calls.CallView.as_view(), name="call"),
    path("leads/alike/", likenesses.LeadLikenessView.as_view(), name="alike"),
    path("leads/<int:pk>/", leads.LeadDetailView.as_view(), name="detail"),
    path("leads/<int:pk>/edit/", leads.LeadEditView.as_view(), name="edit"),
    path("leads/<int:pk>/discard/", leads.LeadDiscardView.as_view(), name="discard"),
    path("leads/<int:pk>/restore/", leads.LeadRestoreView.as_view(), name="restore"),
    path("leads/<int:pk>/assign/", leads.LeadAssignView.as_view(), name="assign"),
    path("leads/<int:pk>/customer/", leads.LeadCustomerView.as_view(), name="to_customer"),
    path("leads/likeness/<int:pk>/", likenesses.LikenessDecideView.as_view(), name="likeness"),
    path("leads/likeness/<int:pk>/merge/", likenesses.LeadMergeView.as_view(), name="merge"),
    path("leads/merges/<int:pk>/undo/", likenesses.MergeUndoView.as_view(), name="merge_undo"),
    path("customers/", customers.CustomerListView.as_view(), name="customers"),
    path("customers/new/", customers.CustomerCreateView.as_view(), name="customer_create"),
    path("customers/<int:pk>/", customers.CustomerDetailView.as_view(), name="customer"),
    path("customers/<int:pk>/edit/", customers.CustomerEditView.as_view(), name="customer_edit"),
    path("customers/<int:pk>/merge/", customers.CustomerMergeView.as_view(), name="customer_merge"),
    path("customers/merges/<int:pk>/undo/", customers.CustomerMergeUndoView.as_view(), name="customer_merge_undo"),
    path("customers/<int:pk>/withdraw/", customers.CustomerWithdrawView.as_view(), name="customer_withdraw"),
    path("settings/leads/", intake_settings.CodeListView.as_view(), {"what": "sources"}, name="lists"),
    path("settings/leads/forms/", intake_settings.WebFormsView.as_view(), name="web_forms"),
    path(
        "settings/leads/forms/draft/<str:language>/", intake_settings.WebFormDraftView.as_view(), name="web_form_draft"
    ),
    path("settings/leads/forms/<int:pk>/", intake_settings.WebFormView.as_view(), name="web_form"),
    path("settings/leads/<slug:what>/", intake_settings.CodeListView.as_view(), name="codes"),
    path("settings/leads/<slug:what>/new/", intake_settings.CodeEntryView.as_view(), name="code_create"),
    path("settings/leads/<slug:what>/<int:pk>/", intake_settings.CodeEditView.as_view(), name="code_edit"),
]

portal_urlpatterns = [
    path("leads/referrals/", referrals.ReferralsView.as_view(), name="referrals"),
    path("leads/referrals/new/", referrals.ReferralCreateView.as_view(), name="refer"),
]

public_urlpatterns = [path("leads/", web_forms.LeadFormView.as_view(), name="form")]
