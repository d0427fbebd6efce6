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
from django.utils.translation import pgettext_lazy

from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right

Context = Callable[[Membership, Partner], dict[str, Any] | None]

OVERVIEW = "overview"
TABS: dict[str, Any] = {
    OVERVIEW: _("Overview"),
    "figures": _("Figures"),
    "people": pgettext_lazy("at partners", "People"),
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

    `tab`: the leaf that it is on. `column`: "main" for charts and tables, "side" for short lists of facts. `whole`: the
    page that shows all of it; such a card is asked for when the page has come, since it takes longer than the rest.
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
    whole: str = ""


LATER = "partners/staff/panels/later.html"


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
    """The cards of a leaf's column that this member may see of this partner, in order; some only with a place kept."""
    shown = []
    for panel in _panels:
        if panel.tab != tab or panel.column != column or not _is_for(member, panel):
            continue
        if panel.whole:
            context = {"whole": member.url(panel.whole, pk=partner.pk), "card": f"?card={panel.key}"}
            shown.append(ShownPanel(panel.key, panel.title, LATER, context))
        elif (own := _shown(member, partner, panel)) is not None:
            shown.append(own)
    return shown


def panel_for(member: Membership, partner: Partner, key: str) -> ShownPanel | None:
    """One card that this member may see of this partner, filled in; None if there is none of that key."""
    found = next((panel for panel in _panels if panel.key == key and _is_for(member, panel)), None)
    return _shown(member, partner, found) if found else None


def _shown(member: Membership, partner: Partner, panel: Panel) -> ShownPanel | None:
    context = panel.context(member, partner)
    return None if context is None else ShownPanel(panel.key, panel.title, panel.template, context)


def _is_for(member: Membership, panel: Panel) -> bool:
    return member.can(panel.right) and (panel.function is None or member.has_function(panel.function))


def autodiscover() -> None:
    """Import every app's `partner_panels.py`."""
    autodiscover_modules("partner_panels")
