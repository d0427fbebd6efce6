from django.urls import path

from training.views.portal import live as portal
from training.views.portal import points as portal_points
from training.views.portal import practice as portal_practice
from training.views.portal import surveys as portal_surveys
from training.views.portal import trainer_questions as portal_questions
from training.views.staff import live, points, practice, surveys, trainer_questions

LESSON = "learning/<int:enrolment>/lessons/<int:lesson>"
SEAT = "learning/<int:enrolment>/sessions/<int:session>"

staff_urlpatterns = [
    path("training/sessions/", live.SessionsView.as_view(), name="sessions"),
    path("training/sessions/all/", live.SessionListView.as_view(), name="session_list"),
    path("training/sessions/add/", live.SessionFormView.as_view(), name="session_create"),
    path("training/sessions/<int:pk>/", live.SessionView.as_view(), name="session"),
    path("training/sessions/<int:pk>/edit/", live.SessionFormView.as_view(), name="session_edit"),
    path("training/sessions/<int:pk>/off/", live.SessionOffView.as_view(), name="session_off"),
    path("training/sessions/<int:pk>/attendance/", live.AttendanceView.as_view(), name="attendance"),
    path("training/sessions/<int:pk>/attendance.csv", live.AttendanceListView.as_view(), name="attendance_list"),
    path("training/lessons/<int:pk>/survey/", surveys.SurveyEditView.as_view(), name="survey_edit"),
    path("training/lessons/<int:pk>/survey/results/", surveys.SurveyResultsView.as_view(), name="survey_results"),
    path("training/lessons/<int:pk>/survey/export/", surveys.SurveyExportView.as_view(), name="survey_export"),
    path("training/lessons/<int:pk>/task/", practice.TaskEditView.as_view(), name="task_edit"),
    path("training/hand-ins/", practice.HandInListView.as_view(), name="hand_ins"),
    path("training/hand-ins/<int:pk>/", practice.HandInView.as_view(), name="hand_in"),
    path("training/hand-ins/files/<int:pk>/", practice.HandInFileView.as_view(), name="hand_in_file"),
    path("training/questions/", trainer_questions.AskedListView.as_view(), name="asked_list"),
    path("training/asked/<int:pk>/", trainer_questions.AskedView.as_view(), name="asked"),
    path("training/points/", points.PointRulesView.as_view(), name="points"),
]
portal_urlpatterns = [
    path("learning/points/", portal_points.LeaderboardView.as_view(), name="points"),
    path(f"{LESSON}/sessions/<int:session>/book/", portal.SeatBookView.as_view(), name="seat_book"),
    path(f"{SEAT}/", portal.LiveLessonView.as_view(), name="live_lesson"),
    path(f"{SEAT}/give-back/", portal.SeatGiveBackView.as_view(), name="seat_give_back"),
    path(f"{SEAT}/session.ics", portal.SeatCalendarView.as_view(), name="seat_calendar"),
    path(f"{LESSON}/survey/", portal_surveys.SurveyView.as_view(), name="survey"),
    path(f"{LESSON}/hand-in/", portal_practice.HandInView.as_view(), name="hand_in_add"),
    path("learning/<int:enrolment>/hand-ins/<int:pk>/", portal_practice.OwnHandInView.as_view(), name="hand_in"),
    path("learning/<int:enrolment>/hand-ins/<int:pk>/back/", portal_practice.TakeBackView.as_view(), name="take_back"),
    path(
        "learning/<int:enrolment>/hand-ins/files/<int:pk>/",
        portal_practice.OwnHandInFileView.as_view(),
        name="hand_in_file",
    ),
    path(f"{LESSON}/ask/", portal_questions.AskView.as_view(), name="ask"),
    path("learning/<int:enrolment>/questions/", portal_questions.CourseQuestionsView.as_view(), name="questions"),
]
