"""Inbox, notice, confirmation and preferences, on both sides."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notices import selectors
from notices.models import Channel, Mode, Notice, Preference, QuietHours
from notices.services import mark_read, tell, tell_from
from notices.views.pages import PAGE_SIZE
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tenancy.waiting import waiting_for
from tests.factories import PartnerMemberFactory
from tests.notices.conftest import FACTS, IMPORTANT, PLAIN, RICH

ClientFor = Callable[[Membership], Client]


def base(member: Membership) -> str:
    return f"/{member.manufacturer.slug}/{'' if member.is_staff else 'portal/'}notices/"


def told(member: Membership, kind: Any = PLAIN, key: str = "a", **facts: Any) -> Notice:
    with staff_scope(member.manufacturer_id):
        assert tell([member], kind, key=key, facts=FACTS | facts) == 1
        return Notice.objects.get(recipient=member, key=key)


def again(notice: Notice) -> Notice:
    with staff_scope(notice.manufacturer_id):
        return Notice.objects.get(pk=notice.pk)


@pytest.fixture(params=["manager", "rep"])
def reader(request: pytest.FixtureRequest) -> Membership:
    """One of each side."""
    return request.getfixturevalue(request.param)


def sentences(response: Any) -> list[str]:
    return [item.wording.sentence for item in response.context["items"]]


# --- Inbox ------------------------------------------------------------------------------------------------------------


def test_the_inbox_shows_own_notices_in_words_the_newest_first(client_for: ClientFor, reader: Membership) -> None:
    told(reader, key="a")
    told(reader, key="b", name="<i>C</i>")

    response = client_for(reader).get(base(reader))

    assert sentences(response) == ["1,200 boxes for <i>C</i>", "1,200 boxes for A & B"]
    html = response.content.decode()
    assert "1,200 boxes for &lt;i&gt;C&lt;/i&gt;" in html
    assert "1,200 boxes for A &amp; B" in html
    assert "<i>C" not in html
    assert "2 notices are unread" in html


def test_a_notice_speaks_the_readers_language(client_for: ClientFor, reader: Membership) -> None:
    told(reader, told_at="2026-07-01T03:00:00Z")
    reader.user.language = "ko"
    reader.user.save()

    response = client_for(reader).get(base(reader))

    assert [item.wording.text for item in response.context["items"]] == ["골드 since 2026-07-01, told 12:00"]


def test_nobody_sees_a_colleagues_or_anothers_notices(
    client_for: ClientFor, manager: Membership, rep: Membership, owner: Membership, sibling_rep: Membership
) -> None:
    colleague = PartnerMemberFactory(manufacturer=rep.manufacturer, partner=rep.partner)
    for other in (owner, colleague, sibling_rep):
        told(other)

    for reader in (manager, rep):
        assert sentences(client_for(reader).get(base(reader))) == []


@pytest.mark.parametrize("action", ["", "confirm/"])
def test_anothers_notice_does_not_exist_and_stays_as_it_is(
    client_for: ClientFor,
    owner: Membership,
    manager: Membership,
    rep: Membership,
    sibling_rep: Membership,
    stranger: Membership,
    action: str,
) -> None:
    colleague = PartnerMemberFactory(manufacturer=rep.manufacturer, partner=rep.partner)
    for of, reader in ((owner, manager), (manager, rep), (rep, colleague), (rep, sibling_rep), (rep, owner)):
        notice = told(of, IMPORTANT, key=f"for-{reader.pk}")
        client = client_for(reader)
        ask = client.post if action else client.get
        assert ask(f"{base(reader)}{notice.pk}/{action}").status_code == 404
        assert client_for(stranger).get(f"{base(reader)}{notice.pk}/{action}").status_code == 404
        assert (again(notice).read_at, again(notice).confirmed_at) == (None, None)


def test_each_side_has_its_own_pages(client_for: ClientFor, manager: Membership, rep: Membership) -> None:
    assert client_for(manager).get(base(rep)).status_code == 404
    assert client_for(rep).get(base(manager)).status_code == 404
    assert Client().get(base(rep)).status_code == 302


def test_what_was_switched_off_in_the_portal_is_not_in_the_inbox(client_for: ClientFor, reader: Membership) -> None:
    with staff_scope(reader.manufacturer_id):
        Preference.objects.create(member=reader, kind=PLAIN.key, channel=Channel.PORTAL, mode=Mode.OFF)
    told(reader)

    response = client_for(reader).get(base(reader))

    assert sentences(response) == []
    assert "You have read everything" in response.content.decode()


def test_a_notice_of_a_kind_that_has_gone_is_not_shown(client_for: ClientFor, reader: Membership) -> None:
    notice = told(reader)
    with staff_scope(reader.manufacturer_id):
        Notice.objects.update(kind="gone.gone")

    assert sentences(client_for(reader).get(base(reader))) == []
    assert client_for(reader).get(f"{base(reader)}{notice.pk}/").status_code == 404


def test_the_inbox_can_show_unread_ones_those_to_confirm_or_one_kind(client_for: ClientFor, reader: Membership) -> None:
    told(reader, PLAIN, "a", name="read")
    told(reader, PLAIN, "b", name="unread")
    told(reader, IMPORTANT, "c", name="terms")
    with staff_scope(reader.manufacturer_id):
        mark_read(Notice.objects.get(key="a"))
    client = client_for(reader)

    assert len(sentences(client.get(base(reader)))) == 3
    assert sentences(client.get(f"{base(reader)}?show=unread")) == ["Please read about terms", "1,200 boxes for unread"]
    assert sentences(client.get(f"{base(reader)}?show=to-confirm")) == ["Please read about terms"]
    assert sentences(client.get(f"{base(reader)}?show=unread&kind={PLAIN.key}")) == ["1,200 boxes for unread"]
    assert len(sentences(client.get(f"{base(reader)}?show=nonsense&kind=nonsense"))) == 3


def test_a_long_inbox_is_read_page_by_page(client_for: ClientFor, reader: Membership) -> None:
    count = PAGE_SIZE + 2
    with staff_scope(reader.manufacturer_id):
        tell_from([(reader.pk, f"{n}", {"name": f"{n}"}) for n in range(count)], IMPORTANT)
    client = client_for(reader)

    first = client.get(f"{base(reader)}?show=unread")
    second = client.get(f"{base(reader)}?show=unread&after={first.context['page'].next_key}")
    back = client.get(f"{base(reader)}?show=unread&before={second.context['page'].previous_key}")

    expected = [f"Please read about {n}" for n in reversed(range(count))]
    assert sentences(first) + sentences(second) == expected
    assert sentences(back) == sentences(first)
    assert not second.context["page"].next_key


def test_the_inbox_asks_the_same_number_of_queries_at_any_size(client_for: ClientFor, reader: Membership) -> None:
    client = client_for(reader)
    asked = []
    for size in (1, 20):
        with staff_scope(reader.manufacturer_id):
            tell_from([(reader.pk, f"{n}", FACTS) for n in range(size)], PLAIN)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(base(reader))
        assert len(response.context["items"]) == size
        asked.append((len(queries), sum("notices_" in query["sql"] for query in queries)))
    assert asked[0] == asked[1]
    assert asked[0][1] == 4  # the list, two counts, the header's


# --- Reading and confirming -------------------------------------------------------------------------------------------


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_is_about(
    client_for: ClientFor, manager: Membership
) -> None:
    notice = told(manager, RICH, name="boxes")

    response = client_for(manager).get(f"{base(manager)}{notice.pk}/")

    assert (response.status_code, response["Location"]) == (302, "/about/boxes/")
    assert again(notice).read_at is not None


def test_opening_a_notice_about_nothing_else_shows_it(client_for: ClientFor, reader: Membership) -> None:
    notice = told(reader)

    response = client_for(reader).get(f"{base(reader)}{notice.pk}/")

    assert response.status_code == 200
    assert "Gold since 2026-07-01" in response.content.decode()
    assert again(notice).read_at is not None


def test_an_important_notice_waits_until_it_is_confirmed(client_for: ClientFor, reader: Membership) -> None:
    notice = told(reader, IMPORTANT)
    client = client_for(reader)

    assert [item.title for item in waiting(reader)] == ["Please read about A & B"]
    page = client.get(f"{base(reader)}{notice.pk}/").content.decode()
    assert f"{base(reader)}{notice.pk}/confirm/" in page
    assert again(notice).confirmed_at is None
    assert "1 notice waits for you to confirm it" in client.get(base(reader)).content.decode()

    response = client.post(f"{base(reader)}{notice.pk}/confirm/?show=to-confirm")

    assert response["Location"] == f"{base(reader)}?show=to-confirm"
    assert again(notice).confirmed_at is not None
    assert waiting(reader) == []


def waiting(member: Membership) -> list[Any]:
    scope = (
        staff_scope(member.manufacturer_id)
        if member.is_staff
        else partner_scope(member.manufacturer_id, member.partner_id)
    )
    with scope:
        return [item for item in waiting_for(member) if "/notices/" in item.url]


def test_an_ordinary_notice_cannot_be_confirmed(client_for: ClientFor, reader: Membership) -> None:
    notice = told(reader)

    response = client_for(reader).post(f"{base(reader)}{notice.pk}/confirm/", follow=True)

    assert [str(message) for message in response.context["messages"]] == ["This notice needs no confirmation."]
    assert again(notice).confirmed_at is None


def test_marking_all_as_read(client_for: ClientFor, reader: Membership, owner: Membership) -> None:
    own, others = told(reader), told(owner)
    client = client_for(reader)

    assert client.get(f"{base(reader)}read-all/").status_code == 405
    assert client.post(f"{base(reader)}read-all/").status_code == 302

    assert again(own).read_at is not None
    assert again(others).read_at is None


def test_the_header_counts_unread_notices(client_for: ClientFor, reader: Membership) -> None:
    told(reader)
    response = client_for(reader).get(f"{base(reader)}preferences/")
    assert response.context["ui"].bell.count == 1


def test_latest_gives_home_pages_the_newest_in_one_query(reader: Membership, django_assert_num_queries: Any) -> None:
    with staff_scope(reader.manufacturer_id):
        tell_from([(reader.pk, f"{n}", {"name": f"{n}"}) for n in range(7)], IMPORTANT)
        reader.manufacturer.refresh_from_db()
        with django_assert_num_queries(1):
            found = selectors.latest(reader, limit=2)
    assert [item.wording.sentence for item in found] == ["Please read about 6", "Please read about 5"]


# --- Preferences ------------------------------------------------------------------------------------------------------


def chosen(member: Membership) -> dict[tuple[str, str], str]:
    with staff_scope(member.manufacturer_id):
        return {
            (preference.kind, preference.channel): preference.mode
            for preference in Preference.objects.filter(member=member, kind__startswith="hello.")
        }


def answers(client: Client, reader: Membership, **changed: str) -> dict[str, str]:
    """What the form would send as it stands, with some answers changed."""
    form = client.get(f"{base(reader)}preferences/").context["form"]
    sent = {name: field.initial for name, field in form.fields.items() if field.initial and not field.disabled}
    return sent | changed


def test_only_kinds_of_the_own_side_with_their_function_on_can_be_chosen(
    client_for: ClientFor, reader: Membership
) -> None:
    form = client_for(reader).get(f"{base(reader)}preferences/").context["form"]
    own = {str(label) for group in form.groups for label, _fields in group.lines}
    assert {"Boxes", "Terms"} <= own
    assert ("Rich" in own) == reader.is_staff


def test_kinds_stand_by_what_they_are_about(client_for: ClientFor, reader: Membership) -> None:
    page = client_for(reader).get(f"{base(reader)}preferences/")

    groups = {group.label: [str(label) for label, _fields in group.lines] for group in page.context["form"].groups}
    assert ("An onboarding stands still" if reader.is_staff else "Your onboarding begins") in groups["Partners"]
    assert groups["Other"][:2] == ["Boxes", "Terms"]
    assert page.content.decode().count('<details class="fold">') == len(groups)


def test_preferences_are_kept(client_for: ClientFor, reader: Membership, owner: Membership) -> None:
    client = client_for(reader)
    sent = answers(
        client,
        reader,
        **{"hello.plain:mail": "digest", "hello.plain:portal": ""},
        quiet_from="22:00",
        quiet_until="07:30",
    )

    for _twice in range(2):
        assert client.post(f"{base(reader)}preferences/", sent).status_code == 302

    kept = chosen(reader)
    assert kept["hello.plain", "mail"] == "digest"
    assert kept["hello.plain", "portal"] == "off"
    assert kept["hello.important", "mail"] == "on"
    assert ("hello.important", "portal") not in kept
    assert chosen(owner) == {}
    with staff_scope(reader.manufacturer_id):
        hours = QuietHours.objects.get()
        assert (hours.member_id, hours.starts, hours.ends) == (reader.pk, dt.time(22), dt.time(7, 30))

    client.post(f"{base(reader)}preferences/", sent | {"quiet_from": "", "quiet_until": ""})
    with staff_scope(reader.manufacturer_id):
        assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"quiet_from": "22:00"}, "quiet_until", "Give both times, or none for no quiet hours."),
        ({"quiet_until": "22:00"}, "quiet_from", "Give both times, or none for no quiet hours."),
        (
            {"quiet_from": "22:00", "quiet_until": "22:00"},
            "quiet_until",
            "Quiet hours must end at another time than they begin.",
        ),
        ({"quiet_from": "late", "quiet_until": "22:00"}, "quiet_from", "Enter a valid time."),
        ({"hello.plain:mail": "sometimes"}, "hello.plain:mail", None),
    ],
)
def test_a_choice_that_cannot_be_is_refused_at_its_field(
    client_for: ClientFor, reader: Membership, changed: dict[str, str], field: str, error: str | None
) -> None:
    client = client_for(reader)

    response = client.post(f"{base(reader)}preferences/", answers(client, reader, **changed))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    if error:
        assert response.context["form"].errors[field] == [error]
    assert chosen(reader) == {}
