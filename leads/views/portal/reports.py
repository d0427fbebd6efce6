from leads.views.reports import ReportExport, ReportPage
from tenancy.access import PortalMixin
from tenancy.rights import Right

DIMENSIONS = ("source", "kind", "category", "region")


class PortalReportView(PortalMixin, ReportPage):
    """Of the leads that the partner has accepted."""

    required_right = Right.PORTAL_LEADS
    dimensions = DIMENSIONS
    page_name = "leads_portal:reports"
    export_name = "leads_portal:reports_export"


class PortalReportExportView(PortalMixin, ReportExport):
    required_right = Right.PORTAL_LEADS
    dimensions = DIMENSIONS
    page_name = "leads_portal:reports"
    export_name = "leads_portal:reports_export"
