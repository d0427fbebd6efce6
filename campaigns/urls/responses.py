"""What comes back on campaigns."""

from django.urls import path

from campaigns.views.public import responses as public
from campaigns.views.staff import responses as staff

staff_urlpatterns = [
    path("campaigns/<int:pk>/report.pdf", staff.ReportPdfView.as_view(), name="result_pdf"),
    path("campaigns/<int:pk>/report/", staff.ReportExportView.as_view(), name="result_export"),
    path("campaigns/<int:pk>/answers/", staff.EnterView.as_view(), name="result_enter"),
]
public_urlpatterns = [
    path("o/<str:token>/picture.gif", public.picture, name="picture"),
    path("c/<str:token>/", public.click, name="click"),
    path("a/<str:token>/<slug:code>/", public.AnswerView.as_view(), name="answer"),
]
