from django.urls import path

from prm_portal.home.views import PortalHomeView, StaffHomeView

staff_urlpatterns = [path("", StaffHomeView.as_view(), name="page")]
portal_urlpatterns = [path("", PortalHomeView.as_view(), name="page")]
