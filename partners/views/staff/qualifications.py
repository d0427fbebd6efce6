"""Qualifications for staff: who holds what, a paper seen, one taken away, and the manufacturer's own list of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import number_or_404, row_number
from partners import selectors
from partners.filters.qualifications import QualificationFilterSet
from partners.forms.qualifications import QualificationTypeForm, RecordForm, WhyForm
from partners.functions import QUALIFICATIONS
from partners.models import Partner, Qualification, QualificationType
from partners.selectors import qualifications as reading
from partners.services import qualifications as services
from partners.tables.qualifications import QualificationTable
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

MOST_AT_ONCE = 10_000


def end_many(member: Membership, rows: QuerySet[Qualification], given: dict[str, Any]) -> str:
    """The bulk action: take the people's qualifications among the chosen away."""
    open_ones = rows.filter(ended_on=None).order_by("pk").values_list("pk", "member_id")
    keys = list(open_ones[: MOST_AT_ONCE + 1])
    if len(keys) > MOST_AT_ONCE:
        raise BulkRefusedError(_("Choose at most %(most)s at once.") % {"most": formats.number(MOST_AT_ONCE)})
    people = [pk for pk, person in keys if person is not None]
    left = len(keys) - len(people)
    try:
        ended = services.end_all(people, reason=given["reason"], by=member)
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error
    said = ngettext("%(count)s qualification is ended.", "%(count)s qualifications are ended.", ended) % {
        "count": formats.number(ended)
    }
    if left:
        said += " " + _("What companies hold follows from their people's.")
    return said


class QualificationListView(StaffMixin, ListView):
    """Who holds which qualification at the member's partners, and who has held it."""

    required_right = Right.PARTNERS_VIEW
    required_function = QUALIFICATIONS.key
    list_key = "qualifications"
    table_class = QualificationTable
    filterset_class = QualificationFilterSet
    template_name = "partners/staff/qualification_list.html"
    default_sort = "-obtained_on"
    sorts = {
        "obtained_on": Sort("obtained_on", descending=True),
        "valid_until": Sort("valid_until", nullable=True),
        "partner": Sort("partner__name"),
    }
    default_columns = ["person", "partner", "type", "state", "obtained_on", "valid_until", "source", "manager"]
    export_name = "qualifications"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "end",
            gettext_lazy("End"),
            Right.TRAINING_ASSIGN,
            end_many,
            form_class=WhyForm,
            explanation=gettext_lazy(
                "What needs them is closed to the company at once, unless enough others hold them."
            ),
            is_dangerous=True,
        )
    ]
    empty = Empty(
        gettext_lazy("Nobody holds a qualification yet"),
        gettext_lazy("Courses give them, or you record a paper you have seen on a partner's page."),
    )

    def get_queryset(self) -> QuerySet[Qualification]:
        return reading.qualification_rows(self.member, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        seen = reading.seen_qualifications(self.member).filter(member__is_active=True)
        ending = count_up_to(seen.filter(reading.in_state(reading.HeldState.ENDING, today)))
        title = (
            ngettext(
                "%(count)s qualification runs out within 60 days",
                "%(count)s qualifications run out within 60 days",
                ending,
            )
            % {"count": formats.number(ending)}
            if ending
            else _("No qualification runs out within 60 days")
        )
        return super().get_context_data(title=title, can_set=self.member.can(Right.SETTINGS_EDIT), **kwargs)


class QualificationRecordView(StaffMixin, FormView):
    """Somebody at a partner is qualified by a paper that staff have seen."""

    required_right = Right.TRAINING_ASSIGN
    required_function = QUALIFICATIONS.key
    form_class = RecordForm
    template_name = "partners/staff/qualification_form.html"

    @cached_property
    def partner(self) -> Partner:
        pk = number_or_404(self.request.GET.get("partner", ""))
        return get_object_or_404(selectors.partners_for(self.member), pk=pk)

    @property
    def back_url(self) -> str:
        return f"{self.member.url('partners:detail', pk=self.partner.pk)}?tab=people"

    @cached_property
    def people(self) -> QuerySet[Membership]:
        return Membership.objects.filter(partner=self.partner, is_active=True).order_by("name", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = row_number(self.request.GET.get("type", ""))
        return super().get_form_kwargs() | {
            "people": self.people,
            "initial": {"obtained_on": timezone.localdate(), "type": chosen},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            partner=self.partner,
            can_record=self.people.exists() and QualificationType.objects.filter(is_retired=False).exists(),
            back_url=self.back_url,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        person, kind = form.cleaned_data["person"], form.cleaned_data["type"]
        try:
            services.grant(kind, person, form.proof, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request, _("%(name)s holds “%(qualification)s”.") % {"name": person.name, "qualification": kind}
        )
        return redirect(self.back_url)


class QualificationEndView(StaffMixin, FormView):
    """Somebody's qualification is taken away, with a reason."""

    required_right = Right.TRAINING_ASSIGN
    required_function = QUALIFICATIONS.key
    form_class = WhyForm
    template_name = "partners/staff/qualification_end.html"
    kwargs: dict[str, Any]

    @cached_property
    def qualification(self) -> Qualification:
        rows = reading.seen_qualifications(self.member).filter(member__isnull=False)
        return get_object_or_404(rows.select_related("type", "member", "partner"), pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        return f"{self.member.url('partners:detail', pk=self.qualification.partner_id)}?tab=people"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(qualification=self.qualification, back_url=self.back_url, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.take_step(
            lambda: services.end(self.qualification, reason=form.cleaned_data["reason"], by=self.member),
            _("The qualification is ended."),
        )
        return redirect(self.back_url)


class QualificationTypeMixin(OwnListMixin):
    model = QualificationType
    form_class: Any = QualificationTypeForm
    required_function = QUALIFICATIONS.key
    list_url = "partners:qualification_types"
    create_url = "partners:qualification_type_create"
    edit_url = "partners:qualification_type_edit"
    title = gettext_lazy("Qualifications")
    explanation = gettext_lazy("What partners' people can prove, and what is closed to companies that do not have it.")
    new_title = gettext_lazy("A new qualification")
    new_action = gettext_lazy("Add a qualification")


class QualificationTypeListView(QualificationTypeMixin, OwnListView):
    template_name = "partners/staff/qualification_types.html"

    def get_queryset(self) -> QuerySet[Any]:
        return reading.types_with_use(timezone.localdate())


class QualificationTypeCreateView(QualificationTypeMixin, OwnEntryView):
    pass


class QualificationTypeEditView(QualificationTypeMixin, OwnEntryEditView):
    """Whatever is changed, companies hold from now on what follows from it."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if "people_needed" in form.changed_data:
            services.settle_companies()
        return response
