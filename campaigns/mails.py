"""The mails of campaigns, with what mail programs and servers need to unsubscribe, answer and send back."""

from email.utils import formataddr, formatdate, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from campaigns.mail_bytes import Alternatives, mail_bytes, wire_address
from campaigns.models import CampaignSettings
from campaigns.texts import Words
from tenancy.models import Manufacturer

MESSAGE_ID = "campaign-{house}-{key}@{domain}"
"""By which what comes back is known: `campaigns.bounces`."""


class CampaignMail(EmailMultiAlternatives):
    """A mail that back ends take as any other, and that writes itself for SMTP at a tenth of what building it costs."""

    reader: tuple[str, str]

    def wire(self) -> bytes:
        """The mail as it goes over the wire, with its lines ended."""
        headers = {**self.extra_headers, "Reply-To": ", ".join(wire_address(address) for address in self.reply_to)}
        said = Alternatives(str(self.body), str(self.alternatives[0][0]))
        return mail_bytes(str(self.subject), self.reader, headers, said)


def sender_of(chosen: CampaignSettings, manufacturer: Manufacturer) -> tuple[str, str]:
    """Name and address that campaigns come from."""
    return chosen.sender_name or str(manufacturer), chosen.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def mail_of(
    words: Words,
    *,
    manufacturer: int,
    partner: int = 0,
    key: object,
    to: tuple[str, str],
    sender: tuple[str, str],
    reply_to: str = "",
    bounces_to: str = "",
    unsubscribe_url: str = "",
) -> CampaignMail:
    """The mail of a message, of a partner's own campaign or of the house. Its Message-ID holds whose it is and the message's
    key, by which what comes back is known.
    """
    house = f"{manufacturer}.{partner}" if partner else manufacturer
    headers = {
        "From": formataddr(sender),
        "Message-ID": f"<{MESSAGE_ID.format(house=house, key=key, domain=sender[1].rpartition('@')[2])}>",
        "Date": formatdate(),
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
        }
    to = (" ".join(to[0].split()), to[1])
    mail = CampaignMail(
        subject=words.subject,
        body=words.text,
        from_email=bounces_to or sender[1],
        to=[formataddr(to)],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(words.html, "text/html")
    mail.reader = to
    return mail
