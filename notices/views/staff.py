from notices.views import pages
from tenancy.access import StaffMixin


class InboxView(StaffMixin, pages.InboxPage):
    pass


class NoticeView(StaffMixin, pages.NoticePage):
    pass


class ConfirmView(StaffMixin, pages.ConfirmView):
    pass


class ReadAllView(StaffMixin, pages.ReadAllView):
    pass


class PreferencesView(StaffMixin, pages.PreferencesPage):
    pass
