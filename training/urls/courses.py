from django.urls import path, re_path

from training.views.portal import learning, team
from training.views.staff import courses, enrolments, lessons

staff_urlpatterns = [
    path("training/", courses.CourseListView.as_view(), name="courses"),
    path("training/courses/add/", courses.CourseEditView.as_view(), name="course_create"),
    path("training/courses/<int:pk>/", courses.CourseView.as_view(), name="course"),
    path("training/courses/<int:pk>/edit/", courses.CourseEditView.as_view(), name="course_edit"),
    path("training/courses/<int:pk>/people/", enrolments.PeopleListView.as_view(), name="course_people"),
    path("training/courses/<int:pk>/enrol/", enrolments.EnrolPeopleView.as_view(), name="course_enrol"),
    path("training/courses/<int:pk>/move/", enrolments.MoveOnView.as_view(), name="course_move"),
    path("training/enrolments/<int:pk>/", enrolments.EnrolmentView.as_view(), name="enrolment"),
    path("training/enrolments/<int:pk>/step/", enrolments.EnrolmentStepView.as_view(), name="enrolment_step"),
    path("training/courses/<int:pk>/export/", courses.CourseExportView.as_view(), name="course_export"),
    path("training/import/", courses.CourseImportView.as_view(), name="course_import"),
    path("training/courses/<int:pk>/step/", courses.CourseStepView.as_view(), name="course_step"),
    path(
        "training/courses/<int:pk>/pictures/<str:picture>", lessons.CoursePictureView.as_view(), name="course_picture"
    ),
    path("training/courses/<int:course>/modules/add/", lessons.ModuleFormView.as_view(), name="module_create"),
    path("training/modules/<int:pk>/", lessons.ModuleFormView.as_view(), name="module"),
    path("training/modules/<int:module>/lessons/add/", lessons.LessonFormView.as_view(), name="lesson_create"),
    path("training/lessons/<int:pk>/", lessons.LessonFormView.as_view(), name="lesson"),
    path("training/lessons/<int:pk>/preview/", lessons.LessonPreviewView.as_view(), name="lesson_preview"),
    path("training/lessons/<int:pk>/pictures/", lessons.PictureAddView.as_view(), name="picture_add"),
    re_path(
        r"^training/contents/(?P<pk>\d{1,18})/(?P<what>file|captions|page-\d{1,3})/$",
        lessons.LessonFileView.as_view(),
        name="lesson_file",
    ),
]
portal_urlpatterns = [
    path("learning/", learning.LearningView.as_view(), name="learning"),
    path("learning/team/", team.TeamView.as_view(), name="team"),
    path("learning/team/enrol/", team.TeamEnrolView.as_view(), name="team_enrol"),
    path("learning/courses/<int:pk>/", learning.CourseView.as_view(), name="course"),
    path("learning/courses/<int:pk>/enrol/", learning.EnrolView.as_view(), name="enrol"),
    path("learning/<int:enrolment>/lessons/<int:lesson>/", learning.LessonView.as_view(), name="lesson"),
    path("learning/<int:enrolment>/lessons/<int:lesson>/done/", learning.LessonDoneView.as_view(), name="lesson_done"),
    path(
        "learning/<int:enrolment>/lessons/<int:lesson>/place/", learning.LessonPlaceView.as_view(), name="lesson_place"
    ),
    re_path(
        r"^learning/(?P<enrolment>\d{1,18})/contents/(?P<content>\d{1,18})/(?P<what>file|captions|page-\d{1,3})/$",
        learning.LessonFileView.as_view(),
        name="lesson_file",
    ),
    path("learning/<int:enrolment>/pictures/<str:picture>", learning.PictureView.as_view(), name="picture"),
]
