from django.urls import path

from communication.views.portal import announcements as portal
from communication.views.staff import announcements as staff

staff_urlpatterns = [
    path("announcements/", staff.AnnouncementListView.as_view(), name="announcements"),
    path("announcements/add/", staff.AnnouncementEditView.as_view(), name="announcement_create"),
    path("announcements/<int:pk>/", staff.AnnouncementView.as_view(), name="announcement"),
    path("announcements/<int:pk>/edit/", staff.AnnouncementEditView.as_view(), name="announcement_edit"),
    path("announcements/<int:pk>/step/", staff.AnnouncementStepView.as_view(), name="announcement_step"),
    path("announcements/<int:pk>/partners/", staff.AddresseeListView.as_view(), name="announcement_partners"),
    path("announcements/<int:pk>/people/", staff.PeopleListView.as_view(), name="announcement_people"),
    path("announcements/<int:pk>/files/<int:file>/", staff.AnnouncementFileView.as_view(), name="announcement_file"),
]
portal_urlpatterns = [
    path("news/", portal.NewsView.as_view(), name="news"),
    path("news/<int:pk>/", portal.NewsItemView.as_view(), name="news_item"),
    path("news/<int:pk>/step/", portal.NewsStepView.as_view(), name="news_step"),
    path("news/<int:pk>/files/<int:file>/", portal.NewsFileView.as_view(), name="news_file"),
]
