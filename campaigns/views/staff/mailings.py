"""Sending a campaign: start, pause, stop, tests and previews, lists and letters for what goes by hand."""

import tempfile
from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import FormView

from campaigns.country_rules import RULES
from campaigns.forms.sending import MailingForm, ResultsForm, TestMailForm
from campaigns.models import Campaign, CampaignContent, Mailing
from campaigns.selectors.campaigns import campaigns_for
from campaigns.services import by_hand, sending
from campaigns.texts import Person, problems_of
from campaigns.views.mails import PAGE_POLICY
from campaigns.views.staff.sending import CampaignsMixin
from campaigns.writing import text_of
from pages import sheets
from partners.countries import country_name
from tenancy.errors import DomainError
from tenancy.rights import Right

READERS_OFFERED = 50


class OneCampaignMixin(CampaignsMixin):
    """Pages of one campaign that the member sees."""

    member: Any

    @cached_property
    def campaign(self) -> Campaign:
        found = campaigns_for(self.member).select_related("manufacturer", "product")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def leaf_url(self) -> str:
        return f"{self.member.url('campaigns:detail', pk=self.campaign.pk)}?tab=mailings"


class MailingStartView(OneCampaignMixin, View):
    """Write to a part of the readers, now or later."""

    required_right = Right.CAMPAIGNS_SEND
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        form = MailingForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(text) for errors in form.errors.values() for text in errors))
            return redirect(self.leaf_url)
        said = form.cleaned_data
        try:
            mailing = sending.start_mailing(self.campaign, said["kind"], self.member, starts_at=said["starts_at"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(kind)s: it is on its way.") % {"kind": mailing.get_kind_display()})
        return redirect(self.leaf_url)


class OneMailingMixin(OneCampaignMixin):
    """Pages of one mailing of the campaign."""

    required_right = Right.CAMPAIGNS_SEND

    @cached_property
    def mailing(self) -> Mailing:
        return get_object_or_404(
            Mailing.objects.select_related("campaign__manufacturer", "campaign__product"),
            pk=self.kwargs["mailing"],
            campaign=self.campaign,
        )


class MailingStepView(OneMailingMixin, View):
    """Pause, go on, stop; for what goes by hand: it is all posted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, mailing: int, **kwargs: Any) -> HttpResponse:
        steps = {
            "pause": sending.pause,
            "resume": sending.resume,
            "stop": sending.stop,
            "went": by_hand.all_went,
        }
        step: Any = steps.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        try:
            step(self.mailing, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            self.mailing.refresh_from_db(fields=["state"])
            messages.success(request, _("The mailing is now: %(state)s") % {"state": self.mailing.get_state_display()})
        return redirect(self.leaf_url)


class MailingListView(OneMailingMixin, View):
    """The readers of a mailing as a sheet, for who prints, posts or dials."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.member.can(Right.PARTNERS_EXPORT):
            raise Http404
        is_csv = request.GET.get("format") == "csv"
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        write = sheets.write_csv if is_csv else sheets.write_xlsx
        write(file, by_hand.HEADS, by_hand.rows_of(self.mailing))
        file.seek(0)
        name = f"mailing-{self.mailing.pk}.{'csv' if is_csv else 'xlsx'}"
        return FileResponse(file, as_attachment=True, filename=name)  # type: ignore[return-value]


class MailingLettersView(OneMailingMixin, View):
    """The letters of a mailing as one PDF."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            content = by_hand.letters_pdf(self.mailing)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.leaf_url)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="letters-{self.mailing.pk}.pdf"'
        return response


class MailingResultsView(OneMailingMixin, FormView):
    """What came of letters and faxes, brought back as a list."""

    form_class = ResultsForm
    template_name = "campaigns/staff/mailing_results.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, mailing=self.mailing, leaf_url=self.leaf_url, **kwargs)

    def form_valid(self, form: ResultsForm) -> HttpResponse:
        try:
            kept, problems = by_hand.take_results(self.mailing, form.cleaned_data["file"].read(), by=self.member)
        except DomainError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        messages.success(
            self.request, ngettext("%(count)s row is kept.", "%(count)s rows are kept.", kept) % {"count": kept}
        )
        if not problems:
            return redirect(self.leaf_url)
        return self.render_to_response(self.get_context_data(form=form, problems=problems[:50]))


class OneContentMixin(OneCampaignMixin):
    """A text of the campaign, as somebody in a country would get it."""

    @cached_property
    def content(self) -> CampaignContent:
        return get_object_or_404(
            CampaignContent.objects.select_related("variant__campaign__manufacturer", "variant__campaign__product"),
            pk=self.kwargs["content"],
            variant__campaign=self.campaign,
        )

    @cached_property
    def readers(self) -> list[Any]:
        readers: QuerySet[Any] = self.campaign.recipients.filter(left_out="", language=self.content.language)
        return list(readers.order_by("pk")[:READERS_OFFERED])

    @cached_property
    def reader(self) -> Any:
        asked = self.request.GET.get("reader", "")
        return next((reader for reader in self.readers if str(reader.pk) == asked), None)

    @cached_property
    def country(self) -> str:
        asked = self.request.GET.get("country", "")
        if self.reader is not None:
            return str(self.reader.country)
        return asked if asked in RULES else self.content.country

    @property
    def person(self) -> Person:
        if self.reader is None:
            return Person()
        return Person(self.reader.name, self.reader.partner_name, self.reader.grade)


# The mail stands in a frame of its own, so that its styles and ours leave each other alone.
@method_decorator(csp_replace({"frame-src": ["'self'"]}), name="dispatch")
class MailShownView(OneContentMixin, FormView):
    """A text as it arrives, by country and as a chosen person; a test of it can be mailed."""

    form_class = TestMailForm
    template_name = "campaigns/staff/mail_shown.html"

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.member.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = sending.words_for(self.content, country=self.country, person=self.person)
        query = self.request.GET.urlencode()
        return super().get_context_data(
            campaign=self.campaign,
            content=self.content,
            words=words,
            problems=problems_of(text_of(self.content)),
            readers=self.readers,
            reader=self.reader,
            countries=[(code, country_name(code)) for code in RULES],
            country=self.country,
            frame_url=f"{self.member.url('campaigns:mail_page', pk=self.campaign.pk, content=self.content.pk)}?{query}",
            leaf_url=f"{self.member.url('campaigns:detail', pk=self.campaign.pk)}?tab=texts",
            can_test=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )

    def form_valid(self, form: TestMailForm) -> HttpResponse:
        to = form.cleaned_data["to"]
        try:
            sending.send_test(self.content, to=to, person=self.person, country=self.country, by=self.member)
        except DomainError as error:
            form.add_error("to", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("A test is on its way to %(to)s.") % {"to": to})
        return redirect(self.request.get_full_path())


@method_decorator([xframe_options_sameorigin, csp_replace(PAGE_POLICY)], name="dispatch")
class MailPageView(OneContentMixin, View):
    """The mail's HTML alone, which runs nothing and reaches nothing of ours."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        words = sending.words_for(self.content, country=self.country, person=self.person)
        return HttpResponse(words.html, headers={"X-Robots-Tag": "noindex"})
