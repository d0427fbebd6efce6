"""Mails written as bytes say what the standard library's say, whatever stands in them."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest

from campaigns.mail_bytes import wire_address
from campaigns.mails import mail_of
from campaigns.texts import Words

KOREAN, LONG = "여름 가격을 알려 드립니다. " * 60, "x" * 3000
SENDER = ("한빛 마케팅", "news@hanbit.example")


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("words", "to"),
    [
        (Words("Summer prices", "<p>Dear you</p>", "Dear you"), ("Kim", "kim@a.example")),
        (Words("여름 가격 안내 " * 12, f"<p>{KOREAN}</p>", KOREAN), ("김민수", "kim@a.example")),
        (
            Words("Prices=? at =20", f"<p>{LONG}</p>\n.\n..x", f".\n{LONG}\nFrom here \n\n"),
            ('A "B" \\ C, D', "b@a.example"),
        ),
        (Words("S" * 300, "<p>caf\u00e9</p>", "caf\u00e9\r\nnext\rlast"), ("", "c@a.example")),
        (Words("\U0001f600 tab\there", "<p>x</p>", "x"), ("Anna\n  Maria", "d@a.example")),
    ],
)
def test_both_ways_say_the_same(words: Words, to: tuple[str, str]) -> None:
    mail = mail_of(
        words,
        manufacturer=1,
        key="k-1",
        to=to,
        sender=SENDER,
        reply_to="sales@hanbit.example",
        unsubscribe_url="https://prm.example.com/hanbit/public/u/" + "a" * 120,
    )
    content = mail.wire()
    ours, theirs = parsed(content), parsed(mail.message().as_bytes())

    assert all(len(line) < 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    for name in {*theirs.keys()} - {"Content-Type", "To"}:
        assert str(ours[name]).strip() == str(theirs[name]).strip(), name
    (person,) = ours["To"].addresses
    assert (person.display_name, person.addr_spec) == (" ".join(to[0].split()), to[1])
    assert body(ours, "plain") == body(theirs, "plain")
    assert body(ours, "html") == body(theirs, "html")


def body(mail: EmailMessage, kind: str) -> list[str]:
    part: Any = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


@pytest.mark.parametrize(
    "address", ["a b@c.example", "a@c.example>\r\nRCPT TO:<x@y.example", "nobody", "a@", "a,b@c.example"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        wire_address(address)


def test_a_domain_of_other_letters_goes_in_its_own_code() -> None:
    assert wire_address("kim@한빛.example") == "kim@xn--xx3br43b.example"


def test_a_header_cannot_become_two() -> None:
    words = Words("Prices\nBcc: x@y.example", "<p>x</p>", "x")
    with pytest.raises(ValueError, match="one line"):
        mail_of(words, manufacturer=1, key=1, to=("A", "a@b.example"), sender=SENDER).wire()
