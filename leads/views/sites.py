"""What both sides do at a site: one address takes each small step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from leads.forms.sites import FilesForm, PartyForm, QuantityForm, SiteForm, StageForm
from leads.models import Site, SiteFile, SiteParty, SiteProduct, SiteStage
from leads.selectors import sites as reading
from leads.services import sites as services
from leads.site_matching import SAME_FROM
from pages import formats
from pages.row_numbers import number_or_404, row_number
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response
from tenancy.models import Membership
from tenancy.once import OnceMixin


class SiteAtMixin(MemberRequiredMixin):
    """One site that the member may see."""

    kwargs: dict[str, Any]
    space = "leads"

    @cached_property
    def site(self) -> Site:
        rows = reading.sites_for(self.member)
        rows = rows.select_related("client", "registered_by", "owner") if self.member.is_staff else rows
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def page(self) -> str:
        return self.member.url(f"{self.space}:site", pk=self.kwargs["pk"])


def own_forms(site: Site, member: Membership) -> dict[str, BaseForm]:
    """The small forms on a site's page, empty."""
    return {
        "stage_form": StageForm(initial={"stage": site.stage}),
        "party_form": PartyForm(member=member),
        "quantity_form": QuantityForm(member=member),
        "files_form": FilesForm(member=member),
    }


class SiteStepMixin(SiteAtMixin, View):
    """A small step: stage, a party, a quantity, files; or one of them taken out.

    What is wrong with what was typed is shown where it was typed, on the site's page.
    """

    http_method_names = ["post"]
    page_view: type[TemplateView]

    def may(self, step: str) -> bool:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps: dict[str, Callable[[HttpRequest], str]] = {
            "stage": self.move,
            "party": self.party,
            "quantity": self.quantity,
            "files": self.files,
            "remove-party": self.remove(SiteParty, services.remove_party),
            "remove-quantity": self.remove(SiteProduct, services.remove_quantity),
            "remove-file": self.remove(SiteFile, services.remove_file),
        }
        name = request.POST.get("step", "")
        if name not in steps:
            raise Http404
        if not self.may(name):
            raise PermissionDenied
        self.wrong: dict[str, BaseForm] = {}
        self.take_step(lambda: steps[name](request))
        return self.page_again() if self.wrong else redirect(self.page())

    def page_again(self) -> HttpResponse:
        page = self.page_view()
        page.setup(self.request, **self.kwargs)
        return page.render_to_response(page.get_context_data(**self.wrong))

    def ask_again(self, **forms: BaseForm) -> str:
        self.wrong = forms
        return ""

    def move(self, request: HttpRequest) -> str:
        form = StageForm(request.POST)
        if not form.is_valid():
            return self.tell_wrong(form)
        to = form.cleaned_data["stage"]
        count = services.move_sites([self.site.pk], to, by=self.member, note=form.cleaned_data["note"])
        return moved_sentence(count, to)

    def party(self, request: HttpRequest) -> str:
        form = PartyForm(request.POST, member=self.member)
        form.instance.site = self.site
        if not form.is_valid():
            return self.ask_again(party_form=form)
        party = services.add_party(form.save(commit=False), by=self.member)
        return _("%(company)s takes part in this site now.") % {"company": party.company}

    def quantity(self, request: HttpRequest) -> str:
        form = QuantityForm(request.POST, member=self.member)
        form.instance.site = self.site
        if not form.is_valid():
            return self.ask_again(quantity_form=form)
        services.add_quantity(form.save(commit=False), by=self.member)
        return _("The quantity is noted.")

    def files(self, request: HttpRequest) -> str:
        form = FilesForm(request.POST, request.FILES, member=self.member)
        if not form.is_valid():
            return self.ask_again(files_form=form)
        said = form.cleaned_data
        kept = services.put_files(
            self.site, said["uploads"], by=self.member, note=said["note"], is_shared=said.get("is_shared", False)
        )
        return ngettext("%(count)s file is kept.", "%(count)s files are kept.", len(kept)) % {
            "count": formats.number(len(kept))
        }

    def remove(self, model: Any, take_out: Callable[..., None]) -> Callable[[HttpRequest], str]:
        def step(request: HttpRequest) -> str:
            row = get_object_or_404(model, pk=number_or_404(request.POST.get("row", "")), site=self.site)
            take_out(row, by=self.member)
            return _("It is taken out.")

        return step


class SiteFileMixin(SiteAtMixin, View):
    """A photo or a paper as a download."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        row = get_object_or_404(SiteFile, site=self.site, pk=self.kwargs["file"])
        return attachment_response(row.file, name=row.original_name, content_type=row.content_type)


class SiteEditMixin(OnceMixin, MemberRequiredMixin, FormView):
    """A new site, or what is known of one: before it is kept, what looks like it is shown."""

    form_class = SiteForm
    kwargs: dict[str, Any]
    space = "leads"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def site(self) -> Site | None:
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(reading.sites_for(self.member), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.site or Site()}

    def get_initial(self) -> dict[str, Any]:
        if self.site is None:
            return {"country": self.member.partner.country if self.member.partner else ""}
        parties = reading.parties_of(self.site)
        return {"client_name": next((party.company for party in parties if party.role == "client"), "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(site=self.site, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        said = form.cleaned_data
        if not said["is_other"] and self.site is None:
            alike, hidden = services.alike_for(form.place(), by=self.member)
            sure = [each for each in alike if each.match.score >= SAME_FROM]
            if sure or hidden:
                return self.render_to_response(
                    self.get_context_data(form=form, alike=alike_rows(alike), hidden=hidden, must_confirm=True)
                )
        row = form.save(commit=False)
        if self.member.is_staff:
            row.registered_by = said["partner_code"]
        if self.site is None:
            row = services.create_site(row, by=self.member, client=said["client_name"])
            messages.success(self.request, _("%(site)s is kept.") % {"site": row})
        else:
            self.take_step(
                lambda: services.save_site(row, by=self.member, client=said["client_name"]),
                _("What you changed is kept."),
            )
        return redirect(self.member.url(f"{self.space}:site", pk=row.pk))


class SiteAlikeMixin(MemberRequiredMixin, View):
    """While a site is typed: what looks like it."""

    template_name = "leads/partials/sites_alike.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SiteForm(request.GET, member=self.member)
        form.is_valid()
        known = row_number(request.GET.get("editing", ""))
        alike, hidden = services.alike_for(form.place(), by=self.member, apart_from=known)
        return render(request, self.template_name, {"alike": alike_rows(alike), "hidden": hidden})


def hanging_rows(site: Site, member: Membership, prefix: str) -> list[tuple[reading.Hanging, str, str]]:
    """What hangs on a site, each with what it is called and its page, where there is one."""
    names = {"lead": _("Lead"), "opportunity": _("Opportunity"), "deal": _("Deal registration")}
    pages = {"lead": "detail"}
    rows = []
    for each in reading.hanging_on(site, member):
        try:
            url = member.url(f"{prefix}:{pages.get(each.kind, each.kind)}", pk=each.pk)
        except NoReverseMatch:
            url = ""
        rows.append((each, names[each.kind], url))
    return rows


def alike_rows(alike: list[reading.AlikeSite]) -> list[tuple[reading.AlikeSite, list[str]]]:
    """Each with its reasons in words, the strongest for it first."""
    return [(each, [_(reason.words) for reason in each.match.reasons if reason.weight > 0][:4]) for each in alike]


def moved_sentence(count: int, stage: str) -> str:
    """What a move did, in words."""
    label = SiteStage(stage).label
    if not count:
        return _("Nothing moved: all chosen stand at “%(stage)s” already.") % {"stage": label}
    return ngettext("%(count)s site is now at “%(stage)s”.", "%(count)s sites are now at “%(stage)s”.", count) % {
        "count": formats.number(count),
        "stage": label,
    }
