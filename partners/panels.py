"""The cards on the staff's page of a partner: each app adds its own in `partner_panels.py`, found as Django finds
`admin.py`.

    register_panel(Panel("sell_in", _("Sell-in"), "commerce/staff/panels/sell_in.html", context=sell_in,
                         right=Right.SALES_VIEW, function="sales", order=10))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right

Context = Callable[[Membership, Partner], dict[str, Any] | None]

OVERVIEW = "overview"
TABS: dict[str, Any] = {
    OVERVIEW: _("Overview"),
    "figures": _("Figures"),
    "people": _("People"),
    "work": _("Work"),
    "agreements": _("Agreements"),
    "plan": _("Plan"),
    "company": _("Company"),
    "history": _("History"),
}
"""The leaves of a partner's page. One that has no card for a member is not shown to them."""


@dataclass(frozen=True)
class Panel:
    """A card. `context(member, partner)` gives what its template shows as `panel`; None leaves the card out.

    `tab`: the leaf that it is on. `column`: "main" for charts and tables, "side" for short lists of facts.
    """

    key: str
    title: Any
    template: str
    context: Context
    right: Right
    function: str | None = None
    order: int = 100
    tab: str = OVERVIEW
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True)
class ShownPanel:
    """A card with what it shows."""

    key: str
    title: Any
    template: str
    context: dict[str, Any]


_panels: list[Panel] = []


def register_panel(panel: Panel) -> Panel:
    """Make a card known; called from an app's `partner_panels.py`."""
    _panels.append(panel)
    _panels.sort(key=lambda each: each.order)
    return panel


def tabs_for(member: Membership) -> dict[str, Any]:
    """The leaves on which there are cards for this member, by key, in their order."""
    used = {panel.tab for panel in _panels if _is_for(member, panel)}
    return {key: label for key, label in TABS.items() if key in used}


def panels_for(member: Membership, partner: Partner, tab: str, column: str) -> list[ShownPanel]:
    """The cards of a leaf's column that this member may see of this partner, in order."""
    shown = []
    for panel in _panels:
        if panel.tab != tab or panel.column != column or not _is_for(member, panel):
            continue
        context = panel.context(member, partner)
        if context is not None:
            shown.append(ShownPanel(panel.key, panel.title, panel.template, context))
    return shown


def _is_for(member: Membership, panel: Panel) -> bool:
    return member.can(panel.right) and (panel.function is None or member.has_function(panel.function))


def autodiscover() -> None:
    """Import every app's `partner_panels.py`."""
    autodiscover_modules("partner_panels")
