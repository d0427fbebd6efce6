"""The pages of approvals."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext, override

from approvals import services
from approvals.models import Attachment, Comment, Delegation, Request, Route, State, Step
from approvals.services import request_approval
from approvals.views.lists import InboxView
from notices.models import Notice
from tenancy.models import Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.approvals.conftest import KEY
from tests.approvals.lines import agrees, ask, copies, decides, line
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul", "done", "everybody")]


@pytest.fixture
def asked(asker: Any, manager: Any, owner: Any) -> Request:
    with staff_scope(asker.manufacturer_id):
        line(decides(manager, hours=8, late_member=owner), decides(owner))
        return ask(asker, note="<script>alert(1)</script>")


def now(request: Request) -> Request:
    with staff_scope(request.manufacturer_id):
        return Request.objects.select_related("decided_by").get(pk=request.pk)


def page(client: Any, path: str) -> str:
    response = client.get(f"/hanbit/approvals/{path}")
    assert response.status_code == 200
    return response.content.decode()


# --- Lists ----------------------------------------------------------------------------------------------------------


def test_the_inbox_shows_what_waits_for_me(client_for, asked, manager, owner):
    text = page(client_for(manager), "")
    assert "1 approval waits for you" in text
    assert "Offer for Tower 1" in text
    assert "No approval waits for you" in page(client_for(owner), "")


def test_each_sees_their_own_lists(client_for, asked, asker, manager, analyst):
    assert "Offer for Tower 1" in page(client_for(asker), "asked/")
    assert "Offer for Tower 1" not in page(client_for(manager), "asked/")
    assert "Offer for Tower 1" not in page(client_for(analyst), "all/")
    client_for(manager).post(f"/hanbit/approvals/{asked.pk}/decide/", {"answer": "approve"})
    assert "Offer for Tower 1" in page(client_for(manager), "decided/")


def test_lists_can_be_searched(client_for, asked, manager):
    assert "Offer for Tower 1" in page(client_for(manager), "?q=tower+jung")
    assert "Offer for Tower 1" not in page(client_for(manager), "?q=castle")


def test_a_title_is_read_in_the_readers_language(client_for, asker, manager, owner):
    with platform_scope():
        User.objects.filter(pk=manager.user_id).update(language="ja")
        Membership.objects.filter(pk=manager.pk).update(language="ja")
    with staff_scope(asker.manufacturer_id):
        line(decides(manager), decides(owner))
        with override("ko"):
            request = request_approval(
                KEY, 1, lambda: gettext("Make %(company)s a partner") % {"company": "Nord Cycles"}, by=asker
            )
        told = Notice.objects.get(recipient=manager, kind="approvals.asked")
    korean, japanese, english = (
        "Nord Cycles, 파트너로 승인",
        "Nord Cyclesをパートナーにする",
        "Make Nord Cycles a partner",
    )

    assert (request.title, request.titles) == (korean, {"en": english, "ko": korean, "ja": japanese})
    assert told.facts["title"] == request.titles
    client = client_for(manager)
    for path in ("", "?q=パートナーに", "?q=파트너로", f"{request.pk}/"):
        assert (path, japanese in (text := page(client, path)), korean in text) == (path, True, False)
    assert japanese not in page(client, "?q=Make")
    client.post(f"/hanbit/approvals/{request.pk}/decide/", {"answer": "approve"})
    assert english in page(client_for(owner), "")
    assert english in client_for(owner).get("/hanbit/notices/").content.decode()


@pytest.mark.parametrize("path", ["", "asked/", "decided/", "copies/", "all/"])
def test_a_longer_list_asks_no_more_queries(
    client_for, owner, manager, asker, analyst, path, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with staff_scope(owner.manufacturer_id):
        line(copies(owner), decides(owner), decides(manager))
    counts = []
    client = client_for(owner)
    for size in (2, 12):
        with staff_scope(owner.manufacturer_id):
            for number in range(size * 10, size * 11):
                ask(asker, number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_home_shows_what_waits(client_for, asked, manager, owner):
    assert "Offer for Tower 1" in client_for(manager).get("/hanbit/").content.decode()
    assert "Offer for Tower 1" not in client_for(owner).get("/hanbit/").content.decode()


# --- A request ------------------------------------------------------------------------------------------------------


def test_the_page_has_all_that_a_decision_needs(client_for, asked, manager):
    text = page(client_for(manager), f"{asked.pk}/")

    assert "Waits for Manager Lee" in text
    assert "Tower &lt;b&gt;1&lt;/b&gt;" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert 'value="approve"' in text
    assert 'value="refuse"' in text


def test_who_does_not_decide_sees_no_buttons(client_for, asked, asker, owner):
    assert 'value="approve"' not in page(client_for(asker), f"{asked.pk}/")
    assert 'value="approve"' not in page(client_for(owner), f"{asked.pk}/")


def test_strangers_and_bystanders_find_nothing(client_for, asked, analyst, stranger, partner_admin):
    for member, home in ((analyst, "hanbit"), (stranger, "hanbit"), (stranger, "tokai"), (partner_admin, "hanbit")):
        for step in ("", "decide/", "recall/", "comment/", "attach/"):
            client = client_for(member)
            url = f"/{home}/approvals/{asked.pk}/{step}"
            response = client.post(url, {"answer": "approve", "text": "x"}) if step else client.get(url)
            assert response.status_code == 404, (member, url)
    assert now(asked).state == State.OPEN


def test_two_buttons_decide(client_for, asked, manager, owner):
    client_for(manager).post(f"/hanbit/approvals/{asked.pk}/decide/", {"answer": "approve", "comment": "Fine"})
    assert "Waits for Owner Kim" in page(client_for(owner), f"{asked.pk}/")

    client_for(owner).post(f"/hanbit/approvals/{asked.pk}/decide/", {"answer": "refuse", "comment": "Too dear"})

    assert now(asked).state == State.REFUSED
    text = page(client_for(owner), f"{asked.pk}/")
    assert "Refused by Owner Kim" in text
    assert "Fine" in text
    assert "Too dear" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose one of the two buttons."),
        ({"answer": "maybe"}, "Choose one of the two buttons."),
        ({"answer": "refuse"}, "Say why"),
        ({"answer": "refuse", "comment": "  "}, "Say why"),
    ],
)
def test_no_answer_and_a_refusal_without_a_word_change_nothing(client_for, asked, manager, data, said):
    response = client_for(manager).post(f"/hanbit/approvals/{asked.pk}/decide/", data, follow=True)

    assert now(asked).state == State.OPEN
    assert [said in str(message) for message in response.context["messages"]] == [True]


def test_an_opinion_is_asked_in_other_words(client_for, asker, analyst, manager):
    with staff_scope(asker.manufacturer_id):
        line(agrees(analyst), decides(manager))
        request = ask(asker)
    text = page(client_for(analyst), f"{request.pk}/")
    assert "Your opinion" in text
    client_for(analyst).post(f"/hanbit/approvals/{request.pk}/decide/", {"answer": "refuse", "comment": "I doubt it"})

    text = page(client_for(manager), f"{request.pk}/")

    assert "Against" in text
    assert "I doubt it" in text


def test_who_asked_takes_back_and_nobody_else(client_for, asked, asker, manager):
    client_for(manager).post(f"/hanbit/approvals/{asked.pk}/recall/")
    assert now(asked).state == State.OPEN

    client_for(asker).post(f"/hanbit/approvals/{asked.pk}/recall/", {"reason": "Mistake"})

    assert now(asked).state == State.RECALLED
    assert "Mistake" in page(client_for(asker), f"{asked.pk}/")


def test_comments_and_files(client_for, asked, manager, analyst):
    client = client_for(manager)
    client.post(f"/hanbit/approvals/{asked.pk}/comment/", {"text": "Which <b>customer</b>?"})
    upload = SimpleUploadedFile("offer.txt", b"1,000,000")
    client.post(f"/hanbit/approvals/{asked.pk}/attach/", {"file": upload})

    text = page(client, f"{asked.pk}/")
    assert "Which &lt;b&gt;customer&lt;/b&gt;?" in text
    assert "offer.txt" in text
    with staff_scope(asked.manufacturer_id):
        file = Attachment.objects.get()
        assert Comment.objects.count() == 1
    response = client.get(f"/hanbit/approvals/files/{file.pk}/")
    assert response.getvalue() == b"1,000,000"
    assert "attachment" in response["Content-Disposition"]
    assert client_for(analyst).get(f"/hanbit/approvals/files/{file.pk}/").status_code == 404


def test_a_file_of_the_wrong_kind_is_refused_with_a_sentence(client_for, asked, manager):
    upload = SimpleUploadedFile("page.html", b"<script>alert(1)</script>")

    response = client_for(manager).post(f"/hanbit/approvals/{asked.pk}/attach/", {"file": upload}, follow=True)

    assert "cannot be uploaded" in response.content.decode()
    with staff_scope(asked.manufacturer_id):
        assert not Attachment.objects.exists()


def test_the_page_of_a_longer_line_asks_no_more_queries(client_for, owner, manager, second, asker):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for steps in ([decides(owner)], [decides(manager), decides(second, beside=True), copies(owner), decides(owner)]):
        with staff_scope(owner.manufacturer_id):
            Route.objects.update(is_retired=True)
            line(*steps)
            request = ask(asker, len(steps))
        client = client_for(owner)
        with CaptureQueriesContext(connection) as queries:
            page(client, f"{request.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Absence --------------------------------------------------------------------------------------------------------


def test_a_delegate_is_named_and_decides(client_for, asked, manager, second):
    today = timezone.localdate()
    data = {"delegate": second.pk, "starts_on": today, "ends_on": today + dt.timedelta(days=2)}
    response = client_for(manager).post("/hanbit/approvals/absence/", data, follow=True)
    assert "Manager Park decides in your place today" in response.content.decode()

    assert "You decide on behalf of Manager Lee" in page(client_for(second), f"{asked.pk}/")
    client_for(second).post(f"/hanbit/approvals/{asked.pk}/decide/", {"answer": "approve"})

    with staff_scope(asked.manufacturer_id):
        assert Step.objects.filter(request=asked, on_behalf_of=manager).exists()
        row = Delegation.objects.get()
    assert "on behalf of Manager Lee" in page(client_for(manager), f"{asked.pk}/")
    client_for(manager).post(f"/hanbit/approvals/absence/{row.pk}/end/")
    assert "Name who decides while you are away" in page(client_for(manager), "absence/")


def test_wrong_days_get_a_sentence(client_for, manager, second):
    data = {"delegate": second.pk, "starts_on": "2030-05-05", "ends_on": "2030-05-01"}

    assert "lies before the first" in client_for(manager).post("/hanbit/approvals/absence/", data).content.decode()


def test_nobody_ends_or_sees_anothers_absence_but_who_looks_after_people(client_for, manager, second, analyst, owner):
    today = timezone.localdate()
    client_for(manager).post(
        "/hanbit/approvals/absence/", {"delegate": second.pk, "starts_on": today, "ends_on": today}
    )
    with staff_scope(manager.manufacturer_id):
        row = Delegation.objects.get()
    assert client_for(analyst).post(f"/hanbit/approvals/absence/{row.pk}/end/").status_code == 404
    assert "Manager Lee" in page(client_for(owner), "absence/")


# --- Lines ----------------------------------------------------------------------------------------------------------


def form(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"name": "Offers", "step_count": len(steps)} | more
    for number, step in enumerate(steps):
        data |= {f"step-{number}-{name}": value for name, value in ({"purpose": "decide"} | step).items()}
    return data


def test_owners_set_a_line(client_for, owner, manager):
    client = client_for(owner)
    data = form(
        {"who": f"member:{manager.pk}", "hours": 8, "late": "role:owner"},
        {"who": "manager", "beside": "on"},
        {"who": "role:analyst", "purpose": "copy"},
        {"who": ""},
        amount_below="1000000",
    )
    response = client.post(f"/hanbit/approvals/lines/new/{KEY}/", data)
    assert response.status_code == 302

    text = page(client, "lines/")
    assert "1 subject goes along an approval line" in text
    assert "Manager Lee decides within 8 business hours; after that Whoever is Owner may too." in text
    assert "no line takes it" in text
    with staff_scope(owner.manufacturer_id):
        route = Route.objects.get()
        assert [step.stage for step in route.steps.all()] == [1, 1, 2]
    assert "Offers" in page(client, f"lines/{route.pk}/")
    client.post(f"/hanbit/approvals/lines/{route.pk}/retire/")
    assert client.get(f"/hanbit/approvals/lines/{route.pk}/").status_code == 404


def test_the_check_says_what_stands_against_it_and_what_would_happen(client_for, owner, manager):
    client = client_for(owner)
    check = f"/hanbit/approvals/lines/check/?kind={KEY}"

    said = client.post(check, form({"who": f"member:{manager.pk}", "purpose": "copy"})).content.decode()
    assert "Somebody must decide" in said
    assert "Manager Lee gets a copy." in said
    assert "Ready to be saved" in client.post(check, form({"who": f"member:{manager.pk}"})).content.decode()
    broken = client.post(check, form({"who": "member:999999", "hours": "soon"}, name="")).content.decode()
    assert "Name: This field is required." in broken
    assert client.post("/hanbit/approvals/lines/check/?kind=no.such", form()).status_code == 404


def test_what_is_wrong_stays_in_the_editor(client_for, owner, manager):
    response = client_for(owner).post(
        f"/hanbit/approvals/lines/new/{KEY}/", form({"who": f"member:{manager.pk}", "hours": 4})
    )

    assert "say who comes when the time is over" in response.content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not Route.objects.exists()


def test_a_step_moves_up(client_for, owner, manager, analyst):
    data = form(
        {"who": f"member:{manager.pk}"}, {"who": f"member:{analyst.pk}", "purpose": "agree", "beside": "on"}, up="1"
    )
    text = client_for(owner).post(f"/hanbit/approvals/lines/new/{KEY}/", data).content.decode()

    first, second = text.index("step-0-purpose"), text.index("step-1-purpose")
    assert '<option value="agree" selected>' in text[first:second]


def test_only_owners_set_lines(client_for, manager, asked):
    client = client_for(manager)
    assert client.get("/hanbit/approvals/lines/").status_code == 403
    assert client.post(f"/hanbit/approvals/lines/new/{KEY}/", form()).status_code == 403


def test_a_colleague_of_another_manufacturer_cannot_stand_on_a_line(client_for, owner, stranger):
    response = client_for(owner).post(f"/hanbit/approvals/lines/new/{KEY}/", form({"who": f"member:{stranger.pk}"}))
    assert response.status_code == 200
    assert "not one of the available choices" in response.content.decode()


def test_roles_of_partners_are_not_offered(client_for, owner):
    MembershipFactory(manufacturer=owner.manufacturer, role=Role.SERVICE)
    assert "role:partner_admin" not in page(client_for(owner), f"lines/new/{KEY}/")


# --- Several at once --------------------------------------------------------------------------------------------------


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def states(member: Any) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Request.objects.order_by("pk").values_list("state", flat=True))


def test_several_are_decided_at_once_and_each_is_told(client_for, asker, manager, owner, done):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        requests = [ask(asker, number) for number in (1, 2, 3)]
        services.decide(requests[2], by=manager, approve=False, comment="Too late")
    client = client_for(manager)
    data = {"do": "approve", "selected": [str(each.pk) for each in requests]}
    question = client.post("/hanbit/approvals/", data)
    assert question.context["count"] == 2  # the third waits no more
    answer = client.post("/hanbit/approvals/", data | {"confirmed": "1", "comment": "Fine"})
    assert told(answer) == ["2 approvals are answered.\nApproved: Offer for Tower 1\nApproved: Offer for Tower 1"]
    assert states(manager) == ["approved", "approved", "refused"]
    assert [(what, subject) for what, subject, _by in done.calls] == [("refused", 3), ("approved", 1), ("approved", 2)]
    with staff_scope(asker.manufacturer_id):
        assert list(Step.objects.order_by("pk").values_list("comment", flat=True)) == ["Fine", "Fine", "Too late"]


def test_several_are_refused_with_a_reason_only(client_for, asker, manager):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        requests = [ask(asker, number) for number in (1, 2)]
    data = {"do": "refuse", "selected": [str(each.pk) for each in requests], "confirmed": "1"}
    client = client_for(manager)
    silent = client.post("/hanbit/approvals/", data | {"comment": " "})
    assert silent.context["form"].errors == {"comment": ["This field is required."]}
    assert states(manager) == ["open", "open"]
    client.post("/hanbit/approvals/", data | {"comment": "No budget"})
    assert states(manager) == ["refused", "refused"]


def test_what_cannot_be_decided_is_said_and_keeps_nothing_back(client_for, asker, manager, owner, monkeypatch):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager), decides(owner))
        requests = [ask(asker, number) for number in (1, 2)]
    decide = services.decide

    def busy(request: Any, **options: Any) -> Any:
        if request.pk == requests[0].pk:
            raise services.ApprovalError("Somebody was quicker.")
        return decide(request, **options)

    monkeypatch.setattr(services, "decide", busy)
    data = {"do": "approve", "selected": [str(each.pk) for each in requests], "confirmed": "1"}
    answer = client_for(manager).post("/hanbit/approvals/", data)
    assert told(answer) == [
        (
            "1 approval is answered.\nNot decided: Offer for Tower 1. Somebody was quicker.\n"
            "Your answer is kept, and it goes on along its line: Offer for Tower 1"
        )
    ]
    assert states(manager) == ["open", "open"]


def test_a_reason_stays_where_nothing_could_be_decided(client_for, asker, manager, monkeypatch):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        requests = [ask(asker, number) for number in (1, 2)]

    def busy(request: Any, **options: Any) -> Any:
        raise services.ApprovalError("Somebody was quicker.")

    monkeypatch.setattr(services, "decide", busy)
    data = {"do": "refuse", "selected": [str(each.pk) for each in requests], "confirmed": "1", "comment": "No budget"}
    answer = client_for(manager).post("/hanbit/approvals/", data)
    assert (answer.status_code, told(answer)) == (200, [])
    assert answer.context["form"].non_field_errors() == [
        "\n".join(["0 approvals are answered.", *["Not decided: Offer for Tower 1. Somebody was quicker."] * 2])
    ]
    assert answer.context["form"]["comment"].value() == "No budget"
    assert re.findall(r'name="selected" value="([^"]*)"', answer.content.decode()) == data["selected"]


def test_what_came_in_after_the_question_is_not_decided_unseen(client_for, asker, manager):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        requests = [ask(asker, number) for number in (1, 2)]
    client = client_for(manager)
    question = client.post("/hanbit/approvals/", {"do": "approve", "everything": "1"})
    text = question.content.decode()
    assert 'name="everything"' not in text
    asked_about = [str(request.pk) for request in requests]
    assert re.findall(r'name="selected" value="([^"]*)"', text) == asked_about
    with staff_scope(asker.manufacturer_id):
        ask(asker, 3)
    sent = {"do": "approve", "confirmed": "1", "comment": "Fine"}
    unseen = client.post("/hanbit/approvals/", sent | {"everything": "1"})
    assert (unseen.status_code, unseen.context["count"]) == (200, 3)
    assert unseen.context["form"]["comment"].value() == "Fine"
    assert states(manager) == ["open", "open", "open"]
    client.post("/hanbit/approvals/", sent | {"selected": asked_about})
    assert states(manager) == ["approved", "approved", "open"]


def test_the_question_says_how_many_are_decided_at_once(client_for, asker, manager, monkeypatch):
    assert [each.most for each in InboxView.bulk_actions] == [50, 50]
    monkeypatch.setattr(InboxView, "bulk_actions", [replace(each, most=2) for each in InboxView.bulk_actions])
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        requests = [ask(asker, number) for number in (1, 2, 3)]
    client = client_for(manager)
    chosen = {"selected": [str(request.pk) for request in requests]}
    for data in (chosen, {"everything": "1"}, chosen | {"confirmed": "1", "comment": "Fine"}):
        question = client.post("/hanbit/approvals/", data | {"do": "approve"})
        text = question.content.decode()
        assert question.context["count"] == 3
        assert "Choose at most 2 at once." in text
        assert 'name="comment"' not in text
        assert re.search(r"<button[^>]*disabled[^>]*>Approve</button>", text)
    assert states(manager) == ["open", "open", "open"]


def test_only_what_waits_for_oneself_is_decided(client_for, asker, manager, owner):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        request = ask(asker)
    data = {"do": "approve", "selected": [str(request.pk)], "confirmed": "1"}
    client_for(owner).post("/hanbit/approvals/", data)
    assert states(manager) == ["open"]


def test_the_inbox_goes_out_as_a_sheet(client_for, asked, manager):
    sheet = client_for(manager).get("/hanbit/approvals/?export=csv")
    lines = sheet.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Offer for Tower 1" in lines[1]
