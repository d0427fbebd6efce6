"""Channel plans of this fiscal year: most agreed and under way, some waiting for an answer; market potential by territory."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from partners import plan_terms
from partners.models import (
    ChannelPlan,
    InitiativeScore,
    MixTarget,
    Partner,
    PartnerKind,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    PlanState,
    PlanStep,
    PlanTarget,
    PromiseState,
    Side,
    Spread,
    Stage,
    Territory,
    TerritoryFigure,
    TerritoryRule,
    Work,
)
from partners.plan_measures import MAIN, actuals_of, all_measures, day_of_figures
from partners.selectors import coverage_map
from partners.services import plans as services
from partners.services import refresh_coverage
from prm_portal.demo_stories.plan_texts import PARTS, TEXTS, Words
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope

STORY_PARTNERS = {"hanbit": ("Seoul Agency", "Busan Dealer")}
PLANS = 14
GROWTH = (106, 112, 97, 118, 104, 121, 108, 101, 115, 110, 103, 125, 99, 107)
"""What partners want to sell against the year before, in per cent; some want too much."""
STEP = {"KRW": 1_000_000, "JPY": 100_000}
CROWDED_FROM = {"hanbit": 30, "tokai": 6}
KPIS = (("kpi.active_months", (10, 11, 11, 12)), ("kpi.return_share", (4, 4, 3, 3)))


def tell_plans(manufacturer: Manufacturer, day: dt.date) -> None:
    """Plans, their scores and promises, and the figures of territories. Again adds nothing."""
    if ChannelPlan.objects.exists():
        return
    with translation.override(manufacturer.languages[0]):
        _Story(manufacturer, day).tell()


class _Story:
    def __init__(self, manufacturer: Manufacturer, day: dt.date) -> None:
        self.manufacturer = manufacturer
        self.words: Words = TEXTS.get(manufacturer.slug, TEXTS["hanbit"])
        self.random = Random(20)  # noqa: S311 - a story, not a secret
        self.year = plan_terms.fiscal_year(day, manufacturer.fiscal_year_start)
        self.months = plan_terms.months_of(self.year, manufacturer.fiscal_year_start)
        self.measures = all_measures()
        self.owner = Membership.objects.get(role=Role.OWNER)
        self.staff = list(Membership.objects.filter(partner=None, role__in=[Role.OWNER, Role.MANAGER]).order_by("pk"))
        self.agreed_on = dt.datetime.combine(self.months[0], dt.time(10, 30), ZoneInfo(manufacturer.timezone))

    def tell(self) -> None:
        if self.manufacturer.slug in PARTS:
            self.divide_territories()
        PlanSettings.objects.create(crowded_from=CROWDED_FROM.get(self.manufacturer.slug, 5))
        self.tell_potentials()
        self.tell_mix()
        names = STORY_PARTNERS.get(self.manufacturer.slug, ())
        known = Partner.objects.filter(stage=Stage.ACTIVE, merged_into=None).select_related(
            "channel_manager", "summary"
        )
        story = sorted(known.filter(name__in=names), key=lambda each: names.index(each.name))
        others = known.exclude(name__in=names).order_by("-summary__revenue", "pk")
        partners = [*story, *others[: PLANS - len(story)]]
        for place, partner in enumerate(partners):
            self.tell_plan(place, partner)

    # --- One plan -----------------------------------------------------------------------------------------------------

    def tell_plan(self, place: int, partner: Partner) -> None:
        """The first is the story's own: agreed, in its second version. Some further ones still wait."""
        by = partner.channel_manager or self.owner
        waits_for_partner, waits_for_staff, is_draft = place in (1, 8), place in (4, 9), place == 13
        plan = self.write_draft(place, partner, by, year=self.year)
        if is_draft:
            return
        if waits_for_partner:
            services.propose_plan(plan, by=by, text=self.words.please)
            return
        admin = Membership.objects.filter(partner=partner, role=Role.PARTNER_ADMIN, is_active=True).first()
        if waits_for_staff:
            if admin is None:
                services.propose_plan(plan, by=by, text=self.words.please)
                return
            with partner_scope(self.manufacturer.pk, partner.pk):
                services.propose_plan(plan, by=admin, text=self.words.ours)
            return
        self.agree(plan, by, admin, days=5 + place)
        if place == 0:
            self.second_version(plan, by, admin)
        self.go_on(plan, late=place % 3 == 2)

    def write_draft(self, place: int, partner: Partner, by: Membership, *, year: int) -> ChannelPlan:
        plan = ChannelPlan.objects.create(partner=partner, year=year, summary=self.words.summary, created_by=by)
        services.note_step(plan, PlanStep.Kind.STARTED, by=by)
        self.write_targets(plan, GROWTH[place % len(GROWTH)])
        initiatives = [
            PlanInitiative(
                plan=plan,
                partner=partner,
                title=title,
                detail=detail,
                plan_year=plan_year,
                phase=phase,
                side=side,
                owner=by if side == Side.STAFF else None,
                due_on=plan_terms.last_day(self.months[(2 + 3 * number + place) % 12]) if plan_year == 1 else None,
            )
            for number, (title, detail, plan_year, phase, side) in enumerate(self.words.initiatives)
            if place == 0 or (number + place) % 3
        ]
        PlanInitiative.objects.bulk_create(initiatives)
        people = list(Membership.objects.filter(partner=partner, is_active=True).order_by("pk")[:2])
        scorers = [*{by.pk: by, self.owner.pk: self.owner}.values(), *people]
        InitiativeScore.objects.bulk_create(
            InitiativeScore(
                plan=plan,
                partner=partner,
                initiative=initiative,
                member=member,
                side=Side.PARTNER if member.partner_id else Side.STAFF,
                **{name: self.points(number, turn) for turn, name in enumerate(plan_terms.CRITERIA)},
            )
            for number, initiative in enumerate(initiatives)
            for member in scorers
        )
        PlanPromise.objects.bulk_create(
            PlanPromise(
                plan=plan,
                partner=partner,
                title=title,
                due_on=plan_terms.last_day(self.months[(3 + 4 * number) % 12]),
                owner=by,
            )
            for number, title in enumerate(self.words.promises)
            if place == 0 or (number + place) % 2
        )
        return plan

    def points(self, number: int, turn: int) -> int:
        """People see things alike, but not the same."""
        middle = (4, 3, 5, 2, 4, 3)[(number + turn) % 6]
        return min(5, max(1, middle + self.random.choice((-1, 0, 0, 1))))

    def write_targets(self, plan: ChannelPlan, growth: int) -> None:
        """Sell-in and the two largest categories against the year before; two KPIs."""
        before = plan_terms.months_of(plan.year - 1, self.manufacturer.fiscal_year_start)
        sums = [key for key in self.measures if key == MAIN or key.startswith("sales.category.")]
        reached = actuals_of(plan.partner_id, sums, before[0], before[-1])
        largest = sorted(
            (key for key in sums if key != MAIN), key=lambda key: (-sum(reached.get(key, {}).values()), key)
        )[:2]
        rows = []
        for key in (MAIN, *largest):
            season = [Decimal(reached.get(key, {}).get(month, 0)) for month in before]
            quarters = [self.rounded(sum(season[place : place + 3]) * growth / 100) for place in range(0, 12, 3)]
            if sum(quarters):
                rows.append(self.target(plan, key, quarters, plan_terms.spread(quarters, season), Spread.SEASON))
        for key, levels in KPIS:
            if key in self.measures:
                quarters = [Decimal(level) for level in levels]
                rows.append(self.target(plan, key, quarters, plan_terms.hold(quarters), Spread.EVEN))
        PlanTarget.objects.bulk_create(rows)

    def target(
        self, plan: ChannelPlan, key: str, quarters: list[Decimal], months: list[Decimal], spread: str
    ) -> PlanTarget:
        measure = self.measures[key]
        return PlanTarget(
            plan=plan,
            partner_id=plan.partner_id,
            measure=key,
            label=str(measure.name)[:200],
            spread=spread,
            months=months,
            is_sum=measure.is_sum,
            **{f"quarter_{place}": value for place, value in enumerate(quarters, 1)},
        )

    def rounded(self, value: Any) -> Decimal:
        step = STEP.get(self.manufacturer.currency, 1000)
        return Decimal(max(0, round(value / step)) * step)

    def agree(self, plan: ChannelPlan, by: Membership, admin: Membership | None, *, days: int) -> None:
        """Proposed by the manufacturer and agreed to some days later."""
        rows = ChannelPlan.objects.filter(pk=plan.pk)
        asked, answered = self.agreed_on + dt.timedelta(days=days), self.agreed_on + dt.timedelta(days=days + 6)
        rows.update(state=PlanState.PROPOSED, proposed_side=Side.STAFF, proposed_by=by, proposed_at=asked)
        services.note_step(plan, PlanStep.Kind.PROPOSED, by=by, text=self.words.please)
        rows.update(state=PlanState.AGREED, agreed_by=admin, agreed_at=answered)
        services.note_step(plan, PlanStep.Kind.AGREED, by=admin, side=Side.PARTNER)
        for kind, at in (("started", asked - dt.timedelta(days=9)), ("proposed", asked), ("agreed", answered)):
            PlanStep.objects.filter(plan=plan, kind=kind).update(at=at)
        plan.refresh_from_db()

    def second_version(self, plan: ChannelPlan, by: Membership, admin: Membership | None) -> None:
        """In the second quarter both sides came together again: more of one category, and one promise more."""
        newer = services.start_plan(plan.partner, plan.year, by=by)
        services.save_promise(newer, {"title": self.words.promise_later, "owner": by}, by=by)
        target = PlanTarget.objects.filter(plan=newer, measure=MAIN).first()
        if target is not None:
            quarters = [*target.quarters[:2], *(self.rounded(value * Decimal("1.05")) for value in target.quarters[2:])]
            services.set_target(newer, self.measures[MAIN], quarters, by=by, spread=Spread.SEASON)
        ChannelPlan.objects.filter(pk=plan.pk).update(
            state=PlanState.SUPERSEDED, superseded_at=self.agreed_on + dt.timedelta(days=105)
        )
        self.agree(newer, by, admin, days=99)
        if admin is not None:
            PlanStep.objects.create(
                plan=newer, partner_id=newer.partner_id, kind=PlanStep.Kind.COMMENTED, side=Side.PARTNER, by=admin,
                text=self.words.comment,
            )  # fmt: skip
        services.ask_for_reviews(newer)
        self.go_on(newer, late=False)

    def go_on(self, plan: ChannelPlan, *, late: bool) -> None:
        """Some of it is done by now."""
        works = [Work.DONE, Work.RUNNING, Work.RUNNING, Work.OPEN] if not late else [Work.RUNNING, Work.OPEN]
        for place, initiative in enumerate(PlanInitiative.objects.filter(plan=plan, plan_year=1).order_by("pk")):
            PlanInitiative.objects.filter(pk=initiative.pk).update(work=works[place % len(works)])
        kept = PlanPromise.objects.filter(plan=plan, due_on__lt=timezone.localdate()).order_by("due_on")
        for promise in list(kept)[: 0 if late else 1]:
            PlanPromise.objects.filter(pk=promise.pk).update(state=PromiseState.KEPT, settled_at=timezone.now())

    # --- Territories and the mix --------------------------------------------------------------------------------------

    def divide_territories(self) -> None:
        """The large territories get parts, so that the map tells more than six spots."""
        known = {territory.code: territory for territory in Territory.objects.all()}
        for order, part in enumerate(PARTS[self.manufacturer.slug], 20):
            if part.code in known or part.parent not in known:
                continue
            territory = Territory.objects.create(
                code=part.code,
                names=part.names,
                parent=known[part.parent],
                order=order,
                latitude=part.latitude,
                longitude=part.longitude,
            )
            TerritoryRule.objects.bulk_create(
                TerritoryRule(
                    territory=territory,
                    country="KR",
                    region=region,
                    postal_from=part.postal_from,
                    postal_to=part.postal_to,
                )
                for region in part.regions
            )
        refresh_coverage()

    def tell_potentials(self) -> None:
        """What could be sold: by what is sold, with more to win in some places than in others."""
        found = coverage_map.spots(self.owner, year=self.year, crowded_from=99)
        usual = max(sum((spot.sell_in for spot in found), Decimal(0)) / max(1, len(found)), Decimal(1))
        figures = []
        for place, spot in enumerate(sorted(found, key=lambda each: each.code)):
            factor = Decimal((22, 30, 26, 41, 24, 35, 28)[place % 7]) / 10
            potential = (spot.sell_in or usual / 12) * factor
            figures.append(TerritoryFigure(territory_id=spot.pk, year=self.year, potential=self.rounded(potential)))
        TerritoryFigure.objects.bulk_create(figures)

    def tell_mix(self) -> None:
        """Through whom it wants to sell: the kinds by what they sell now, a little straightened."""
        day = day_of_figures(timezone.localdate())
        rows = [row for row in coverage_map.channel_mix(self.owner, self.year, self.months, day) if row.kind]
        sold = sum((row.amount for row in rows), Decimal(0))
        MixTarget.objects.create(year=self.year, kind=None, share=Decimal(10), amount=self.rounded(sold * 12 / 100))
        kinds: dict[int, PartnerKind] = {row.kind.pk: row.kind for row in rows if row.kind and row.amount}
        even = Decimal(90) / max(1, len(kinds))
        for row in rows:
            if row.kind and row.kind.pk in kinds and sold:
                share = (even + 2 * 90 * row.amount / sold) / 3
                MixTarget.objects.create(year=self.year, kind=row.kind, share=share.quantize(Decimal(1)))
