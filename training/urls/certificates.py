from typing import Any

from django.urls import path

from training.views.portal import certificates as portal_certificates
from training.views.public import certificates as public_certificates
from training.views.staff import certificates

staff_urlpatterns: list[Any] = [
    path("training/certificates/", certificates.CertificateListView.as_view(), name="certificates"),
    path(
        "training/certificates/template/", certificates.CertificateTemplateView.as_view(), name="certificate_template"
    ),
    path(
        "training/certificates/template/<str:language>.png",
        certificates.CertificatePreviewView.as_view(),
        name="certificate_preview",
    ),
    path("training/certificates/<int:pk>/", certificates.CertificateView.as_view(), name="certificate"),
    path("training/certificates/<int:pk>/step/", certificates.CertificateStepView.as_view(), name="certificate_step"),
    path("training/certificates/<int:pk>/pdf/", certificates.CertificatePdfView.as_view(), name="certificate_pdf"),
]
portal_urlpatterns: list[Any] = [
    path("learning/certificates/", portal_certificates.CertificatesView.as_view(), name="certificates"),
    path(
        "learning/certificates/colleagues/",
        portal_certificates.TeamCertificatesView.as_view(),
        name="team_certificates",
    ),
    path(
        "learning/certificates/<int:pk>/pdf/", portal_certificates.CertificatePdfView.as_view(), name="certificate_pdf"
    ),
]
public_urlpatterns: list[Any] = [
    path("certificates/", public_certificates.CertificateView.as_view(), name="certificate_search"),
    path("certificates/<str:number>/", public_certificates.CertificateView.as_view(), name="certificate"),
]
