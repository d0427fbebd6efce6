"""The addresses in what partners send to their own customers: signed like those of campaigns, and good for nothing else."""

from dataclasses import dataclass

from campaigns.links import Links, Purpose, Ticket, ticket_of, token_of

LOGO = "own logo"
OWN = "own"
"""Part of what is signed, so that no address of a manufacturer's campaign is one of a partner's."""


@dataclass(frozen=True)
class OwnLinks(Links):
    """As of campaigns; a ticket names the message and the partner's campaign."""

    @classmethod
    def of(cls, manufacturer_id: int, slug: str) -> "OwnLinks":
        return cls(manufacturer_id, Links.of(manufacturer_id, slug).base)

    def logo(self, campaign: int) -> str:
        """The picture at the head of a partner's mails."""
        token = token_of(Purpose.OPEN, self.manufacturer, Ticket(0, campaign), LOGO)
        return f"{self.base}/own/logo/{token}.png"

    def _address(self, purpose: Purpose, ticket: Ticket, extra: str = "") -> str:
        return f"{self.base}/own/{purpose}/{token_of(purpose, self.manufacturer, ticket, OWN + extra)}/"


def own_ticket(purpose: Purpose, manufacturer: int, token: str, extra: str = "") -> Ticket | None:
    """What such an address carries, or nothing for one that was never given out."""
    return ticket_of(purpose, manufacturer, token, OWN + extra)


def logo_campaign(manufacturer: int, token: str) -> int | None:
    """Whose logo such an address shows."""
    ticket = ticket_of(Purpose.OPEN, manufacturer, token, LOGO)
    return ticket.mailing if ticket else None
