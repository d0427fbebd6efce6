from notices.views import pages
from tenancy.access import PortalMixin


class InboxView(PortalMixin, pages.InboxPage):
    template_name = "notices/portal/inbox.html"


class NoticeView(PortalMixin, pages.NoticePage):
    template_name = "notices/portal/notice.html"


class ConfirmView(PortalMixin, pages.ConfirmView):
    pass


class ReadAllView(PortalMixin, pages.ReadAllView):
    pass


class PreferencesView(PortalMixin, pages.PreferencesPage):
    template_name = "notices/portal/preferences.html"
