"""Partners find partners in the portal: the card, the search, enquiries, and rewards for introductions."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.paging import Sort, count_up_to, page_of
from partners.countries import language_name
from partners.forms.matches import CardForm, CardSearchForm, EnquiryForm, SayForm
from partners.forms.tiers import OptionalReasonForm
from partners.models import Enquiry, EnquiryState, PartnerCard
from partners.selectors import matches as reading
from partners.services import matches as services
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right

ON_A_PAGE = 20


class MatchesMixin(OwnPartnerMixin):
    """A page of partners that find partners."""

    required_right = Right.PORTAL_WORK
    required_function: str | None = "matching"
    kwargs: dict[str, Any]

    @property
    def may_act(self) -> bool:
        return self.member.can(Right.PORTAL_PROFILE_EDIT)

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        return [
            (_("Find partners"), self.member.url("partners_portal:matches"), here == "matches"),
            (_("Enquiries"), self.member.url("partners_portal:enquiries"), here == "enquiries"),
            (_("Introductions"), self.member.url("partners_portal:introductions"), here == "introductions"),
        ]


class MatchesView(MatchesMixin, TemplateView):
    """The cards of others, to search; shown to who shows its own."""

    template_name = "partners/portal/matches.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        card = reading.own_card(self.partner)
        words = reading.card_words()
        asked = CardSearchForm(self.request.GET).asked
        others = reading.cards_of_others(self.partner)
        is_shown = card is not None and card.is_published
        found = reading.search_cards(others, **asked).order_by()
        page = page_of(found, Sort("name"), size=ON_A_PAGE, after=self.request.GET.get("after", ""))
        more = {key: value for key, value in asked.items() if value} | {"after": page.next_key}
        regions = others.exclude(region="").order_by("region").values_list("region", flat=True).distinct()
        return super().get_context_data(
            title=self.title(is_shown, count_up_to(found), bool(any(asked.values()))),
            tabs=self.tabs("matches"),
            card=card,
            is_shown=is_shown,
            cards=[shown_card(each, words) for each in page.rows],
            more_url=f"?{urlencode(more)}" if page.next_key else "",
            asked=asked,
            kinds=words.kinds,
            specialisations=words.specialisations,
            regions=list(regions),
            may_act=self.may_act,
            **kwargs,
        )

    def title(self, is_shown: bool, found: int, is_narrowed: bool) -> str:
        """What can be found, as a sentence."""
        if not is_shown:
            return _("Show your card, and you see those of others")
        if not found:
            return _("No partner fits what you look for") if is_narrowed else _("No other partner shows a card yet")
        return ngettext("%(count)s partner can be asked", "%(count)s partners can be asked", found) % {
            "count": formats.number(found)
        }


def shown_card(card: PartnerCard, words: reading.CardWords) -> dict[str, Any]:
    """A card with the names of its codes."""
    return {
        "card": card,
        "kinds": [words.kinds.get(code, code) for code in card.kinds],
        "specialisations": [words.specialisations.get(code, code) for code in card.specialisations],
        "languages": [language_name(code) for code in card.languages],
    }


class CardEditView(MatchesMixin, FormView):
    """What the partner shows of itself."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = CardForm
    template_name = "partners/portal/match_card.html"

    @cached_property
    def card(self) -> PartnerCard:
        known = reading.own_card(self.partner)
        if known is not None:
            return known
        skills = list(self.partner.specialisations.values_list("code", flat=True))
        return PartnerCard(
            partner=self.partner,
            kinds=[self.partner.kind.code],
            specialisations=skills,
            region=self.partner.region,
            languages=self.partner.languages,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.card}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        card = services.save_card(form.save(commit=False), by=self.member)
        if card.is_published:
            messages.success(self.request, _("Your card is shown to the others."))
        else:
            messages.success(self.request, _("Your card is saved. It is shown to nobody."))
        return redirect(self.member.url("partners_portal:matches"))


class EnquiryCreateView(OnceMixin, MatchesMixin, FormView):
    """Asking another partner."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = EnquiryForm
    template_name = "partners/portal/enquiry_form.html"

    @cached_property
    def card(self) -> PartnerCard:
        return get_object_or_404(reading.cards_of_others(self.partner), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(card=shown_card(self.card, reading.card_words()), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            enquiry = services.send_enquiry(self.card, by=self.member, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Your enquiry is sent."))
        return redirect(self.member.url("partners_portal:enquiry", pk=enquiry.pk))


class EnquiriesView(MatchesMixin, TemplateView):
    """What was asked of this partner, and what it asked others."""

    template_name = "partners/portal/enquiries.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(reading.enquiries_for(self.member).order_by("-created_at", "-pk")[:100])
        own = self.member.partner_id
        waiting = sum(each.asked_id == own and each.state == EnquiryState.OPEN for each in found)
        return super().get_context_data(
            title=self.title(waiting),
            tabs=self.tabs("enquiries"),
            received=[each for each in found if each.asked_id == own],
            sent=[each for each in found if each.asking_id == own],
            **kwargs,
        )

    def title(self, waiting: int) -> str:
        """How many wait for an answer."""
        if not waiting:
            return _("No enquiry waits for your answer")
        return ngettext(
            "%(count)s enquiry waits for your answer", "%(count)s enquiries wait for your answer", waiting
        ) % {"count": formats.number(waiting)}


class EnquiryView(MatchesMixin, FormView):
    """One enquiry, with what both said about it."""

    form_class = SayForm
    template_name = "partners/portal/enquiry.html"

    @cached_property
    def enquiry(self) -> Enquiry:
        return get_object_or_404(reading.enquiries_for(self.member), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enquiry, own = self.enquiry, self.member.partner_id
        is_open = enquiry.state == EnquiryState.OPEN
        return super().get_context_data(
            enquiry=enquiry,
            other=enquiry.asking_name if enquiry.asked_id == own else enquiry.asked_name,
            said=list(enquiry.messages.all()),
            own=own,
            can_answer=is_open and enquiry.asked_id == own and self.may_act,
            can_withdraw=is_open and enquiry.asking_id == own and self.may_act,
            can_say=enquiry.state in (EnquiryState.OPEN, EnquiryState.ACCEPTED) and self.may_act,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.may_act:
            raise PermissionDenied
        self.take_step(lambda: services.say(self.enquiry, body=form.cleaned_data["body"], by=self.member))
        return redirect(self.request.path)


class EnquiryStepView(MatchesMixin, View):
    """Accepting, declining, or withdrawing."""

    required_right = Right.PORTAL_PROFILE_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enquiry = get_object_or_404(reading.enquiries_for(self.member), pk=self.kwargs["pk"])
        step, form = request.POST.get("step", ""), OptionalReasonForm(request.POST)
        try:
            if not form.is_valid():
                messages.error(request, str(form.errors["reason"][0]))
            elif step == "withdraw":
                services.withdraw_enquiry(enquiry, by=self.member)
                messages.success(request, _("Your enquiry is withdrawn."))
            elif step in ("accept", "decline"):
                services.answer_enquiry(
                    enquiry, accept=step == "accept", by=self.member, reason=form.cleaned_data["reason"]
                )
                messages.success(request, _("Your answer is sent."))
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("partners_portal:enquiry", pk=enquiry.pk))


class IntroductionsView(MatchesMixin, TemplateView):
    """How many companies this partner introduced to the manufacturer, and what it got for it."""

    template_name = "partners/portal/introductions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = reading.own_introductions()
        return super().get_context_data(
            title=self.title(counted),
            tabs=self.tabs("introductions"),
            rewards=list(reading.rewards_of(self.partner)[:100]),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def title(self, counted: reading.Introductions) -> str:
        """What came of the partner's introductions."""
        if not counted.introduced:
            return _("You have not introduced a company yet")
        return ngettext(
            "You introduced %(count)s company; %(made)s became a partner",
            "You introduced %(count)s companies; %(made)s became partners",
            counted.introduced,
        ) % {"count": formats.number(counted.introduced), "made": formats.number(counted.became_partners)}
