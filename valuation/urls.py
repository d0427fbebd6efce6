from django.urls import path

from valuation.views import grades, portal, programmes

staff_urlpatterns = [
    path("grades/", grades.RunListView.as_view(), name="runs"),
    path("grades/recompute/", grades.RecomputeView.as_view(), name="recompute"),
    path("grades/runs/<int:pk>/", grades.RunView.as_view(), name="run"),
    path("grades/promotions/<int:pk>/approve/", grades.PromotionApproveView.as_view(), name="approve"),
    path("grades/promotions/<int:pk>/refuse/", grades.PromotionRefuseView.as_view(), name="refuse"),
    path("partners/<int:pk>/grade/", grades.OverrideView.as_view(), name="override"),
    path("partners/<int:pk>/grade/end/", grades.OverrideEndView.as_view(), name="override_end"),
    path("programmes/", programmes.ProgrammeListView.as_view(), name="programmes"),
    path("programmes/new/", programmes.ProgrammeCreateView.as_view(), name="programme_create"),
    path("programmes/<int:pk>/", programmes.ProgrammeDetailView.as_view(), name="programme"),
    path("programmes/<int:pk>/edit/", programmes.ProgrammeEditView.as_view(), name="programme_edit"),
    path("programmes/<int:pk>/check/", programmes.ProgrammeCheckView.as_view(), name="programme_check"),
    path("programmes/<int:pk>/preview/", programmes.ProgrammePreviewView.as_view(), name="programme_preview"),
    path("programmes/<int:pk>/publish/", programmes.ProgrammePublishView.as_view(), name="programme_publish"),
    path("programmes/<int:pk>/version/", programmes.ProgrammeVersionView.as_view(), name="programme_version"),
    path("programmes/<int:pk>/retire/", programmes.ProgrammeRetireView.as_view(), name="programme_retire"),
    path("programmes/<int:pk>/delete/", programmes.ProgrammeDeleteView.as_view(), name="programme_delete"),
]
portal_urlpatterns = [
    path("grade/", portal.GradeView.as_view(), name="grade"),
    path("grade/play/", portal.GradePlayView.as_view(), name="grade_play"),
]
