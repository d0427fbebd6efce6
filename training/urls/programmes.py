from django.urls import path

from training.views.portal import programmes as portal
from training.views.staff import programme_people, programmes

staff_urlpatterns = [
    path("training/programmes/", programmes.ProgrammeListView.as_view(), name="programmes"),
    path("training/programmes/new/", programmes.ProgrammeNewView.as_view(), name="programme_create"),
    path("training/programmes/add/", programmes.ProgrammeEditView.as_view(), name="programme_add"),
    path("training/programmes/preview/", programmes.ProgrammePreviewView.as_view(), name="programme_new_preview"),
    path("training/programmes/<int:pk>/", programmes.ProgrammeView.as_view(), name="programme"),
    path("training/programmes/<int:pk>/edit/", programmes.ProgrammeEditView.as_view(), name="programme_edit"),
    path("training/programmes/<int:pk>/preview/", programmes.ProgrammePreviewView.as_view(), name="programme_preview"),
    path("training/programmes/<int:pk>/step/", programmes.ProgrammeStepView.as_view(), name="programme_step"),
    path(
        "training/programmes/<int:pk>/partners/",
        programme_people.ProgrammePartnersView.as_view(),
        name="programme_partners",
    ),
    path(
        "training/programmes/<int:pk>/people/",
        programme_people.ProgrammePeopleView.as_view(),
        name="programme_people",
    ),
    path(
        "training/programme-people/<int:pk>/",
        programme_people.ProgrammePersonView.as_view(),
        name="programme_person",
    ),
    path(
        "training/programme-people/<int:pk>/step/",
        programme_people.ProgrammePersonStepView.as_view(),
        name="programme_person_step",
    ),
    path(
        "training/programme-people/<int:pk>/recognise/",
        programme_people.RecogniseView.as_view(),
        name="programme_recognise",
    ),
    path("training/exemptions/<int:pk>/paper/", programme_people.ExemptionPaperView.as_view(), name="exemption_paper"),
]
portal_urlpatterns = [
    path("learning/programmes/<int:pk>/", portal.ProgrammeView.as_view(), name="programme"),
    path("learning/team/programmes/", portal.TeamProgrammesView.as_view(), name="team_programmes"),
    path("learning/team/programmes/<int:pk>/", portal.TeamProgrammeView.as_view(), name="team_programme"),
]
