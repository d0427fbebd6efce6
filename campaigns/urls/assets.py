"""The content library."""

from django.urls import path

from campaigns.views.portal import assets as portal
from campaigns.views.public import share_links as public
from campaigns.views.staff import assets as staff

staff_urlpatterns = [
    path("content/", staff.LibraryView.as_view(), name="library"),
    path("content/list/", staff.AssetListView.as_view(), name="asset_list"),
    path("content/use/", staff.AssetReportView.as_view(), name="asset_report"),
    path("content/new/", staff.AssetCreateView.as_view(), name="asset_create"),
    path("content/<int:pk>/", staff.AssetView.as_view(), name="asset"),
    path("content/<int:pk>/edit/", staff.AssetEditView.as_view(), name="asset_edit"),
    path("content/<int:pk>/version/", staff.VersionAddView.as_view(), name="asset_version_add"),
    path("content/<int:pk>/step/", staff.AssetStepView.as_view(), name="asset_step"),
    path("content/<int:pk>/readers/", staff.ReadersView.as_view(), name="asset_readers"),
    path("content/<int:pk>/effect/", staff.EffectView.as_view(), name="asset_effect"),
    path("content/<int:pk>/log/", staff.UseLogView.as_view(), name="asset_log"),
    path("content/versions/<int:pk>/file/", staff.VersionFileView.as_view(), name="asset_file"),
    path("content/versions/<int:pk>/page/<int:page>/", staff.AssetPreviewView.as_view(), name="asset_preview"),
    path("content/versions/<int:pk>/places/", staff.ZonesView.as_view(), name="asset_zones"),
    path("content/versions/<int:pk>/sample/", staff.SampleView.as_view(), name="asset_sample"),
    path("settings/content/terms/", staff.TermsListView.as_view(), name="asset_terms"),
    path("settings/content/terms/new/", staff.TermsCreateView.as_view(), name="asset_terms_create"),
    path("settings/content/terms/<int:pk>/", staff.TermsEditView.as_view(), name="asset_terms_edit"),
]

portal_urlpatterns = [
    path("content/", portal.LibraryView.as_view(), name="library"),
    path("content/links/", portal.ShareLinksView.as_view(), name="share_links"),
    path("content/links/<int:pk>/off/", portal.ShareLinkStepView.as_view(), name="share_link_off"),
    path("content/brand/", portal.BrandView.as_view(), name="brand"),
    path("content/brand/logo/", portal.BrandLogoView.as_view(), name="brand_logo"),
    path("content/<int:pk>/", portal.AssetView.as_view(), name="asset"),
    path("content/<int:pk>/file/", portal.AssetFileView.as_view(), name="asset_file"),
    path("content/<int:pk>/terms/", portal.AssetTermsView.as_view(), name="asset_accept"),
    path("content/<int:pk>/branded/", portal.AssetBrandedView.as_view(), name="asset_branded"),
    path("content/<int:pk>/share/", portal.AssetShareView.as_view(), name="asset_share"),
    path("content/versions/<int:pk>/page/<int:page>/", portal.AssetPreviewView.as_view(), name="asset_preview"),
]

public_urlpatterns = [
    path("m/<slug:token>/", public.SharedView.as_view(), name="shared"),
    path("m/<slug:token>/file/", public.SharedFileView.as_view(), name="shared_file"),
    path("m/<slug:token>/page/<int:page>/", public.SharedPageView.as_view(), name="shared_page"),
]
