"""Who may see a page: every view names the one right it needs; there is no default."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone, translation

from pages import filterbar
from tenancy import selectors
from tenancy.errors import DomainError
from tenancy.models import Membership, User
from tenancy.rights import Right
from tenancy.rls import Scope, scope


@contextmanager
def member_scope(member: Membership, user: User) -> Iterator[Scope]:
    """Run the block as this member: its rows, its manufacturer's time, a language that its manufacturer speaks.

    Where `user` is not the member's own, somebody looks at what the member sees (T-7): the reader's language, the
    member's rows, and nothing can be written.
    """
    with (
        timezone.override(member.manufacturer.timezone),
        translation.override(member.manufacturer.language_for(user.language)),
        scope(
            "partner" if member.partner_id else "staff",
            manufacturer=member.manufacturer_id,
            partner=member.partner_id,
            user=member.user_id,
            read_only=member.user_id != user.pk,
        ) as inner,
    ):
        if member.partner_id:
            selectors.load_partner(member)
        yield inner


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

    def take_step(self, step: Callable[[], Any], said: str = "") -> bool:
        """Take a step and tell how it went; whether it was taken.

        A refusal (`DomainError`) is shown in its own words, success in `said` or, where that is empty, in the sentence that
        the step itself returns. A step that returns no text says nothing.
        """
        try:
            answer = step()
        except DomainError as error:
            messages.error(self.request, str(error))
            return False
        if not said and isinstance(answer, str):
            said = answer
        if said:
            messages.success(self.request, said)
        return True

    def tell_wrong(self, form: forms.BaseForm) -> str:
        """Tell what is wrong with a form whose page is not shown again, field by field; returns nothing more to say."""
        for sentence in filterbar.errors_of(form):
            messages.error(self.request, sentence)
        return ""


class StaffMixin(MemberRequiredMixin):
    """A page of the manufacturer's staff."""

    def is_own_side(self, member: Membership) -> bool:
        return member.is_staff


class PortalMixin(MemberRequiredMixin):
    """A page of a partner's people."""

    def is_own_side(self, member: Membership) -> bool:
        return not member.is_staff
