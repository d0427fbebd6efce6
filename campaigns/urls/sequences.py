"""What follows an event by itself."""

from django.urls import path

from campaigns.views.staff import sequence_steps, sequences

staff_urlpatterns = [
    path("sequences/", sequences.SequenceListView.as_view(), name="sequences"),
    path("sequences/new/", sequences.SequenceNewView.as_view(), name="sequence_new"),
    path("sequences/<int:pk>/", sequences.SequenceView.as_view(), name="sequence"),
    path("sequences/<int:pk>/edit/", sequences.SequenceEditView.as_view(), name="sequence_edit"),
    path("sequences/<int:pk>/do/", sequences.SequenceDoView.as_view(), name="sequence_do"),
    path("sequences/<int:pk>/past/", sequences.TrialView.as_view(), name="sequence_past"),
    path("sequences/<int:pk>/partners/", sequences.EntrantListView.as_view(), name="sequence_entrants"),
    path("sequences/<int:pk>/result/", sequences.ResultView.as_view(), name="sequence_result"),
    path("sequences/<int:pk>/steps/new/", sequence_steps.StepNewView.as_view(), name="sequence_step_new"),
    path("sequences/<int:pk>/steps/<int:step>/", sequence_steps.StepEditView.as_view(), name="sequence_step"),
    path("sequences/<int:pk>/steps/<int:step>/do/", sequence_steps.StepDoView.as_view(), name="sequence_step_do"),
]
