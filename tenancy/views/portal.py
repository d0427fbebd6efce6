"""A partner's own people, for themselves."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from tenancy import selectors, services
from tenancy.access import PortalMixin
from tenancy.mail_domains import is_free_mail
from tenancy.models import Invitation, Membership
from tenancy.rights import Right
from tenancy.views import common


class ColleaguesMixin(PortalMixin):
    required_right = Right.PORTAL_COLLEAGUES_MANAGE
    list_url = "tenancy_portal:colleagues"
    member_url = "tenancy_portal:colleague"


class ColleaguesView(PortalMixin, TemplateView):
    """Everybody of the partner; for its admins also who is invited and who asks to join."""

    required_right = Right.PORTAL_COLLEAGUES_VIEW
    template_name = "tenancy/portal/colleagues.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_manage = self.member.can(Right.PORTAL_COLLEAGUES_MANAGE)
        people = list(selectors.people_seen_by(self.member).order_by("-is_active", "name", "pk"))
        return super().get_context_data(
            active=[person for person in people if person.is_active],
            left=[person for person in people if not person.is_active],
            may_manage=may_manage,
            invitations=selectors.open_invitations(self.member) if may_manage else [],
            join_requests=selectors.waiting_join_requests(self.member) if may_manage else [],
            join_url=self.join_url() if may_manage else "",
            **kwargs,
        )

    def join_url(self) -> str:
        """Where colleagues can ask for access by themselves, if the partner has a mail domain of its own."""
        assert self.member.partner is not None
        domain = self.member.partner.email_domain
        if not domain or is_free_mail(domain):
            return ""
        return settings.PUBLIC_URL + self.member.url("tenancy_public:join")


class ColleagueView(ColleaguesMixin, common.MemberView):
    template_name = "tenancy/portal/colleague.html"


class ColleagueEndView(ColleaguesMixin, common.PersonStepView):
    done = gettext_lazy("%(who)s has no access any more.")

    def step(self, row: Membership) -> None:
        services.end_place(row, by=self.member)

    def target(self, row: Membership) -> str:
        # Who ended their own place is a stranger to these pages from now on.
        return "/" if row.pk == self.member.pk else super().target(row)


class ColleagueReopenView(ColleaguesMixin, common.PersonStepView):
    done = gettext_lazy("%(who)s has access again.")

    def step(self, row: Membership) -> None:
        services.reopen_place(row, by=self.member)


class ColleagueInviteView(ColleaguesMixin, common.InviteView):
    template_name = "tenancy/portal/invite.html"

    def partner(self) -> Any:
        return self.member.partner


class ColleagueResendView(ColleaguesMixin, common.InvitationStepView):
    done = gettext_lazy("A new link is on its way to %(who)s. The one before has stopped working.")

    def step(self, row: Invitation) -> None:
        services.resend_invitation(row, by=self.member)


class ColleagueRevokeView(ColleaguesMixin, common.InvitationStepView):
    done = gettext_lazy("The invitation of %(who)s is taken back.")

    def step(self, row: Invitation) -> None:
        services.revoke_invitation(row, by=self.member)


class ColleagueApproveView(ColleaguesMixin, common.ApproveView):
    template_name = "tenancy/portal/approve.html"


class ColleagueRefuseView(ColleaguesMixin, common.RequestStepView):
    done = gettext_lazy("%(who)s is told that the answer is no.")

    def step(self, row: Any) -> None:
        services.refuse_join_request(row, by=self.member)
