"""Why something was not sent: a code that is kept, and the sentence that is shown for it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Any] = {
    "no_address": _("There is no address for this channel."),
    "suppressed": _("The address is on the list of suppressed addresses."),
    "no_consent": _("The person has not agreed to advertising by this channel, or has withdrawn it."),
    "consent_old": _("The person agreed long ago, and has not been told of it since as the country's rules ask."),
    "ended": _("The partnership has ended."),
    "left_company": _("The person has left the partner."),
    "capped": _("The person has had as many mails as one may get in a week."),
    "duplicate": _("The same address gets it already."),
    "no_text": _("There is no text in the reader's language."),
    "no_template": _("The template is not approved by the messenger."),
    "stopped": _("The mailing was stopped before."),
    "cannot_write": _("The mail could not be made from its text."),
    "in_doubt": _(
        "Handed over, but the answer of the server was lost. It is not sent again, so that nobody gets it twice."
    ),
    "gave_up": _("Given up: every attempt was cut off."),
    "country": _("The rules of the reader's country do not allow it."),
}
"""The codes of `Message.error`; what else stands there are a server's own words."""


def sentence_of(error: str) -> str:
    """What a code means; what is none is shown as it stands."""
    return str(REFUSALS[error]) if error in REFUSALS else error
