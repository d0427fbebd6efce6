from notices.views import pages
from tenancy.access import PortalMixin


class InboxView(PortalMixin, pages.InboxPage):
    pass


class NoticeView(PortalMixin, pages.NoticePage):
    pass


class ConfirmView(PortalMixin, pages.ConfirmView):
    pass


class ReadAllView(PortalMixin, pages.ReadAllView):
    pass


class PreferencesView(PortalMixin, pages.PreferencesPage):
    pass
