"""Pages of a manufacturer for people who have no place there yet, and its logo."""

import mimetypes
from typing import Any

from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View
from kombu.exceptions import OperationalError

from pages.menus import home_url
from tenancy import services
from tenancy.errors import DomainError
from tenancy.forms import AcceptForm, JoinForm, JoinLinkForm
from tenancy.models import Invitation, Manufacturer, User
from tenancy.services import joining

YEAR_SECONDS = 365 * 24 * 3600


@method_decorator([login_not_required, never_cache], name="dispatch")
class PublicView(View):
    """A page of a manufacturer that anybody may open; the middleware has found the manufacturer."""

    request: Any

    @property
    def manufacturer(self) -> Manufacturer:
        return self.request.manufacturer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            limited = consume_or_429(request, action="signup") if request.method == "POST" else None
            response: Any = limited or super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            response = render(request, "tenancy/public/refused.html", {"reason": str(error)}, status=410)
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class InvitationView(PublicView, FormView):
    """Where the link of an invitation leads: a new account, or one more place for an account there is."""

    form_class = AcceptForm
    template_name = "tenancy/public/invitation.html"

    @cached_property
    def invitation(self) -> Invitation:
        return services.open_invitation(self.manufacturer, self.kwargs["secret"])

    @cached_property
    def has_account(self) -> bool:
        return User.objects.filter(email=self.invitation.email).exists()

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.invitation.name, "language": self.invitation.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "email": self.invitation.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=self.invitation, has_account=self.has_account, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            member = services.accept_as_user(self.manufacturer, self.kwargs["secret"], user=request.user)
            messages.success(request, _("Welcome to %(manufacturer)s.") % {"manufacturer": self.manufacturer})
            return HttpResponseRedirect(home_url(member))
        if self.has_account:
            return redirect_to_sign_in(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        member = services.accept_as_new_user(self.manufacturer, self.kwargs["secret"], **form.cleaned_data)
        user = User.objects.get(pk=member.user_id)
        messages.success(self.request, _("Welcome to %(manufacturer)s.") % {"manufacturer": self.manufacturer})
        return perform_login(self.request, user, redirect_url=home_url(member))


class JoinView(PublicView, FormView):
    """A colleague's first step: an address, to which a link is mailed if its domain is a partner's."""

    form_class = JoinLinkForm
    template_name = "tenancy/public/join.html"

    def form_valid(self, form: JoinLinkForm) -> HttpResponse:
        try:
            joining.ask_for_link(self.manufacturer, email=form.cleaned_data["email"], language=get_language() or "en")
        except DomainError as error:
            form.add_error("email", str(error))
            return self.form_invalid(form)
        except OperationalError:
            form.add_error(None, _("No mail can be sent just now. Try again in a few minutes."))
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, sent_to=form.cleaned_data["email"]))


class JoinConfirmView(PublicView, FormView):
    """The second step, by the mailed link: who asks, and at which company."""

    form_class = JoinForm
    template_name = "tenancy/public/join_confirm.html"

    @cached_property
    def address(self) -> joining.ConfirmedAddress:
        return joining.confirmed_address(self.manufacturer, self.kwargs["token"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partners": self.address.partners}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(address=self.address, **kwargs)

    def form_valid(self, form: JoinForm) -> HttpResponse:
        partner = form.cleaned_data["partner"]
        services.ask_to_join(
            self.manufacturer,
            self.address,
            partner=partner,
            name=form.cleaned_data["name"],
            language=get_language() or "en",
            message=form.cleaned_data["message"],
        )
        return self.render_to_response(self.get_context_data(form=form, asked=partner))


@method_decorator(login_not_required, name="dispatch")
class LogoView(View):
    """A manufacturer's logo. Its name changes with its content, so it may be kept for good."""

    def get(self, request: Any, manufacturer: str, name: str) -> HttpResponse:
        logo = request.manufacturer.logo
        if not logo or logo.name != f"logos/{name}":
            raise Http404
        try:
            with logo.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            raise Http404 from None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return HttpResponse(
            content,
            content_type=kind,
            headers={
                "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable",
                "Content-Disposition": "inline",
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and back to this page."""
    return redirect(f"{redirect('account_login').url}?next={request.path}")
