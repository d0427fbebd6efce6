"""Initiatives: measures that partners carry out."""

from django.urls import path

from campaigns.views.portal import initiatives as portal
from campaigns.views.staff import initiatives as staff

staff_urlpatterns = [
    path("initiatives/", staff.InitiativeListView.as_view(), name="initiatives"),
    path("initiatives/new/", staff.InitiativeNewView.as_view(), name="initiative_new"),
    path("initiatives/<int:pk>/", staff.InitiativeView.as_view(), name="initiative"),
    path("initiatives/<int:pk>/edit/", staff.InitiativeEditView.as_view(), name="initiative_edit"),
    path("initiatives/<int:pk>/act/", staff.InitiativeActView.as_view(), name="initiative_act"),
    path("initiatives/<int:pk>/steps/new/", staff.StepNewView.as_view(), name="initiative_step_new"),
    path("initiatives/<int:pk>/steps/<int:step>/", staff.StepEditView.as_view(), name="initiative_step"),
    path("initiatives/<int:pk>/partners/", staff.PartnerListView.as_view(), name="initiative_partners"),
    path("initiatives/<int:pk>/partners/<int:row>/", staff.PartnerView.as_view(), name="initiative_partner"),
    path("initiatives/<int:pk>/files/<int:file>/", staff.ProofView.as_view(), name="initiative_file"),
]
portal_urlpatterns = [
    path("initiatives/", portal.InitiativesView.as_view(), name="initiatives"),
    path("initiatives/<int:pk>/", portal.InitiativeView.as_view(), name="initiative"),
    path("initiatives/<int:pk>/act/", portal.InitiativeActView.as_view(), name="initiative_act"),
    path("initiatives/<int:pk>/files/<int:file>/", portal.ProofView.as_view(), name="initiative_file"),
]
