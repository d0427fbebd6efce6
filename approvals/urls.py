from django.urls import path

from approvals.views import absence, lists, requests, routes

staff_urlpatterns = [
    path("approvals/", lists.InboxView.as_view(), name="inbox"),
    path("approvals/asked/", lists.AskedView.as_view(), name="asked"),
    path("approvals/decided/", lists.DecidedView.as_view(), name="decided"),
    path("approvals/copies/", lists.CopiesView.as_view(), name="copies"),
    path("approvals/all/", lists.AllView.as_view(), name="all"),
    path("approvals/absence/", absence.AbsenceView.as_view(), name="absence"),
    path("approvals/absence/<int:pk>/end/", absence.AbsenceEndView.as_view(), name="absence_end"),
    path("approvals/lines/", routes.RouteListView.as_view(), name="routes"),
    path("approvals/lines/new/<str:kind>/", routes.RouteCreateView.as_view(), name="route_create"),
    path("approvals/lines/check/", routes.RouteCheckView.as_view(), name="route_check"),
    path("approvals/lines/<int:pk>/", routes.RouteEditView.as_view(), name="route_edit"),
    path("approvals/lines/<int:pk>/retire/", routes.RouteRetireView.as_view(), name="route_retire"),
    path("approvals/files/<int:pk>/", requests.FileView.as_view(), name="file"),
    path("approvals/<int:pk>/", requests.RequestView.as_view(), name="request"),
    path("approvals/<int:pk>/decide/", requests.DecideView.as_view(), name="decide"),
    path("approvals/<int:pk>/recall/", requests.RecallView.as_view(), name="recall"),
    path("approvals/<int:pk>/comment/", requests.CommentView.as_view(), name="comment"),
    path("approvals/<int:pk>/attach/", requests.AttachView.as_view(), name="attach"),
]
