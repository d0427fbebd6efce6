"""The addresses of communication: one module a subject, with a list for each side that it serves."""

from communication.urls import announcements

SUBJECTS = (announcements,)

staff_urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.staff_urlpatterns]
portal_urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.portal_urlpatterns]
