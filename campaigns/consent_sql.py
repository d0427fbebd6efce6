"""Whether a consent still counts, in the database: what `country_rules.consent_stands` says in Python."""

import datetime as dt
from typing import Any

from campaigns.country_rules import RULES


def stands(country: str, agreed: str, told: str) -> str:
    """A condition over columns: the consent given on `agreed` counts on the day asked for. True where there is no day."""
    return f"""NOT EXISTS (
        SELECT FROM unnest(%(told_countries)s::text[], %(told_months)s::int[]) AS asked (country, months)
        WHERE asked.country = {country}
            AND (greatest({agreed}, {told})::date + make_interval(months => asked.months))::date < %(consent_day)s::date
    )"""


def consent_params(day: dt.date) -> dict[str, Any]:
    """What `stands` asks for."""
    months = {code: rules.consent_months for code, rules in RULES.items() if rules.consent_months}
    return {"told_countries": list(months), "told_months": list(months.values()), "consent_day": day}
