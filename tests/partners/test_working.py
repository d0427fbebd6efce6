"""Staff and partner work together: who sees, says, does and downloads what."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners import mentions, services
from partners.models import Comment, FileVersion, SharedFile, Side, StaffNote, Task, TaskState
from partners.panels import panels_for
from partners.selectors import tasks as task_selectors
from partners.services import cabinet
from partners.services import conversations as talking
from partners.services import tasks as doing
from partners.timeline import timeline_of
from partners.waiting.working import tasks_to_do
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
DAY = dt.date(2026, 11, 30)


@pytest.fixture
def partner(partner: Any, manager: Membership) -> Any:
    with staff_scope(partner.manufacturer_id):
        partner.channel_manager = manager
        partner.save(update_fields=["channel_manager"])
    return partner


def given(partner: Any, **options: Any) -> Task:
    with staff_scope(partner.manufacturer_id):
        return services.create_task(partner=partner, **{"title": "Send the licence", "for_partner": True} | options)


def upload(name: str = "prices.csv", content: bytes = b"code,price\nX1,10\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def checked(name: str = "prices.csv", content: bytes = b"code,price\nX1,10\n") -> Any:
    file: Any = upload(name, content)
    file.checked_type = "text/csv"
    return file


def put(partner: Any, by: Membership, **options: Any) -> SharedFile:
    with staff_scope(partner.manufacturer_id):
        return cabinet.put_file(partner=partner, upload=checked(), by=by, **options)


def fresh(row: Any) -> Any:
    with staff_scope(row.manufacturer_id):
        return type(row).objects.get(pk=row.pk)


# --- Tasks ------------------------------------------------------------------------------------------------------------


def test_staff_give_a_task_from_the_partners_page_in_one_form_and_once(
    client_for: SignIn, manager: Membership, partner: Any, rep: Membership
) -> None:
    client = client_for(manager)
    page = client.get(f"/hanbit/tasks/new/?partner={partner.pk}", headers={"HX-Request": "true"})
    once = page.context["form_key"]
    data = {"title": "Send stock", "who": str(rep.pk), "due_on": "2026-11-30", "form_key": str(once)}

    first = client.post(f"/hanbit/tasks/new/?partner={partner.pk}", data)
    client.post(f"/hanbit/tasks/new/?partner={partner.pk}", data)  # the second click

    with staff_scope(partner.manufacturer_id):
        task = Task.objects.get()
        assert (task.title, task.owner, task.side, task.due_on, task.created_by) == (
            "Send stock", rep, Side.PARTNER, DAY, manager,
        )  # fmt: skip
        assert Notice.objects.filter(recipient=rep, kind="partners.task_given").count() == 1
    assert first["Location"] == f"/hanbit/tasks/{task.pk}/"


def test_from_anywhere_a_task_names_its_partner(client_for: SignIn, manager: Membership, partner: Any) -> None:
    client = client_for(manager)
    wrong = client.post("/hanbit/tasks/new/", {"title": "Call", "partner_code": "nobody", "who": "staff"})
    assert wrong.context["form"].errors["partner_code"] == ["No partner has the code nobody."]
    client.post("/hanbit/tasks/new/", {"title": "Call", "partner_code": "A1", "who": "staff", "is_shared": "on"})
    with staff_scope(partner.manufacturer_id):
        task = Task.objects.get()
    assert (task.partner_id, task.owner_id, task.is_shared) == (partner.pk, manager.pk, True)


@pytest.mark.parametrize("role", [Role.PARTNER_ADMIN, Role.PARTNER_REP, Role.PARTNER_TECHNICIAN, Role.PARTNER_VIEWER])
def test_a_dealer_does_a_task_says_so_and_sends_a_photo(
    client_for: SignIn, partner: Any, manager: Membership, role: str
) -> None:
    from tests.tenancy.test_files import GOOD

    task = given(partner, by=manager)
    member = PartnerMemberFactory(manufacturer=partner.manufacturer, partner=partner, role=role)
    client = client_for(member)

    page = client.get(f"/hanbit/portal/tasks/{task.pk}/")
    assert page.context["giver"].name == "Manager Lee"  # whom the partner cannot otherwise read
    data = {"body": "Done, see the photo <b>", "file": upload("매장.jpg", GOOD["jpeg"])}
    said = client.post(f"/hanbit/portal/tasks/{task.pk}/comment/", data)
    done = client.post(f"/hanbit/portal/tasks/{task.pk}/step/", {"step": "done"})

    assert (said.status_code, done.status_code) == (302, 302)
    assert (fresh(task).state, fresh(task).finished_by_id) == (TaskState.DONE, member.pk)
    with staff_scope(partner.manufacturer_id):
        assert set(Notice.objects.filter(recipient=manager).values_list("kind", flat=True)) == {
            "partners.commented",
            "partners.task_finished",
        }
        file = SharedFile.objects.get()
    assert (file.name, file.task_id, file.is_shared) == ("매장", task.pk, True)
    content = client.get(said["Location"]).content.decode()
    assert "Done, see the photo &lt;b&gt;" in content
    assert f"/hanbit/portal/files/{file.pk}/versions/1/" in content


def test_what_the_other_side_has_to_do_is_not_called_done_by_the_partner(
    client_for: SignIn, partner: Any, rep: Membership
) -> None:
    task = given(partner, for_partner=False, is_shared=True)
    client_for(rep).post(f"/hanbit/portal/tasks/{task.pk}/step/", {"step": "done"})
    assert fresh(task).state == TaskState.OPEN
    assert client_for(rep).get(f"/hanbit/portal/tasks/{task.pk}/edit/").status_code == 403


def test_a_partner_asks_staff_for_something_and_may_change_what_it_asked(
    client_for: SignIn, partner: Any, rep: Membership, manager: Membership
) -> None:
    client = client_for(rep)
    client.post("/hanbit/portal/tasks/new/", {"title": "Send samples", "who": "staff"})
    with staff_scope(partner.manufacturer_id):
        task = Task.objects.get()
        assert Notice.objects.filter(recipient=manager, kind="partners.task_given").count() == 1
    assert (task.side, task.owner_id, task.is_shared) == (Side.STAFF, manager.pk, True)
    client.post(f"/hanbit/portal/tasks/{task.pk}/edit/", {"title": "Send 12 samples", "who": str(manager.pk)})
    assert fresh(task).title == "Send 12 samples"


@pytest.mark.parametrize("page", ["tasks/{task}/", "tasks/{task}/edit/", "files/{file}/", "files/{file}/versions/1/"])
def test_another_partners_things_do_not_exist(
    client_for: SignIn, partner: Any, sibling_rep: Membership, stranger: Membership, manager: Membership, page: str
) -> None:
    ids = {"task": given(partner).pk, "file": put(partner, manager).pk}
    assert client_for(sibling_rep).get("/hanbit/portal/" + page.format(**ids)).status_code == 404
    assert client_for(stranger).get("/hanbit/" + page.format(**ids)).status_code == 404
    assert client_for(stranger).get("/tokai/" + page.format(**ids)).status_code == 404


def test_another_partner_cannot_change_anything_either(
    client_for: SignIn, partner: Any, sibling_rep: Membership, manager: Membership
) -> None:
    task, file = given(partner), put(partner, manager)
    client = client_for(sibling_rep)
    for path, data in [
        (f"tasks/{task.pk}/step/", {"step": "done"}),
        (f"tasks/{task.pk}/comment/", {"body": "x"}),
        (f"files/{file.pk}/step/", {"remove": "1"}),
        (f"files/{file.pk}/", {"file": upload()}),
    ]:
        assert client.post(f"/hanbit/portal/{path}", data).status_code == 404
    assert fresh(task).is_open
    assert fresh(file).removed_at is None


def test_who_only_looks_may_not_write(client_for: SignIn, partner: Any, analyst: Membership) -> None:
    task = given(partner)
    client = client_for(analyst)
    assert client.get(f"/hanbit/tasks/{task.pk}/").status_code == 200
    for path, data in [
        (f"tasks/{task.pk}/step/", {"step": "done"}),
        (f"tasks/{task.pk}/comment/", {"body": "x"}),
        (f"partners/{partner.pk}/conversation/", {"body": "x"}),
        (f"partners/{partner.pk}/notes/", {"body": "x"}),
        (f"partners/{partner.pk}/files/", {"file": upload()}),
        ("tasks/new/", {"title": "x", "partner_code": "A1", "who": "staff"}),
    ]:
        assert client.post(f"/hanbit/{path}", data).status_code == 403
    with staff_scope(partner.manufacturer_id):
        assert (Task.objects.count(), Comment.objects.count(), SharedFile.objects.count()) == (1, 0, 0)
        assert not StaffNote.objects.exists()


def test_who_sees_only_assigned_partners_sees_only_their_tasks(
    client_for: SignIn, partner: Any, sibling: Any, manager: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
    own, other = given(partner, for_partner=False), given(sibling, for_partner=False)
    client = client_for(manager)
    assert [row.pk for row in client.get("/hanbit/tasks/?whose=team").context["list"].page.rows] == [own.pk]
    assert client.get(f"/hanbit/tasks/{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["tasks/?whose=team", "tasks/board/?whose=team", "partners/{partner}/?tab=work", "tasks/{task}/"]
)
def test_pages_of_tasks_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manager: Membership, partner: Any, path: str
) -> None:
    client, asked = client_for(manager), []
    for _size in range(2):
        for number in range(3):
            task = given(partner, due_on=timezone.localdate() + dt.timedelta(days=number), by=manager)
            with staff_scope(partner.manufacturer_id):
                talking.add_comment(partner=partner, task=task, body=f"{number}", by=manager)
                talking.add_comment(partner=partner, body=f"{task.pk}", by=manager)
            put(partner, manager)
        url = f"/hanbit/{path.format(partner=partner.pk, task=task.pk)}"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("path", ["tasks/", "conversation/", "files/"])
def test_the_partners_pages_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, rep: Membership, manager: Membership, partner: Any, path: str
) -> None:
    client, asked = client_for(rep), []
    for size in range(2):
        for number in range(3):
            given(partner, due_on=timezone.localdate(), by=manager)
            with staff_scope(partner.manufacturer_id):
                talking.add_comment(partner=partner, body=f"{size} {number}", by=manager)
            put(partner, manager)
        client.get(f"/hanbit/portal/{path}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/hanbit/portal/{path}").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_many_are_done_given_away_or_put_off_at_once(
    client_for: SignIn, manager: Membership, owner: Membership, partner: Any
) -> None:
    tasks = [given(partner, for_partner=False) for _number in range(3)] + [given(partner)]
    client = client_for(manager)
    chosen = {"selected": [str(task.pk) for task in tasks], "confirmed": "1"}
    client.post("/hanbit/tasks/?whose=team", chosen | {"do": "postpone", "due_on": "2026-12-24"})
    assert {fresh(task).due_on for task in tasks} == {dt.date(2026, 12, 24)}
    client.post("/hanbit/tasks/?whose=team", chosen | {"do": "reassign", "owner": owner.pk})
    assert [fresh(task).owner_id for task in tasks] == [owner.pk] * 3 + [None]  # the partner's own stays
    client.post("/hanbit/tasks/?whose=team", chosen | {"do": "finish"})
    assert {fresh(task).state for task in tasks} == {TaskState.DONE}


def test_reminders_go_to_who_has_to_do_it_and_once(partner: Any, manager: Membership, rep: Membership) -> None:
    given(partner, due_on=DAY, title="Soon")
    given(partner, due_on=DAY - dt.timedelta(days=3), title="Late", for_partner=False)
    given(partner, due_on=DAY - dt.timedelta(days=30), title="Long gone")
    given(partner, due_on=DAY + dt.timedelta(days=9), title="Far")
    with staff_scope(partner.manufacturer_id):
        assert doing.remind_tasks(today=DAY) == (1, 1)
        assert doing.remind_tasks(today=DAY) == (0, 0)
        told = set(Notice.objects.values_list("recipient", "kind", "facts__title"))
    assert told == {(rep.pk, "partners.task_due", "Soon"), (manager.pk, "partners.task_overdue", "Late")}


def test_open_and_overdue_tasks_wait_on_both_home_pages(partner: Any, manager: Membership, rep: Membership) -> None:
    today = timezone.localdate()
    given(partner, title="Ours", for_partner=False, due_on=today - dt.timedelta(days=1))
    for number in range(6):
        given(partner, title=f"Theirs {number}", due_on=today)
    manager.partner = None
    with staff_scope(partner.manufacturer_id):
        assert [item.title for item in tasks_to_do(manager)] == ["Ours"]
    with partner_scope(partner.manufacturer_id, partner.pk):
        items = tasks_to_do(rep)
    assert [item.title for item in items] == ["Theirs 0", "Theirs 1", "Theirs 2", "Theirs 3", "2 more tasks"]


def test_every_open_task_is_due_at_one_time(partner: Any) -> None:
    days = [DAY + dt.timedelta(days=number) for number in range(-3, 12)]
    for day in [*days, None]:
        given(partner, due_on=day)
    with staff_scope(partner.manufacturer_id):
        groups = task_selectors.by_due(Task.objects.all(), today=DAY, each=2)
    assert [(group.key, group.count, len(group.tasks)) for group in groups] == [
        ("overdue", 3, 2), ("today", 1, 1), ("week", 6, 2), ("later", 5, 2), ("undated", 1, 1),
    ]  # fmt: skip


def test_a_closed_task_is_dropped_only_after_it_is_opened_again(partner: Any, manager: Membership) -> None:
    task = given(partner)
    with staff_scope(partner.manufacturer_id):
        with pytest.raises(doing.TaskError, match="Say why"):
            doing.drop_task(task, reason=" ", by=manager)
        doing.finish_task(task, by=manager)
        doing.finish_task(task, by=manager)
        with pytest.raises(doing.TaskError, match="closed already"):
            doing.drop_task(task, reason="not needed", by=manager)
        doing.reopen_task(task, by=manager)
        assert doing.drop_task(task, reason="not needed", by=manager).reason == "not needed"


# --- Conversation -----------------------------------------------------------------------------------------------------


def test_who_is_mentioned_is_told_and_a_script_is_only_text(
    client_for: SignIn, partner: Any, manager: Membership, rep: Membership
) -> None:
    body = "@Manager Lee <script>alert(1)</script> https://example.com/a?b=1&c=2."
    client_for(rep).post("/hanbit/portal/conversation/", {"body": body})
    client_for(rep).post("/hanbit/portal/conversation/", {"body": body})  # the second click
    with staff_scope(partner.manufacturer_id):
        comment = Comment.objects.get()
        assert comment.mentions == {str(manager.pk): "Manager Lee"}
        assert list(Notice.objects.values_list("recipient", "kind")) == [(manager.pk, "partners.mentioned")]
    page = client_for(manager).get(f"/hanbit/partners/{partner.pk}/conversation/").content.decode()
    assert '<span class="mention">@Manager Lee</span> &lt;script&gt;alert(1)&lt;/script&gt;' in page
    assert '<a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow ugc">' in page


def test_names_are_offered_to_each_side_as_far_as_it_may_know_them(
    client_for: SignIn, partner: Any, manager: Membership, owner: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    def offered(member: Membership, path: str) -> list[str]:
        return client_for(member).get(path).context["names"]

    staff = f"/hanbit/mentions/?partner={partner.pk}&q="
    assert set(offered(manager, staff)) == {"Owner Kim", rep.name}
    assert offered(manager, staff + "own") == ["Owner Kim"]
    assert offered(rep, f"/hanbit/portal/mentions/?partner={partner.pk}&q=") == ["Manager Lee"]
    hidden = given(partner, for_partner=False)
    assert offered(manager, f"/hanbit/mentions/?task={hidden.pk}&q=") == ["Owner Kim"]
    assert client_for(sibling_rep).get(f"/hanbit/portal/mentions/?partner={partner.pk}&q=").status_code == 404


def test_what_staff_say_about_a_task_of_their_own_stays_with_them_when_it_is_shared(
    client_for: SignIn, partner: Any, manager: Membership, rep: Membership
) -> None:
    task = given(partner, for_partner=False)
    with staff_scope(partner.manufacturer_id):
        talking.add_comment(partner=partner, task=task, body="Between us", by=manager)
        doing.share_task(task, by=manager)
        talking.add_comment(partner=partner, task=fresh(task), body="For both", by=manager)
    page = client_for(rep).get(f"/hanbit/portal/tasks/{task.pk}/").content.decode()
    assert "For both" in page
    assert "Between us" not in page


def test_own_words_are_changed_and_removed_with_a_trace(
    client_for: SignIn, partner: Any, manager: Membership, owner: Membership, rep: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        comment = talking.add_comment(partner=partner, body="Frist", by=manager)
    client_for(rep).post(f"/hanbit/portal/comments/{comment.pk}/", {"body": "Mine now"})
    client_for(rep).post(f"/hanbit/portal/comments/{comment.pk}/", {"remove": "1"})
    assert (fresh(comment).body, fresh(comment).removed_at) == ("Frist", None)
    client_for(manager).post(f"/hanbit/comments/{comment.pk}/", {"body": "First"})
    assert fresh(comment).edited_at is not None
    client_for(owner).post(f"/hanbit/comments/{comment.pk}/", {"remove": "1"})
    assert (fresh(comment).body, fresh(comment).removed_by_id) == ("", owner.pk)
    page = client_for(rep).get("/hanbit/portal/conversation/").content.decode()
    assert "Removed by Owner Kim" in page
    with staff_scope(partner.manufacturer_id):
        assert [event.body for event in comment.events.order_by("pgh_id")] == ["Frist", "First"]


def test_a_partner_cannot_speak_for_staff_even_in_the_database(partner: Any, manager: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        comment = talking.add_comment(partner=partner, body="Ours", by=manager)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert Comment.objects.filter(pk=comment.pk).update(body="Forged") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Comment.objects.create(partner=partner, body="Forged", author=manager)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Kim Min-ji, please", {2: "Kim Min-ji"}),
        ("@Kim please", {1: "Kim"}),
        ("mail kim@Kim.example", {}),
        ("@김민수님", {3: "김민수", 4: "김민수"}),
        ("no one", {}),
    ],
)
def test_the_longest_name_counts(text: str, found: dict[int, str]) -> None:
    assert mentions.mentioned(text, {1: "Kim", 2: "Kim Min-ji", 3: "김민수", 4: "김민수"}) == found


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_file_has_versions_and_an_older_one_comes_back(
    client_for: SignIn, partner: Any, manager: Membership, rep: Membership
) -> None:
    client = client_for(rep)
    client.post("/hanbit/portal/files/", {"file": upload("단가표.csv"), "tags": "price list, 2026"})
    with staff_scope(partner.manufacturer_id):
        file = SharedFile.objects.get()
    page = f"/hanbit/portal/files/{file.pk}/"
    same = client.post(page, {"file": upload("단가표.csv")})
    assert same.context["form"].errors["file"] == ["This is the very file that is the latest version already."]
    client_for(manager).post(
        f"/hanbit/files/{file.pk}/", {"file": upload("b.csv", b"a,b\n2,3\n"), "note": "new prices"}
    )
    client.post(f"{page}step/", {"restore": "1"})
    client.post(f"{page}step/", {"restore": "1"})  # the second click
    with staff_scope(partner.manufacturer_id):
        rows = file.versions.order_by("number").values_list("number", "original_name", "restored_from", "created_by")
        assert list(rows) == [
            (1, "단가표.csv", None, rep.pk),
            (2, "b.csv", None, manager.pk),
            (3, "단가표.csv", 1, rep.pk),
        ]
    assert (fresh(file).name, fresh(file).tags) == ("단가표", ["price list", "2026"])
    response = client.get(f"{page}versions/3/")
    assert response.getvalue() == b"code,price\nX1,10\n"
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_what_cannot_be_uploaded_is_said(client_for: SignIn, partner: Any, rep: Membership) -> None:
    client = client_for(rep)
    for name, content in [("a.html", b"<script>"), ("a.svg", b"<svg/>"), ("a.pdf", b"<html>")]:
        response = client.post("/hanbit/portal/files/", {"file": upload(name, content)})
        assert response.status_code == 400
        assert response.context["form"].errors["file"]
    with staff_scope(partner.manufacturer_id):
        assert not SharedFile.objects.exists()


def test_what_staff_keep_to_themselves_is_no_file_of_the_partner(
    client_for: SignIn, partner: Any, manager: Membership, rep: Membership
) -> None:
    file = put(partner, manager, is_shared=False)
    client = client_for(rep)
    for path in ("", "versions/1/", "edit/"):
        assert client.get(f"/hanbit/portal/files/{file.pk}/{path}").status_code == 404
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not FileVersion.objects.exists()
    data = {"name": "Prices", "description": "", "tags": ""}
    client_for(manager).post(f"/hanbit/files/{file.pk}/edit/", data)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert FileVersion.objects.count() == 1  # its versions go along with it
    client_for(manager).post(f"/hanbit/files/{file.pk}/edit/", data | {"is_private": "on"})
    assert client.get(f"/hanbit/portal/files/{file.pk}/versions/1/").status_code == 404


def test_a_partner_removes_its_own_files_and_not_staffs(
    client_for: SignIn, partner: Any, manager: Membership, rep: Membership
) -> None:
    theirs, own = put(partner, manager), put(partner, rep)
    client = client_for(rep)
    for file in (theirs, own):
        client.post(f"/hanbit/portal/files/{file.pk}/step/", {"remove": "1"})
    assert (fresh(theirs).removed_at, fresh(own).removed_by_id) == (None, rep.pk)
    assert client.get(f"/hanbit/portal/files/{own.pk}/versions/1/").status_code == 404
    client.post(f"/hanbit/portal/files/{own.pk}/step/", {"bring_back": "1"})
    response = client.get(f"/hanbit/portal/files/{own.pk}/versions/1/")
    assert response.getvalue()
    assert response.status_code == 200


def test_files_move_with_their_partner(partner: Any, sibling: Any, manager: Membership) -> None:
    file = put(partner, manager)
    with staff_scope(partner.manufacturer_id):
        SharedFile.objects.filter(pk=file.pk).update(partner=sibling)
        assert FileVersion.objects.get().partner_id == sibling.pk
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not FileVersion.objects.exists()


# --- Staff's own notes ------------------------------------------------------------------------------------------------


def test_no_partner_role_can_read_staffs_notes(
    client_for: SignIn, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    client_for(manager).post(f"/hanbit/partners/{partner.pk}/notes/", {"body": "Pays late"})
    with staff_scope(partner.manufacturer_id):
        note = StaffNote.objects.get()
        page = timeline_of(manager, partner)
        assert "Pays late" not in str([shown.entry for shown in page.entries])
        assert [panel.key for panel in panels_for(manager, partner, "work", "side")].count("staff_notes") == 1
    for table in ("partners_staffnote", "partners_staffnoteevent"):
        with (
            partner_scope(partner.manufacturer_id, partner.pk),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {table}")
    client = client_for(partner_admin)
    assert client.get(f"/hanbit/partners/{partner.pk}/notes/").status_code == 404
    assert client.get(f"/hanbit/staff-notes/{note.pk}/").status_code == 404
    for path in ("", "tasks/", "conversation/", "files/", "profile/"):
        assert "Pays late" not in client.get(f"/hanbit/portal/{path}").content.decode()


def test_a_note_is_put_right_by_its_writer_and_pinned_by_anybody(
    client_for: SignIn, partner: Any, manager: Membership, owner: Membership, stranger: Membership
) -> None:
    other = MembershipFactory(manufacturer=partner.manufacturer, role=Role.SERVICE)
    with staff_scope(partner.manufacturer_id):
        note = talking.write_note(partner=partner, body="Pays late", by=manager)
    assert client_for(stranger).get(f"/hanbit/staff-notes/{note.pk}/").status_code == 404
    page = f"/hanbit/staff-notes/{note.pk}/"
    client_for(other).post(page, {"body": "Pays in time"})
    client_for(other).post(page, {"remove": "1"})
    client_for(other).post(page, {"body": "Pays late", "is_pinned": "on"})
    assert (fresh(note).body, fresh(note).is_pinned) == ("Pays late", True)
    client_for(owner).post(page, {"remove": "1"})
    with staff_scope(partner.manufacturer_id):
        assert not StaffNote.objects.exists()


def test_a_partner_for_which_it_is_switched_off_has_none_of_it(
    client_for: SignIn, partner: Any, rep: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        partner.functions_off = ["working_together"]
        partner.save(update_fields=["functions_off"])
    given(partner)
    for path in ("tasks/", "conversation/", "files/"):
        assert client_for(rep).get(f"/hanbit/portal/{path}").status_code == 404


def test_the_demo_tells_what_there_is_to_do_once(partner: Any, manager: Membership, rep: Membership) -> None:
    from prm_portal.demo_stories.working import tell_working

    with staff_scope(partner.manufacturer_id):
        for _time in range(2):
            tell_working(partner.manufacturer, DAY)
        counts = [model.objects.count() for model in (Task, Comment, StaffNote, SharedFile, FileVersion)]
    assert counts == [6, 6, 2, 3, 4]
