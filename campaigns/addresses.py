"""Addresses as they are compared: e-mail and messengers in small letters, numbers as digits alone. Pure."""

import re

BY_NUMBER = ("sms", "fax")


def address_key(channel: str, address: str) -> str:
    """How an address of a channel is kept among the suppressed ones."""
    return re.sub(r"\D", "", address) if channel in BY_NUMBER else address.strip().lower()
