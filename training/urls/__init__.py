"""The addresses of training: one module a subject, with a list for each side that it serves."""

from training.urls import analysis, certificates, courses, live, programmes, question_banks, quizzes, scorm

SUBJECTS = (courses, quizzes, question_banks, scorm, live, certificates, analysis, programmes)

staff_urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.staff_urlpatterns]
portal_urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.portal_urlpatterns]
public_urlpatterns = [pattern for subject in SUBJECTS for pattern in getattr(subject, "public_urlpatterns", ())]
