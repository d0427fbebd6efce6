"""Audiences: the list, the builder, one audience, and what was frozen of it."""

import tempfile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from pages import formats, sheets
from pages.lists import Empty, ListView
from pages.paging import Sort, page_of
from pages.row_numbers import row_number
from partners import services
from partners.audiences.builder import Board, Draft, new_definition
from partners.audiences.fields import Catalogue
from partners.audiences.wording import Words, describe, sentence
from partners.filters.audiences import AudienceFilterSet
from partners.forms.audiences import AudienceForm, FreezeForm
from partners.models import Audience, AudienceSnapshot, Partner
from partners.selectors.audiences import (
    ReadAudience,
    audience_uses,
    audiences_for,
    may_edit_audience,
    members_of,
    snapshots_for,
    snapshots_of,
    with_snapshot_counts,
)
from partners.tables.audiences import AudienceTable
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right

SAMPLE = 10
MEMBERS_SHOWN = 50


class AudienceMixin(StaffMixin):
    required_right = Right.AUDIENCES


class AudienceListView(AudienceMixin, ListView):
    """The audiences that the member may use."""

    list_key = "audiences"
    table_class = AudienceTable
    filterset_class = AudienceFilterSet
    template_name = "partners/staff/audience_list.html"
    sorts = {
        "name": Sort("name"),
        "counted": Sort("counted", descending=True),
        "counted_at": Sort("counted_at", descending=True),
    }
    default_sort = "name"
    empty = Empty(
        gettext_lazy("No audience yet"),
        gettext_lazy("Say which partners you mean by conditions, and use that group again and again."),
        url_name="partners:audience_create",
        action=gettext_lazy("Make an audience"),
        right=Right.AUDIENCES,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return with_snapshot_counts(audiences_for(self.member))

    def make_table(self, records: list[Any], **kwargs: Any) -> Any:
        uses = audience_uses(self.member, records)
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            for record in records:  # counted over all partners, which this member does not see
                record.counted = record.counted_at = None
        return super().make_table(records, uses=uses, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = audiences_for(self.member).count()
        title = ngettext("%(count)s audience to choose from", "%(count)s audiences to choose from", count)
        return super().get_context_data(
            title=title % {"count": formats.number(count)} if count else _("No audience yet"), **kwargs
        )


def sample_of(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    """The first partners by name, with what tells them apart."""
    return (
        partners.select_related("kind", "summary")
        .only(
            "name",
            "local_name",
            "code",
            "city",
            "kind__code",
            "kind__names",
            "summary__tier_code",
            "summary__tier_colour",
            "summary__tier_names",
            "summary__revenue",
        )
        .order_by("name", "pk")[:SAMPLE]
    )


class AudienceFormView(AudienceMixin, View):
    """An audience is put together. Each step of the builder sends the whole form and gets it back."""

    kwargs: dict[str, Any]

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.member)

    @cached_property
    def audience(self) -> Audience:
        return Audience()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = Draft(self.initial(), self.catalogue)
        form = AudienceForm(instance=self.audience, member=self.member, initial=self.initial_names())
        return self.show(form, draft)

    def initial(self) -> dict[str, Any]:
        """The conditions to begin with: none, or those of the audience that is copied."""
        return self.copied.definition if self.copied else new_definition()

    def initial_names(self) -> dict[str, Any]:
        if not self.copied:
            return {}
        name = _("%(name)s (copy)") % {"name": self.copied.name[:100]}
        return {"name": name, "description": self.copied.description}

    @cached_property
    def copied(self) -> Audience | None:
        key = row_number(self.request.GET.get("copy", ""))
        return audiences_for(self.member).filter(pk=key).first() if key else None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = Draft.posted(request.POST, self.catalogue)
        is_saved = request.POST.get("do") == "save"
        if not is_saved and request.htmx:  # type: ignore[attr-defined]
            response = render(request, "partners/partials/audience_builder.html", {"node": Board(draft).root})
            response["HX-Trigger-After-Settle"] = "audience-changed"
            return response
        form = AudienceForm(request.POST if is_saved else None, instance=self.audience, member=self.member)
        if not is_saved:
            for name in ("name", "description"):
                form.initial[name] = request.POST.get(name, "")
            form.initial["is_shared"] = "is_shared" in request.POST
            return self.show(form, draft)
        if form.is_valid() and not draft.problems(is_saved=True):
            try:
                audience = services.save_audience(form.save(commit=False), draft.raw, by=self.member)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("“%(name)s” is saved.") % {"name": audience})
                return redirect(self.member.url("partners:audience", pk=audience.pk))
        return self.show(form, draft, is_saved=True)

    def show(self, form: AudienceForm, draft: Draft, *, is_saved: bool = False, **more: Any) -> HttpResponse:
        board = Board(draft, is_saved=is_saved)
        return render(
            self.request,
            "partners/staff/audience_form.html",
            {
                "form": form,
                "audience": self.audience,
                "node": board.root,
                "has_problems": bool(board.problems),
                "here": self.request.path,
                **preview(draft, self.member),
                **more,
            },
        )


def preview(draft: Draft, member: Any) -> dict[str, Any]:
    """Who the finished conditions find now: how many, and some of them."""
    asked = draft.asked
    wrong = [problem for problem in asked.problems if problem.code not in {"empty"}]
    if asked.problems and not asked.tree.rules:
        return {"count": None, "unfinished": 0, "currency": member.manufacturer.currency}
    partners = asked.fitting
    count = partners.count()
    return {
        "count": count,
        "count_text": ngettext("%(count)s partner", "%(count)s partners", count) % {"count": formats.number(count)},
        "sample": sample_of(partners),
        "unfinished": len(wrong),
        "currency": member.manufacturer.currency,
    }


class AudienceCreateView(OnceMixin, AudienceFormView):
    """A new audience, or a copy of one."""

    @property
    def makes_new(self) -> bool:
        """A step of putting the conditions together makes nothing yet."""
        return self.request.method != "POST" or self.request.POST.get("do") == "save"

    def show(self, form: AudienceForm, draft: Draft, **more: Any) -> HttpResponse:
        return super().show(form, draft, form_key=self.form_key, **more)

    def show_again(self, sentence: str) -> HttpResponse:
        form = AudienceForm(self.request.POST, instance=self.audience, member=self.member)
        form.add_error(None, sentence)
        return self.show(form, Draft.posted(self.request.POST, self.catalogue), is_saved=True)


class AudienceEditView(AudienceFormView):
    """An audience that the member may change; whoever may only use it makes a copy."""

    @cached_property
    def audience(self) -> Audience:
        audience = get_object_or_404(audiences_for(self.member), pk=self.kwargs["pk"])
        if not may_edit_audience(self.member, audience):
            raise PermissionDenied
        return audience

    def initial(self) -> dict[str, Any]:
        return self.audience.definition or new_definition()


class AudiencePreviewView(AudienceMixin, View):
    """Who the conditions in the form find, while they are put together. Changes nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = Draft.posted(request.POST, Catalogue(self.member))
        return render(request, "partners/partials/audience_preview.html", preview(draft, self.member))


class OneAudienceMixin(AudienceMixin):
    """A page of one audience that the member may use; others do not exist for them."""

    kwargs: dict[str, Any]

    @cached_property
    def audience(self) -> Audience:
        return get_object_or_404(audiences_for(self.member), pk=self.kwargs["pk"])


class AudienceDetailView(OneAudienceMixin, TemplateView):
    """One audience: who is in it now, by which conditions, what uses it, and what was frozen of it."""

    template_name = "partners/staff/audience.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audience = self.audience
        asked = ReadAudience(audience.definition, Catalogue(self.member))
        count = None if asked.problems else asked.partners.count()
        words: Words = describe(asked.tree, asked.catalogue)
        return super().get_context_data(
            audience=audience,
            title=self.title(count),
            count=count,
            words=words,
            problems=[sentence(problem) for problem in asked.problems],
            sample=[] if asked.problems else sample_of(asked.partners),
            sample_size=SAMPLE,
            uses=audience_uses(self.member, [audience]).get(audience.pk, []),
            snapshots=snapshots_of(audience, self.member)[:20],
            freeze_form=FreezeForm(),
            can_edit=may_edit_audience(self.member, audience),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def title(self, count: int | None) -> str:
        name = self.audience.name
        if count is None:
            return _("The conditions of “%(name)s” need mending") % {"name": name}
        if not count:
            return _("Nobody is in “%(name)s” now") % {"name": name}
        return ngettext("%(count)s partner is in “%(name)s”", "%(count)s partners are in “%(name)s”", count) % {
            "count": formats.number(count),
            "name": name,
        }


class AudienceStepView(OneAudienceMixin, View):
    """A step with one audience, then back to a page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        url = self.member.url("partners:audience", pk=self.audience.pk)
        try:
            url = self.step() or url
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(url)

    def step(self) -> str:
        raise NotImplementedError


class AudienceFreezeView(AudienceStepView):
    """Who is in it now is kept."""

    def step(self) -> str:
        form = FreezeForm(self.request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        snapshot = services.freeze_audience(self.audience, by=self.member, note=note)
        text = ngettext("%(count)s partner is frozen.", "%(count)s partners are frozen.", snapshot.count)
        messages.success(self.request, text % {"count": formats.number(snapshot.count)})
        return self.member.url("partners:audience_snapshot", pk=snapshot.pk)


class AudienceArchiveView(AudienceStepView):
    """It is taken away; what was frozen of it stays."""

    def step(self) -> str:
        services.archive_audience(self.audience, by=self.member)
        messages.success(self.request, _("“%(name)s” is taken away.") % {"name": self.audience})
        return self.member.url("partners:audiences")


class AudienceSnapshotView(AudienceMixin, View):
    """Who was in an audience when it was frozen: page by page, or as a sheet."""

    kwargs: dict[str, Any]

    @cached_property
    def snapshot(self) -> AudienceSnapshot:
        return get_object_or_404(snapshots_for(self.member), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if wanted := request.GET.get("export"):
            return self.sheet(wanted)
        snapshot = self.snapshot
        page = page_of(
            members_of(snapshot),
            Sort("name", key="partner_id", nullable=False),
            size=MEMBERS_SHOWN,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        title = ngettext(
            "%(count)s partner was in “%(name)s” on %(day)s",
            "%(count)s partners were in “%(name)s” on %(day)s",
            snapshot.count,
        )
        day = formats.date(timezone.localdate(snapshot.taken_at), get_language())
        return render(
            request,
            "partners/staff/audience_snapshot.html",
            {
                "snapshot": snapshot,
                "page": page,
                "title": title % {"count": formats.number(snapshot.count), "name": snapshot.name, "day": day},
                "can_export": self.member.can(Right.PARTNERS_EXPORT),
            },
        )

    def sheet(self, wanted: str) -> HttpResponseBase:
        if not self.member.can(Right.PARTNERS_EXPORT):
            raise PermissionDenied
        if wanted not in sheets.WRITERS:
            raise Http404
        heads = [_("Code"), _("Name"), _("Local name")]
        rows = members_of(self.snapshot).values_list("code", "name", "local_name")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        sheets.WRITERS[wanted](file, heads, (list(row) for row in rows.iterator(chunk_size=2000)))
        file.seek(0)
        name = f"{slugify(self.snapshot.name, allow_unicode=True) or 'audience'}.{wanted}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=sheets.CONTENT_TYPES[wanted])
