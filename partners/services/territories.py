"""Territories, their rules, and who covers them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.services import start_job
from partners.models import CoverageSource, Partner, PartnerTerritory, Territory, TerritoryRule
from partners.services.partners import PartnerError
from tenancy.models import Membership
from tenancy.rls import current_scope

COVERAGE_JOB = "territory_coverage"


@transaction.atomic
def save_territory(territory: Territory, rules: Iterable[TerritoryRule] | None = None, *, by: Membership) -> Territory:
    """Save a territory and, where they are given, its rules instead of those before; coverage follows in a job."""
    check_part_of(territory)
    territory.save()
    if rules is not None:
        territory.rules.all().delete()
        for rule in rules:
            rule.pk, rule.territory = None, territory
            rule.postal_to = rule.postal_to or rule.postal_from
        TerritoryRule.objects.bulk_create(rules)
    request_coverage(by=by)
    return territory


def check_part_of(territory: Territory) -> None:
    """Refuse a territory that would be a part of itself."""
    seen, above = {territory.pk}, territory.parent
    while above is not None:
        if above.pk in seen:
            raise PartnerError(
                _("“%(name)s” would be a part of itself. Choose another territory.") % {"name": territory}
            )
        seen.add(above.pk)
        above = above.parent


@transaction.atomic
def remove_territory(territory: Territory) -> None:
    """Remove a territory that nobody covers but by address and that has no parts; ProtectedError for any other."""
    PartnerTerritory.objects.filter(territory=territory, source=CoverageSource.ADDRESS).delete()
    territory.delete()


def request_coverage(*, by: Membership | None = None) -> Job:
    """Have a worker find out soon who covers what by address. While a request waits, another one is the same."""
    return start_job(COVERAGE_JOB, by=by, key="coverage")


def run_coverage(progress: Any) -> Mapping[str, Any]:
    """The work of a job of kind "territory_coverage"."""
    return {"changed": refresh_coverage()}


def refresh_coverage(partners: Sequence[Partner] | None = None) -> int:
    """Coverage by address as the rules say now, of all partners or of some; returns how many rows came or went."""
    return refresh_coverage_of(None if partners is None else [partner.pk for partner in partners])


def refresh_coverage_of(keys: Sequence[int] | None) -> int:
    """The same for partners by their keys; None for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partners_refresh_coverage(%s, %s::bigint[])",
            [current_scope().manufacturer, None if keys is None else list(keys)],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def declare_coverage(partner: Partner, declared: Mapping[Territory, bool]) -> None:
    """Say which territories a partner covers beyond those of its address, and which of all these alone.

    Replaces what was declared before. What the address gives stays, and stays by address unless the partner is alone.
    """
    keys = {territory.pk: alone for territory, alone in declared.items()}
    PartnerTerritory.objects.filter(partner=partner, source=CoverageSource.DECLARED).exclude(
        territory__in=keys
    ).delete()
    for territory, alone in declared.items():
        try:
            with transaction.atomic():
                PartnerTerritory.objects.update_or_create(
                    partner=partner,
                    territory=territory,
                    defaults={"source": CoverageSource.DECLARED, "is_exclusive": alone},
                )
        except IntegrityError as error:
            if "territory_exclusive_once" not in str(error):
                raise
            other = PartnerTerritory.objects.select_related("partner").get(territory=territory, is_exclusive=True)
            raise PartnerError(
                _("%(partner)s covers “%(territory)s” alone. End that first.")
                % {"partner": other.partner, "territory": territory}
            ) from error
    refresh_coverage([partner])
