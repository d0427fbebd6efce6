from django.urls import path

from partners.views import lists, portal, staff

staff_urlpatterns = [
    path("partners/", staff.PartnerListView.as_view(), name="list"),
    path("partners/new/", staff.PartnerCreateView.as_view(), name="create"),
    path("partners/lookup/", staff.PartnerLookupView.as_view(), name="lookup"),
    path("partners/<int:pk>/", staff.PartnerDetailView.as_view(), name="detail"),
    path("partners/<int:pk>/edit/", staff.PartnerEditView.as_view(), name="edit"),
    path("partners/<int:pk>/stage/", staff.PartnerStageView.as_view(), name="stage"),
    path("partners/<int:pk>/confirm/", staff.PartnerConfirmView.as_view(), name="confirm"),
    path("settings/kinds/", lists.KindListView.as_view(), name="kinds"),
    path("settings/kinds/new/", lists.KindCreateView.as_view(), name="kind_create"),
    path("settings/kinds/<int:pk>/", lists.KindEditView.as_view(), name="kind_edit"),
    path("settings/specialisations/", lists.SpecialisationListView.as_view(), name="specialisations"),
    path("settings/specialisations/new/", lists.SpecialisationCreateView.as_view(), name="specialisation_create"),
    path("settings/specialisations/<int:pk>/", lists.SpecialisationEditView.as_view(), name="specialisation_edit"),
    path("settings/fields/", lists.CustomFieldListView.as_view(), name="fields"),
    path("settings/fields/new/", lists.CustomFieldCreateView.as_view(), name="field_create"),
    path("settings/fields/<int:pk>/", lists.CustomFieldEditView.as_view(), name="field_edit"),
]
portal_urlpatterns = [
    path("profile/", portal.ProfileView.as_view(), name="profile"),
    path("profile/edit/", portal.ProfileEditView.as_view(), name="profile_edit"),
    path("profile/confirm/", portal.ProfileConfirmView.as_view(), name="profile_confirm"),
    path("sharing/", portal.SharingView.as_view(), name="sharing"),
    path("sharing/partners/<int:pk>/", portal.SharedProfileView.as_view(), name="shared_profile"),
    path("sharing/change/", portal.SharingChangeView.as_view(), name="sharing_change"),
]
