"""What partners were asked to confirm, for staff."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort, count_up_to
from partners import selectors
from partners.filters.confirmation import ConfirmationFilterSet
from partners.models import ConfirmationAsk
from partners.tables.confirmation import ConfirmationTable
from tenancy.access import StaffMixin
from tenancy.rights import Right


class ConfirmationListView(StaffMixin, ListView):
    """Who was asked about what, and who has not answered."""

    required_right = Right.PARTNERS_VIEW
    list_key = "confirmations"
    table_class = ConfirmationTable
    filterset_class = ConfirmationFilterSet
    template_name = "partners/staff/confirmations.html"
    sorts = {"started_at": Sort("pk", descending=True)}
    default_sort = "-started_at"
    export_name = "confirmations"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No partner has been asked yet"),
        gettext_lazy("Choose partners in the list and ask them to confirm what is old in their profiles."),
        url_name="partners:list",
        action=gettext_lazy("Choose partners"),
        right=Right.PARTNERS_EDIT,
    )

    def get_queryset(self) -> QuerySet[ConfirmationAsk]:
        return selectors.asks_for(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), **kwargs)

    def title(self) -> str:
        left = count_up_to(self.get_queryset().filter(answered_at=None))
        if not left:
            return _("Every partner has answered")
        return ngettext(
            "%(count)s partner has not confirmed its profile",
            "%(count)s partners have not confirmed their profiles",
            left,
        ) % {"count": formats.number(left)}
