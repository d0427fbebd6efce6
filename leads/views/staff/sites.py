"""Sites for staff: board, map, list, and one site with all that hangs on it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from leads.filters.sites import SiteFilterSet
from leads.forms.sites import MergeForm, StageForm
from leads.models import OPEN_SITE_STAGES, Site, SiteStage
from leads.selectors import sites as reading
from leads.services import sites as services
from leads.tables.sites import SITE_TONES, SiteTable
from leads.views.sites import (
    SiteAlikeMixin,
    SiteAtMixin,
    SiteEditMixin,
    SiteFileMixin,
    SiteStepMixin,
    alike_rows,
    hanging_rows,
    moved_sentence,
    own_forms,
)
from pages import charts, filterbar, formats
from pages.boards import BoardMixin, marked
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from partners.selectors import coverage_map
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right

CHANGES_SHOWN = 10
MAP_TONES = {"tender": "thin", "started": "crowded", "installing": "crowded", "dropped": "white"}


class SitesMixin(StaffMixin):
    """Pages of sites."""

    required_right = Right.LEADS_VIEW
    required_function: str | None = "sites"
    kwargs: dict[str, Any]

    @property
    def may_edit(self) -> bool:
        return self.member.can(Right.SITES_EDIT)

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        return [
            (_("Board"), self.member.url("leads:sites"), here == "board"),
            (_("Map"), self.member.url("leads:sites_map"), here == "map"),
            (_("List"), self.member.url("leads:sites_list"), here == "list"),
        ]


class SiteBoardView(SitesMixin, BoardMixin, TemplateView):
    """All sites by stage; what is marked moves with one button."""

    template_name = "leads/staff/sites_board.html"
    board_stages = SiteStage

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filterset = SiteFilterSet(self.request.GET, queryset=reading.site_rows(self.member), request=self.request)
        filterset.is_valid()
        columns = reading.site_board(filterset.filter_queryset(filterset.queryset.all()), self.pages())
        filters = filterbar.bar(filterset.form, self.request.path, self.filters_alone())
        counts = {column.stage: column.count for column in columns}
        return super().get_context_data(
            columns=self.turned(columns),
            filters=filters,
            title=self.title(sum(counts[stage] for stage in OPEN_SITE_STAGES), counts[SiteStage.INSTALLING]),
            is_empty=not filters.is_set and not any(counts.values()),
            stages=SiteStage.choices,
            tabs=self.tabs("board"),
            may_edit=self.may_edit,
            **kwargs,
        )

    def title(self, under_way: int, installing: int) -> str:
        """How many sites there are to sell to."""
        if not under_way:
            return _("No site is under way")
        return ngettext(
            "%(count)s site is under way, %(installing)s of them with our goods going in",
            "%(count)s sites are under way, %(installing)s of them with our goods going in",
            under_way,
        ) % {"count": formats.number(under_way), "installing": formats.number(installing)}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.may_edit:
            return self.http_method_not_allowed(request)
        chosen = marked(request.POST.getlist("selected"))
        form = StageForm({"stage": request.POST.get("stage", "")})
        if not chosen:
            messages.error(request, _("Mark the sites first that are to move."))
        elif not form.is_valid():
            messages.error(request, _("Choose a stage from the list."))
        else:
            to = form.cleaned_data["stage"]
            seen = list(reading.sites_for(self.member).filter(pk__in=chosen).values_list("pk", flat=True))
            messages.success(request, moved_sentence(services.move_sites(seen, to, by=self.member), to))
        return redirect(request.get_full_path())


class SiteMapView(SitesMixin, TemplateView):
    """Where the sites are, with the table behind it."""

    template_name = "leads/staff/sites_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = SiteFilterSet(self.request.GET or None, queryset=reading.site_rows(self.member))
        chosen = filters.qs if filters.is_valid() else reading.site_rows(self.member)
        shown = list(reading.sites_on_map(chosen))
        return super().get_context_data(
            title=self.title(len(shown)),
            chart=self.chart(shown) if shown else None,
            shown=shown[:200],
            stage=self.request.GET.get("stage", ""),
            stages=SiteStage.choices,
            tabs=self.tabs("map"),
            tones=SITE_TONES,
            key=self.key(),
            **kwargs,
        )

    def key(self) -> dict[str, str]:
        """What each shape stands for: the stages of its tone."""
        stages: dict[str, list[str]] = {}
        for stage in SiteStage:
            stages.setdefault(MAP_TONES.get(stage, "fine"), []).append(str(stage.label))
        return {tone: ", ".join(labels) for tone, labels in stages.items()}

    def title(self, count: int) -> str:
        """How many sites have a place on the map."""
        if not count:
            return _("No site has a place on the map yet")
        return ngettext("%(count)s site on the map", "%(count)s sites on the map", count) % {
            "count": formats.number(count)
        }

    def chart(self, sites: list[Site]) -> Any:
        """A spot for each; larger where the area is."""
        stages = {stage.value: str(stage.label) for stage in SiteStage}  # told once, not for each of thousands
        return charts.places(
            [
                charts.Place(
                    label=str(site),
                    longitude=float(site.longitude or 0),
                    latitude=float(site.latitude or 0),
                    size=float(site.area or 0) ** 0.5 or 10.0,
                    text=" · ".join(part for part in (stages[site.stage], site.city) if part),
                    tone=MAP_TONES.get(site.stage, "fine"),
                    url=self.member.url("leads:site", pk=site.pk),
                )
                for site in sites
            ],
            coverage_map.dots(self.member),
            head=[_("Site"), _("Stage"), _("City")],
            rows=[[str(site), stages[site.stage], site.city] for site in sites[:200]],
        )


def move(member: Membership, sites: QuerySet[Site], cleaned: dict[str, Any]) -> str:
    """The bulk action: bring sites to a stage."""
    keys = list(sites.order_by().values_list("pk", flat=True))
    return moved_sentence(
        services.move_sites(keys, cleaned["stage"], by=member, note=cleaned["note"]), cleaned["stage"]
    )


class SiteListView(SitesMixin, ListView):
    """All sites as a list."""

    list_key = "sites"
    table_class = SiteTable
    filterset_class = SiteFilterSet
    template_name = "leads/staff/sites_list.html"
    default_sort = "-created_at"
    sorts = {"name": Sort("name"), "created_at": Sort("created_at", descending=True)}
    default_columns = ["name", "stage", "client", "registered_by", "city", "area", "finishes_on", "stage_since"]
    export_name = "sites"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction("move", gettext_lazy("Move to a stage"), Right.SITES_EDIT, move, form_class=StageForm),
    ]
    empty = Empty(
        gettext_lazy("No sites yet"),
        gettext_lazy("Enter the first by hand or bring in a list; partners register theirs in the portal."),
        url_name="leads:site_create",
        action=gettext_lazy("Add a site"),
        right=Right.SITES_EDIT,
    )

    def get_queryset(self) -> QuerySet[Site]:
        return reading.site_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("list"), may_edit=self.may_edit, **kwargs)


class SiteView(SitesMixin, SiteAtMixin, TemplateView):
    """One site: who builds, how much goes in, papers, and what hangs on it."""

    template_name = "leads/staff/site.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = self.site
        photos, papers = reading.photos_and_papers(site)
        alike = reading.sites_like(reading.place_of(site), apart_from=site.pk) if self.may_edit else []
        seen = (
            set(
                reading.sites_for(self.member)
                .filter(pk__in=[each.site.pk for each in alike])
                .values_list("pk", flat=True)
            )
            if alike
            else set()
        )
        return super().get_context_data(
            site=site,
            title=headline(site),
            parties=reading.parties_of(site),
            quantities=list(reading.quantities_of(site)),
            photos=photos,
            papers=papers,
            hanging=hanging_rows(site, self.member, "leads"),
            moves=list(site.moves.select_related("by")),
            others=reading.other_sites_of(site.client_id, apart_from=site.pk) if site.client_id else [],
            alike=alike_rows([each for each in alike if each.site.pk in seen]),
            history=history_of(site)[:CHANGES_SHOWN],
            may_edit=self.may_edit,
            tone=SITE_TONES.get(site.stage, ""),
            **(own_forms(site, self.member) | kwargs),
        )


class SiteStepView(SitesMixin, SiteStepMixin):
    """A small step of staff."""

    required_right = Right.SITES_EDIT
    page_view = SiteView

    def may(self, step: str) -> bool:
        return True


class SiteFileView(SitesMixin, SiteFileMixin):
    """A photo or a paper, for staff."""


class SiteEditView(SitesMixin, SiteEditMixin):
    """A new site, or what is known of one."""

    required_right = Right.SITES_EDIT
    template_name = "leads/staff/site_form.html"


class SiteAlikeView(SitesMixin, SiteAlikeMixin):
    """What looks like the site that is typed."""

    required_right = Right.SITES_EDIT


class SiteMergeView(SitesMixin, SiteAtMixin, FormView):
    """Two sites are one."""

    required_right = Right.SITES_EDIT
    form_class = MergeForm
    template_name = "leads/staff/site_merge.html"

    def get_initial(self) -> dict[str, Any]:
        return {"other": self.request.GET.get("other", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        other = reading.sites_for(self.member).filter(reference=self.request.GET.get("other", "")).first()
        return super().get_context_data(site=self.site, other=other, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        other = form.cleaned_data["other"]
        if not reading.sites_for(self.member).filter(pk=other.pk).exists():
            form.add_error("other", _("No site has this reference."))
            return self.form_invalid(form)
        try:
            site = services.merge_sites(self.site, other, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(other)s is part of this site now.") % {"other": other})
        return redirect(self.member.url("leads:site", pk=site.pk))


def headline(site: Site) -> str:
    """The sentence over a site's page: where it stands."""
    facts = {"site": str(site)}
    match site.stage:
        case SiteStage.SPECIFIED:
            return _("%(site)s has our goods in its specification") % facts
        case SiteStage.TENDER:
            return _("%(site)s is out for tender") % facts
        case SiteStage.STARTED:
            return _("%(site)s is being built") % facts
        case SiteStage.INSTALLING:
            return _("%(site)s is getting our goods") % facts
        case SiteStage.FINISHED:
            return _("%(site)s is finished") % facts
    return _("%(site)s was dropped") % facts
