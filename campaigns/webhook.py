"""What gateways and mail services tell by themselves: signed calls, so that nobody else can. Pure but for the secret.

The header `X-PRM-Signature: t=<seconds since 1970>,v1=<hex>` holds an HMAC-SHA256 with the installation's secret over
`<seconds>.<path>.<body>`. A call that is older than five minutes is not taken: what was overheard cannot be played again later.
"""

import hashlib
import hmac
import re
import time

HEADER = "X-PRM-Signature"
OLDEST_SECONDS = 300
SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def signature_of(secret: str, path: str, body: bytes, at: int) -> str:
    """The header of a call."""
    digest = hmac.new(secret.encode(), f"{at}.{path}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_signed(header: str, secret: str, path: str, body: bytes, *, now: float | None = None) -> bool:
    """Whether a call comes from who knows the secret, and comes now."""
    found = SIGNED.fullmatch(header.strip())
    if not secret or found is None:
        return False
    at = int(found[1])
    is_fresh = abs((time.time() if now is None else now) - at) <= OLDEST_SECONDS
    return hmac.compare_digest(signature_of(secret, path, body, at), found[0]) and is_fresh
