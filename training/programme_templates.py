"""Learning programmes to begin from, one for each class of partner: potential, possible, at risk.

The class is said by conditions of an audience, which the manufacturer changes as it likes; the courses it chooses itself.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from partners.audiences.fields import Catalogue
from partners.selectors.audiences import ReadAudience

Tree = dict[str, Any]


def _all(*rules: Tree) -> Tree:
    return {"op": "all", "rules": list(rules)}


def _any(*rules: Tree) -> Tree:
    return {"op": "any", "rules": list(rules)}


def _rule(field: str, test: str, value: Any = None) -> Tree:
    return {"field": field, "test": test} | ({} if value is None else {"value": value})


@dataclass(frozen=True)
class Template:
    """A programme to begin from. `conditions` are asked first; where a function that they need is switched off, `plain`."""

    key: str
    code: str
    title: Any
    explanation: Any
    goal: Any
    conditions: Tree
    plain: Tree
    reminders: tuple[int, ...] = (-7, 0, 7, 14)
    roles: tuple[str, ...] = ()
    is_offered: bool = False

    def definition(self, catalogue: Catalogue) -> Tree:
        """The conditions that the reader may ask."""
        return self.plain if ReadAudience(self.conditions, catalogue).problems else self.conditions

    def audience_name(self) -> str:
        """What its audience is called, in the reader's language."""
        return _("Learning: %(title)s") % {"title": self.title}

    def texts(self, languages: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Title and summary in these languages."""
        titles, summaries = {}, {}
        for language in languages:
            with override(language):
                titles[language], summaries[language] = str(self.title), str(self.goal)
        return titles, summaries


TEMPLATES: dict[str, Template] = {
    each.key: each
    for each in (
        Template(
            "potential",
            "POTENTIAL",
            gettext_lazy("Basics for potential partners"),
            gettext_lazy("Partners that are being taken on, or are active and have not bought yet."),
            gettext_lazy("The product, the strategy and how we work together, before the first order."),
            _any(
                _rule("stage", "any_of", ["onboarding"]),
                _all(_rule("stage", "any_of", ["active"]), _rule("last_sale_on", "empty")),
            ),
            _all(_rule("stage", "any_of", ["onboarding"])),
            reminders=(-7, 0, 7, 14),
            is_offered=True,
        ),
        Template(
            "possible",
            "POSSIBLE",
            gettext_lazy("Depth for partners that can grow"),
            gettext_lazy("Active partners that buy, and whose orders are steady, rising or new."),
            gettext_lazy("What good partners know more of: products in depth, planning, selling and service."),
            _all(
                _rule("stage", "any_of", ["active"]),
                _rule("last_sale_on", "filled"),
                _rule("trend", "any_of", ["steady", "rising", "new"]),
            ),
            _all(_rule("stage", "any_of", ["active"])),
            reminders=(-7, 0, 14),
            is_offered=True,
        ),
        Template(
            "at_risk",
            "AT-RISK",
            gettext_lazy("Back on course for partners at risk"),
            gettext_lazy("Partners whose orders fall or have stopped, and those that are dormant."),
            gettext_lazy("What is new since they were last active, and what helps to sell again."),
            _any(
                _rule("stage", "any_of", ["dormant"]),
                _all(_rule("stage", "any_of", ["active"]), _rule("trend", "any_of", ["falling", "silent"])),
            ),
            _all(_rule("stage", "any_of", ["dormant"])),
            reminders=(-7, -2, 0, 7, 14),
        ),
    )
}
