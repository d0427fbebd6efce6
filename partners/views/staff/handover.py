"""What channel managers are told about the partners they take over."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from partners.handover import all_sections
from partners.handover_pages import shown
from partners.models import Handover
from partners.selectors import handover as selectors
from partners.tables.handover import HandoverTable
from tenancy.access import StaffMixin
from tenancy.rights import Right

ON_A_PAGE = 50


class HandoverListView(StaffMixin, ListView):
    """Every handover, newest first."""

    required_right = Right.PARTNERS_VIEW
    list_key = "handovers"
    table_class = HandoverTable
    template_name = "partners/staff/handover_list.html"
    default_sort = "-at"
    sorts = {"at": Sort("at", descending=True)}
    empty = Empty(
        gettext_lazy("No partner has changed hands"),
        gettext_lazy("When partners get another channel manager, what is known of each is kept here."),
    )

    def get_queryset(self) -> QuerySet[Handover]:
        return selectors.handovers_for(self.member)


class HandoverView(StaffMixin, TemplateView):
    """One handover: all partners with their summaries, to read and to print."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/handover_detail.html"
    kwargs: dict[str, Any]

    @cached_property
    def handover(self) -> Handover:
        return get_object_or_404(selectors.handovers_for(self.member), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("page", "1")
        pages = max(1, -(-self.handover.count // ON_A_PAGE))
        page = min(int(asked), pages) if asked.isdecimal() and len(asked) < 6 and int(asked) > 0 else 1
        rows = list(selectors.handed_partners(self.handover)[(page - 1) * ON_A_PAGE : page * ON_A_PAGE])
        labels = {section.key: section.label for section in all_sections()}
        return super().get_context_data(
            title=self.title(),
            handover=self.handover,
            rows=[shown(row, labels) for row in rows],
            currency=self.member.manufacturer.currency,
            page=page,
            pages=[(number, number == page) for number in range(1, pages + 1)] if pages > 1 else [],
            **kwargs,
        )

    def title(self) -> str:
        if self.handover.to_id == self.member.pk:
            return ngettext("%(count)s partner came to you", "%(count)s partners came to you", self.handover.count) % {
                "count": formats.number(self.handover.count)
            }
        return ngettext(
            "%(count)s partner went to %(name)s", "%(count)s partners went to %(name)s", self.handover.count
        ) % {"count": formats.number(self.handover.count), "name": self.handover.to.name}
