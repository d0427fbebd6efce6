from django.urls import path

from tenancy.views import account, public

# Below no manufacturer: where a signed-in person chooses a place, and their own account.
account_urlpatterns = [
    path("", account.HubView.as_view(), name="hub"),
    path("accounts/profile/", account.ProfileView.as_view(), name="profile"),
]

public_urlpatterns = [
    path("invitation/<str:secret>/", public.InvitationView.as_view(), name="invitation"),
    path("join/", public.JoinView.as_view(), name="join"),
    path("join/<str:token>/", public.JoinConfirmView.as_view(), name="join_confirm"),
    path("logo/<str:name>", public.LogoView.as_view(), name="logo"),
]
