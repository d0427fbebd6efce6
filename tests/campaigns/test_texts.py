"""What a campaign says to one person: fields, markup, links, marks and feet."""

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from campaigns.country_rules import marked, missing_for, night_for, rules_for
from campaigns.filters.sending import SuppressionFilterSet
from campaigns.links import Links, Purpose, Ticket, ticket_of, token_of
from campaigns.tables.campaigns import ReaderTable
from campaigns.tables.sending import ConsentNoticeTable, SuppressionTable
from campaigns.texts import Frame, Person, Text, compile_short, compile_text, holes_in, links_in, problems_of

LINKS = Links(7, "https://prm.example.com/hanbit/public")
KIM = Person("Kim <b>*A*</b>", "Seoul & Co")
TICKET = Ticket(1234, 56)


def words(body: str = "Hello", *, person: Person = KIM, ticket: Ticket | None = TICKET, **frame: object):
    text = Text(str(frame.pop("subject", "Prices")), body, "en", answers=("sample", "unknown"))
    return compile_text(text, Frame("Hanbit", LINKS, **frame)).render(person, ticket)  # type: ignore[arg-type]


def test_what_stands_in_for_a_field_is_text_and_never_markup() -> None:
    said = words(
        "Dear {name|customer} of **{partner}**, {grade|no grade yet}: {product|our goods}.",
        subject="For {name}",
        common={"product": "Box *9* <i>"},
    )

    assert said.subject == "For Kim <b>*A*</b>"
    assert (
        "<p>Dear Kim &lt;b&gt;*A*&lt;/b&gt; of <strong>Seoul &amp; Co</strong>, no grade yet: Box *9* &lt;i&gt;.</p>"
        in said.html
    )
    assert said.text.startswith("Dear Kim <b>*A*</b> of Seoul & Co, no grade yet: Box *9* <i>.\n")


def test_a_fall_back_stands_where_nothing_is_known_and_lines_in_a_value_are_none_in_the_subject() -> None:
    assert "Dear customer," in words("Dear {name|customer},", person=Person()).text
    assert words(subject="{name}", person=Person("Kim\r\nBcc: x@y.example")).subject == "Kim Bcc: x@y.example"


def test_links_lead_over_a_signed_redirect_that_tells_only_whom_and_where() -> None:
    said = words("[our *prices*](https://www.example.com/a?b=1&c=2) or <mailto:kim@example.com>")

    (address,) = re.findall(r'href="(https://prm[^"]*/c/[^"]*)"', said.html)
    token = address.partition("/c/")[2].partition("/")[0]
    assert address.endswith("/?to=https%3A%2F%2Fwww.example.com%2Fa%3Fb%3D1%26c%3D2")
    assert ticket_of(Purpose.CLICK, 7, token, "https://www.example.com/a?b=1&c=2") == TICKET
    assert ticket_of(Purpose.CLICK, 7, token, "https://evil.example/") is None
    assert ticket_of(Purpose.CLICK, 8, token, "https://www.example.com/a?b=1&c=2") is None
    assert ticket_of(Purpose.UNSUBSCRIBE, 7, token, "https://www.example.com/a?b=1&c=2") is None
    assert f"our prices: {address}" in said.text
    assert 'href="mailto:kim@example.com"' in said.html
    assert (
        '<a href="https://www.example.com/a?b=1&amp;c=2">'
        in words("[x](https://www.example.com/a?b=1&c=2)", ticket=None).html
    )


def test_html_of_the_writer_and_dangerous_links_do_not_pass() -> None:
    said = words(
        "<script>alert(1)</script> [x](javascript:alert(1)) [y](data:text/html,1) ![z](https://a.example/z.png)"
    )

    assert "<script" not in said.html
    assert not re.search(r'(href|src)="(javascript|data)', said.html)
    assert '<img src="https://a.example/z.png" alt="z">' in said.html


def test_a_mail_can_be_ended_answered_and_is_counted_where_that_is_not_refused() -> None:
    said = words()

    for purpose in ("u", "p"):
        assert f"{LINKS.base}/{purpose}/" in said.html
        assert f"{LINKS.base}/{purpose}/" in said.text
    assert re.search(rf'{LINKS.base}/a/[^/]+/sample/"[^>]*>Send me a sample</a>', said.html)
    assert "unknown" not in said.html
    assert f'<img src="{LINKS.base}/o/' in said.html
    assert "/o/" not in words(person=Person(refuses_opens=True)).html
    assert "/o/" not in words(counts_opens=False).html
    assert "/public/" not in words(ticket=None).html


def test_plain_text_keeps_lists_and_tables_readable() -> None:
    text = words("# Head\n\none\ntwo\n\n- a\n- b\n  1. c\n\n| x | y |\n|---|---|\n| 1 | {grade|-} |\n").text

    assert text.startswith("Head\n\none\ntwo\n\n- a\n- b\n  1. c\n\nx | y\n1 | -\n")


@pytest.mark.parametrize(
    ("country", "is_advertising", "subject"),
    [("KR", True, "(광고) Prices"), ("KR", False, "Prices"), ("JP", True, "Prices"), ("", True, "Prices")],
)
def test_advertising_is_marked_where_the_country_asks_for_it(country: str, is_advertising: bool, subject: str) -> None:
    assert words(country=country, is_advertising=is_advertising).subject == subject
    assert marked("(광고) Prices", "KR", is_advertising=True) == "(광고) Prices"


def test_the_foot_names_the_sender_as_the_countries_ask() -> None:
    told = {
        "sender": "Hanbit Co",
        "postal_address": "1 Seoul-ro",
        "reply_to": "ads@hanbit.example",
        "free_phone": "080-1",
    }

    korean, japanese = words(country="KR", **told).text, words(country="JP", **told).text
    assert (
        "Hanbit Co, 1 Seoul-ro, ads@hanbit.example\nFree number to opt out: 080-1\nUnsubscribe, free of charge: "
        in korean
    )
    assert "Hanbit Co, 1 Seoul-ro, ads@hanbit.example\nUnsubscribe: " in japanese


@pytest.mark.parametrize(
    ("body", "told", "said"),
    [
        ("Prices", {}, "(광고) [Hanbit Co] Prices\nOpt out, free of charge: 080-1"),
        ("(광고) Prices", {}, "(광고) [Hanbit Co] Prices\nOpt out, free of charge: 080-1"),
        ("{sender}: prices", {}, "(광고) Hanbit Co: prices\nOpt out, free of charge: 080-1"),
        ("Prices", {"country": "US"}, "[Hanbit Co] Prices\nUnsubscribe: #"),
        ("Your order", {"is_advertising": False}, "Your order"),
    ],
)
def test_a_text_message_says_who_sends_it(body: str, told: dict[str, Any], said: str) -> None:
    frame = Frame(
        **{"manufacturer": "Hanbit", "links": LINKS, "country": "KR", "sender": "Hanbit Co", "free_phone": "080-1"}
        | told,
        common={"sender": "Hanbit Co"},
    )
    assert compile_short(body, "en", frame, names_sender=True).subject_and_text(Person(), None)[1] == said
    by_messenger = compile_short(body, "en", frame, names_sender=False).subject_and_text(Person(), None)[1]
    assert ("[" in by_messenger) is False


def test_the_rules_of_a_country_are_data() -> None:
    assert night_for("KR", "email", is_advertising=True) is not None
    assert night_for("KR", "email", is_advertising=False) is None
    assert night_for("JP", "sms", is_advertising=True) is None
    assert rules_for("KR").consent_months == 24
    assert rules_for("DE") is rules_for("FR")
    assert missing_for("JP", "email", {"sender_name": "Tokai"}) == ["postal_address", "reply_to"]
    assert missing_for("KR", "sms", {"sender_name": "Hanbit"}) == ["free_phone"]
    assert missing_for("", "email", {"sender_name": "X", "postal_address": "Y"}) == []


def test_what_is_wrong_with_a_text_is_said_at_once() -> None:
    problems = problems_of(
        Text("", "Dear {nmae}, {see [us](www.example.com) and [you](https://a.example/{name})", "en")
    )

    assert len(problems) == 5
    assert problems[0] == "There is no field {nmae}. Use one of those listed below the text."
    assert problems_of(Text("Hi {name|you}", "See [us](https://www.example.com/).", "en")) == []
    assert links_in("[a](https://a.example/) ![b](https://b.example/b.png) <https://a.example/>") == [
        "https://a.example/",
        "https://b.example/b.png",
    ]


def test_a_token_outlives_a_change_of_the_secret_key(settings: object) -> None:
    token = token_of(Purpose.CHOICES, 7, TICKET)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10  # type: ignore[attr-defined]

    assert ticket_of(Purpose.CHOICES, 7, token) is None
    settings.SECRET_KEY_FALLBACKS = [old]  # type: ignore[attr-defined]
    assert ticket_of(Purpose.CHOICES, 7, token) == TICKET
    for broken in ("", "-", "a-b-c", token[:-1], "é" * 30):
        assert ticket_of(Purpose.CHOICES, 7, broken) is None


def test_a_field_of_the_offer_that_the_plan_leaves_open_is_told_of() -> None:
    text = Text(
        "{product} now", "For {price} or {payment|}, {delivery|at once} until {offer_until}. {name} {nonsense}", "en"
    )
    given = {"price": "₩500", "product": ""}
    what = "is not in the plan. Enter it there, or what stands here instead after a |."
    assert holes_in(text, given) == [
        f"{{product}} would stay empty: the product of the offer {what}",
        f"{{offer_until}} would stay empty: the last day of the offer {what}",
    ]
    assert holes_in(text, given | {"product": "Tile", "offer_until": "30 June"}) == []


def test_the_address_of_a_message_is_no_street() -> None:
    shown = [
        SuppressionFilterSet.base_filters["q"].label,
        *(table.base_columns["address"].verbose_name for table in (SuppressionTable, ReaderTable, ConsentNoticeTable)),
    ]
    with translation.override("ja"):
        assert gettext("Address") == "住所"
        assert "住所" not in [str(words) for words in shown]
