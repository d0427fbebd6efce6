"""Handing a mail over to a mail server so that a death at any moment leaves it sent once.

A server has taken a mail when it has seen the line with the dot that ends it. So with SMTP all but that line is handed over
first; then the database is told that the mail goes; only then comes the dot. Who dies before has sent nothing, and another
worker begins anew; who dies after has sent it, and nobody sends it again. Other back ends cannot be cut in two: there the
database is told just before.
"""

import datetime as dt
import re
import smtplib
import socket
import time
from collections.abc import Callable
from email.utils import parseaddr

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from campaigns.mail_bytes import wire_address
from campaigns.mails import CampaignMail

Mark = Callable[[], bool]
DOT = re.compile(rb"(?m)^\.")
"""A line of the mail that begins with a dot gets a second one, so that it does not end the mail."""


TAKEN = ((250,), (250, 251), (354,))
"""What a server answers to each line of an announcement that it takes."""


class NotOursError(Exception):
    """Somebody paused or stopped the mailing, or another worker has the message."""


class InDoubtError(Exception):
    """The mail was handed over whole, and the connection broke before the server answered."""


class MailServer:
    """One connection to the mail server of the settings, whatever its back end; kept as long as it holds."""

    def __init__(self) -> None:
        self.backend: BaseEmailBackend = get_connection()

    def open(self) -> None:
        """Connect where that has not been done; OSError where the server cannot be reached."""
        is_new = self.backend.open()
        connection = getattr(self.backend, "connection", None)
        if is_new and isinstance(connection, smtplib.SMTP) and connection.sock is not None:
            # The last line goes at once: else it waits for the server's word on what went before, 40 ms each time.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Let the connection go, in whatever state it is."""
        try:
            self.backend.close()
        except OSError:  # it is gone already
            self._forget()

    def send(self, mail: CampaignMail, mark: Mark) -> None:
        """Hand a mail over; `mark` tells the database just before it is final, and says whether it may still go."""
        connection = getattr(self.backend, "connection", None)
        if isinstance(connection, smtplib.SMTP):
            self._send_by_smtp(connection, mail, mark)
        elif mark():
            self._send_by_backend(mail)
        else:
            raise NotOursError

    def _send_by_smtp(self, connection: smtplib.SMTP, mail: CampaignMail, mark: Mark) -> None:
        content = DOT.sub(b"..", mail.wire())
        connection.ehlo_or_helo_if_needed()
        self._announce(connection, parseaddr(mail.from_email)[1], wire_address(mail.reader[1]), len(content))
        connection.send(content)
        if not mark():
            connection.close()  # without the dot the server drops what it was given
            self._forget()
            raise NotOursError
        try:
            connection.send(b".\r\n")
            code, answer = connection.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._forget()
            raise InDoubtError from error
        if code != 250:
            self._reset(connection, code)
            raise smtplib.SMTPDataError(code, answer)

    def _announce(self, connection: smtplib.SMTP, sender: str, reader: str, size: int) -> None:
        """From whom, to whom, and that the mail comes: in one breath where the server can (RFC 2920), which most can."""
        with_size = f" size={size}" if connection.does_esmtp and connection.has_extn("size") else ""
        lines = [f"mail FROM:<{wire_address(sender)}>{with_size}", f"rcpt TO:<{reader}>", "data"]
        if connection.does_esmtp and connection.has_extn("pipelining"):
            connection.send("".join(f"{line}\r\n" for line in lines))
            answers = [connection.getreply() for _line in lines]
        else:
            answers = []
            for line, wanted in zip(lines, TAKEN, strict=True):
                connection.putcmd(line)
                answers.append(connection.getreply())
                if answers[-1][0] not in wanted:
                    break
        is_open = answers[-1][0] == 354
        for number, (code, answer) in enumerate(answers):
            if code in TAKEN[number]:
                continue
            if is_open:
                self._forget()  # it waits for a mail all the same: it gets none
            else:
                self._reset(connection, code)
            if number == 0:
                raise smtplib.SMTPSenderRefused(code, answer, sender)
            if number == 1:
                raise smtplib.SMTPRecipientsRefused({reader: (code, answer)})
            raise smtplib.SMTPDataError(code, answer)

    def _send_by_backend(self, mail: EmailMessage) -> None:
        try:
            self.backend.send_messages([mail])
        except TimeoutError as error:
            raise InDoubtError from error

    def _reset(self, connection: smtplib.SMTP, code: int) -> None:
        """After a refusal the connection is good for the next mail, unless the server has hung up."""
        if code == 421:
            self._forget()
            return
        try:
            connection.rset()
        except (smtplib.SMTPServerDisconnected, OSError):
            self._forget()

    def _forget(self) -> None:
        """The connection is gone: the next mail opens another."""
        connection = getattr(self.backend, "connection", None)
        if isinstance(connection, smtplib.SMTP):
            connection.close()
            self.backend.connection = None  # type: ignore[attr-defined]


def this_minute() -> dt.datetime:
    """What was decided by the clock holds until the next one strikes: nights begin and end with a full minute, and so does
    what a mail domain gets."""
    return timezone.now().replace(second=0, microsecond=0)


class Turn:
    """A worker's turn: batch after batch over one connection, until there is nothing more to send or its time is over."""

    def __init__(self) -> None:
        self.server = MailServer()

    def run(self, seconds: float = 0.0) -> bool:
        """Send batches for so long, at least one; whether there may be more to send now."""
        ends = time.monotonic() + seconds
        try:
            while (is_more := self.send_batch()) and time.monotonic() < ends:
                pass
        finally:
            self.server.close()
        return is_more

    def send_batch(self) -> bool:
        """Send a batch of what is due; whether there may be more."""
        raise NotImplementedError
