"""For staff: what partners ask each other, and what introducers get."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import row_number
from partners import selectors
from partners.filters.matches import EnquiryFilterSet
from partners.forms.matches import RewardForm, SayForm
from partners.models import Enquiry, EnquiryState, IntroductionReward, Partner
from partners.selectors import matches as reading
from partners.selectors.recruiting import introduced_by
from partners.services import matches as services
from partners.tables.matches import EnquiryTable
from partners.views.staff.recruiting import RecruitingMixin
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class EnquiryListView(StaffMixin, ListView):
    """Everything that partners ask each other, newest first."""

    required_right = Right.PARTNERS_VIEW
    required_function = "matching"
    list_key = "enquiries"
    table_class = EnquiryTable
    filterset_class = EnquiryFilterSet
    template_name = "partners/staff/enquiry_list.html"
    default_sort = "-created_at"
    sorts = {"created_at": Sort("created_at", descending=True), "asking_name": Sort("asking_name")}
    export_name = "enquiries"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No partner has asked another yet"),
        gettext_lazy("In the portal partners show each other cards, and ask for joint bids and referrals."),
    )

    def get_queryset(self) -> QuerySet[Enquiry]:
        return reading.enquiries_for(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreed = count_up_to(reading.enquiries_for(self.member).filter(state=EnquiryState.ACCEPTED))
        title = ngettext(
            "Partners have agreed on %(count)s joint matter", "Partners have agreed on %(count)s joint matters", agreed
        ) % {"count": formats.number(agreed)}
        return super().get_context_data(title=title if agreed else _("Partners have agreed on nothing yet"), **kwargs)


class EnquiryView(StaffMixin, FormView):
    """One enquiry with what was said; staff may take part."""

    required_right = Right.PARTNERS_VIEW
    required_function = "matching"
    form_class = SayForm
    template_name = "partners/staff/enquiry.html"
    kwargs: dict[str, Any]

    @cached_property
    def enquiry(self) -> Enquiry:
        return get_object_or_404(reading.enquiries_for(self.member), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = self.enquiry.state in (EnquiryState.OPEN, EnquiryState.ACCEPTED)
        return super().get_context_data(
            enquiry=self.enquiry,
            said=list(self.enquiry.messages.all()),
            can_say=is_open and self.member.can(Right.WORK),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.member.can(Right.WORK):
            raise PermissionDenied
        self.take_step(lambda: services.say(self.enquiry, body=form.cleaned_data["body"], by=self.member))
        return redirect(self.request.path)


class IntroducerMixin(RecruitingMixin):
    """A page about one partner that introduces companies."""

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(selectors.partners_for(self.member), pk=self.kwargs["pk"])


class IntroducerView(IntroducerMixin, TemplateView):
    """What a partner has introduced, what became of it, and what it gets."""

    template_name = "partners/staff/introducer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = introduced_by(self.partner)
        made = found.filter(partner__isnull=False).count()
        count = found.count()
        title = ngettext(
            "%(partner)s introduced %(count)s company; %(made)s became a partner",
            "%(partner)s introduced %(count)s companies; %(made)s became partners",
            count,
        ) % {"partner": self.partner, "count": formats.number(count), "made": formats.number(made)}
        return super().get_context_data(
            title=title,
            partner=self.partner,
            prospects=list(found.select_related("refusal_reason")[:100]),
            rewards=list(reading.rewards_of(self.partner)[:100]),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )


class RewardCreateView(IntroducerMixin, FormView):
    """A reward, new or known."""

    form_class = RewardForm
    template_name = "partners/staff/reward_form.html"

    @cached_property
    def reward(self) -> IntroductionReward:
        number = row_number(self.request.GET.get("prospect", ""))
        prospect = introduced_by(self.partner).filter(pk=number).first() if number else None
        return IntroductionReward(partner=self.partner, prospect=prospect)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "member": self.member,
            "instance": self.reward,
            "partner": self.reward.partner,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.reward.partner, reward=self.reward, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            reward = services.save_reward(form.save(commit=False), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The reward is saved, and %(partner)s is told.") % {"partner": reward.partner})
        return redirect(self.member.url("partners:introducer", pk=reward.partner_id))


class RewardEditView(RewardCreateView):
    @cached_property
    def reward(self) -> IntroductionReward:
        mine = selectors.partners_for(self.member)
        rows = IntroductionReward.objects.select_related("partner", "prospect").filter(partner__in=mine)
        return get_object_or_404(rows, pk=self.kwargs["pk"])
