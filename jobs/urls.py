from django.urls import path

from jobs.views import imports, staff

staff_urlpatterns = [
    path("jobs/", staff.JobListView.as_view(), name="list"),
    path("jobs/<int:pk>/", staff.JobView.as_view(), name="detail"),
    path("jobs/<int:pk>/cancel/", staff.JobCancelView.as_view(), name="cancel"),
    path("jobs/<int:pk>/result/", staff.JobFileView.as_view(which="result_file"), name="result_file"),
    path("jobs/<int:pk>/rejected/", staff.JobFileView.as_view(which="error_file"), name="error_file"),
    path("imports/", imports.ImportListView.as_view(), name="imports"),
    path("imports/new/", imports.ImportNewView.as_view(), name="import_new"),
    path("imports/template/<slug:kind>/", imports.ImportTemplateView.as_view(), name="import_template"),
    path("imports/<int:pk>/", imports.ImportView.as_view(), name="import"),
    path("imports/<int:pk>/columns/", imports.ImportMatchView.as_view(), name="import_match"),
    path("imports/<int:pk>/run/", imports.ImportRunView.as_view(), name="import_run"),
]
