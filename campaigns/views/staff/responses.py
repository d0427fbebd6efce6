"""What staff do with what came back: the report as a file, its tables as sheets, and results that they enter."""

import tempfile
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView

from campaigns import report_words as words
from campaigns.forms.responses import EnterForm
from campaigns.report_files import report_pdf, sheet_heads, sheet_row
from campaigns.selectors.campaigns import recipients_for
from campaigns.selectors.past import COLUMNS as PAST_COLUMNS
from campaigns.selectors.past import past_rows
from campaigns.selectors.reports import DIMENSIONS, READERS, funnels
from campaigns.services.entering import EnteringError, enter_results
from campaigns.views.staff.campaigns import OneCampaignMixin
from pages import formats, sheets
from tenancy.rights import Right


class ReportPdfView(OneCampaignMixin, View):
    """The report in the reader's language."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        name = slugify(self.campaign.name) or f"campaign-{self.campaign.pk}"
        return HttpResponse(
            report_pdf(self.campaign),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
        )


class ReportExportView(OneCampaignMixin, View):
    """The parts by one dimension as a sheet, or every reader with what came back."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        kind, by = request.GET.get("format", "csv"), request.GET.get("by", DIMENSIONS[0])
        if kind not in sheets.WRITERS or by not in (*DIMENSIONS, READERS):
            raise Http404
        if by == READERS:
            heads, rows = self.readers()
        else:
            total, parts = funnels(self.campaign)
            name = words.part_names(self.campaign, by)
            heads = sheet_heads(by, self.member.manufacturer.currency)
            rows = [sheet_row(name(key), row) for key, row in parts[by]] + [sheet_row(_("All"), total)]
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        sheets.WRITERS[kind](file, heads, rows)
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"campaign-{self.campaign.pk}-{by}.{kind}",
            content_type=sheets.CONTENT_TYPES[kind],
        )

    def readers(self) -> tuple[list[str], Iterable[list[Any]]]:
        """Each reader in the columns in which past campaigns are brought in, of those whom the member may see."""
        if not self.member.can(Right.PARTNERS_EXPORT):
            raise PermissionDenied
        rows = recipients_for(self.member, self.campaign).filter(left_out="")
        return PAST_COLUMNS, past_rows(self.campaign, rows)


class EnterView(OneCampaignMixin, FormView):
    """What came back by post, fax or phone: a line for each, all of them or none."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = EnterForm
    template_name = "campaigns/staff/result_enter.html"

    def form_valid(self, form: EnterForm) -> HttpResponse:
        try:
            count = enter_results(self.campaign, form.cleaned_data["lines"])
        except EnteringError as error:
            for problem in error.problems:
                form.add_error("lines", problem)
            return self.form_invalid(form)
        said = ngettext("%(count)s new response is kept.", "%(count)s new responses are kept.", count)
        messages.success(self.request, said % {"count": formats.number(count)})
        return redirect(self.page("result"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            campaign=self.campaign, back=self.page("result"), codes=words.codes_to_enter(), **kwargs
        )
