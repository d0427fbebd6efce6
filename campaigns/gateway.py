"""Messengers and text messages: one interface, whatever is behind it. `settings.MESSAGE_GATEWAY` names the class.

A gateway takes messages by their key and sends none of a key twice, so that it may be asked again. What becomes of each, and
of templates handed in, it tells by signed calls (`campaigns.webhook`).
"""

import http.client
import json
import urllib.request
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

TIMEOUT_SECONDS = 30
MOST_BYTES = 4 * 1024 * 1024


class GatewayError(Exception):
    """The gateway cannot be reached, or does not understand: everything waits."""


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent."""

    key: str
    channel: str
    to: str
    text: str
    template: str = ""
    buttons: list[tuple[str, str]] = field(default_factory=list)
    sms_instead: str = ""
    """The text message that goes where the messenger cannot reach the reader; empty: none."""


@dataclass(frozen=True)
class Taking:
    """What a gateway said to one message: that it takes it, or why not."""

    key: str
    gateway_key: str = ""
    error: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True)
class Submission:
    """A template as it is handed in."""

    reference: str
    """Of this template with these words: one that comes again is the same."""
    name: str
    channel: str
    language: str
    body: str
    buttons: list[str] = field(default_factory=list)


class Gateway(Protocol):
    """What every gateway can do."""

    def send(self, messages: list[Outgoing]) -> list[Taking]:
        """Hand messages over, all at once; raises GatewayError where none could be."""

    def submit(self, template: Submission) -> tuple[str, str]:
        """Hand a template in; its key at the gateway, and "submitted" or at once "approved"."""


def gateway() -> Gateway:
    """The one of the settings; GatewayError where none is set up."""
    if not settings.MESSAGE_GATEWAY:
        raise GatewayError(_("No gateway for messengers and text messages is set up."))
    made: Gateway = import_string(settings.MESSAGE_GATEWAY)()
    return made


class HttpGateway:
    """A gateway that is called over HTTP with JSON: docs/operations.md says what it is sent and what it answers."""

    def send(self, messages: list[Outgoing]) -> list[Taking]:
        answer = self._call("messages", {"messages": [asdict(message) for message in messages]})
        return [_taking(result) for result in answer.get("results", []) if isinstance(result, dict)]

    def submit(self, template: Submission) -> tuple[str, str]:
        answer = self._call("templates", asdict(template))
        state = answer.get("state") if answer.get("state") in ("submitted", "approved") else "submitted"
        return str(answer.get("key", ""))[:100], str(state)

    def _call(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 (the address is the operator's own setting)
            f"{settings.MESSAGE_GATEWAY_URL.rstrip('/')}/{path}",
            data=json.dumps(data).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.MESSAGE_GATEWAY_TOKEN}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                answer = json.loads(response.read(MOST_BYTES))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise GatewayError(str(error)) from error
        if not isinstance(answer, dict):
            raise GatewayError(_("The gateway's answer is not understood."))
        return answer


class FileGateway:
    """For the demo: messages become files beside its e-mails, and every template is approved."""

    def send(self, messages: list[Outgoing]) -> list[Taking]:
        folder = Path(settings.SMS_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            lines = [f"To: {message.to} ({message.channel})", "", message.text]
            lines += [f"[{label}] {url}" for label, url in message.buttons]
            name = f"{timezone.now():%Y%m%d-%H%M%S}-{message.key}.{message.channel}.txt"
            (folder / name).write_text("\n".join(lines) + "\n")
        return [Taking(message.key, f"file-{message.key}", cost=Decimal(0)) for message in messages]

    def submit(self, template: Submission) -> tuple[str, str]:
        return f"file-{template.name}-{template.language}"[:100], "approved"


def _taking(result: dict[str, Any]) -> Taking:
    return Taking(
        key=str(result.get("key", "")),
        gateway_key=str(result.get("gateway_key", ""))[:100],
        error=str(result.get("error", ""))[:500],
        cost=cost_of(result.get("cost")),
    )


def cost_of(value: Any) -> Decimal | None:
    """An amount that a gateway names; nothing where it is none."""
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < 100_000_000 else None
