from django.urls import path

from leads.views.portal import reports as portal
from leads.views.staff import reports as staff

staff_urlpatterns = [
    path("leads/reports/", staff.StaffReportView.as_view(), name="reports"),
    path("leads/reports/export/", staff.StaffReportExportView.as_view(), name="reports_export"),
]
portal_urlpatterns = [
    path("leads/reports/", portal.PortalReportView.as_view(), name="reports"),
    path("leads/reports/export/", portal.PortalReportExportView.as_view(), name="reports_export"),
]
