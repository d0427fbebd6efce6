from leads.views.reports import ReportExport, ReportPage
from tenancy.access import StaffMixin
from tenancy.rights import Right


class StaffReportView(StaffMixin, ReportPage):
    """Of all leads that this member may see."""

    required_right = Right.LEADS_VIEW
    page_name = "leads:reports"
    export_name = "leads:reports_export"


class StaffReportExportView(StaffMixin, ReportExport):
    required_right = Right.PARTNERS_EXPORT
    page_name = "leads:reports"
    export_name = "leads:reports_export"
