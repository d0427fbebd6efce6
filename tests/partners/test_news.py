"""Personal news, cards, and congratulations on a higher grade."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.models import SalesDay
from partners.models import (
    Contact,
    ContactEntry,
    ContactInsight,
    FileVersion,
    Greeting,
    Paper,
    Partner,
    PartnerKind,
    PersonalNews,
    SharedFile,
)
from partners.news import topics_for
from partners.selectors import news as selectors
from partners.selectors import people as people_selectors
from partners.services import greetings, news, people
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory
from tests.partners.agreements import paper_type
from valuation.models import ChangeReason, Grade, GradeChange, Tier
from valuation.services import create_default_programme

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _nothing_is_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "_queue", lambda *_args: None)
    monkeypatch.setattr(news, "_queue", lambda *_args: None)


@pytest.fixture
def members(manufacturer: Any, partner: Any, owner: Any, manager: Any, rep: Any) -> None:
    """Made before there is a scope, in which nobody new can sign up."""


@pytest.fixture
def scope(manufacturer: Any, members: None) -> Any:
    with staff_scope(manufacturer.pk):
        yield


def person(partner: Any, by: Any, *, every: str = "month", agreed: bool = True, **fields: Any) -> Contact:
    """Somebody who is to get news."""
    given = {"name": "김민수", "latin_name": "Kim Minsu", "email": "kim@seoul.example", "language": "en"} | fields
    contact = Contact.objects.create(partner=partner, **given)
    ContactInsight.objects.create(contact=contact, news_every=every)
    if agreed:
        people.give_consent(contact, "email", on=TODAY, source="Form", by=by)
    return contact


def due(member: Membership, today: dt.date = TODAY) -> list[tuple[str, str]]:
    return [(contact.latin_name, contact.every) for contact in selectors.contacts_due(member, today).order_by("pk")]


@pytest.mark.parametrize(
    ("every", "today", "since", "until", "label"),
    [
        ("month", dt.date(2026, 6, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 1), "May 2026"),
        ("month", dt.date(2026, 1, 31), dt.date(2025, 12, 1), dt.date(2026, 1, 1), "December 2025"),
        ("quarter", dt.date(2026, 6, 30), dt.date(2026, 1, 1), dt.date(2026, 4, 1), "January 2026 to March 2026"),
        ("quarter", dt.date(2026, 7, 1), dt.date(2026, 4, 1), dt.date(2026, 7, 1), "April 2026 to June 2026"),
        ("quarter", dt.date(2026, 2, 1), dt.date(2025, 10, 1), dt.date(2026, 1, 1), "October 2025 to December 2025"),
    ],
)
def test_news_tell_of_the_last_complete_period(
    every: str, today: dt.date, since: dt.date, until: dt.date, label: str
) -> None:
    period = selectors.period_before(every, today)

    assert (period.since, period.until, period.label("en")) == (since, until, label)


def test_who_is_due(scope: None, partner: Any, manager: Any) -> None:
    ended = PartnerFactory(manufacturer=partner.manufacturer, code="E1", stage="ended")
    person(partner, manager, latin_name="Monthly")
    quarterly = person(partner, manager, latin_name="Quarterly", every="quarter")
    person(partner, manager, latin_name="No consent", agreed=False)
    person(partner, manager, latin_name="No address", email="")
    person(partner, manager, latin_name="Wants none", every="")
    person(partner, manager, latin_name="Gone", left_on=TODAY)
    person(ended, manager, latin_name="Of an ended partner", birthday=dt.date(1980, 6, 11))
    assert people_selectors.special_days(manager, TODAY) == []
    assert due(manager) == [("Monthly", "month"), ("Quarterly", "quarter")]

    news.skip_news(quarterly, by=manager, today=TODAY)
    assert due(manager) == [("Monthly", "month")]
    assert due(manager, dt.date(2026, 7, 1)) == [("Monthly", "month"), ("Quarterly", "quarter")]


def test_a_draft_tells_what_happened_about_what_they_care_for(
    scope: None, partner: Any, manager: Any, manufacturer: Any
) -> None:
    contact = person(partner, manager)
    for day, amount in ((dt.date(2026, 5, 31), 1_200_000), (dt.date(2025, 5, 1), 1_000_000), (TODAY, 9_000_000)):
        SalesDay.objects.create(
            partner=partner, date=day, amount_base=Decimal(amount), returns_base=0, orders=1, lines=1, return_lines=0
        )
    SalesDay.objects.all().update(manufacturer=manufacturer)
    programme = create_default_programme(effective_from=dt.date(2026, 1, 1))
    tiers = {tier.code: tier for tier in Tier.objects.filter(programme=programme)}
    Grade.objects.create(partner=partner, programme=programme, tier=tiers["gold"], since=TODAY)
    kind = paper_type("licence")
    Paper.objects.create(
        partner=partner, type=kind, file="x", original_name="x", content_type="x", size=1, sha256="0" * 64,
        state="accepted", valid_until=dt.date(2026, 7, 15),
    )  # fmt: skip
    for name, shared in (("Price list", True), ("Our margin", False)):
        file = SharedFile.objects.create(partner=partner, name=name, is_shared=shared, created_by=manager)
        version = FileVersion.objects.create(
            partner=partner, file=file, number=1, is_shared=shared, original_name=name, sha256="0" * 64, size=1, content_type="x",
            created_by=manager,
        )  # fmt: skip
        FileVersion.objects.filter(pk=version.pk).update(created_at=dt.datetime(2026, 5, 5, tzinfo=dt.UTC))

    def lines(**changes: Any) -> list[str]:
        insight = ContactInsight(contact=contact, news_every="month", **changes)
        draft = news.draft_for(contact, insight, by=manager, today=TODAY)
        assert draft.subject == "Seoul Agency: what happened in May 2026"
        return [line[2:] for line in draft.text.splitlines() if line.startswith("· ") and len(line) > 2]

    assert sorted(lines()) == [
        "Licence runs out on July 15, 2026.",
        "New files for you: Price list",
        "You bought for ₩1.2M, +20% against the same time a year ago.",
        "Your grade is still Gold.",
    ]
    assert lines(interests=["grade"]) == ["Your grade is still Gold."]
    assert lines(interests=["nonsense"]) == []


def test_news_are_sent_once_with_consent_and_stand_in_the_contact_history(
    scope: None, partner: Any, manager: Any, owner: Any
) -> None:
    contact = person(partner, manager)
    sent = news.send_news(contact, subject="News", text="Hello\n<b>you</b>", by=manager, today=TODAY)
    assert news.send_news(contact, subject="News", text="Hello\n<b>you</b>", by=manager, today=TODAY).pk == sent.pk
    for late in (
        lambda: news.send_news(contact, subject="N", text="Other", by=owner, today=TODAY),
        lambda: news.skip_news(contact, by=owner, today=TODAY),
    ):
        with pytest.raises(people.PeopleError, match="settled already"):
            late()

    for _time in range(2):
        news.send_news_mail(manufacturer_id=partner.manufacturer_id, news_id=sent.pk)

    (letter,) = mail.outbox
    assert (letter.to, letter.subject, letter.reply_to, letter.body.strip()) == (
        ["kim@seoul.example"], "News", [manager.email], "Hello\n<b>you</b>",
    )  # fmt: skip
    (html,) = [part for part, kind in letter.alternatives if kind == "text/html"]  # type: ignore[attr-defined]
    assert "&lt;b&gt;you" in html
    entry = ContactEntry.objects.get()
    assert (entry.contact, entry.channel.code, entry.direction, entry.title, entry.by, entry.is_shared) == (
        contact, "mail", "out", "News", manager, False,
    )  # fmt: skip
    assert due(manager) == []


def test_no_news_without_consent_nor_after_it_was_withdrawn(scope: None, partner: Any, manager: Any) -> None:
    without = person(partner, manager, agreed=False)
    with pytest.raises(people.PeopleError, match="has not agreed"):
        news.send_news(without, subject="x", text="y", by=manager, today=TODAY)
    contact = person(partner, manager)
    sent = news.send_news(contact, subject="x", text="y", by=manager, today=TODAY)
    people.withdraw_consent(contact, "email", on=TODAY)

    assert news.send_news_mail(manufacturer_id=partner.manufacturer_id, news_id=sent.pk) is False
    assert (mail.outbox, PersonalNews.objects.get().mail_refused) == ([], "The consent was withdrawn.")
    assert not ContactEntry.objects.exists()


def test_who_has_left_gets_neither_news_nor_cards_though_they_agreed(
    manufacturer: Any, members: None, partner: Any, manager: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        contact = person(partner, manager, birthday=dt.date(1980, 6, 10))
        letter = news.send_news(contact, subject="x", text="y", by=manager, today=TODAY)
        card = greetings.greet(contact, "birthday", way="mail", subject="x", text="y", by=manager, today=TODAY)
        contact = people.leave(contact, left_on=TODAY)
        said = "Kim Minsu has left and gets no mails."
        with pytest.raises(people.PeopleError, match=said):
            news.send_news(contact, subject="x", text="y", by=manager, today=dt.date(2026, 7, 10))
        with pytest.raises(people.PeopleError, match=said):
            greetings.greet(
                contact, "birthday", way="mail", subject="x", text="y", by=manager, today=dt.date(2027, 6, 10)
            )

    assert news.send_news_mail(manufacturer_id=manufacturer.pk, news_id=letter.pk) is False
    assert greetings.send_greeting(manufacturer_id=manufacturer.pk, greeting_id=card.pk) is False

    page = client_for(manager).get(f"/hanbit/people/{contact.pk}/news/").content.decode()
    assert "This person has left and gets no mails." in page
    assert "has not agreed" not in page
    with staff_scope(manufacturer.pk):
        assert mail.outbox == []
        assert PersonalNews.objects.get().mail_refused == "The person has left."
        assert Greeting.objects.get().mail_refused == "The person has left."


@pytest.mark.parametrize("more", [{}, {"skip": "1"}])
def test_news_of_another_time_than_the_one_shown_are_refused(
    manufacturer: Any, members: None, partner: Any, manager: Any, client_for: Any, more: dict[str, str]
) -> None:
    with staff_scope(manufacturer.pk):
        contact = person(partner, manager)
    client, url = client_for(manager), f"/hanbit/people/{contact.pk}/news/"
    since = selectors.period_before("month", timezone.localdate()).since
    assert client.get(url).context["form"].initial["since"] == since
    asked = {"subject": "Hi", "text": "There"} | more
    earlier = (since - dt.timedelta(days=1)).replace(day=1).isoformat()
    for wrong, field in ((earlier, "__all__"), ("", "__all__"), ("soon", "since")):
        refused = client.post(url, asked | {"since": wrong})
        assert list(refused.context["form"].errors) == [field]
        assert ("Open the page anew" in refused.content.decode()) == (field == "__all__")
    with staff_scope(manufacturer.pk):
        assert not PersonalNews.objects.exists()

    assert client.post(url, asked | {"since": since.isoformat()}).status_code == 302
    with staff_scope(manufacturer.pk):
        assert PersonalNews.objects.get().period == since


def test_topics_leave_out_what_is_switched_off_for_the_partner_or_its_kind(
    scope: None, partner: Any, manager: Any
) -> None:
    def keys() -> list[str]:
        return sorted(topic.key for topic in topics_for(manager, Partner.objects.get(pk=partner.pk)))

    assert keys() == ["endings", "figures", "files", "grade"]
    Partner.objects.filter(pk=partner.pk).update(functions_off=["sales"])
    assert keys() == ["endings", "files", "grade"]
    PartnerKind.objects.filter(pk=partner.kind_id).update(functions_off=["agreements"])
    assert keys() == ["files", "grade"]
    assert sorted(topic.key for topic in topics_for(manager)) == ["endings", "figures", "files", "grade"]


def test_the_page_drafts_shows_and_leaves_out(
    manufacturer: Any, members: None, partner: Any, manager: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        first, second = (person(partner, manager, latin_name=name) for name in ("One", "Two"))
        nobody = Contact.objects.create(partner=partner, name="None")
    client, url = client_for(manager), f"/hanbit/people/{first.pk}/news/"
    assert client.get("/hanbit/people/news/").context["title"] == "2 people wait for news"
    assert client.get(f"/hanbit/people/{nobody.pk}/news/").status_code == 404
    page = client.get(url)
    assert page.context["draft"].has_lines is False
    since = page.context["draft"].period.since
    shown = client.post(url, {"subject": "Hi", "text": "<script>x", "preview": "1", "since": since}).content.decode()
    assert "&lt;script&gt;x" in shown
    assert "<script>x" not in shown
    client.post(url, {"subject": "Hi", "text": "There", "since": since})
    client.post("/hanbit/people/news/", {"do": "skip", "selected": [second.pk], "confirmed": "1"})
    with staff_scope(manufacturer.pk):
        assert sorted(PersonalNews.objects.values_list("contact", "is_skipped", "subject")) == [
            (first.pk, False, "Hi"), (second.pk, True, ""),
        ]  # fmt: skip
    assert client.get("/hanbit/people/news/").context["title"] == "Nobody waits for news"


@pytest.mark.parametrize("size", [1, 4])
def test_the_list_asks_the_same_at_any_size_and_shows_own_partners(
    manufacturer: Any, members: None, partner: Any, manager: Any, client_for: Any, size: int
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    with staff_scope(manufacturer.pk):
        for number in range(size):
            person(partner, manager, name=f"P{number}")
    client = client_for(manager)
    client.get("/hanbit/people/news/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/hanbit/people/news/")

    assert (len(queries), len(page.context["list"].page.rows)) == (QUERIES, size)
    assert client_for(narrow).get("/hanbit/people/news/").context["list"].page.rows == []


QUERIES = 14


def test_partners_cannot_read_what_was_written(scope: None, partner: Any, manager: Any) -> None:
    news.skip_news(person(partner, manager), by=manager, today=TODAY)
    with (
        partner_scope(partner.manufacturer_id, partner.pk),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        PersonalNews.objects.exists()


# --- A higher grade -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tiers(scope: None) -> dict[str, Tier]:
    programme = create_default_programme(effective_from=dt.date(2026, 1, 1))
    return {tier.code: tier for tier in Tier.objects.filter(programme=programme)}


def rise(
    partner: Any, tiers: dict[str, Tier], before: str, after: str, day: dt.date, reason: str = "promotion"
) -> None:
    GradeChange.objects.create(
        manufacturer=partner.manufacturer, partner=partner, day=day, reason=reason,
        from_tier=tiers[before], to_tier=tiers[after],
    )  # fmt: skip


def days(member: Membership, today: dt.date) -> list[tuple[str, str, dt.date, str]]:
    found = people_selectors.special_days(member, today, with_rises=True)
    return [(str(day.contact), day.occasion, day.day, day.grade) for day in found]


def test_the_first_to_ask_is_congratulated_on_a_higher_grade(
    partner: Any, sibling: Any, manager: Any, tiers: dict[str, Tier]
) -> None:
    person(partner, manager, is_primary=True)
    person(partner, manager, latin_name="Second")
    person(sibling, manager, latin_name="Other", is_primary=True)
    rise(partner, tiers, "bronze", "silver", TODAY - dt.timedelta(days=9))
    rise(partner, tiers, "silver", "gold", TODAY - dt.timedelta(days=2))
    rise(sibling, tiers, "gold", "silver", TODAY, reason=ChangeReason.DEMOTION)

    assert days(manager, TODAY) == [("Kim Minsu", "promotion", TODAY - dt.timedelta(days=2), "Gold")]
    assert people_selectors.special_days(manager, TODAY) == []
    assert days(manager, TODAY + dt.timedelta(days=20)) == []


def test_a_grade_set_by_hand_counts_where_it_is_higher(partner: Any, manager: Any, tiers: dict[str, Tier]) -> None:
    person(partner, manager, is_primary=True)
    rise(partner, tiers, "gold", "silver", TODAY, reason=ChangeReason.OVERRIDE)
    assert days(manager, TODAY) == []
    rise(partner, tiers, "silver", "platinum", TODAY, reason=ChangeReason.OVERRIDE)
    assert days(manager, TODAY) == [("Kim Minsu", "promotion", TODAY, "Platinum")]


def test_each_rise_is_congratulated_once_by_a_card(partner: Any, manager: Any, tiers: dict[str, Tier]) -> None:
    contact = person(partner, manager, is_primary=True, language="ko")
    today = timezone.localdate()
    rise(partner, tiers, "bronze", "silver", today)
    subject, text = greetings.prepare(contact, "promotion", years=0, by=manager)
    assert subject == "Seoul Agency의 실버 등급 승급을 축하드립니다"
    sent = greetings.greet(contact, "promotion", way="mail", subject=subject, text=text, by=manager, today=today)
    with pytest.raises(people.PeopleError, match="congratulated already"):
        greetings.greet(contact, "promotion", way="other", by=manager, today=today)
    greetings.send_greeting(manufacturer_id=partner.manufacturer_id, greeting_id=sent.pk)

    (letter,) = mail.outbox
    assert letter.subject == subject
    assert "Auto-Submitted" not in letter.extra_headers
    assert ContactEntry.objects.get().title == subject

    tomorrow = today + dt.timedelta(days=1)
    rise(partner, tiers, "silver", "gold", tomorrow)
    greetings.greet(contact, "promotion", way="other", by=manager, today=tomorrow)
    assert sorted(Greeting.objects.values_list("day", flat=True)) == [today, tomorrow]


def test_a_greeting_shows_the_card_before_it_goes_out(
    manufacturer: Any, members: None, manager: Any, client_for: Any
) -> None:
    partner = PartnerFactory(manufacturer=manufacturer, code="C1")
    with staff_scope(manufacturer.pk):
        contact = person(partner, manager, is_primary=True, birthday=timezone.localdate().replace(year=1980, day=20))
        near = people_selectors.special_day_of(contact, "birthday", timezone.localdate())
    client, url = client_for(manager), f"/hanbit/people/{contact.pk}/greetings/birthday/"
    if near is None:
        pytest.skip("the twentieth is too far from today")
    assert client.get(url).context["headline"] == "Happy birthday"
    shown = client.post(url, {"subject": "Hi", "text": "To <b>you</b>", "preview": "1"})
    assert "To &lt;b&gt;you" in shown.content.decode()
    assert client.get(f"/hanbit/people/{contact.pk}/greetings/promotion/").status_code == 404
    with staff_scope(manufacturer.pk):
        assert not Greeting.objects.exists()
