"""Distributions of the whole pool at once, and policies tried on the past."""

from django.urls import path

from leads.views.staff import batches, replays

staff_urlpatterns = [
    path("leads/batches/", batches.BatchListView.as_view(), name="batches"),
    path("leads/batches/new/", batches.BatchNewView.as_view(), name="batch_new"),
    path("leads/batches/preview/", batches.BatchPreviewView.as_view(), name="batch_preview"),
    path("leads/batches/<int:pk>/", batches.BatchView.as_view(), name="batch"),
    path("leads/batches/<int:pk>/settings/", batches.BatchSettingsView.as_view(), name="batch_settings"),
    path("leads/batches/<int:pk>/partners/", batches.BatchPartnersView.as_view(), name="batch_partners"),
    path("leads/batches/<int:pk>/leads/", batches.BatchLeadsView.as_view(), name="batch_leads"),
    path("leads/batches/<int:pk>/leads/<int:item>/", batches.BatchItemView.as_view(), name="batch_item"),
    path("leads/batches/<int:pk>/solve/", batches.BatchSolveView.as_view(), name="batch_solve"),
    path("leads/batches/<int:pk>/send/", batches.BatchSendView.as_view(), name="batch_send"),
    path("leads/batches/<int:pk>/stop/", batches.BatchStopView.as_view(), name="batch_stop"),
    path("leads/batches/<int:pk>/cancel/", batches.BatchCancelView.as_view(), name="batch_cancel"),
    path("leads/replay/", replays.ReplayListView.as_view(), name="replays"),
    path("leads/replay/new/", replays.ReplayNewView.as_view(), name="replay_new"),
    path("leads/replay/compare/", replays.ReplayCompareView.as_view(), name="replay_compare"),
    path("leads/replay/<int:pk>/", replays.ReplayView.as_view(), name="replay"),
    path("leads/replay/<int:pk>/delete/", replays.ReplayDeleteView.as_view(), name="replay_delete"),
]
