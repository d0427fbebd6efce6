from django.urls import path

from jobs.views import staff

staff_urlpatterns = [
    path("jobs/", staff.JobListView.as_view(), name="list"),
    path("jobs/<int:pk>/", staff.JobView.as_view(), name="detail"),
    path("jobs/<int:pk>/cancel/", staff.JobCancelView.as_view(), name="cancel"),
    path("jobs/<int:pk>/result/", staff.JobFileView.as_view(which="result_file"), name="result_file"),
    path("jobs/<int:pk>/rejected/", staff.JobFileView.as_view(which="error_file"), name="error_file"),
]
