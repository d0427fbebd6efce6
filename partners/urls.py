from django.urls import path

from partners.views.portal import locator as own_locator
from partners.views.portal import profile
from partners.views.public import applying
from partners.views.public import locator as public_locator
from partners.views.staff import application_forms, lists, locator, partners, recruiting, recruiting_reports, timeline

staff_urlpatterns = [
    path("partners/", partners.PartnerListView.as_view(), name="list"),
    path("partners/new/", partners.PartnerCreateView.as_view(), name="create"),
    path("partners/lookup/", partners.PartnerLookupView.as_view(), name="lookup"),
    path("partners/<int:pk>/", partners.PartnerDetailView.as_view(), name="detail"),
    path("partners/<int:pk>/edit/", partners.PartnerEditView.as_view(), name="edit"),
    path("partners/<int:pk>/stage/", partners.PartnerStageView.as_view(), name="stage"),
    path("partners/<int:pk>/confirm/", partners.PartnerConfirmView.as_view(), name="confirm"),
    path("partners/<int:pk>/timeline/", timeline.TimelineView.as_view(), name="timeline"),
    path("partners/<int:pk>/locator/", locator.EntryView.as_view(), name="locator_entry"),
    path("settings/kinds/", lists.KindListView.as_view(), name="kinds"),
    path("settings/kinds/new/", lists.KindCreateView.as_view(), name="kind_create"),
    path("settings/kinds/<int:pk>/", lists.KindEditView.as_view(), name="kind_edit"),
    path("settings/specialisations/", lists.SpecialisationListView.as_view(), name="specialisations"),
    path("settings/specialisations/new/", lists.SpecialisationCreateView.as_view(), name="specialisation_create"),
    path("settings/specialisations/<int:pk>/", lists.SpecialisationEditView.as_view(), name="specialisation_edit"),
    path("settings/fields/", lists.CustomFieldListView.as_view(), name="fields"),
    path("settings/fields/new/", lists.CustomFieldCreateView.as_view(), name="field_create"),
    path("settings/fields/<int:pk>/", lists.CustomFieldEditView.as_view(), name="field_edit"),
    path("recruiting/", recruiting.BoardView.as_view(), name="recruiting"),
    path("recruiting/list/", recruiting.ProspectListView.as_view(), name="prospects"),
    path("recruiting/new/", recruiting.ProspectCreateView.as_view(), name="prospect_create"),
    path("recruiting/report/", recruiting_reports.FunnelView.as_view(), name="recruiting_report"),
    path("recruiting/introducers/", recruiting_reports.IntroducersView.as_view(), name="introducers"),
    path("recruiting/files/<int:pk>/", recruiting.ProspectFileView.as_view(), name="prospect_file"),
    path("recruiting/<int:pk>/", recruiting.ProspectView.as_view(), name="prospect"),
    path("recruiting/<int:pk>/edit/", recruiting.ProspectEditView.as_view(), name="prospect_edit"),
    path("recruiting/<int:pk>/move/", recruiting.ProspectMoveView.as_view(), name="prospect_move"),
    path("recruiting/<int:pk>/comment/", recruiting.ProspectCommentView.as_view(), name="prospect_comment"),
    path("recruiting/<int:pk>/approve/", recruiting.ProspectApproveView.as_view(), name="prospect_approve"),
    path("recruiting/<int:pk>/refuse/", recruiting.ProspectRefuseView.as_view(), name="prospect_refuse"),
    path("settings/application-form/", application_forms.VersionListView.as_view(), name="application_forms"),
    path("settings/application-form/<int:pk>/", application_forms.VersionView.as_view(), name="application_form"),
    path(
        "settings/application-form/<int:pk>/edit/",
        application_forms.VersionEditView.as_view(),
        name="application_form_edit",
    ),
    path(
        "settings/application-form/<int:pk>/questions/new/",
        application_forms.QuestionCreateView.as_view(),
        name="application_question_create",
    ),
    path(
        "settings/application-form/questions/<int:pk>/",
        application_forms.QuestionEditView.as_view(),
        name="application_question",
    ),
    path("settings/refusal-text/", application_forms.RefusalTextView.as_view(), name="refusal_text"),
    path("settings/sources/", application_forms.SourceListView.as_view(), name="sources"),
    path("settings/sources/new/", application_forms.SourceCreateView.as_view(), name="source_create"),
    path("settings/sources/<int:pk>/", application_forms.SourceEditView.as_view(), name="source_edit"),
    path("settings/refusal-reasons/", application_forms.ReasonListView.as_view(), name="reasons"),
    path("settings/refusal-reasons/new/", application_forms.ReasonCreateView.as_view(), name="reason_create"),
    path("settings/refusal-reasons/<int:pk>/", application_forms.ReasonEditView.as_view(), name="reason_edit"),
]
portal_urlpatterns = [
    path("profile/", profile.ProfileView.as_view(), name="profile"),
    path("profile/edit/", profile.ProfileEditView.as_view(), name="profile_edit"),
    path("profile/confirm/", profile.ProfileConfirmView.as_view(), name="profile_confirm"),
    path("profile/public/", own_locator.OwnEntryView.as_view(), name="locator_entry"),
    path("sharing/", profile.SharingView.as_view(), name="sharing"),
    path("sharing/partners/<int:pk>/", profile.SharedProfileView.as_view(), name="shared_profile"),
    path("sharing/change/", profile.SharingChangeView.as_view(), name="sharing_change"),
]
public_urlpatterns = [
    path("apply/", applying.ApplyView.as_view(), name="apply"),
    path("apply/status/<str:token>/", applying.StatusView.as_view(), name="apply_status"),
    path("partners/", public_locator.LocatorView.as_view(), name="locator"),
    path("partners/embed/", public_locator.EmbeddedLocatorView.as_view(), name="locator_embed"),
    path("partners/<int:pk>/ask/", public_locator.QuestionView.as_view(), name="locator_ask"),
]
