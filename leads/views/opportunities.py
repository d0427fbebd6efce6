"""What pages of opportunities share on both sides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from leads.forms.opportunities import FileForm
from leads.models import Opportunity, OpportunityFile, PipelineStage, StageOutcome
from leads.opportunity_cards import CardWriter
from leads.privacy import sees_people
from leads.selectors import opportunities as reading
from leads.selectors.deals import deals_for
from leads.services import opportunity_files
from pages import filterbar, formats
from pages.row_numbers import number_or_404
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response
from tenancy.models import Membership


class StagesMixin:
    """The stages, read once for a page."""

    @cached_property
    def stages(self) -> list[PipelineStage]:
        return list(PipelineStage.objects.order_by("order", "code"))

    @property
    def used_stages(self) -> list[PipelineStage]:
        return [stage for stage in self.stages if not stage.is_retired]

    def table_arguments(self) -> dict[str, Any]:
        return {"stages": {stage.pk: stage for stage in self.stages}}

    def filterset_arguments(self) -> dict[str, Any]:
        return {"stages": self.stages}


class BoardMixin(StagesMixin):
    """Opportunities by stage, each column paged by key."""

    filterset_class: Any = None
    member: Membership
    request: Any

    def rows(self) -> QuerySet[Opportunity]:
        """What is shown: all, or as the filters say."""
        return self.filterset.filter_queryset(self.filterset.queryset.all())

    @cached_property
    def filterset(self) -> Any:
        filterset = self.filterset_class(
            data=self.request.GET,
            queryset=reading.opportunity_rows(self.member),
            request=self.request,
            **self.filterset_arguments(),
        )
        filterset.is_valid()
        return filterset

    def board_context(self, *, can_work: bool = False) -> dict[str, Any]:
        stages = self.used_stages
        after = {stage.code: self.request.GET.get(f"after_{stage.code}", "") for stage in stages}
        columns = reading.board(self.rows(), after, found=stages)
        filters = filterbar.bar(self.filterset.form, self.request.path, self.query())
        today, list_query = timezone.localdate(), self.query().urlencode()
        writer = CardWriter(self.request, stages=stages, today=today, list_query=list_query, can_work=can_work)
        return {
            "columns": [
                (
                    column,
                    self.count_words(column),
                    writer.cards(column.page.rows),
                    f"?{list_query}" if after[column.stage.code] else "",
                    self.more_url(column),
                )
                for column in columns
            ],
            "can_work": can_work,
            "title": board_title(columns, self.member),
            "filters": filters,
            "is_empty": not filters.is_set and not any(column.count for column in columns),
            "list_query": list_query,
        }

    def count_words(self, column: reading.Column) -> str:
        """How many stand there and what they are worth; beyond what is counted, that there are more."""
        if column.has_more:
            return " ".join((_("over"), formats.number(reading.COUNTED)))
        amount = formats.money_short(column.amount, self.member.manufacturer.currency, get_language())
        return f"{formats.number(column.count)} · {amount}" if column.amount else formats.number(column.count)

    def query(self) -> QueryDict:
        """The filters alone, for the list and back."""
        kept = QueryDict(mutable=True)
        for name, values in self.request.GET.lists():
            if not name.startswith("after_"):
                kept.setlist(name, values)
        return kept

    def more_url(self, column: reading.Column) -> str:
        if not column.page.next_key:
            return ""
        query = self.request.GET.copy()
        query[f"after_{column.stage.code}"] = column.page.next_key
        return f"?{query.urlencode()}"


def board_title(columns: list[reading.Column], member: Membership) -> str:
    """What all that is open is worth, as a sentence; beyond what is counted, how many there are at least."""
    opened = [column for column in columns if column.stage.outcome == StageOutcome.OPEN]
    count = sum(min(column.count, reading.COUNTED) for column in opened)
    if not count:
        return _("Nothing is on its way to an order")
    if any(column.has_more for column in opened):
        return _("More than %(count)s opportunities are on their way") % {"count": formats.number(count)}
    amount = sum(column.amount for column in opened)
    worth = formats.money_short(amount, member.manufacturer.currency, get_language())
    return ngettext(
        "%(count)s opportunity is on its way, worth %(amount)s",
        "%(count)s opportunities are on their way, worth %(amount)s",
        count,
    ) % {"count": formats.number(count), "amount": worth}


def opportunity_title(opportunity: Opportunity) -> str:
    """How it stands, as a sentence."""
    language = get_language()
    if opportunity.stage.outcome == StageOutcome.WON:
        amount = formats.money_short(opportunity.won_amount, opportunity.currency, language)
        return _("%(name)s is won: %(amount)s") % {"name": opportunity, "amount": amount}
    if opportunity.stage.outcome == StageOutcome.LOST:
        return _("%(name)s is lost") % {"name": opportunity}
    if not opportunity.next_step:
        return _("%(name)s: nothing is planned next") % {"name": opportunity}
    return _("%(name)s, next: %(step)s") % {"name": opportunity, "step": opportunity.next_step}


def file_response(opportunity: Opportunity, member: Membership, key: int) -> HttpResponseBase:
    """A paper or photo as a download; of staff for who may see whom it is about."""
    if not sees_people(member):
        raise PermissionDenied
    row = get_object_or_404(OpportunityFile, opportunity=opportunity, pk=key)
    return attachment_response(row.file, name=row.name, content_type=row.content_type)


def take_file_step(view: MemberRequiredMixin, opportunity: Opportunity, member: Membership) -> None:
    """A file is brought, or taken out by the side that brought it."""
    request: HttpRequest = view.request
    if key := request.POST.get("remove", ""):
        row = get_object_or_404(OpportunityFile, opportunity=opportunity, pk=number_or_404(key))
        view.take_step(lambda: opportunity_files.remove_file(row, by=member), _("It is taken out."))
        return
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(form.errors["file"][0]))
        return
    upload = form.cleaned_data["file"]
    view.take_step(lambda: opportunity_files.add_file(opportunity, upload, by=member), _("The file is kept."))


def page_context(opportunity: Opportunity, member: Membership) -> dict[str, Any]:
    """What the page of an opportunity shows on either side."""
    steps = [
        *opportunity.activities.order_by("-at", "-pk")[:50],
        *opportunity.moves.select_related("from_stage", "to_stage").order_by("-at", "-pk")[:50],
    ]
    return {
        "opportunity": opportunity,
        "title": opportunity_title(opportunity),
        "lines": list(opportunity.lines.select_related("product")),
        "deals": list(deals_for(member).filter(opportunity=opportunity).order_by("-pk")[:20]),
        "files": list(opportunity.files.all()) if sees_people(member) else [],
        "steps": sorted(steps, key=lambda step: (step.at, step.pk), reverse=True),
        "asked": opportunity.state_requests.filter(answered_at=None).first(),
        "today": timezone.localdate(),
        "currency": opportunity.currency,
    }
