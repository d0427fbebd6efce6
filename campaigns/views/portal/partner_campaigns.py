"""A partner sends released templates to its own customers, whom nobody but the partner sees."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import FormView, TemplateView

from campaigns.answers import ANSWERS
from campaigns.forms.partner_campaigns import CustomerListForm, OwnWordsForm
from campaigns.functions import PARTNER_CAMPAIGNS
from campaigns.models import OwnState, PartnerCampaign, PartnerWords
from campaigns.own_previews import preview_of
from campaigns.own_writing import House, OwnWriter, house_of, text_of
from campaigns.selectors import own_customers as customers
from campaigns.selectors import partner_campaigns as reading
from campaigns.services import partner_campaigns as services
from campaigns.texts import Person, Words
from campaigns.views.mails import PAGE_POLICY
from pages import formats
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.errors import DomainError
from tenancy.models import COUNTRY_OF_LANGUAGE, Language
from tenancy.rights import Right
from tenancy.rls import current_scope

SALT = "campaigns.own_list"
AN_HOUR = 3600
SHOWN, MANY = 20, 50
"""Lines of a list that are shown of those that are right, and before a fold of those that are not."""
LEFT_OUT: dict[str, Any] = {
    "suppressed": gettext_lazy("unsubscribed, or their mail comes back"),
    "no_consent": gettext_lazy("have not agreed to advertising by e-mail"),
    "consent_old": gettext_lazy("agreed too long ago: the law asks for it anew"),
    "no_text": gettext_lazy("read a language in which there is no text"),
    "capped": gettext_lazy("have had as many mails this week as one may get"),
}


NOT_DELIVERED: dict[str, Any] = LEFT_OUT | {
    "stopped": gettext_lazy("were stopped before they went"),
    "withdrawn": gettext_lazy("were stopped: the manufacturer withdrew the template"),
    "removed": gettext_lazy("were taken off the list meanwhile"),
    "bounced": gettext_lazy("came back undelivered"),
    "failed": gettext_lazy("were not taken by the mail server"),
    "refused": gettext_lazy("could not be written"),
}


class OwnMixin(OwnPartnerMixin):
    """Pages of a partner's campaigns. Who only looks on sees none of the partner's customers: the database says so."""

    required_right = Right.PORTAL_CAMPAIGNS
    required_function: str | None = PARTNER_CAMPAIGNS.key
    kwargs: dict[str, Any]

    @property
    def is_veiled(self) -> bool:
        return current_scope().read_only

    @property
    def may_brand(self) -> bool:
        """Whether the member may say what stands on what is sent: no page offers others the way there."""
        return self.member.can(Right.PORTAL_PROFILE_EDIT)

    @cached_property
    def campaign(self) -> PartnerCampaign:
        return get_object_or_404(PartnerCampaign, pk=self.kwargs["pk"])

    @cached_property
    def house(self) -> House:
        return house_of(self.campaign)

    def page(self, name: str = "own_campaign") -> str:
        return self.member.url(f"campaigns_portal:{name}", pk=self.campaign.pk)

    def example(self, own: PartnerWords) -> Callable[[str], Words]:
        """What an example customer gets in a language; nothing in it is counted."""
        writer = OwnWriter(self.campaign, self.house, own.words)

        def words(language: str) -> Words:
            with translation.override(language):
                person = Person(_("Kim Minsu"), self.house.brand.company)
            return writer.words(language, COUNTRY_OF_LANGUAGE.get(language, ""), person, None)

        return words

    def figures(self, campaign: PartnerCampaign) -> dict[str, int | None]:
        """How many, by what; of few, nothing to who only looks on."""
        veil = reading.veiled if self.is_veiled else int
        return {name: veil(getattr(campaign, name)) for name in reading.FIGURES}


class OwnCampaignsView(OwnMixin, TemplateView):
    """What can be sent, and what was."""

    template_name = "campaigns/portal/own_campaigns.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        templates = reading.templates_for_partner(self.partner.pk)
        count = len(templates)
        title = (
            ngettext("%(count)s template is ready to send", "%(count)s templates are ready to send", count)
            if count
            else _("Nothing to send at the moment")
        ) % {"count": formats.number(count)}
        sent = customers.campaigns_of_partner()
        return super().get_context_data(
            title=title,
            templates=templates,
            rows=[(campaign, name, self.figures(campaign)) for campaign, name in sent],
            is_veiled=self.is_veiled,
            customers=None if self.is_veiled else customers.count(),
            **kwargs,
        )


class OwnStartView(OwnMixin, View):
    """Begin with a template, or go on with what was begun."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            campaign = services.draft_of(kwargs["pk"], by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("campaigns_portal:own_campaigns"))
        return redirect(self.member.url("campaigns_portal:own_campaign", pk=campaign.pk))


class OwnCampaignView(OwnMixin, TemplateView):
    """While it is prepared, the partner's own words; afterwards what came of it."""

    def get_template_names(self) -> list[str]:
        is_draft = self.campaign.state == OwnState.DRAFT
        return ["campaigns/portal/own_draft.html" if is_draft else "campaigns/portal/own_results.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.campaign
        common = {"campaign": campaign, "template": self.house.template, "is_veiled": self.is_veiled}
        if campaign.state == OwnState.DRAFT:
            own = PartnerWords.objects.filter(campaign=campaign).first() or PartnerWords()
            form = kwargs.pop("form", None) or self.form(own)
            return super().get_context_data(**common, form=form, previews=previews(self.house, own.words), **kwargs)
        return super().get_context_data(
            **common,
            figures=self.figures(campaign),
            answers=[(message, ANSWERS.get(message.answer, "")) for message in customers.answers_to(campaign)],
            unsent=customers.unsent(campaign),
            not_delivered=[(count, NOT_DELIVERED[why]) for why, count in customers.not_delivered(campaign).items()],
            is_going=campaign.state == OwnState.SENDING,
            **kwargs,
        )

    def form(self, own: PartnerWords, data: Any = None) -> OwnWordsForm:
        return OwnWordsForm(
            data,
            places=services.places_by_language(self.house),
            groups=customers.groups(),
            words=own.words,
            initial={"group": own.group},
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        own = get_object_or_404(PartnerWords, campaign=self.campaign)
        form = self.form(own, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            services.save_words(self.campaign, form.words, group=form.cleaned_data["group"], by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.page())
        if request.POST.get("then") == "brand" and self.may_brand:
            return redirect(f"{self.member.url('campaigns_portal:brand')}?campaign={self.campaign.pk}")
        return redirect(self.page("own_look"))


def previews(house: House, words: dict[str, Any]) -> list[tuple[Any, Any]]:
    """How it reads in each language of the template."""
    return [
        (
            text,
            preview_of(
                text_of(text),
                words.get(language, {}),
                sender=house.brand.company,
                manufacturer=str(house.manufacturer),
                country=COUNTRY_OF_LANGUAGE.get(language, ""),
                is_advertising=house.template.is_advertising,
            ),
        )
        for language, text in house.texts.items()
    ]


# The mail stands in a frame of its own, so that its styles and ours leave each other alone.
@method_decorator(csp_replace({"frame-src": ["'self'"]}), name="dispatch")
class OwnLookView(OwnMixin, TemplateView):
    """The last look before it goes: the mail as it arrives, to how many, who is left out and why."""

    template_name = "campaigns/portal/own_look.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        if self.campaign.state != OwnState.DRAFT:
            return redirect(self.page())
        return super().get(request, **kwargs)

    def mail_page(self, language: str) -> str:
        return self.member.url("campaigns_portal:own_mail", pk=self.campaign.pk, language=language)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = PartnerWords.objects.filter(campaign=self.campaign).first() or PartnerWords()
        outlook = services.outlook_of(self.campaign, self.house, own)
        count = len(outlook.people)
        title = ngettext("It goes to %(count)s customer", "It goes to %(count)s customers", count) % {
            "count": formats.number(count)
        }
        words = self.example(own)
        read = Counter(language for _pk, _email, _name, language, _country in outlook.people)
        return super().get_context_data(
            campaign=self.campaign,
            template=self.house.template,
            group=own.group,
            brand=self.house.brand,
            title=title,
            count=count,
            is_veiled=self.is_veiled,
            left_out=[(number, LEFT_OUT[why]) for why, number in outlook.left_out.items()],
            reasons=outlook.reasons,
            mails=[
                (text, words(language).subject, read[language], self.mail_page(language))
                for language, text in self.house.texts.items()
                if read[language] or not count
            ],
            **kwargs,
        )


OWN_PAGE_POLICY = PAGE_POLICY | {"img-src": ["'self'", *PAGE_POLICY["img-src"]]}
"""The logo of the partner comes from us, by the address that its customers have."""


@method_decorator([xframe_options_sameorigin, csp_replace(OWN_PAGE_POLICY)], name="dispatch")
class OwnMailView(OwnMixin, View):
    """The mail's HTML alone in one language, as an example customer gets it; nothing in it is counted."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        language = kwargs["language"]
        if language not in self.house.texts:
            raise Http404
        own = PartnerWords.objects.filter(campaign=self.campaign).first() or PartnerWords()
        words = self.example(own)(language)
        return HttpResponse(words.html, headers={"X-Robots-Tag": "noindex"})


class OwnSendView(OwnMixin, View):
    """Send it. A double click sends once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            services.send_own(self.campaign, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.page("own_look"))
        messages.success(request, _("It is on its way. What comes back you see here."))
        return redirect(self.page())


class OwnStopView(OwnMixin, View):
    """Stop what has not gone yet."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        count = services.stop(self.campaign, by=self.member)
        said = ngettext("Stopped: %(count)s mail does not go.", "Stopped: %(count)s mails do not go.", count)
        messages.success(request, said % {"count": formats.number(count)})
        return redirect(self.page())


# --- The list ---------------------------------------------------------------------------------------------------------


def sought_in(data: QueryDict) -> str:
    """What of the list is looked for."""
    return data.get("q", "").strip()[:100]


class CustomersView(OwnMixin, TemplateView):
    """The partner's own customers."""

    template_name = "campaigns/portal/own_customers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sought = sought_in(self.request.GET)
        rows, total = customers.page_of(sought)
        count = customers.count()
        title = ngettext("%(count)s customer is on your list", "%(count)s customers are on your list", count) % {
            "count": formats.number(count)
        }
        return super().get_context_data(
            title=_("Only the partner itself sees its customers") if self.is_veiled else title,
            rows=rows,
            total=total,
            more=total - len(rows),
            sought=sought,
            is_veiled=self.is_veiled,
            **kwargs,
        )


class CustomersAddView(OwnMixin, FormView):
    """Bring customers: what is wrong is said line by line before anything is kept."""

    form_class = CustomerListForm
    template_name = "campaigns/portal/own_customers_add.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "partner": self.partner}

    def form_valid(self, form: Any) -> HttpResponse:
        checked = form.checked
        count = len(checked.rows)
        title = ngettext("%(count)s customer can be kept", "%(count)s customers can be kept", count) % {
            "count": formats.number(count)
        }
        context = {
            "title": title,
            "checked": checked,
            "first": [
                (row, Language(row["language"]).label, row["agreed_on"] and dt.date.fromisoformat(row["agreed_on"]))
                for row in checked.rows[:SHOWN]
            ],
            "more": max(0, count - SHOWN),
            "known": customers.known([row["email"] for row in checked.rows]),
            "problems": checked.problems[:MANY],
            "more_problems": checked.problems[MANY:],
            "without_consent": sum(not row["agreed_on"] for row in checked.rows),
            "held": signing.dumps([self.member.pk, checked.rows], salt=SALT, compress=True),
        }
        return render(self.request, "campaigns/portal/own_customers_check.html", context)


class CustomersKeepView(OwnMixin, View):
    """Keep what was checked."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            member, rows = signing.loads(request.POST.get("held", ""), salt=SALT, max_age=AN_HOUR)
        except signing.BadSignature:
            messages.error(request, _("The check is more than an hour old: bring the list once more."))
            return redirect(self.member.url("campaigns_portal:own_customers_add"))
        if member != self.member.pk:
            raise Http404
        try:
            count = services.save_customers(rows, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("campaigns_portal:own_customers_add"))
        said = ngettext("%(count)s customer is on the list.", "%(count)s customers are on the list.", count)
        messages.success(request, said % {"count": formats.number(count)})
        return redirect(self.member.url("campaigns_portal:own_customers"))


class CustomersRemoveView(OwnMixin, View):
    """Take all off the list that a search found, as after a list that was the wrong one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        count = services.remove_customers(sought_in(request.POST), by=self.member)
        said = ngettext(
            "%(count)s customer is taken off the list.", "%(count)s customers are taken off the list.", count
        )
        messages.success(request, said % {"count": formats.number(count)})
        return redirect(self.member.url("campaigns_portal:own_customers"))


class CustomerRemoveView(OwnMixin, View):
    """Take somebody off the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not services.remove_customer(kwargs["pk"], by=self.member):
            raise Http404
        messages.success(request, _("Taken off the list."))
        return redirect(self.member.url("campaigns_portal:own_customers"))
