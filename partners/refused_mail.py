"""Addresses that no mail of the house may go to: it came back, somebody complained, or asked for none.

Who sends many mails keeps the list (C-3). What is sent apart from that, greetings and personal news, asks here; the apps above
register who knows.
"""

from collections.abc import Callable, Collection

Refusing = Callable[[Collection[str]], Collection[str]]
_sources: list[Refusing] = []


def refuses_mail(source: Refusing) -> Refusing:
    """Register `source(addresses)`: those among them, all in small letters, that no mail may go to."""
    _sources.append(source)
    return source


def refused_among(addresses: Collection[str]) -> set[str]:
    """Those of the addresses that no mail may go to, in small letters."""
    asked = {address.strip().lower() for address in addresses} - {""}
    return {address for source in _sources for address in source(asked)} if asked else set()
