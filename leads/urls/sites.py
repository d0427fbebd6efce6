from django.urls import path

from leads.views.portal import sites as portal
from leads.views.staff import sites as staff

staff_urlpatterns = [
    path("sites/", staff.SiteBoardView.as_view(), name="sites"),
    path("sites/map/", staff.SiteMapView.as_view(), name="sites_map"),
    path("sites/list/", staff.SiteListView.as_view(), name="sites_list"),
    path("sites/add/", staff.SiteEditView.as_view(), name="site_create"),
    path("sites/alike/", staff.SiteAlikeView.as_view(), name="site_alike"),
    path("sites/<int:pk>/", staff.SiteView.as_view(), name="site"),
    path("sites/<int:pk>/edit/", staff.SiteEditView.as_view(), name="site_edit"),
    path("sites/<int:pk>/step/", staff.SiteStepView.as_view(), name="site_step"),
    path("sites/<int:pk>/merge/", staff.SiteMergeView.as_view(), name="site_merge"),
    path("sites/<int:pk>/files/<int:file>/", staff.SiteFileView.as_view(), name="site_file"),
]
portal_urlpatterns = [
    path("sites/", portal.SitesView.as_view(), name="sites"),
    path("sites/add/", portal.SiteEditView.as_view(), name="site_create"),
    path("sites/alike/", portal.SiteAlikeView.as_view(), name="site_alike"),
    path("sites/<int:pk>/", portal.SiteView.as_view(), name="site"),
    path("sites/<int:pk>/edit/", portal.SiteEditView.as_view(), name="site_edit"),
    path("sites/<int:pk>/step/", portal.SiteStepView.as_view(), name="site_step"),
    path("sites/<int:pk>/files/<int:file>/", portal.SiteFileView.as_view(), name="site_file"),
]
