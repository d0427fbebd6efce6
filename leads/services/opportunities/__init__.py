"""Everything that changes opportunities (L-7). Partners write their own rows; the lead follows in the house's scope."""

from leads.services.opportunities.clock import (
    mark_stalled,
    remind_of_steps,
)
from leads.services.opportunities.contents import (
    assign_rep,
    hang_on_site,
    record_activity,
    set_next_step,
    update_opportunity,
)
from leads.services.opportunities.opening import (
    UNTOUCHED,
    close_of_lead,
    follow_lead,
    leads_to_follow,
    open_from_lead,
    open_opportunity,
)
from leads.services.opportunities.parts import (
    Details,
    Line,
    OpportunityError,
    read,
)
from leads.services.opportunities.stages import (
    lose,
    move_opportunity,
    win,
)

__all__ = [
    "UNTOUCHED",
    "Details",
    "Line",
    "OpportunityError",
    "assign_rep",
    "close_of_lead",
    "follow_lead",
    "hang_on_site",
    "leads_to_follow",
    "lose",
    "mark_stalled",
    "move_opportunity",
    "open_from_lead",
    "open_opportunity",
    "read",
    "record_activity",
    "remind_of_steps",
    "set_next_step",
    "update_opportunity",
    "win",
]
