"""Users and settings of a manufacturer, for its staff."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from pages import brand, formats
from pages.lists import Empty, ListView
from pages.menus import home_url
from pages.paging import Sort, count_up_to
from tenancy import delegation, selectors, services
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.filters import PartnerPeopleFilterSet, StaffFilterSet
from tenancy.forms import PartnerInviteForm, SettingsForm
from tenancy.history import history_of
from tenancy.models import Invitation, Manufacturer, Membership
from tenancy.rights import Right
from tenancy.services import view_as
from tenancy.tables import PartnerPeopleTable, StaffTable
from tenancy.views import common

VIEWS_SHOWN = 20


class UsersMixin(StaffMixin):
    """The pages about users: their tabs, and who may invite."""

    required_right = Right.USERS_VIEW
    list_url = "tenancy:users"
    member_url = "tenancy:member"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.path
        pages = [
            (_("Staff"), "tenancy:users"),
            (_("People of partners"), "tenancy:partner_users"),
            (_("Invitations"), "tenancy:invitations"),
        ]
        return super().get_context_data(  # type: ignore[misc]
            tabs=[(label, self.member.url(name), self.member.url(name) == here) for label, name in pages],
            may_invite_staff=delegation.manages_staff(self.member),
            may_invite_partners=self.member.can(Right.PARTNERS_EDIT) or self.member.can(Right.USERS_MANAGE),
            **kwargs,
        )


class StaffListView(UsersMixin, ListView):
    """The manufacturer's own people."""

    list_key = "users"
    table_class = StaffTable
    filterset_class = StaffFilterSet
    template_name = "tenancy/staff/users.html"
    default_sort = "name"
    sorts = {"name": Sort("name"), "last_seen_at": Sort("last_seen_at", descending=True)}
    export_name = "users"
    export_right = Right.USERS_MANAGE

    def get_queryset(self) -> QuerySet[Membership]:
        return selectors.people_seen_by(self.member).filter(partner=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), **kwargs)

    def title(self) -> str:
        active = count_up_to(self.get_queryset().filter(is_active=True))
        if active == 1:
            return _("One colleague works here")
        return _("%(count)s colleagues work here") % {"count": formats.number(active)}


class PartnerPeopleListView(UsersMixin, ListView):
    """The people of all partners that the member may see."""

    list_key = "partner_users"
    table_class = PartnerPeopleTable
    filterset_class = PartnerPeopleFilterSet
    template_name = "tenancy/staff/users.html"
    default_sort = "name"
    sorts = {"name": Sort("name"), "last_seen_at": Sort("last_seen_at", descending=True)}
    export_name = "partner-users"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No partner has signed in yet"),
        gettext_lazy("Invite the first person of a partner; partner admins then invite their own colleagues."),
        url_name="tenancy:invite_partner",
        action=gettext_lazy("Invite somebody of a partner"),
        right=Right.PARTNERS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Membership]:
        return selectors.people_seen_by(self.member).exclude(partner=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Who works with you at your partners"), **kwargs)


class InvitationsView(UsersMixin, TemplateView):
    """Invitations nobody has answered yet, and people who ask to join."""

    template_name = "tenancy/staff/invitations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations = selectors.open_invitations(self.member)
        return super().get_context_data(
            invitations=[
                (invitation, delegation.may_invite(self.member, invitation.partner)) for invitation in invitations
            ],
            join_requests=[
                (request, delegation.manages_people_of(self.member, request.partner))
                for request in selectors.waiting_join_requests(self.member)[: selectors.SHOWN]
            ],
            **kwargs,
        )


class StaffMemberView(UsersMixin, common.MemberView):
    """One person of either side, with the history of their place."""

    template_name = "tenancy/staff/member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, member = self.person, self.member
        may_view_as = not person.is_staff and person.is_active and member.can(Right.VIEW_AS)
        views = person.viewed.select_related("by").order_by("-pk")[:VIEWS_SHOWN] if not person.is_staff else []
        return super().get_context_data(
            entries=history_of(person), may_view_as=may_view_as, views=list(views), now=timezone.now(), **kwargs
        )


class ViewAsView(StaffMixin, View):
    """Begin to look at the portal as one of a partner's people (T-7)."""

    required_right = Right.VIEW_AS
    http_method_names = ["post"]
    kwargs: dict[str, Any]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = get_object_or_404(selectors.people_seen_by(self.member), pk=self.kwargs["pk"])
        try:
            look = view_as.start(person, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("tenancy:member", pk=person.pk))
        request.session[view_as.SESSION_KEY] = look.pk
        person.manufacturer = self.member.manufacturer
        return redirect(home_url(person))


class ViewAsStopView(StaffMixin, View):
    """Stop looking, and back to the person's page."""

    required_right = Right.HOME
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        pk = request.session.pop(view_as.SESSION_KEY, None)
        look = view_as.stop(pk, by=self.member) if pk is not None else None
        if look is None:
            return redirect(self.member.url("tenancy:partner_users"))
        messages.success(request, _("You see your own pages again."))
        return redirect(self.member.url("tenancy:member", pk=look.member_id))


class PeopleStepMixin(StaffMixin):
    """Steps for those who look after people of partners; on staff the rules of delegation are stricter."""

    required_right = Right.PARTNERS_EDIT
    list_url = "tenancy:invitations"
    member_url = "tenancy:member"


class EndPlaceView(PeopleStepMixin, common.PersonStepView):
    done = gettext_lazy("%(who)s has no access any more.")

    def step(self, row: Membership) -> None:
        services.end_place(row, by=self.member)


class ReopenPlaceView(PeopleStepMixin, common.PersonStepView):
    done = gettext_lazy("%(who)s has access again.")

    def step(self, row: Membership) -> None:
        services.reopen_place(row, by=self.member)


class InviteStaffView(StaffMixin, common.InviteView):
    """Invite a colleague."""

    required_right = Right.USERS_MANAGE
    list_url = "tenancy:invitations"
    template_name = "tenancy/staff/invite.html"


class InvitePartnerView(StaffMixin, common.InviteView):
    """Invite somebody of a partner; the partner's page leads here with its code."""

    required_right = Right.PARTNERS_EDIT
    list_url = "tenancy:invitations"
    template_name = "tenancy/staff/invite.html"
    form_class = PartnerInviteForm

    def get_initial(self) -> dict[str, Any]:
        return {"partner_code": self.request.GET.get("partner", "")}


class ResendView(PeopleStepMixin, common.InvitationStepView):
    done = gettext_lazy("A new link is on its way to %(who)s. The one before has stopped working.")

    def step(self, row: Invitation) -> None:
        services.resend_invitation(row, by=self.member)


class RevokeView(PeopleStepMixin, common.InvitationStepView):
    done = gettext_lazy("The invitation of %(who)s is taken back.")

    def step(self, row: Invitation) -> None:
        services.revoke_invitation(row, by=self.member)


class ApproveJoinView(StaffMixin, common.ApproveView):
    required_right = Right.PARTNERS_EDIT
    list_url = "tenancy:invitations"
    template_name = "tenancy/staff/approve.html"


class RefuseJoinView(PeopleStepMixin, common.RequestStepView):
    done = gettext_lazy("%(who)s is told that the answer is no.")

    def step(self, row: Any) -> None:
        services.refuse_join_request(row, by=self.member)


class SettingsView(StaffMixin, FormView):
    """The manufacturer's own settings, and who changed them."""

    required_right = Right.SETTINGS_EDIT
    form_class = SettingsForm
    template_name = "tenancy/staff/settings.html"

    @cached_property
    def manufacturer(self) -> Manufacturer:
        # Not the one the page's frame shows, which a wrong form would change.
        return get_object_or_404(Manufacturer.objects.all(), pk=self.member.manufacturer_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.manufacturer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            entries=history_of(self.member.manufacturer, limit=20),
            preview=colour_preview(self.member.manufacturer.brand_colour),
            **kwargs,
        )

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        form.save()
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("tenancy:settings"))


class ColourView(StaffMixin, View):
    """What a colour would look like in both themes, while it is being chosen."""

    required_right = Right.SETTINGS_EDIT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            preview = colour_preview(request.GET.get("brand_colour", ""))
        except ValueError:
            return HttpResponse(status=400)
        css = reverse("pages:brand_css", kwargs={"version": brand.VERSION, "colour": preview["colour"].lstrip("#")})
        # The stylesheet comes along, so that the whole page takes the colour on while it is being chosen.
        return render(request, "tenancy/partials/colour_preview.html", {"preview": preview, "css_url": css})


def colour_preview(colour: str) -> dict[str, Any]:
    """The accent of both themes out of a colour, and whether it had to move to be legible. ValueError for no colour."""
    brand.parse(colour)
    light, dark = brand.light_accent(colour), brand.dark_accent(colour)
    return {
        "colour": colour.lower(),
        "themes": [
            {
                "label": _("Light"),
                "accent": light,
                "surface": "#ffffff",
                "text": "#1f2328",
                "contrast": formats.number(brand.contrast(light.colour, "#ffffff"), 1),
                "is_adjusted": light.colour != colour.lower(),
            },
            {
                "label": _("Dark"),
                "accent": dark,
                "surface": brand.DARK_SURFACES[1],
                "text": "#e7eaed",
                "contrast": formats.number(brand.contrast(dark.colour, brand.DARK_SURFACES[1]), 1),
                "is_adjusted": dark.colour != colour.lower(),
            },
        ],
    }
