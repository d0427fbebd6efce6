"""Mails that come back, as the servers and mail programs of several countries write them."""

import uuid
from base64 import b64encode

import pytest

from campaigns.bounces import Report, read_report
from campaigns.services.replies import answered_by, own_words

KEY = uuid.UUID("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
ID = f"Message-ID: <campaign-3-{KEY}@hanbit.example>\n".encode()
KOREAN = "사용자 없음".encode("euc-kr")
STATUS = b"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n" + (
    b"Diagnostic-Code: smtp; 550 5.1.1 " + KOREAN + b"\n"
)
DEAD = (True, "5.1.1 550 5.1.1 사용자 없음")


def of_parts(*parts: tuple[str, bytes], kind: str = "report; report-type=delivery-status", head: str = "") -> bytes:
    """A mail of several parts, each with the head that it has."""
    told = b"".join(f"--b\nContent-Type: {each}\n\n".encode() + content + b"\n" for each, content in parts)
    return (
        f"From: MAILER-DAEMON@mx.example\n{head}Content-Type: multipart/{kind}; boundary=b\n\n".encode()
        + told
        + b"--b--\n"
    )


NOTE = ("text/plain; charset=iso-2022-jp", "宛先不明".encode("iso-2022-jp"))
SAID = ("message/delivery-status", STATUS)
ENCODED = "\nContent-Transfer-Encoding: base64"


@pytest.mark.parametrize(
    "content",
    [
        of_parts(NOTE, SAID, ("message/rfc822", ID + b"\nHello\n")),
        of_parts(NOTE, SAID, ("text/rfc822-headers", b"Subject: \xb0\xb6\n" + ID)),
        of_parts(("text/plain; charset=x-nobody-knows", b"\xff\xfe"), SAID, ("text/rfc822-headers", ID)),
        of_parts(NOTE, SAID, (f"text/rfc822-headers{ENCODED}", b64encode(ID))),
        of_parts(NOTE, SAID, (f"message/rfc822{ENCODED}", b64encode(ID + b"\nHello\n"))),
        of_parts(NOTE, SAID, ("message/global", ID + b"\nHello\n")).replace(b"\n", b"\r\n"),
        b"Content-Type: multipart/mixed; boundary=o\n\n--o\n"
        + of_parts(NOTE, SAID, ("message/rfc822", ID))
        + b"--o--\n",
    ],
)
def test_a_report_is_read_in_whatever_signs_and_wrapping(content: bytes) -> None:
    assert read_report(content) == Report(3, KEY, "bounce", *DEAD)


def test_a_report_of_an_international_server_has_the_same_fields() -> None:
    status = STATUS.decode("euc-kr").encode()
    content = of_parts(NOTE, ("message/global-delivery-status", status), ("message/global-headers", ID))
    found = read_report(content)
    assert found is not None
    assert (found.kind, found.is_dead, found.detail[:15]) == ("bounce", True, "5.1.1 550 5.1.1")


@pytest.mark.parametrize(
    ("head", "words", "kind", "is_dead"),
    [
        (
            "From: MAILER-DAEMON@mx.example",
            "Hi. This is qmail.\n<a@b>:\nSorry, no mailbox here. (#5.1.1)",
            "bounce",
            True,
        ),
        ("From: MAILER-DAEMON@mx.example", "<a@b>:\n10.0.0.1 does not like me: 550 no such user", "bounce", True),
        ("From: x@y.example\nX-Failed-Recipients: a@b", "SMTP error: 552 5.2.2 mailbox is full", "bounce", False),
        (
            "From: Mail Delivery System <no@mx.example>",
            "451 4.7.1 try again later; this is a warning only",
            "delay",
            False,
        ),
        (
            "From: postmaster@mx.example",
            "Delayed: no answer from 5.188.4.1 for 4 hours, trying again. 451 4.4.1",
            "delay",
            False,
        ),
        (
            "From: postmaster@mx.example",
            "Delayed: 5.188.4.1 and 2001:db8::550 [5.1.1.9] are silent on 10,550 bytes; 9.5.1.1 says 4.4.1.",
            "delay",
            False,
        ),
        ("From: MAILER-DAEMON@mx.example", "5.9.12.3 said: 552 mailbox at 5.1.1.9 is full", "bounce", False),
        ("From: MAILER-DAEMON@mx.example", "host 5.9.12.3[5.9.12.3]:25 said:550-No such user", "bounce", True),
        ("From: MAILER-DAEMON@mx.example", "Exim 4.98.2 gave up on it: 5.1.1.", "bounce", True),
    ],
)
def test_servers_of_the_old_kind_say_it_in_words(head: str, words: str, kind: str, is_dead: bool) -> None:
    content = f"{head}\nSubject: failure notice\nContent-Type: text/plain\n\n{words}\n\n--- copy ---\n\n".encode() + ID
    found = read_report(content)
    assert found is not None
    assert (found.key, found.kind, found.is_dead, found.detail) == (KEY, kind, is_dead, words.splitlines()[-1])


@pytest.mark.parametrize(
    "content",
    [
        b"From: MAILER-DAEMON@mx.example\nContent-Type: text/plain\n\nIt did not work.\n\n" + ID,
        *(
            b"From: MAILER-DAEMON@mx.example\nContent-Type: text/plain\n\nIt did not work.\n\n" + line + b"\n" + ID
            for line in (
                b"> Received: from hanbit.example ([5.9.12.3])\n> \tby mx.example with ESMTP id 5.1.1; 550 ms",
                b"Return-Path: <news@hanbit.example>\nX-Spam-Score: 5.1.1",
                b"DKIM-Signature: v=1; t=5.1.1",
                b"Its server is 5.9.12.3.",
            )
        ),
        b"From: kim@partner.example\nContent-Type: text/plain\n\nOur hall has 550 seats.\n\n" + ID,
        b"From: MAILER-DAEMON@mx.example\nContent-Type: text/plain\n\n550 no such user\n",
        of_parts(("text/plain", b"See below"), ("message/rfc822", ID + b"\nHello\n"), kind="mixed"),
    ],
)
def test_what_is_no_report_or_not_about_ours_is_none(content: bytes) -> None:
    assert read_report(content) is None


@pytest.mark.parametrize("sign", [";", "a=b;", '"', "(", "a:;, "])
def test_a_head_made_to_keep_the_mailbox_busy_does_not(sign: str) -> None:
    long = f'X-A: 1\nContent-Type: multipart/mixed; x="{sign * (1_000_000 // len(sign))}\n'
    assert read_report(long.encode() + b"\n550 no such user\n" + ID) is None
    part = of_parts(NOTE, SAID, ("message/rfc822", ID), head=f"X-B: {sign * 1000}\n")
    assert read_report(part) == Report(3, KEY, "bounce", *DEAD)
    if sign != "(":
        answer = f"In-Reply-To: <campaign-3-{KEY}@hanbit.example>\n".encode()
        assert answered_by(answer + long.encode() + b"\nhello") == (3, KEY)


def test_junk_reports_without_a_form_are_complaints() -> None:
    copy = b"X-HmXmrOriginalRecipient: a@hotmail.example\n" + ID + b"\nHello\n"
    found = read_report(of_parts(("message/rfc822", copy), kind="mixed"))
    assert found == Report(3, KEY, "complaint", False, "abuse")


@pytest.mark.parametrize(
    "quoted",
    [
        "> Hanbit wrote this",
        "-----Original Message-----\nFrom: Hanbit",
        "-----원본 메시지-----\n보낸 사람: Hanbit",
        "---- 원본 메일 ----",
        "-----元のメッセージ-----",
        "________________________________\nFrom: Hanbit",
        "On Mon, Jun 1, 2026 at 9:00 AM Hanbit <a@b.example> wrote:\n> Hello",
        "On Mon, Jun 1, 2026 at 9:00 AM Hanbit\n<a@b.example> wrote:\n> Hello",
        "Den man. 1. juni 2026 kl. 09:00 skrev Hanbit <a@b.example>:\n> Hello",
        "2026년 6월 1일 (월) 오전 9:00, Hanbit <a@b.example>님이 작성:\n> Hello",
        "2026年6月1日(月) 9:00 Hanbit <a@b.example>:\n> Hello",
        f"2026年6月1日(月) 9:00 {'東' * 130} <{'a' * 100}@{'b' * 100}>:\n> Hello",
        "From: Hanbit <a@b.example>\nSent: Monday\nTo: Kim\n\nHello",
        "보낸 사람: Hanbit\n보낸 날짜: 2026년 6월 1일\n받는 사람: Kim\n\nHello",
        "差出人: Hanbit\n送信日時: 2026年6月1日\n宛先: Kim\n\nHello",
    ],
)
def test_the_mail_that_is_answered_is_not_kept_with_the_answer(quoted: str) -> None:
    answer = "From: January we open at 8.\nOn Monday he wrote: call me.\nSend one, 50 - 60 cm."
    assert own_words(f"{answer}\n\n{quoted}") == answer


@pytest.mark.parametrize(
    "line",
    [
        "2026年6月1日 Hanbit " + "<a@" * 33_000,
        "2026年6月1日 Hanbit <" + "@" * 100_000,
        "On 1 " + "wrote" * 20_000,
        "1님이" * 30_000,
        "-" * 100_000,
        "* " * 50_000,
    ],
    ids=["addresses", "signs", "wrote", "Korean", "dashes", "stars"],
)
def test_a_line_made_to_keep_the_mailbox_busy_is_words_of_the_writer(line: str) -> None:
    assert own_words(f"Hello\n{line}\n> Prices") == f"Hello\n{line}".strip()
