"""The lists of approvals: what waits for me, what I asked for, what I decided, copies, all that I may see."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals import selectors
from approvals.filters import EndedFilterSet, RequestFilterSet
from approvals.forms import AgreeManyForm, RefuseManyForm
from approvals.models import Request
from approvals.registry import subject_kinds
from approvals.tables import RequestTable
from approvals.views.bulk import MOST_AT_ONCE, approve_many, refuse_many
from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from tenancy.access import StaffMixin
from tenancy.rights import Right

TABS = {
    "inbox": gettext_lazy("Waits for me"),
    "asked": gettext_lazy("I asked"),
    "decided": gettext_lazy("I decided"),
    "copies": gettext_lazy("Copies"),
    "all": gettext_lazy("All"),
}


class RequestListView(StaffMixin, ListView):
    """One of the lists."""

    required_right = Right.APPROVALS
    tab = ""
    table_class = RequestTable
    filterset_class = EndedFilterSet
    template_name = "approvals/staff/list.html"
    sorts = {"asked_at": Sort("pk", descending=True)}
    default_sort = "-asked_at"
    default_columns: ClassVar[Sequence[str] | None] = (
        "title",
        "kind",
        "partner",
        "amount",
        "asked_by",
        "asked_at",
        "state",
    )

    @cached_property
    def columns_shown(self) -> list[str]:
        """Amounts only where a subject has any, unless somebody asks for the column."""
        shown = super().columns_shown
        has_amounts = "columns" in self.params or any(kind.has_amount for kind in subject_kinds())
        return [name for name in shown if name != "amount" or has_amounts]

    def title(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [(label, self.member.url(f"approvals:{tab}"), tab == self.tab) for tab, label in TABS.items()]
        return super().get_context_data(title=self.title(), tabs=tabs, **kwargs)


class InboxView(RequestListView):
    """What waits for me, the oldest first."""

    tab = "inbox"
    list_key = "approvals_inbox"
    filterset_class = RequestFilterSet
    default_sort = "asked_at"
    default_columns = ("title", "kind", "partner", "amount", "asked_by", "asked_at", "due_at")
    export_name = "approvals"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = (
        BulkAction(
            "approve",
            gettext_lazy("Approve"),
            Right.APPROVALS,
            approve_many,
            form_class=AgreeManyForm,
            most=MOST_AT_ONCE,
        ),
        BulkAction(
            "refuse",
            gettext_lazy("Refuse"),
            Right.APPROVALS,
            refuse_many,
            form_class=RefuseManyForm,
            explanation=gettext_lazy("Whoever asked is told why."),
            is_dangerous=True,
            most=MOST_AT_ONCE,
        ),
    )
    empty = Empty(
        gettext_lazy("Nothing waits for you"),
        gettext_lazy("What colleagues ask you to approve shows here, on your home page and in your notices."),
        "approvals:all",
        gettext_lazy("See all approvals"),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.waiting_for(self.member)

    def title(self) -> str:
        count = selectors.waiting_for(self.member).count()
        if not count:
            return _("No approval waits for you")
        words = {"count": formats.number(count)}
        return ngettext("%(count)s approval waits for you", "%(count)s approvals wait for you", count) % words


class AskedView(RequestListView):
    """What I asked for."""

    tab = "asked"
    list_key = "approvals_asked"
    default_columns = ("title", "kind", "partner", "amount", "asked_at", "state", "decided_at")
    empty = Empty(
        gettext_lazy("You have asked for nothing yet"),
        gettext_lazy("Where something needs approval, its own page asks for it. Here you see where it stands."),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.asked_by(self.member)

    def title(self) -> str:
        return _("What you asked to have approved")


class DecidedView(RequestListView):
    """What I had a say in."""

    tab = "decided"
    list_key = "approvals_decided"
    default_columns = ("title", "kind", "partner", "amount", "asked_by", "asked_at", "state", "decided_at")
    empty = Empty(gettext_lazy("You have decided nothing yet"), gettext_lazy("What you decide stays here."))

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.decided_by(self.member)

    def title(self) -> str:
        return _("What you had a say in")


class CopiesView(RequestListView):
    """What I was sent a copy of."""

    tab = "copies"
    list_key = "approvals_copies"
    empty = Empty(
        gettext_lazy("No copies yet"),
        gettext_lazy("Where an approval line names you for information, the request shows here."),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.copies_of(self.member)

    def title(self) -> str:
        return _("Sent to you for information")


class AllView(RequestListView):
    """All that I may see."""

    tab = "all"
    list_key = "approvals_all"
    export_name = "approvals"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No approvals yet"),
        gettext_lazy("Once an approval line is set for a subject, its requests show here."),
        "approvals:routes",
        gettext_lazy("Set approval lines"),
        Right.SETTINGS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.visible_to(self.member)

    def title(self) -> str:
        return _("All approvals that you may see")
