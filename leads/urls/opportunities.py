from django.urls import path

from leads.views.portal import opportunities as portal
from leads.views.public import state_answers
from leads.views.staff import opportunities as staff

staff_urlpatterns = [
    path("opportunities/", staff.BoardView.as_view(), name="opportunities"),
    path("opportunities/list/", staff.OpportunityListView.as_view(), name="opportunity_list"),
    path("opportunities/stages/", staff.StagesView.as_view(), name="opportunity_stages"),
    path("opportunities/stages/new/", staff.StageView.as_view(), name="opportunity_stage_create"),
    path("opportunities/stages/<int:pk>/", staff.StageView.as_view(), name="opportunity_stage"),
    path("opportunities/<int:pk>/", staff.OpportunityView.as_view(), name="opportunity"),
    path("opportunities/<int:pk>/note/", staff.NoteView.as_view(), name="opportunity_note"),
    path("opportunities/<int:pk>/ask/", staff.AskView.as_view(), name="opportunity_ask"),
    path("opportunities/<int:pk>/site/", staff.SiteView.as_view(), name="opportunity_site"),
    path("opportunities/<int:pk>/files/", staff.FilesView.as_view(), name="opportunity_files"),
    path("opportunities/<int:pk>/files/<int:file>/", staff.FileView.as_view(), name="opportunity_file"),
]
portal_urlpatterns = [
    path("opportunities/", portal.BoardView.as_view(), name="opportunities"),
    path("opportunities/list/", portal.OpportunityListView.as_view(), name="opportunity_list"),
    path("opportunities/shops/", portal.ShopOpportunitiesView.as_view(), name="opportunity_shops"),
    path("opportunities/new/", portal.CreateView.as_view(), name="opportunity_create"),
    path("opportunities/<int:pk>/", portal.OpportunityView.as_view(), name="opportunity"),
    path("opportunities/<int:pk>/edit/", portal.EditView.as_view(), name="opportunity_edit"),
    path("opportunities/<int:pk>/move/", portal.MoveView.as_view(), name="opportunity_move"),
    path("opportunities/<int:pk>/won/", portal.WonView.as_view(), name="opportunity_won"),
    path("opportunities/<int:pk>/lost/", portal.LostView.as_view(), name="opportunity_lost"),
    path("opportunities/<int:pk>/activity/", portal.ActivityView.as_view(), name="opportunity_activity"),
    path("opportunities/<int:pk>/rep/", portal.RepView.as_view(), name="opportunity_rep"),
    path("opportunities/<int:pk>/answer/", portal.AnswerView.as_view(), name="opportunity_answer"),
    path("opportunities/<int:pk>/files/", portal.FilesView.as_view(), name="opportunity_files"),
    path("opportunities/<int:pk>/files/<int:file>/", portal.FileView.as_view(), name="opportunity_file"),
]
public_urlpatterns = [
    path("state/<str:token>/", state_answers.StateAnswerView.as_view(), name="state_answer"),
]
