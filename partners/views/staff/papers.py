"""What staff do with compliance papers: the list, the review, what is owed, one handed in for a partner."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import number_or_404
from partners import selectors
from partners.filters.agreements import OwingFilterSet, PaperFilterSet
from partners.forms.agreements import PaperForm, PaperTypeForm, ReasonForm, ReviewForm
from partners.models import Paper, PaperType, Partner
from partners.selectors import agreements as reading
from partners.services import agreement_notices, papers
from partners.tables.agreements import OwingTable, PaperTable
from partners.views.agreement_files import PaperFileView
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right


class PaperListView(StaffMixin, ListView):
    """The papers of the member's partners, the latest on top."""

    required_right = Right.PARTNERS_VIEW
    required_function = "agreements"
    list_key = "papers"
    table_class = PaperTable
    filterset_class = PaperFilterSet
    template_name = "partners/staff/paper_list.html"
    default_sort = "-uploaded_at"
    sorts = {
        "uploaded_at": Sort("pk", descending=True),
        "partner": Sort("partner__name"),
        "valid_until": Sort("valid_until"),
    }
    default_columns = ["partner", "type", "state", "number", "valid_until", "uploaded_at", "manager"]
    export_name = "papers"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No papers yet"),
        gettext_lazy("Partners hand in their papers in the portal; you can hand one in for a partner on its page."),
    )

    def get_queryset(self) -> QuerySet[Paper]:
        return reading.paper_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = count_up_to(reading.papers_to_review(self.member))
        title = (
            ngettext("%(count)s paper waits for review", "%(count)s papers wait for review", waiting)
            % {"count": formats.number(waiting)}
            if waiting
            else _("No paper waits for review")
        )
        first = reading.papers_to_review(self.member).first() if waiting else None
        return super().get_context_data(
            title=title, first=first if self.member.can(Right.AGREEMENTS_EDIT) else None, **kwargs
        )


def ask_for_papers(member: Membership, partners: QuerySet[Any], cleaned: dict[str, Any]) -> str:
    """The bulk action: ask each of the partners for what it owes."""
    names = dict(PaperType.objects.values_list("pk", "names"))
    owed = [(pk, names[type_id], type_id) for pk, types in partners.values_list("pk", "owed") for type_id in types]
    told = agreement_notices.tell_papers_missing(owed, timezone.localdate())
    return ngettext("%(count)s reminder is sent.", "%(count)s reminders are sent.", told) % {
        "count": formats.number(told)
    }


class OwingListView(StaffMixin, ListView):
    """Partners that lack a needed paper, or whose paper is not valid any more."""

    required_right = Right.PARTNERS_VIEW
    required_function = "agreements"
    list_key = "papers_owed"
    table_class = OwingTable
    filterset_class = OwingFilterSet
    template_name = "partners/staff/paper_owing.html"
    default_sort = "name"
    sorts = {"name": Sort("name"), "code": Sort("code")}
    export_name = "papers-owed"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction(
            "ask",
            gettext_lazy("Ask for them"),
            Right.AGREEMENTS_EDIT,
            ask_for_papers,
            explanation=gettext_lazy("Whoever can read agreements there is told, once a day at most."),
        )
    ]
    empty = Empty(gettext_lazy("No partner owes a paper"), gettext_lazy("All that is needed is there and valid."))

    def get_queryset(self) -> QuerySet[Partner]:
        return reading.partners_owing(self.member, day=timezone.localdate())

    def table_arguments(self) -> dict[str, Any]:
        return {"paper_names": {kind.pk: str(kind) for kind in PaperType.objects.all()}}


class PaperView(StaffMixin, FormView):
    """One paper: what was handed in, and what staff say of it."""

    required_right = Right.PARTNERS_VIEW
    required_function = "agreements"
    template_name = "partners/staff/paper_detail.html"
    kwargs: dict[str, Any]

    @cached_property
    def paper(self) -> Paper:
        rows = reading.papers_for(self.member).select_related("partner", "type", "uploaded_by", "reviewed_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_form(self, form_class: Any = None) -> Any:
        given = self.request.POST if self.request.method == "POST" and not self.is_refusal else None
        return ReviewForm(given, paper=self.paper)

    @property
    def is_refusal(self) -> bool:
        return "refuse" in self.request.POST

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = reading.papers_to_review(self.member).exclude(pk=self.paper.pk)
        return super().get_context_data(
            paper=self.paper,
            refusal=kwargs.pop("refusal", None) or ReasonForm(),
            others=reading.papers_for(self.member)
            .filter(partner=self.paper.partner_id, type=self.paper.type_id)
            .exclude(pk=self.paper.pk)
            .select_related("reviewed_by")
            .order_by("-pk"),
            next=waiting.first(),
            can_edit=self.member.can(Right.AGREEMENTS_EDIT),
            **kwargs,
        )


class PaperReviewView(PaperView):
    """The paper is accepted with what was read on it, or refused with a reason."""

    required_right = Right.AGREEMENTS_EDIT
    http_method_names = ["post"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_refusal:
            return super().post(request, *args, **kwargs)
        refusal = ReasonForm(request.POST)
        if not refusal.is_valid():
            return self.render_to_response(self.get_context_data(refusal=refusal))
        return self.done(
            lambda: papers.refuse_paper(self.paper, by=self.member, reason=refusal.cleaned_data["reason"]),
            _("The paper is refused, and the partner is told why."),
        )

    def form_valid(self, form: Any) -> HttpResponse:
        return self.done(
            lambda: papers.accept_paper(self.paper, by=self.member, **form.read), _("The paper is accepted.")
        )

    def done(self, step: Any, sentence: str) -> HttpResponse:
        try:
            step()
        except DomainError as error:
            messages.error(self.request, str(error))
            return redirect(self.member.url("partners:paper", pk=self.paper.pk))
        messages.success(self.request, sentence)
        following = reading.papers_to_review(self.member).exclude(pk=self.paper.pk).first()
        if following is not None:
            return redirect(self.member.url("partners:paper", pk=following.pk))
        return redirect(self.member.url("partners:papers"))


class StaffPaperFileView(StaffMixin, PaperFileView):
    required_right = Right.PARTNERS_VIEW


class PaperCreateView(OnceMixin, StaffMixin, FormView):
    """A paper that staff have from the partner by another way; what they hand in is accepted."""

    required_right = Right.AGREEMENTS_EDIT
    required_function = "agreements"
    form_class = PaperForm
    template_name = "partners/staff/paper_form.html"

    @cached_property
    def partner(self) -> Partner:
        pk = number_or_404(self.request.GET.get("partner", ""))
        return get_object_or_404(selectors.partners_for(self.member), pk=pk)

    @cached_property
    def kind(self) -> PaperType:
        return get_object_or_404(
            PaperType.objects.filter(is_retired=False), pk=number_or_404(self.request.GET.get("type", ""))
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, kind=self.kind, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            papers.hand_in_paper(self.partner, self.kind, upload=form.cleaned_data["file"], by=self.member, **form.read)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        messages.success(self.request, _("The paper is kept."))
        return redirect(f"{self.member.url('partners:detail', pk=self.partner.pk)}?tab=agreements")


class PaperTypeMixin(OwnListMixin):
    model = PaperType
    form_class: Any = PaperTypeForm
    required_function = "agreements"
    list_url, create_url, edit_url = "partners:paper_types", "partners:paper_type_create", "partners:paper_type_edit"
    title = gettext_lazy("Compliance papers")
    explanation = gettext_lazy(
        "Licences, insurances and certificates that partners hand in, and what they may not do without them."
    )
    new_title = gettext_lazy("A new compliance paper")
    new_action = gettext_lazy("Add a paper")


class PaperTypeListView(PaperTypeMixin, OwnListView):
    template_name = "partners/staff/paper_types.html"

    def get_queryset(self) -> QuerySet[Any]:
        return PaperType.objects.prefetch_related("kinds")


class PaperTypeCreateView(PaperTypeMixin, OwnEntryView):
    pass


class PaperTypeEditView(PaperTypeMixin, OwnEntryEditView):
    pass
