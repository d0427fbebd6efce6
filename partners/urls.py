from django.urls import path

from partners.views.portal import profile
from partners.views.staff import lists, partners, timeline

staff_urlpatterns = [
    path("partners/", partners.PartnerListView.as_view(), name="list"),
    path("partners/new/", partners.PartnerCreateView.as_view(), name="create"),
    path("partners/lookup/", partners.PartnerLookupView.as_view(), name="lookup"),
    path("partners/<int:pk>/", partners.PartnerDetailView.as_view(), name="detail"),
    path("partners/<int:pk>/edit/", partners.PartnerEditView.as_view(), name="edit"),
    path("partners/<int:pk>/stage/", partners.PartnerStageView.as_view(), name="stage"),
    path("partners/<int:pk>/confirm/", partners.PartnerConfirmView.as_view(), name="confirm"),
    path("partners/<int:pk>/timeline/", timeline.TimelineView.as_view(), name="timeline"),
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
    path("profile/", profile.ProfileView.as_view(), name="profile"),
    path("profile/edit/", profile.ProfileEditView.as_view(), name="profile_edit"),
    path("profile/confirm/", profile.ProfileConfirmView.as_view(), name="profile_confirm"),
    path("sharing/", profile.SharingView.as_view(), name="sharing"),
    path("sharing/partners/<int:pk>/", profile.SharedProfileView.as_view(), name="shared_profile"),
    path("sharing/change/", profile.SharingChangeView.as_view(), name="sharing_change"),
]
