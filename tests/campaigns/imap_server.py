"""As much of an IMAP server (RFC 3501) as reading a mailbox takes, over TCP: what is seen stays seen, what is peeked at does not."""

import re
import shlex
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BOX = "Reports of mail"


@dataclass
class Kept:
    """A mail in the box."""

    content: bytes
    flags: set[str] = field(default_factory=set)


class Mailbox(socketserver.ThreadingTCPServer):
    """One box of one user; UIDs count from 101, so that they cannot be taken for places in the box."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, user: str, password: str, mails: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.login = (user, password)
        self.box = {101 + place: Kept(content) for place, content in enumerate(mails)}
        self.said: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.state = "greeted"
        self.tell("* OK ready")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            tag, _space, said = line.partition(" ")
            self.server.said.append(said.partition(" ")[0].upper())
            ends = self.obey(said)
            self.tell(f"{tag} {ends}")
            if said.upper() == "LOGOUT":
                return

    def tell(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def obey(self, said: str) -> str:
        """Do what was said; how it ended."""
        words = shlex.split(said) if said.upper().startswith(("LOGIN", "SELECT")) else said.split(" ")
        command = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        if command == "CAPABILITY":
            self.tell("* CAPABILITY IMAP4rev1")
        elif command == "LOGIN":
            if tuple(words[1:]) != self.server.login:
                return "NO wrong password"
            self.state = "inside"
        elif command == "LOGOUT":
            self.tell("* BYE till soon")
        elif command == "SELECT" and self.state != "greeted":
            if words[1:] != [BOX]:
                return "NO no such box"
            self.state = "selected"
            self.tell(f"* {len(self.server.box)} EXISTS")
        elif self.state != "selected":
            return "BAD not now"
        elif command == "UID SEARCH":
            self.search(said)
        elif command == "UID FETCH":
            self.fetch(int(words[2]), said)
        elif command == "UID STORE":
            self.server.box[int(words[2])].flags |= set(re.findall(r"\\\w+", said))
        else:
            return "BAD what?"
        return "OK done"

    def search(self, said: str) -> None:
        most = int(found[1]) if (found := re.search(r"SMALLER (\d+)", said)) else 1 << 60
        uids = [
            str(uid)
            for uid, mail in self.server.box.items()
            if len(mail.content) < most and not ("UNSEEN" in said and "\\Seen" in mail.flags)
        ]
        self.tell(" ".join(["* SEARCH", *uids]))

    def fetch(self, uid: int, said: str) -> None:
        mail = self.server.box[uid]
        if "BODY.PEEK[]" not in said:
            mail.flags.add("\\Seen")
        self.tell(f"* 1 FETCH (UID {uid} BODY[] {{{len(mail.content)}}}")
        self.wfile.write(mail.content)
        self.tell(")")


@contextmanager
def running_mailbox(user: str, password: str, mails: list[bytes]) -> Iterator[Mailbox]:
    """A server on a free port of this machine."""
    with Mailbox(user, password, mails) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
