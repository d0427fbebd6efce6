"""What a signed-in person sees outside any manufacturer: their places, and their own account."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, UpdateView

from pages.menus import home_url
from tenancy import selectors
from tenancy.access import member_scope
from tenancy.devices import device_name
from tenancy.forms import ProfileForm
from tenancy.models import Membership, User
from tenancy.waiting import WaitingItem, waiting_for

SHOWN_PER_PLACE = 3


@dataclass(frozen=True)
class Place:
    """One of the user's places, with what waits in it."""

    member: Membership
    url: str
    waiting: list[WaitingItem]

    @property
    def count(self) -> int:
        return sum(item.count for item in self.waiting)

    @property
    def first(self) -> list[WaitingItem]:
        return self.waiting[:SHOWN_PER_PLACE]


class HubView(TemplateView):
    """All places of the user. With one alone, or with the address of one, straight there."""

    template_name = "tenancy/hub/places.html"
    extra_context = {"is_hub": True}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        with transaction.atomic():
            members = selectors.memberships_of(request.user)
        wanted = [member for member in members if member.manufacturer.slug == request.GET.get("at")]
        if wanted or (len(members) == 1 and not request.user.is_superuser):
            return HttpResponseRedirect(home_url((wanted or members)[0]))
        places = [self.place(member, request.user) for member in members]
        return self.render_to_response(
            self.get_context_data(places=places, waiting_count=sum(place.count for place in places))
        )

    def place(self, member: Membership, user: User) -> Place:
        with member_scope(member, user):
            waiting = [] if selectors.needs_second_factor(user, member) else waiting_for(member)
        return Place(member, home_url(member), waiting)


class ProfileView(UpdateView):
    """The user's own account: what others see of them, and ways to the settings of signing in."""

    form_class = ProfileForm
    template_name = "tenancy/hub/profile.html"

    def get_object(self, queryset: Any = None) -> User:
        assert isinstance(self.request.user, User)
        return User.objects.get(pk=self.request.user.pk)  # not the one the page's frame shows while a form is wrong

    @cached_property
    def members(self) -> list[Membership]:
        assert isinstance(self.request.user, User)
        with transaction.atomic():
            return selectors.memberships_of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        factors = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
        return super().get_context_data(
            members=[(member, home_url(member)) for member in self.members],
            has_phone_sign_in=bool(settings.SMS_SENDER),
            has_totp=Authenticator.Type.TOTP in factors,
            has_passkey=Authenticator.Type.WEBAUTHN in factors,
            has_recovery_codes=Authenticator.Type.RECOVERY_CODES in factors,
            session_count=UserSession.objects.filter(user_id=user.pk).count(),
            new_email=EmailAddress.objects.filter(user_id=user.pk, verified=False).first(),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.save()
        response = redirect("account:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
        with translation.override(user.language):
            messages.success(self.request, _("Saved."))
        return response


class SessionsView(TemplateView):
    """The devices on which the user is signed in; each, or all others, can be signed out."""

    template_name = "tenancy/hub/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        sessions = sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.created_at)
        here = self.request.session.session_key
        return super().get_context_data(
            sessions=[
                (session, device_name(session.user_agent), session.session_key == here)
                for session in reversed(sessions)
            ],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        others = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
        if request.POST.get("session") != "others":
            others = others.filter(
                pk=request.POST.get("session") if request.POST.get("session", "").isdigit() else None
            )
        count = 0
        for session in others:
            session.end()
            count += 1
        messages.success(
            request,
            ngettext("%(count)s device is signed out.", "%(count)s devices are signed out.", count) % {"count": count},
        )
        return redirect("account:sessions")
