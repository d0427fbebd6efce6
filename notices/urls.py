from types import ModuleType

from django.urls import URLPattern, path

from notices.views import portal, staff


def patterns(views: ModuleType) -> list[URLPattern]:
    """The same addresses on both sides."""
    return [
        path("notices/", views.InboxView.as_view(), name="inbox"),
        path("notices/read-all/", views.ReadAllView.as_view(), name="read_all"),
        path("notices/preferences/", views.PreferencesView.as_view(), name="preferences"),
        path("notices/<int:pk>/", views.NoticeView.as_view(), name="notice"),
        path("notices/<int:pk>/confirm/", views.ConfirmView.as_view(), name="confirm"),
    ]


staff_urlpatterns = patterns(staff)
portal_urlpatterns = patterns(portal)
