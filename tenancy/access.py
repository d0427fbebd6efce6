"""Who may see a page: every view names the one right it needs; there is no default."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from tenancy.models import Membership
from tenancy.rights import Right


class MemberRequest(HttpRequest):
    """A request inside a manufacturer's pages, for type checkers."""

    member: Membership


class MemberRequiredMixin:
    """A stranger gets 404; a member without the right, 403; a function that is switched off does not exist."""

    required_right: Right
    required_function: str | None = None
    request: Any

    @property
    def member(self) -> Membership:
        return self.request.member

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        member = getattr(request, "member", None)
        if member is None or not self.is_own_side(member):
            raise Http404
        if not member.can(self.required_right):
            raise PermissionDenied
        if self.required_function and not member.has_function(self.required_function):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def is_own_side(self, member: Membership) -> bool:
        return True


class StaffMixin(MemberRequiredMixin):
    """A page of the manufacturer's staff."""

    def is_own_side(self, member: Membership) -> bool:
        return member.is_staff


class PortalMixin(MemberRequiredMixin):
    """A page of a partner's people."""

    def is_own_side(self, member: Membership) -> bool:
        return not member.is_staff
