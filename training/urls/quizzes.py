from typing import Any

from django.urls import path

from training.views.portal import quizzes

staff_urlpatterns: list[Any] = []
portal_urlpatterns = [
    path("learning/<int:enrolment>/lessons/<int:lesson>/start/", quizzes.QuizStartView.as_view(), name="quiz_start"),
    path("learning/<int:enrolment>/attempts/<int:pk>/", quizzes.AttemptView.as_view(), name="attempt"),
    path(
        "learning/<int:enrolment>/attempts/<int:pk>/answers/<int:order>/", quizzes.AnswerView.as_view(), name="answer"
    ),
    path(
        "learning/<int:enrolment>/attempts/<int:pk>/pictures/<int:order>/",
        quizzes.AttemptPictureView.as_view(),
        name="attempt_picture",
    ),
]
