from typing import Any

from django.urls import path

from training.views.staff import scorm

staff_urlpatterns = [
    path("training/lessons/<int:pk>/package/", scorm.PackageEditView.as_view(), name="scorm_edit"),
    path("training/lessons/<int:pk>/package/file/", scorm.PackageFileView.as_view(), name="scorm_file"),
]
portal_urlpatterns: list[Any] = []
