"""A real SMTP server for tests: it takes mails over TCP, and can refuse, hang up, or have something done in the middle."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """What came in is in `mails`; `on_recipient` and `on_mail` may answer something else than OK."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.on_recipient: Callable[[str], str | None] = lambda address: None
        self.on_mail: Callable[[EmailMessage], str | None] = lambda mail: None
        self.port = 0
        self.is_pipelining = False

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return [f"250-{hostname}", "250-PIPELINING", *responses[1:]] if self.is_pipelining else responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.on_recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        answer = self.on_mail(mail)
        if answer is None:
            self.mails.append(mail)
        return answer or "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [mail["To"].addresses[0].addr_spec for mail in self.mails]

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """A server on a free port of this machine."""
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
