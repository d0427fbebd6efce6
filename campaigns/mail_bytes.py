"""A mail of text and HTML written as bytes, in one pass. Pure.

The standard library builds a tree of parts and folds each header with a parser: 2 ms a mail, which for 100,000 is minutes of
a core. What campaigns send has one shape, and its headers are plain words or encoded ones, so that it can be written down.
Bodies are encoded so that no line is too long and no server has to know 8BITMIME: quoted-printable where most is ASCII,
else base64. That both ways say the same to who reads them is tested (`tests/campaigns/test_mail_bytes.py`).
"""

import re
import uuid
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass

WORD_BYTES = 45
"""So much of a text fits into an encoded word, which has 75 signs at most."""
LONGEST_PLAIN = 900
ASCII = bytes(range(128))
PLAIN_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9.\-]+")


@dataclass(frozen=True)
class Alternatives:
    """What a mail says, in both ways."""

    text: str
    html: str


def mail_bytes(subject: str, to: tuple[str, str], headers: Mapping[str, str], said: Alternatives) -> bytes:
    """The mail with lines ended as SMTP wants them. ValueError where a header would become two, or the address is none.

    The other headers come in ASCII, as by `formataddr`; empty ones are left out.
    """
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise ValueError("A header has one line, in ASCII.")
    boundary = f"={uuid.uuid4().hex}="
    lines = [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        f"Subject: {words(subject)}",
        f"To: {mailbox(*to)}",
        *(f"{name}: {value}" for name, value in headers.items() if value),
        "",
        "",
    ]
    parts = ["\r\n".join(lines).encode()]
    for kind, body in (("plain", said.text), ("html", said.html)):
        encoding, encoded = _encoded(body)
        head = f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
        parts += [head.encode(), encoded]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts)


def words(value: str) -> str:
    """The value of a header that says something: as it stands where it may, else as encoded words, folded."""
    if "\n" in value or "\r" in value:
        raise ValueError("A header has one line.")
    if value.isascii() and value.isprintable() and "=?" not in value and len(value) < LONGEST_PLAIN:
        return value
    return encoded_words(value)


def encoded_words(value: str) -> str:
    """As encoded words (RFC 2047), one a line."""
    chunks, size = [""], 0
    for sign in value:
        more = len(sign.encode("utf-8", "replace"))
        if size + more > WORD_BYTES:
            chunks.append("")
            size = 0
        chunks[-1] += sign
        size += more
    encoded = (b64encode(chunk.encode("utf-8", "replace")).decode() for chunk in chunks)
    return "\r\n ".join(f"=?utf-8?b?{chunk}?=" for chunk in encoded)


def mailbox(name: str, address: str) -> str:
    """A person with their address, as it stands in a header."""
    address = wire_address(address)
    if not name:
        return address
    if name.isascii() and name.isprintable() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{encoded_words(name)} <{address}>"


def wire_address(address: str) -> str:
    """An address as mail servers take it: in ASCII, a domain of other letters in its own code. ValueError for none."""
    local, _at, domain = address.rpartition("@")
    if not domain.isascii():
        address = f"{local}@{domain.encode('idna').decode()}"
    if not PLAIN_ADDRESS.fullmatch(address):
        raise ValueError(f"This is no address that mail can be sent to: {address[:100]!r}")
    return address


def _encoded(body: str) -> tuple[str, bytes]:
    """How a body is encoded, and its lines."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    said = lines.replace("\n", "\r\n").encode("utf-8", "replace")
    if len(said.translate(None, ASCII)) * 6 < len(said):
        return "quoted-printable", b2a_qp(said, istext=True)
    return "base64", encodebytes(said).replace(b"\n", b"\r\n")
