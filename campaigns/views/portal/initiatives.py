"""Initiatives for a partner's people: what the company is asked to carry out, and its steps, one after the other."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from campaigns.forms.initiatives import DeclineForm, DoneForm
from campaigns.functions import INITIATIVES
from campaigns.models import Initiative, InitiativeFile, InitiativePartner, InitiativeWork, Standing
from campaigns.selectors import initiatives as reading
from campaigns.services import initiatives as services
from campaigns.tables.initiatives import STANDING_TONES
from pages import formats
from pages.paging import Sort, page_of
from pages.row_numbers import number_or_404, row_number
from partners.agreement_text import as_html
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.rights import Right

ON_A_PAGE = 20


class InitiativesMixin(PortalMixin):
    """Pages of initiatives: everybody of a partner reads them and marks steps."""

    required_right = Right.PORTAL_WORK
    required_function: str | None = INITIATIVES.key
    kwargs: dict[str, Any]

    @cached_property
    def row(self) -> InitiativePartner:
        """What the company was told of; 404 for anything else."""
        return get_object_or_404(reading.own_rows(self.member), initiative=self.kwargs["pk"])

    @property
    def initiative(self) -> Initiative:
        return self.row.initiative

    @property
    def page(self) -> str:
        return self.member.url("campaigns_portal:initiative", pk=self.row.initiative_id)


class InitiativesView(InitiativesMixin, TemplateView):
    """What is to be carried out, what is due first on top; below it what is through."""

    template_name = "campaigns/portal/initiatives.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        open_rows = list(reading.to_carry_out(self.member))
        earlier = page_of(
            reading.own_rows(self.member).exclude(pk__in=[row.pk for row in open_rows]),
            Sort("told_at", descending=True, nullable=False),
            size=ON_A_PAGE,
            after=self.request.GET.get("after", ""),
        )
        return super().get_context_data(
            title=self.title(len(open_rows)),
            rows=open_rows,
            earlier=[(row, row.standing, STANDING_TONES.get(row.standing, "")) for row in earlier.rows],
            more_url=f"?{urlencode({'after': earlier.next_key})}" if earlier.next_key else "",
            today=timezone.localdate(),
            **kwargs,
        )

    def title(self, count: int) -> str:
        if not count:
            return _("Nothing is to be carried out now")
        return ngettext("%(count)s initiative to carry out", "%(count)s initiatives to carry out", count) % {
            "count": formats.number(count)
        }


class InitiativeView(InitiativesMixin, TemplateView):
    """One initiative with its steps. Opening it is seeing it."""

    template_name = "campaigns/portal/initiative.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        services.mark_seen(row, by=self.member)
        notes: Mapping[int, str] = kwargs.pop("notes", {})
        works = reading.works_of(row, self.member)
        is_open = self.initiative.is_running and row.declined_at is None
        following = next((work.pk for work in works if work.done_at is None), None)
        return super().get_context_data(
            row=row,
            initiative=self.initiative,
            standing=row.standing,
            tone=STANDING_TONES.get(row.standing, ""),
            title=self.title(),
            works=[
                (
                    work,
                    as_html(work.step.instruction),
                    DoneForm(auto_id=f"work-{work.pk}-%s", initial={"note": notes.get(work.pk, "")}),
                    work.pk == following,
                )
                for work in works
            ],
            is_open=is_open,
            can_decline=is_open and row.done_at is None,
            today=timezone.localdate(),
            **{"decline_form": DeclineForm(), **kwargs},
        )

    def title(self) -> str:
        """Where it stands, in a sentence."""
        row, name = self.row, {"name": self.initiative.name}
        if row.standing == Standing.DONE:
            return _("You have carried out: %(name)s") % name
        if row.standing == Standing.DECLINED:
            return _("You do not take part: %(name)s") % name
        return self.initiative.name


class InitiativeActView(InitiativeView):
    """Begin a step, finish it with what shows it, take that back; take no part, or after all. What was written stays until
    it is kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts = {
            "begin": self.begin, "done": self.done, "undo": self.undo, "file": self.file, "drop": self.drop,
            "decline": self.decline, "join": self.join,
        }  # fmt: skip
        act = request.POST.get("act", "")
        if act not in acts:
            raise Http404
        typed = {
            "notes": {row_number(request.POST.get("work", "")): request.POST.get("note", "")},
            "decline_form": DeclineForm(initial={"reason": request.POST.get("reason", "")}),
        }
        try:
            acts[act]()
        except (DomainError, ValidationError) as error:
            messages.error(request, str(getattr(error, "message", error)))
            return self.render_to_response(self.get_context_data(**typed))
        if act == "begin" and request.POST.get("note", "").strip():
            self.row.refresh_from_db()
            return self.render_to_response(self.get_context_data(**typed))
        return redirect(self.page)

    @cached_property
    def work(self) -> InitiativeWork:
        return get_object_or_404(self.row.works.all(), pk=number_or_404(self.request.POST.get("work", "")))

    def begin(self) -> None:
        services.begin(self.work, by=self.member)

    def done(self) -> None:
        data = self.form().cleaned_data
        if services.finish(self.work, by=self.member, note=data["note"], upload=data["file"]):
            self.row.refresh_from_db(fields=["done_at"])
            messages.success(
                self.request, _("Done. That was the last step: thank you.") if self.row.done_at else _("Done.")
            )
        else:
            messages.info(self.request, _("This step was marked as done already."))

    def form(self) -> DoneForm:
        form = DoneForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise DomainError(" ".join(str(error) for errors in form.errors.values() for error in errors))
        return form

    def file(self) -> None:
        upload = self.form().cleaned_data["file"]
        if not upload:
            raise DomainError(_("Choose a file."))
        services.add_file(self.work, upload, by=self.member)

    def drop(self) -> None:
        services.drop_file(self.work, number_or_404(self.request.POST.get("file", "")), by=self.member)

    def undo(self) -> None:
        services.reopen(self.work, by=self.member)

    def decline(self) -> None:
        services.decline(self.row, by=self.member, reason=self.request.POST.get("reason", ""))
        messages.success(self.request, _("The manufacturer is told why. You can still take part."))

    def join(self) -> None:
        services.take_part(self.row, by=self.member)


class ProofView(InitiativesMixin, View):
    """What shows that a step was done, as a download."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        files = InitiativeFile.objects.filter(work__row=self.row)
        file: InitiativeFile = get_object_or_404(files, pk=self.kwargs["file"])
        return attachment_response(file.file, name=file.name, content_type=file.content_type)
