"""What is read out of mails and scans, also broken ones."""

import datetime as dt
import io

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from partners.letters import LetterError, read_mail, read_pdf, tidy, visible_text

KOREAN = (
    "From: =?UTF-8?B?6rmA66+87IiY?= <Kim@Seoul.example>\r\nTo: a@x.example, b@x.example\r\n"
    "Subject: =?UTF-8?B?64Kp6riwIOusuOydmA==?=\r\nDate: Mon, 02 Mar 2026 09:30:00 +0900\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n64Kp6riw66W8IOyVjOugpCDso7zshLjsmpQu\r\n"
)


def test_a_mail_tells_who_wrote_what_when() -> None:
    letter = read_mail(KOREAN.encode())
    assert letter.subject == "납기 문의"
    assert letter.text == "납기를 알려 주세요."
    assert letter.sender == "kim@seoul.example"
    assert letter.recipients == ("a@x.example", "b@x.example")
    assert letter.sent_at == dt.datetime(2026, 3, 2, 0, 30, tzinfo=dt.UTC)


def test_of_a_mail_in_html_alone_what_a_reader_sees_is_kept() -> None:
    mail = (
        b"From: a@x.example\nSubject: Hi\nContent-Type: text/html\n\n"
        b"<style>p{}</style><p>One &amp; two</p><script>alert(1)</script><div>three<br>four</div>"
    )
    assert read_mail(mail).text == "One & two\nthree\nfour"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"From: \xff\xfe <>\nDate: no day\nSubject: =?bad?Q?=FF?=\n\n\xff\x00text",
        b"From: a@x.example\nContent-Type: text/plain; charset=no-such\n\ntext",
        b"From: a@x.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\ntext",
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(mail: bytes) -> None:
    letter = read_mail(mail)
    assert "\x00" not in letter.text + letter.subject


@given(st.binary(max_size=400))
def test_no_mail_stops_the_reader(content: bytes) -> None:
    read_mail(b"From: a@x.example\nSubject: x\n" + content)


@given(st.text(max_size=300))
def test_what_is_tidied_can_be_kept(text: str) -> None:
    found = tidy(text)
    assert "\x00" not in found
    assert "\n\n\n" not in found
    found.encode()


LONG = 1_000_000


@pytest.mark.parametrize("sign", ["<", '"', "a ", ",", "\\", "a:;, ", "=?utf-8?q?a?= "])
@pytest.mark.parametrize(
    "field", ["From", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Subject"]
)
def test_a_head_made_to_keep_the_reader_busy_is_read_in_part(field: str, sign: str) -> None:
    letter = read_mail(f"{field}: {sign * (LONG // len(sign))}\r\nTo: b@x.example\r\n\r\nhello".encode())
    assert letter.recipients == ("b@x.example",)
    assert len(letter.subject) <= 4000


def test_many_people_can_get_a_mail() -> None:
    people = [f"person-{number}@partner.example" for number in range(100)]
    assert read_mail(f"To: {', '.join(people)}\n\nhello".encode()).recipients == tuple(people)


@pytest.mark.parametrize("field", ["From", "Content-Type", "Content-Disposition"])
def test_brackets_within_brackets_without_end_are_no_mail(field: str) -> None:
    with pytest.raises(LetterError, match="damaged"):
        read_mail(f"{field}: {'(' * LONG}\n\nhello".encode())


def test_a_mail_has_not_more_parts_than_any_honest_one() -> None:
    head, part = "Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/plain\n\nhello\n"
    assert read_mail(f"{head}{part * 199}--b--".encode()).text == "hello"
    with pytest.raises(LetterError, match="damaged"):
        read_mail(f"{head}{part * 200}--b--".encode())


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<a" * LONG, ""),
        ("<!--" * LONG, ""),
        ("</" * LONG, ""),
        ("<![" * LONG, ""),
        ("<a b=\"><a b='>" * 100_000, ""),
        ("<script>" * LONG, ""),
        ("<" * LONG, "<" * LONG),
        ("&#" + "9" * LONG, ""),
    ],
    ids=["tag", "comment", "end", "section", "quotes", "script", "signs", "number"],
)
def test_html_made_to_keep_the_reader_busy_does_not(html: str, seen: str) -> None:
    assert visible_text(f"<p>One</p>{html}") == f"\nOne{seen}"


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("1 < 2 &amp;&#44032;&nbsp;<b title='a>b'>bold</b>", "1 < 2 &가 bold"),
        ("<!DOCTYPE html><!-- <p> --->a<![endif]>b<?xml x?>c</ x>d", "abcd"),
        ("<HEAD><TITLE>T</TITLE></HEAD>a<STYLE>p > b {}</STYLE>b<script>'<p>'</SCRIPT >c<title/>d", "abcd"),
        ("<p\nclass=x>a<br/>b<p>c <i\n>d</i", "\na\nb\nc d"),
    ],
)
def test_of_html_the_words_are_seen(html: str, seen: str) -> None:
    assert visible_text(html) == seen


def test_a_closing_tag_alone_hides_nothing() -> None:
    assert visible_text("<p>one</p></script><p>two</p>").split() == ["one", "two"]


def pdf(text: str) -> bytes:
    return typst.compile(text.encode(), format="pdf")


def test_a_pdf_gives_its_text() -> None:
    letter = read_pdf(pdf("Order 4711\n\nten doors"))
    assert letter.subject == "Order 4711"
    assert "ten doors" in letter.text


def test_a_locked_and_a_broken_pdf_are_told_apart() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Secret"))))
    writer.encrypt("word", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    with pytest.raises(LetterError) as refused:
        read_pdf(locked.getvalue())
    assert refused.value.code == "encrypted"
    with pytest.raises(LetterError) as refused:
        read_pdf(b"%PDF-1.7 nothing")
    assert refused.value.code == "damaged"
