from django.urls import path

from leads.views.portal import deals as portal
from leads.views.staff import deal_terms
from leads.views.staff import deals as staff

staff_urlpatterns = [
    path("deals/", staff.DealListView.as_view(), name="deals"),
    path("deals/new/", staff.DealEnterView.as_view(), name="deal_create"),
    path("deals/terms/", deal_terms.DealTermsView.as_view(), name="deal_terms"),
    path("deals/proof/", deal_terms.ClaimsProofView.as_view(), name="deal_proof"),
    path("deals/<int:pk>/", staff.DealView.as_view(), name="deal"),
    path("deals/<int:pk>/confirm/", staff.DealConfirmView.as_view(), name="deal_confirm"),
    path("deals/<int:pk>/decide/", staff.DealDecideView.as_view(), name="deal_decide"),
    path("deals/<int:pk>/proof/", staff.StaffDealProofView.as_view(), name="deal_proof_of"),
    path("deals/<int:pk>/proof/file/", staff.StaffDealProofFileView.as_view(), name="deal_proof_file"),
    path("deals/extensions/<int:pk>/", staff.AskedAnswerView.as_view(), name="deal_extension"),
    path("deals/appeals/<int:pk>/", staff.AppealAnswerView.as_view(), name="deal_appeal"),
    path("deals/files/<int:pk>/", staff.StaffDealFileView.as_view(), name="deal_file"),
]
portal_urlpatterns = [
    path("deals/", portal.DealsView.as_view(), name="deals"),
    path("deals/new/", portal.DealCreateView.as_view(), name="deal_create"),
    path("deals/check/", portal.DealCheckView.as_view(), name="deal_check"),
    path("deals/<int:pk>/", portal.DealView.as_view(), name="deal"),
    path("deals/<int:pk>/edit/", portal.DealEditView.as_view(), name="deal_edit"),
    path("deals/<int:pk>/step/", portal.DealStepView.as_view(), name="deal_step"),
    path("deals/<int:pk>/extension/", portal.ExtensionView.as_view(), name="deal_extension"),
    path("deals/<int:pk>/appeal/", portal.AppealView.as_view(), name="deal_appeal"),
    path("deals/<int:pk>/proof/", portal.PortalDealProofView.as_view(), name="deal_proof_of"),
    path("deals/<int:pk>/proof/file/", portal.PortalDealProofFileView.as_view(), name="deal_proof_file"),
    path("deals/files/<int:pk>/", portal.PortalDealFileView.as_view(), name="deal_file"),
]
