from notices.views import pages
from tenancy.access import StaffMixin


class InboxView(StaffMixin, pages.InboxPage):
    template_name = "notices/staff/inbox.html"


class NoticeView(StaffMixin, pages.NoticePage):
    template_name = "notices/staff/notice.html"


class ConfirmView(StaffMixin, pages.ConfirmView):
    pass


class ReadAllView(StaffMixin, pages.ReadAllView):
    pass


class PreferencesView(StaffMixin, pages.PreferencesPage):
    template_name = "notices/staff/preferences.html"
