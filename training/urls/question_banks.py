from typing import Any

from django.urls import path

from training.views.staff import question_banks, question_files, quizzes

staff_urlpatterns = [
    path("training/banks/", question_banks.BankListView.as_view(), name="banks"),
    path("training/banks/add/", question_banks.BankFormView.as_view(), name="bank_create"),
    path("training/banks/<int:pk>/", question_banks.BankView.as_view(), name="bank"),
    path("training/banks/<int:pk>/edit/", question_banks.BankFormView.as_view(), name="bank_edit"),
    path("training/banks/<int:pk>/import/", question_files.QuestionImportView.as_view(), name="question_import"),
    path("training/banks/<int:pk>/export/", question_files.QuestionExportView.as_view(), name="question_export"),
    path("training/banks/<int:bank>/questions/add/", question_banks.QuestionFormView.as_view(), name="question_create"),
    path("training/questions/<int:pk>/", question_banks.QuestionView.as_view(), name="question"),
    path("training/questions/<int:pk>/edit/", question_banks.QuestionFormView.as_view(), name="question_edit"),
    path("training/questions/<int:pk>/step/", question_banks.QuestionStepView.as_view(), name="question_step"),
    path("training/questions/<int:pk>/picture/", question_banks.QuestionPictureView.as_view(), name="question_picture"),
    path("training/lessons/<int:pk>/quiz/", quizzes.QuizEditView.as_view(), name="quiz_edit"),
]
portal_urlpatterns: list[Any] = []
