"""Announcements: for whom, who reads them, who has confirmed, and what nobody else may know."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communication.kpis import confirmed_rows
from communication.models import (
    Addressee,
    Announcement,
    AnnouncementComment,
    AnnouncementFile,
    AnnouncementState,
    CommentAuthor,
    Names,
    Reading,
)
from communication.selectors.announcements import announcement_rows, comments_for, news_for, reach_of
from communication.services import announcements as services
from communication.waiting.announcements import news_to_read
from notices.models import Notice
from pages.markdown import as_html
from partners.models import Audience
from tenancy.access import member_scope
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
DAY = dt.timedelta(days=1)


def only(owner: Membership, partner: Any) -> Audience:
    return Audience.objects.create(
        name=f"Only {partner.code}",
        owner=owner,
        definition={"op": "all", "rules": [{"field": "code", "test": "is", "value": partner.code}]},
    )


def written(owner: Membership, **kwargs: Any) -> Announcement:
    given = {"titles": {"en": "New prices", "ko": "새 가격"}, "bodies": {"en": "**From May**"}, "kind": "price"}
    return Announcement.objects.create(owner=owner, **given | kwargs)


def published(owner: Membership, partner: Any = None, **kwargs: Any) -> Announcement:
    """Out, for one partner or for all."""
    with staff_scope(owner.manufacturer_id):
        audience = only(owner, partner) if partner else None
        return services.publish(written(owner, audience=audience, **kwargs), by=owner)


def to_confirm(owner: Membership, partner: Any = None, **kwargs: Any) -> Announcement:
    day = timezone.localdate() + 7 * DAY
    return published(owner, partner, must_confirm=True, confirm_by=day, **kwargs)


def read_by(member: Membership) -> list[str]:
    with member_scope(member, member.user):
        return [row.announcement.titles["en"] for row in news_for(member).order_by("pk")]


# --- Whom it is for ---------------------------------------------------------------------------------------------------


def test_only_the_partners_of_the_audience_are_told_and_read_it(
    owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    announcement = published(owner, partner)
    with staff_scope(owner.manufacturer_id):
        assert list(Addressee.objects.values_list("partner", flat=True)) == [partner.pk]
        assert announcement.snapshot is not None
        assert announcement.snapshot.count == 1
        assert list(Notice.objects.filter(kind="communication.announcement").values_list("recipient", flat=True)) == [
            rep.pk
        ]
    assert read_by(rep) == ["New prices"]
    assert read_by(sibling_rep) == []


def test_the_database_shows_a_partner_nothing_that_is_not_addressed_to_it(
    owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    announcement = to_confirm(owner, partner, comments_on=True)
    with staff_scope(owner.manufacturer_id):
        draft = written(owner)
        upload: Any = SimpleUploadedFile("a.txt", b"prices")
        upload.checked_type = "text/plain"
        Announcement.objects.filter(pk=announcement.pk).update(state="draft")
        services.put_files(announcement, [upload], by=owner)
        Announcement.objects.filter(pk=announcement.pk).update(state="published")
    with member_scope(rep, rep.user):
        services.mark_read(announcement, by=rep)
        services.comment(announcement, "When from?", by=rep)
    tables: list[Any] = [Announcement, Addressee, Reading, AnnouncementFile, AnnouncementComment, CommentAuthor]
    with partner_scope(owner.manufacturer_id, partner.pk):
        assert [table.objects.count() for table in tables] == [1] * 6
        assert not Announcement.objects.filter(pk=draft.pk).exists()
    with partner_scope(owner.manufacturer_id, sibling.pk):
        assert [table.objects.count() for table in tables] == [0] * 6


@pytest.mark.parametrize("gone", [{"state": "withdrawn"}, {"ends_at": timezone.now() - DAY}, {"state": "expired"}])
def test_what_is_over_or_taken_back_is_read_by_no_partner(
    owner: Membership, partner: Any, rep: Membership, gone: dict[str, Any]
) -> None:
    announcement = published(owner, partner)
    with staff_scope(owner.manufacturer_id):
        Announcement.objects.filter(pk=announcement.pk).update(**gone)
    with partner_scope(owner.manufacturer_id, partner.pk):
        assert not Announcement.objects.exists()
    assert read_by(rep) == []


def test_who_comes_later_is_told_only_where_the_announcement_says_so(
    owner: Membership, manufacturer: Manufacturer, partner: Any
) -> None:
    fixed = published(owner)
    opened = to_confirm(owner, takes_newcomers=True)
    late = PartnerFactory(manufacturer=manufacturer, code="Z9", kind=partner.kind)
    member = PartnerMemberFactory(manufacturer=manufacturer, partner=late, role=Role.PARTNER_REP)
    day = timezone.localdate()
    with staff_scope(manufacturer.pk):
        assert services.morning(day)[0] == 1
        assert services.morning(day)[0] == 0
        assert list(Addressee.objects.filter(partner=late).values_list("announcement", "due_on")) == [
            (opened.pk, day + 7 * DAY)
        ]
        assert not Addressee.objects.filter(announcement=fixed, partner=late).exists()
        assert Notice.objects.filter(recipient=member).count() == 1


def test_a_planned_one_goes_out_at_its_time_and_ends_at_its_end(
    owner: Membership, partner: Any, rep: Membership
) -> None:
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        planned = services.publish(written(owner, publish_at=now + DAY, ends_at=now + 3 * DAY), by=owner)
        assert planned.state == AnnouncementState.SCHEDULED
        assert services.begin_and_end(now) == 0
        assert services.begin_and_end(now + DAY) == 1
        planned.refresh_from_db()
        assert (planned.state, planned.published_at) == (AnnouncementState.PUBLISHED, now + DAY)
        assert Addressee.objects.filter(announcement=planned, partner=partner).exists()
        assert services.begin_and_end(now + 3 * DAY) == 1
        planned.refresh_from_db()
        assert planned.state == AnnouncementState.EXPIRED


def test_what_went_out_while_somebody_wrote_stays_out_as_it_was_told(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        draft = written(owner, audience=only(owner, partner))
        read_before = Announcement.objects.get(pk=draft.pk)
        out = services.publish(draft, by=owner)
        read_before.titles = {"en": "Other words"}
        with pytest.raises(services.AnnouncementError, match="It was published already"):
            services.save_announcement(read_before)
        assert Announcement.objects.get().titles == out.titles
        read_out = Announcement.objects.get()
        Announcement.objects.update(state="withdrawn")
        read_out.is_pinned, read_out.titles = True, {"en": "Other words"}
        services.save_announcement(read_out, is_lasting=True)
        kept = Announcement.objects.get()
    assert (kept.state, kept.is_pinned, kept.titles) == ("withdrawn", True, out.titles)


def test_words_sent_after_the_clock_published_it_are_refused_and_stay_in_the_form(
    client_for: SignIn, owner: Membership, partner: Any
) -> None:
    now = timezone.now()
    languages = owner.manufacturer.languages or ["en"]
    with staff_scope(owner.manufacturer_id):
        titles, bodies = ({code: f"{what} {code}" for code in languages} for what in ("Prices", "From May"))
        planned = written(owner, titles=titles, bodies=bodies, audience=only(owner, partner), publish_at=now + DAY)
        services.publish(planned, by=owner)
        assert services.begin_and_end(now + DAY) == 1
    sent = {f"title_{code}": f"Other {code}" for code in languages} | {f"body_{code}": "Words" for code in languages}
    sent |= {
        "kind": "price",
        "publish_at": "2026-01-01T09:00",
        "is_pinned": "on",
        "remind_before": 1,
        "names": "hidden",
    }
    client = client_for(owner)
    for _time in range(2):
        answer = client.post(f"/hanbit/announcements/{planned.pk}/edit/", sent)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "It was published already: what partners have read is not changed. Make a copy." in text
        assert "Its words stay as partners have read them" in text
        assert answer.context["form"][f"title_{languages[0]}"].value() == f"Other {languages[0]}"
        with staff_scope(owner.manufacturer_id):
            kept = Announcement.objects.get(pk=planned.pk)
        assert (kept.state, kept.titles, kept.bodies) == (AnnouncementState.PUBLISHED, titles, bodies)
        assert (kept.is_pinned, kept.remind_before) == (planned.is_pinned, planned.remind_before)


def test_a_planned_one_whose_audience_is_empty_comes_back_to_the_drafts(owner: Membership, partner: Any) -> None:
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        audience = only(owner, partner)
        planned = services.publish(written(owner, audience=audience, publish_at=now + DAY), by=owner)
        Audience.objects.filter(pk=audience.pk).update(
            definition={"op": "all", "rules": [{"field": "code", "test": "is", "value": "nobody"}]}
        )
        services.begin_and_end(now + DAY)
        planned.refresh_from_db()
        assert planned.state == AnnouncementState.DRAFT
        with pytest.raises(services.AnnouncementError):
            services.publish(written(owner, titles={}), by=owner)


def test_telling_costs_the_same_however_many_are_told(
    owner: Membership, manufacturer: Manufacturer, partner: Any
) -> None:
    def queries() -> int:
        with staff_scope(manufacturer.pk):
            draft = written(owner)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                services.publish(draft, by=owner)
        return len(asked)

    few = queries()
    for number in range(8):
        PartnerMemberFactory(
            manufacturer=manufacturer,
            partner=PartnerFactory(manufacturer=manufacturer, code=f"N{number}", kind=partner.kind),
        )
    assert queries() == few


# --- Read and confirmed -----------------------------------------------------------------------------------------------


def test_reading_and_confirming_count_once_and_for_the_company(
    owner: Membership, partner: Any, sibling: Any, rep: Membership, partner_admin: Membership, sibling_rep: Membership
) -> None:
    announcement = to_confirm(owner)
    for member in (rep, partner_admin):
        with member_scope(member, member.user):
            services.confirm(announcement, by=member)
            services.confirm(announcement, by=member)
    with staff_scope(owner.manufacturer_id):
        row = Addressee.objects.get(partner=partner)
        assert row.confirmed_by == rep
        assert row.read_at is not None
        reach = reach_of(announcement, owner)
        assert (reach.partners, reach.read, reach.confirmed, reach.owing) == (2, 1, 1, 1)
        assert (reach.people, reach.readers) == (3, 2)


def test_who_looks_as_a_partner_has_not_read_it(owner: Membership, partner: Any, rep: Membership) -> None:
    announcement = published(owner, partner)
    with member_scope(rep, owner.user):
        services.mark_read(announcement, by=rep)
    with staff_scope(owner.manufacturer_id):
        assert not Reading.objects.exists()


def test_reminders_reach_who_has_not_confirmed_before_the_day_and_after_it_once(
    owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    announcement = to_confirm(owner)
    with member_scope(rep, rep.user):
        services.confirm(announcement, by=rep)
    day = timezone.localdate()
    with staff_scope(owner.manufacturer_id):
        assert [services.morning(day + number * DAY)[1] for number in range(10)] == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0]
        assert set(Notice.objects.filter(kind="communication.to_confirm").values_list("recipient", flat=True)) == {
            sibling_rep.pk
        }
        assert services.remind(announcement) == 1
        assert services.remind(announcement) == 0


def test_the_home_page_asks_for_what_is_pinned_and_what_is_to_confirm(
    owner: Membership, partner: Any, rep: Membership, client_for: SignIn
) -> None:
    published(owner, titles={"en": "Plain"})
    pinned = published(owner, titles={"en": "Pinned"}, is_pinned=True)
    owed = to_confirm(owner, titles={"en": "Owed"})
    with member_scope(rep, rep.user):
        assert [item.title for item in news_to_read(rep)] == ["Owed", "Pinned"]
        services.mark_read(pinned, by=rep)
        services.confirm(owed, by=rep)
        assert news_to_read(rep) == []


def test_the_kpi_counts_what_was_confirmed_in_time_from_three_on(
    owner: Membership, partner: Any, rep: Membership
) -> None:
    today = timezone.localdate()
    with staff_scope(owner.manufacturer_id):
        for number in range(4):
            announcement = written(owner, state="published", published_at=timezone.now() - 9 * DAY)
            confirmed_at = timezone.now() - (5 if number < 3 else 0) * DAY
            Addressee.objects.create(
                announcement=announcement,
                partner=partner,
                addressed_at=announcement.published_at,
                due_on=today - 3 * DAY,
                read_at=confirmed_at,
                confirmed_at=confirmed_at,
                confirmed_by=rep,
            )
            sql, params = confirmed_rows(today, partner.pk, partner.pk)
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                values = json.loads(cursor.fetchone()[1])
            assert values == [{}, {}, {"announcements_confirmed": "100"}, {"announcements_confirmed": "75"}][number]


# --- Comments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("names", "shown"), [(Names.HIDDEN, ""), (Names.COMPANY, "Seoul Agency")])
def test_other_partners_read_no_name_unless_the_announcement_says_so(
    owner: Membership, rep: Membership, sibling_rep: Membership, names: str, shown: str
) -> None:
    announcement = published(owner, comments_on=True, names=names)
    with member_scope(rep, rep.user):
        services.comment(announcement, " When from? ", by=rep)
        assert [(row[0].body, row[1], row[2]) for row in comments_for(announcement, rep)] == [
            ("When from?", rep.name, True)
        ]
    with member_scope(sibling_rep, sibling_rep.user):
        rows = comments_for(announcement, sibling_rep)
        assert [(row[0].shown_name, row[1], row[2]) for row in rows] == [(shown, "", False)]
        assert not CommentAuthor.objects.exists()
    with staff_scope(owner.manufacturer_id):
        comment = announcement.comments.get()
        services.moderate(announcement, comment.pk, is_hidden=True, by=owner)
        assert Notice.objects.filter(recipient=owner, kind="communication.comment").count() == 1
    with partner_scope(owner.manufacturer_id, rep.partner_id or 0):
        assert not AnnouncementComment.objects.exists()


def test_comments_that_are_closed_take_nothing(owner: Membership, rep: Membership) -> None:
    announcement = published(owner)
    with member_scope(rep, rep.user), pytest.raises(services.AnnouncementError):
        services.comment(announcement, "Hello", by=rep)


def test_text_is_shown_without_scripts_and_links_only_lead_out() -> None:
    assert as_html("**a** [b](https://x.example) <script>alert(1)</script>") == (
        '<p><strong>a</strong> <a href="https://x.example" rel="noopener noreferrer nofollow">b</a>'
        " &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )
    assert "href" not in as_html("[b](javascript:alert(1))")


# --- Rights and pages -------------------------------------------------------------------------------------------------


def test_who_writes_announcements() -> None:
    assert {role for role in Role if Membership(role=role).can(Right.ANNOUNCEMENTS_EDIT)} == {
        Role.OWNER, Role.MANAGER, Role.MARKETING,
    }  # fmt: skip


def test_who_sees_only_own_partners_announces_to_them_and_changes_only_its_own(
    owner: Membership, manufacturer: Manufacturer, partner: Any, sibling: Any
) -> None:
    assigned = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        type(partner).objects.filter(pk=partner.pk).update(channel_manager=assigned)
        mine = services.publish(written(assigned), by=assigned)
        assert list(mine.addressees.values_list("partner", flat=True)) == [partner.pk]
        theirs = services.publish(written(owner), by=owner)
        assert reach_of(theirs, assigned).partners == 1
        assert services.may_edit(assigned, mine)
        assert not services.may_edit(assigned, theirs)
        assert services.may_edit(owner, mine)


def test_an_announcement_from_the_draft_to_the_confirmation(
    owner: Membership, partner: Any, rep: Membership, sibling_rep: Membership, client_for: SignIn
) -> None:
    staff, reader = client_for(owner), client_for(rep)
    with staff_scope(owner.manufacturer_id):
        audience = only(owner, partner)
        languages = owner.manufacturer.languages or ["en"]
    given: dict[str, Any] = {
        "kind": "price",
        "audience": audience.pk,
        "must_confirm": "on",
        "confirm_by": str(timezone.localdate() + 5 * DAY),
        "remind_before": 2,
        "comments_on": "on",
        "names": "hidden",
        f"title_{languages[0]}": "Prices <b>of May</b>",
        f"body_{languages[0]}": "They rise by 3 %.",
    }
    broken = staff.post("/hanbit/announcements/add/", given | {"confirm_by": ""})
    assert "Say until when it has to be confirmed." in broken.content.decode()
    over = staff.post("/hanbit/announcements/add/", given | {"confirm_by": str(timezone.localdate() - DAY)})
    said = "The day to confirm by would be over before it begins. Set a later day."
    assert over.context["form"].errors["confirm_by"] == [said]
    later = (timezone.localtime() + 9 * DAY).strftime("%Y-%m-%dT%H:%M")
    planned = staff.post("/hanbit/announcements/add/", given | {"publish_at": later})
    assert planned.context["form"].errors["confirm_by"] == [said]
    saved = staff.post("/hanbit/announcements/add/", given)
    page = saved["Location"]
    staff.post(f"{page}step/", {"step": "files", "uploads": SimpleUploadedFile("list.csv", b"a;b\n1;2\n")})
    assert "Publish now" in staff.get(page).content.decode()
    assert "1 partner is told" in staff.post(f"{page}step/", {"step": "publish"}, follow=True).content.decode()

    with staff_scope(owner.manufacturer_id):
        announcement = Announcement.objects.get()
        file = announcement.files.get()
    own = f"/hanbit/portal/news/{announcement.pk}/"
    assert "to be confirmed by" in reader.get("/hanbit/portal/news/").content.decode()
    body = reader.get(own).content.decode()
    assert "Prices &lt;b&gt;of May&lt;/b&gt;" in body
    assert b"".join(reader.get(f"{own}files/{file.pk}/").streaming_content) == b"a;b\n1;2\n"
    assert "Confirmed by" in reader.post(f"{own}step/", {"step": "confirm"}, follow=True).content.decode()
    reader.post(f"{own}step/", {"step": "comment", "body": "When?"})
    other = client_for(sibling_rep)
    assert [other.get(url).status_code for url in (own, f"{own}files/{file.pk}/")] == [404, 404]
    assert other.post(f"{own}step/", {"step": "confirm"}).status_code == 404

    assert "When?" in staff.get(page).content.decode()
    assert "Seoul Agency" in staff.get(f"{page}partners/?stands=confirmed").content.decode()
    assert "Seoul Agency" not in staff.get(f"{page}partners/?stands=owing").content.decode()
    assert rep.name in staff.get(f"{page}people/?stands=read").content.decode()
    assert rep.name in staff.get(f"{page}partners/?export=csv").getvalue().decode()
    assert staff.post(f"{page}step/", {"step": "nonsense"}).status_code == 404
    changed = staff.post(f"{page}edit/", {"remind_before": 1, "titles_en": "Other"})
    assert changed.status_code == 302
    with staff_scope(owner.manufacturer_id):
        announcement.refresh_from_db()
        assert (announcement.remind_before, announcement.titles[languages[0]]) == (1, "Prices <b>of May</b>")


def test_the_list_counts_who_confirmed_only_where_that_is_asked_for(
    owner: Membership, partner: Any, rep: Membership
) -> None:
    plain, asked = published(owner, partner), to_confirm(owner)
    with member_scope(rep, rep.user):
        services.confirm(asked, by=rep)
    with staff_scope(owner.manufacturer_id):
        counted = {row.pk: (row.addressed, row.confirmed) for row in announcement_rows(owner)}
    assert counted == {plain.pk: (1, None), asked.pk: (1, 1)}
