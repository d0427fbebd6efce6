"""Who is credited with a direct sale, and why, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pages import formats


def why_words(explanation: Mapping[str, Any]) -> str:
    """Why a direct sale was credited as it was, for both sides: nobody is named."""
    facts = {
        "count": formats.number(explanation.get("among") or 0),
        "by": explanation.get("by", ""),
        "reason": explanation.get("reason", ""),
        "case": explanation.get("case", ""),
    }
    match explanation.get("why", ""):
        case "alone":
            return _("The partner covers this territory alone.")
        case "serves":
            return _("The partner covers this territory and serves this customer.")
        case "only":
            return _("The partner is the only one that covers this territory.")
        case "least":
            return (
                _("Of %(count)s partners that cover this territory it has been credited least in twelve months.")
                % facts
            )
        case "nobody":
            return _("Nobody covers the address.")
        case "no_rule":
            return _("No rule says that such a sale is credited.")
        case "rule_none":
            return _("A rule says that such a sale is not credited.")
        case "by_hand":
            return _("%(by)s decided: %(reason)s") % facts
        case "conflict":
            return _("By the decision of channel conflict %(case)s.") % facts
    return ""
