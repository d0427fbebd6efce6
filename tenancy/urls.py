from django.urls import path

from tenancy.views import account, portal, public, searching, staff

# Below no manufacturer: where a signed-in person chooses a place, and their own account.
account_urlpatterns = [
    path("", account.HubView.as_view(), name="hub"),
    path("accounts/profile/", account.ProfileView.as_view(), name="profile"),
    path("accounts/sessions/", account.SessionsView.as_view(), name="sessions"),
]

public_urlpatterns = [
    path("invitation/<str:secret>/", public.InvitationView.as_view(), name="invitation"),
    path("join/", public.JoinView.as_view(), name="join"),
    path("join/<str:token>/", public.JoinConfirmView.as_view(), name="join_confirm"),
    path("logo/<str:name>", public.LogoView.as_view(), name="logo"),
]

staff_urlpatterns = [
    path("search/", searching.StaffSearchView.as_view(), name="search"),
    path("users/", staff.StaffListView.as_view(), name="users"),
    path("users/partners/", staff.PartnerPeopleListView.as_view(), name="partner_users"),
    path("users/invitations/", staff.InvitationsView.as_view(), name="invitations"),
    path("users/invitations/<int:pk>/resend/", staff.ResendView.as_view(), name="invitation_resend"),
    path("users/invitations/<int:pk>/revoke/", staff.RevokeView.as_view(), name="invitation_revoke"),
    path("users/requests/<int:pk>/approve/", staff.ApproveJoinView.as_view(), name="join_approve"),
    path("users/requests/<int:pk>/refuse/", staff.RefuseJoinView.as_view(), name="join_refuse"),
    path("users/invite/", staff.InviteStaffView.as_view(), name="invite"),
    path("users/invite/partner/", staff.InvitePartnerView.as_view(), name="invite_partner"),
    path("users/<int:pk>/", staff.StaffMemberView.as_view(), name="member"),
    path("users/<int:pk>/end/", staff.EndPlaceView.as_view(), name="member_end"),
    path("users/<int:pk>/reopen/", staff.ReopenPlaceView.as_view(), name="member_reopen"),
    path("users/<int:pk>/view/", staff.ViewAsView.as_view(), name="view_as"),
    path("users/view/stop/", staff.ViewAsStopView.as_view(), name="view_as_stop"),
    path("settings/", staff.SettingsView.as_view(), name="settings"),
    path("settings/colour/", staff.ColourView.as_view(), name="colour"),
]

portal_urlpatterns = [
    path("search/", searching.PortalSearchView.as_view(), name="search"),
    path("colleagues/", portal.ColleaguesView.as_view(), name="colleagues"),
    path("colleagues/invite/", portal.ColleagueInviteView.as_view(), name="invite"),
    path("colleagues/invitations/<int:pk>/resend/", portal.ColleagueResendView.as_view(), name="invitation_resend"),
    path("colleagues/invitations/<int:pk>/revoke/", portal.ColleagueRevokeView.as_view(), name="invitation_revoke"),
    path("colleagues/requests/<int:pk>/approve/", portal.ColleagueApproveView.as_view(), name="join_approve"),
    path("colleagues/requests/<int:pk>/refuse/", portal.ColleagueRefuseView.as_view(), name="join_refuse"),
    path("colleagues/<int:pk>/", portal.ColleagueView.as_view(), name="colleague"),
    path("colleagues/<int:pk>/end/", portal.ColleagueEndView.as_view(), name="colleague_end"),
    path("colleagues/<int:pk>/reopen/", portal.ColleagueReopenView.as_view(), name="colleague_reopen"),
]
