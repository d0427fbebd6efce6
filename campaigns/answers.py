"""What a reader can answer by one click: codes that contents name, in the order in which they offer them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ANSWERS: dict[str, Any] = {
    "sample": _("Send me a sample"),
    "call": _("Call me"),
    "offer": _("Make me an offer"),
    "visit": _("Visit me"),
    "later": _("Ask me again later"),
    "not_interested": _("Not interested"),
}
REPLIED = "replied"
"""What staff enter for who answered and asks for nothing."""


def known_answers(codes: list[str]) -> list[tuple[str, str]]:
    """Those of the codes that there are, with their words in the active language."""
    return [(code, str(ANSWERS[code])) for code in codes if code in ANSWERS]
