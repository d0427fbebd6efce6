"""Plans added up, the channel mix and the coverage map: what the manufacturer sees of all partners together."""

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from pages import charts, formats, sheets
from pages.row_numbers import row_number
from partners import plan_charts, plan_terms, selectors
from partners.forms.plans import MixForm, PotentialsForm
from partners.models import PartnerKind
from partners.plan_measures import MAIN, Measure, all_measures, day_of_figures, unknown_measure
from partners.plan_terms import Light
from partners.selectors import coverage_map, plan_rollup
from partners.selectors.coverage_map import Spot, Verdict
from partners.services import plans as services
from partners.views.plans import FUNCTION
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

SHOWN = 200


class ReportMixin(StaffMixin):
    """A page about one fiscal year, chosen in its address; the running one if nothing is said."""

    required_right = Right.PARTNERS_VIEW
    required_function = FUNCTION
    tab = ""

    @property
    def first_month(self) -> int:
        return self.member.manufacturer.fiscal_year_start

    @property
    def currency(self) -> str:
        return self.member.manufacturer.currency

    @cached_property
    def this_year(self) -> int:
        return plan_terms.fiscal_year(timezone.localdate(), self.first_month)

    @cached_property
    def year(self) -> int:
        asked = self.number("year")
        return asked if asked and 2000 <= asked <= 2100 else self.this_year

    def number(self, name: str) -> int | None:
        """A whole number of the address; None for what is none."""
        text = self.request.GET.get(name, "")
        return row_number(text)

    def link(self, **changes: Any) -> str:
        """This page with some of its choices changed; None takes one away."""
        chosen = {name: value for name, value in self.request.GET.items() if name != "export"} | changes
        return "?" + urlencode({name: value for name, value in chosen.items() if value not in (None, "")})

    def years(self, known: Sequence[int]) -> list[tuple[str, str, bool]]:
        shown = sorted({*known, self.this_year, self.year}, reverse=True)
        return [(str(year), self.link(year=year), year == self.year) for year in shown]

    def tell(self, value: Decimal | None) -> str:
        return formats.money_short(value, self.currency, get_language())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            tab=self.tab,
            year=self.year,
            year_label=plan_charts.year_label(self.year, self.first_month),
            currency=self.currency,
            **kwargs,
        )


# --- Plans added up ---------------------------------------------------------------------------------------------------


class RollUpView(ReportMixin, TemplateView):
    """All agreed plans of a year against what was reached, by channel manager, territory, kind or one by one."""

    template_name = "partners/staff/plan_rollup.html"
    tab = "rollup"

    @cached_property
    def by(self) -> str:
        asked = self.request.GET.get("by", "")
        return asked if asked in plan_rollup.GROUPS else plan_rollup.GROUPS[0]

    @cached_property
    def measures(self) -> list[tuple[str, str]]:
        known = all_measures()
        found = plan_rollup.planned_measures(self.member, self.year)
        return [(key, str(known[key].name) if key in known else label) for key, label in found]

    @cached_property
    def measure(self) -> Measure:
        keys = [key for key, _label in self.measures]
        asked = self.request.GET.get("measure", "")
        key = asked if asked in keys else MAIN if MAIN in keys or not keys else keys[0]
        return all_measures().get(key) or unknown_measure(key)

    @cached_property
    def rollup(self) -> plan_rollup.PlanRollUp:
        only = self.request.GET.get("only", "")
        return plan_rollup.PlanRollUp(
            self.member,
            plan_rollup.Scope(
                year=self.year,
                measure=self.measure.key,
                first_month=self.first_month,
                day=day_of_figures(timezone.localdate()),
                manager=self.number("manager"),
                kind=self.number("kind"),
                territory=self.number("territory"),
                only=only if only in list(Light) else "",
            ),
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if export_format := request.GET.get("export"):
            return self.export(export_format)
        return super().get(request, *args, **kwargs)

    def export(self, export_format: str) -> HttpResponseBase:
        if not self.member.can(Right.PARTNERS_EXPORT):
            raise PermissionDenied
        if export_format not in sheets.WRITERS:
            raise Http404
        unit = plan_charts.unit_name(self.measure, self.currency)
        money = [_("Target of the year"), _("Due so far"), _("Reached"), _("Difference")]
        heads = [
            self.group_name(), _("Partners"), _("Plans"),
            *(f"{head} ({unit})" if unit else head for head in money),
            _("Of what was due, in %"), _("Year's end"), _("How it goes"),
            _("On plan"), _("Slightly behind"), _("Behind"),
        ]  # fmt: skip
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        sheets.WRITERS[export_format](file, heads, self.rollup.export_rows(self.by))
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"plans-{self.year}-{self.by}.{export_format}",
            content_type=sheets.CONTENT_TYPES[export_format],
        )

    def group_name(self) -> str:
        return {
            "manager": _("Channel manager"),
            "territory": _("Territory"),
            "kind": _("Kind of partner"),
            "partner": _("Partner"),
        }[self.by]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = get_language() or "en"
        total = self.rollup.total()
        rows = self.rollup.partners(SHOWN) if self.by == "partner" else self.rollup.groups(self.by)
        targets, actuals = self.rollup.by_month()
        tell = partial(self.measure.tell, currency=self.currency, language=language)
        return super().get_context_data(
            title=self.title(total),
            total=total,
            rows=[self.row(row) for row in rows],
            total_row=self.row(total),
            has_more=self.by == "partner" and len(rows) == SHOWN,
            day=self.rollup.scope.day,
            by=self.by,
            group_name=self.group_name(),
            groups=[
                (label, self.link(by=key, manager=None, territory=None, kind=None, only=None), key == self.by)
                for key, label in (
                    ("manager", _("By channel manager")),
                    ("territory", _("By territory")),
                    ("kind", _("By kind")),
                    ("partner", _("Each partner")),
                )
            ],
            measures=[(name, self.link(measure=key), key == self.measure.key) for key, name in self.measures],
            measure=self.measure,
            unit=plan_charts.unit_name(self.measure, self.currency),
            year_links=self.years(plan_rollup.agreed_years(self.member)),
            narrowed=self.narrowed(),
            chart=charts.bars(
                [formats.month(month, language) for month in self.rollup.scope.months],
                actuals,
                targets,
                names=(_("Actual"), _("Plan")),
                tell=tell,
                language=language,
                head=_("Month"),
            ),
            can_export=self.member.can(Right.PARTNERS_EXPORT),
            exports=[("XLSX", self.link(export="xlsx")), ("CSV", self.link(export="csv"))],
            **kwargs,
        )

    def narrowed(self) -> str:
        """A way back where the list is narrowed to a group."""
        names = ("manager", "territory", "kind", "only")
        return self.link(**dict.fromkeys(names)) if any(self.request.GET.get(name) for name in names) else ""

    def row(self, row: plan_rollup.RollUp) -> dict[str, Any]:
        """One line of the table, with where it leads."""
        digits = partial(self.measure.digits, currency=self.currency)
        if self.by == "partner":
            url = self.member.url("partners:plan", pk=row.key) if row.key else ""
        else:
            url = self.link(by="partner", **{self.by: row.key or 0}) if row.plans else ""
        return {
            "row": row,
            "url": url,
            "target": digits(row.target),
            "due": digits(row.due),
            "actual": digits(row.actual),
            "gap": ("+" if row.gap > 0 else "") + digits(row.gap),
            "gap_tone": "is-better" if row.gap > 0 else "is-worse" if row.gap < 0 else "",
            "share": formats.percent(row.share),
            "forecast": digits(row.forecast),
        }

    def title(self, total: plan_rollup.RollUp) -> str:
        """How the plans go together, as a sentence."""
        if not total.plans:
            return _("No plan is agreed for %(year)s yet") % {"year": self.year}
        facts = {
            "count": formats.number(total.plans),
            "what": self.measure.name,
            "share": formats.percent(total.share),
            "behind": formats.number(total.behind),
        }
        if total.share is None:
            return ngettext("%(count)s plan is agreed", "%(count)s plans are agreed", total.plans) % facts
        if not total.behind:
            return _("%(what)s is at %(share)s of what was due, and nobody is behind") % facts
        return (
            ngettext(
                "%(what)s is at %(share)s of what was due; %(behind)s partner is behind",
                "%(what)s is at %(share)s of what was due; %(behind)s partners are behind",
                total.behind,
            )
            % facts
        )


# --- The channel mix --------------------------------------------------------------------------------------------------


class MixView(ReportMixin, FormView):
    """Through whom the manufacturer sells, and through whom it wants to."""

    form_class: Any = MixForm
    template_name = "partners/staff/plan_mix.html"
    tab = "mix"

    @cached_property
    def rows(self) -> list[coverage_map.MixRow]:
        months = plan_terms.months_of(self.year, self.first_month)
        return coverage_map.channel_mix(self.member, self.year, months, day_of_figures(timezone.localdate()))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rows": self.rows}

    def form_valid(self, form: MixForm) -> HttpResponse:
        try:
            services.save_mix(self.year, form.targets())
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The targets are saved."))
        return redirect(self.request.get_full_path())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.member.can(Right.PLANS_EDIT) or not self.member.can(Right.PARTNERS_VIEW_ALL):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = list(PartnerKind.objects.filter(is_retired=False).order_by("code"))
        return super().get_context_data(
            title=self.title(),
            rows=[
                {
                    "label": mix_label(row),
                    "partners": formats.number(row.partners) if row.kind else "",
                    "amount": formats.money_digits(row.amount, self.currency),
                    "share": formats.percent(row.share),
                    "target": formats.percent(row.target),
                    "gap": formats.signed(row.gap),
                }
                for row in self.rows
            ],
            chart=charts.ranked(
                [charts.Bar(mix_label(row), row.share, tone="accent" if row.kind else "quiet") for row in self.rows],
                tell=formats.percent,
                head=(_("Sold through"), _("Share of sales")),
            ),
            kinds=kinds,
            territories=[
                (str(territory), [counts.get(kind.pk, 0) for kind in kinds], sum(counts.values()))
                for territory, counts in coverage_map.partners_by_territory_and_kind(self.member)
            ],
            year_links=self.years([self.this_year - 1, self.this_year + 1]),
            can_edit=self.member.can(Right.PLANS_EDIT) and self.member.can(Right.PARTNERS_VIEW_ALL),
            **kwargs,
        )

    def title(self) -> str:
        """What sells most, or what is furthest from its target."""
        off = [row for row in self.rows if row.gap is not None and abs(row.gap) >= 1]
        if off:
            row = max(off, key=lambda each: abs(each.gap or Decimal(0)))
            gap = row.gap or Decimal(0)
            facts = {"kind": mix_label(row), "points": formats.number(abs(gap), 1)}
            if gap > 0:
                return _("%(kind)s: %(points)s points above the target share") % facts
            return _("%(kind)s: %(points)s points below the target share") % facts
        sold = [row for row in self.rows if row.share]
        if not sold:
            return _("Nothing was sold in %(year)s yet") % {"year": self.year}
        row = max(sold, key=lambda each: each.share or Decimal(0))
        return _("%(kind)s bring in %(share)s of sales") % {"kind": mix_label(row), "share": formats.percent(row.share)}


def mix_label(row: coverage_map.MixRow) -> str:
    """A way to the market by name."""
    return str(row.kind) if row.kind else _("Direct sales")


# --- The coverage map -------------------------------------------------------------------------------------------------


class MapView(ReportMixin, TemplateView):
    """Demand against capacity by territory: on a map, in words, and as a table."""

    template_name = "partners/staff/plan_map.html"
    tab = "map"

    @cached_property
    def kind(self) -> PartnerKind | None:
        pk = self.number("kind")
        return PartnerKind.objects.filter(pk=pk).first() if pk else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = services.plan_settings()
        found = coverage_map.spots(
            self.member,
            year=self.year,
            crowded_from=rules.crowded_from,
            kind=self.kind.pk if self.kind else None,
        )
        only = self.request.GET.get("only", "")
        shown = [spot for spot in found if spot.verdict == only] if only in list(Verdict) else found
        kinds = PartnerKind.objects.filter(is_retired=False).order_by("code")
        on_map = [spot for spot in shown if spot.latitude is not None and spot.longitude is not None]
        return super().get_context_data(
            title=self.title(found),
            sentences=self.sentences(found, rules.crowded_from),
            chart=self.chart(on_map, shown) if on_map else None,
            off_map=len(shown) - len(on_map),
            spots=[self.row(spot) for spot in shown],
            has_territories=bool(found),
            has_potential=any(spot.potential is not None for spot in found),
            year_links=self.years([self.this_year - 1, self.this_year + 1]),
            kinds=[
                (_("All kinds"), self.link(kind=None), self.kind is None),
                *((str(kind), self.link(kind=kind.pk), kind == self.kind) for kind in kinds),
            ],
            verdicts=[
                (_("All"), self.link(only=None), only not in list(Verdict)),
                *((coverage_map.VERDICTS[each], self.link(only=each), each == only) for each in Verdict),
            ],
            can_edit=self.member.can(Right.PLANS_EDIT) and self.member.can(Right.PARTNERS_VIEW_ALL),
            can_rule=self.member.can(Right.SETTINGS_EDIT),
            thin_from=coverage_map.THIN_FROM,
            crowded_from=rules.crowded_from,
            **kwargs,
        )

    def row(self, spot: Spot) -> dict[str, Any]:
        digits = partial(formats.money_digits, currency=self.currency)
        return {
            "spot": spot,
            "url": self.member.url("partners:list") + "?" + urlencode({"territory": spot.code, "stage": "active"}),
            "potential": digits(spot.potential) if spot.potential is not None else formats.NOTHING,
            "sell_in": digits(spot.sell_in),
            "share": formats.percent(spot.share),
            "per_crew": digits(spot.per_crew) if spot.per_crew is not None else formats.NOTHING,
        }

    def chart(self, on_map: list[Spot], shown: list[Spot]) -> charts.Chart:
        heads = [_("Territory"), _("Demand"), _("Partners"), _("Crews"), _("What stands out")]
        return charts.places(
            [
                charts.Place(
                    label=spot.name,
                    longitude=spot.longitude or 0,
                    latitude=spot.latitude or 0,
                    size=spot.demand,
                    text="\n".join(
                        [
                            spot.name,
                            _("Demand %(value)s") % {"value": self.tell(spot.demand)},
                            _("Partners %(count)s, crews %(crews)s")
                            % {"count": formats.number(spot.partners), "crews": formats.number(spot.crews)},
                            spot.label,
                        ]
                    ),
                    tone=spot.verdict,
                    url=self.row(spot)["url"],
                )
                for spot in on_map
            ],
            coverage_map.dots(self.member),
            head=heads,
            rows=[
                [
                    spot.name,
                    self.tell(spot.demand),
                    formats.number(spot.partners),
                    formats.number(spot.crews),
                    spot.label,
                ]
                for spot in shown
            ],
        )

    def title(self, found: list[Spot]) -> str:
        """What stands out most, as a sentence."""
        if not found:
            return _("There are no territories yet")
        white = [spot for spot in found if spot.verdict == Verdict.WHITE]
        if white:
            return ngettext(
                "%(count)s territory has no partner", "%(count)s territories have no partner", len(white)
            ) % {"count": formats.number(len(white))}
        thin = [spot for spot in found if spot.verdict == Verdict.THIN]
        if thin:
            return ngettext(
                "%(count)s territory has too few partners for its demand",
                "%(count)s territories have too few partners for their demand",
                len(thin),
            ) % {"count": formats.number(len(thin))}
        return _("Every territory has a partner")

    def sentences(self, found: list[Spot], crowded_from: int) -> list[str]:
        """What stands out, one sentence each, with the names."""
        said = []
        for verdict, idle, text in (
            (Verdict.WHITE, False, _("No partner: %(names)s.")),
            (Verdict.THIN, True, _("Partners, but no crew: %(names)s.")),
            (Verdict.THIN, False, _("More than twice the usual demand for each crew: %(names)s.")),
            (Verdict.CROWDED, False, _("%(count)s partners or more share it: %(names)s.")),
        ):
            names = [spot.name for spot in found if (spot.verdict, spot.is_without_crews) == (verdict, idle)]
            if names:
                said.append(text % {"names": ", ".join(names), "count": crowded_from})
        low = [spot for spot in found if spot.share is not None and spot.partners]
        if len(low) > 1:
            least = min(low, key=lambda spot: spot.share or Decimal(0))
            said.append(
                _("Least of its potential is sold in %(name)s: %(share)s.")
                % {"name": least.name, "share": formats.percent(least.share)}
            )
        return said


class PotentialsView(ReportMixin, FormView):
    """What could be sold in each territory in a year: figures of the whole market, for who sees all partners."""

    required_right = Right.PLANS_EDIT
    form_class: Any = PotentialsForm
    template_name = "partners/staff/plan_potentials.html"
    tab = "map"

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            raise PermissionDenied
        return super().get_form_kwargs() | {"territories": selectors.territory_tree(), "year": self.year}

    def form_valid(self, form: PotentialsForm) -> HttpResponse:
        services.save_potentials(self.year, form.potentials())
        messages.success(self.request, _("The figures are saved."))
        return redirect(self.member.url("partners:plan_map") + f"?year={self.year}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            year_links=self.years([self.this_year - 1, self.this_year + 1]),
            can_import=self.member.can(Right.IMPORTS_RUN),
            **kwargs,
        )
