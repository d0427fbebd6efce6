"""Messengers, text messages and the portal: against a gateway that listens on this machine."""

import datetime as dt
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.delivery import Sender
from campaigns.gateway import HttpGateway, Submission
from campaigns.models import Campaign, CampaignContent, CampaignSettings, Message, MessengerTemplate
from campaigns.services.receipts import take_events
from campaigns.services.sending import start_mailing
from campaigns.services.templates import TemplateError, hand_in, queue_waiting, retire, submit
from campaigns.tasks import sending as tasks
from notices.models import Notice
from partners.models import ContactConsent
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import MembershipFactory, PartnerMemberFactory


class LocalGateway:
    """Takes each key once, as a gateway must; refuses numbers that begin with 000; can be away."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.templates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str]] = []
        self.is_away = False

    def answer(self, path: str, data: dict[str, Any]) -> dict[str, Any] | None:
        if self.is_away:
            return None
        if path == "/templates":
            self.templates.append(data)
            return {"key": f"T{len(self.templates)}", "state": "submitted"}
        results = []
        for message in data["messages"]:
            if message["to"].startswith("000"):
                results.append({"key": message["key"], "error": "No such number"})
                continue
            self.messages.setdefault(message["key"], message)
            results.append({"key": message["key"], "gateway_key": f"G-{message['key']}", "cost": "8.5"})
        return {"results": results}


@pytest.fixture
def gateway(settings: Any) -> Iterator[LocalGateway]:
    local = LocalGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            local.calls.append((self.path, self.headers["Authorization"]))
            answer = local.answer(self.path, data)
            self.send_response(503 if answer is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MESSAGE_GATEWAY = "campaigns.gateway.HttpGateway"
    settings.MESSAGE_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.MESSAGE_GATEWAY_TOKEN = "token"
    settings.PUBLIC_URL = "https://prm.example.com"
    cache.clear()
    yield local
    server.shutdown()
    server.server_close()


@pytest.fixture
def marketing(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)


def make_campaign(manufacturer: Manufacturer, by: str, numbers: list[str], **template: Any) -> Campaign:
    campaign = CampaignFactory(manufacturer=manufacturer, state="rollout", channel=by)
    variant = VariantFactory(manufacturer=manufacturer, campaign=campaign)
    content = ContentFactory(manufacturer=manufacturer, variant=variant, answers=["call"])
    with staff_scope(manufacturer.pk):
        CampaignSettings.objects.create(free_phone="080-1", quiet_from="00:00", quiet_to="00:00")
        MessengerTemplate.objects.create(
            name="summer",
            language="en",
            body="{name}, summer prices.",
            answers=["call"],
            **{"state": "draft"} | template,
        )
        CampaignContent.objects.filter(pk=content.pk).update(template=MessengerTemplate.objects.get())
    for number in numbers:
        reader = RecipientFactory(
            manufacturer=manufacturer,
            campaign=campaign,
            variant=variant,
            address=number,
            name=f"R{number}",
            country="JP",
        )
        with staff_scope(manufacturer.pk):
            ContactConsent.objects.create(
                partner_id=reader.partner_id,
                contact_id=reader.contact_id,
                channel=by,
                given_on="2026-05-01",
                source="x",
            )
    return campaign


def start(campaign: Campaign, by: Membership) -> None:
    with staff_scope(campaign.manufacturer_id):
        start_mailing(campaign, "rollout", by)


def messages(campaign: Campaign) -> list[tuple[Any, ...]]:
    with staff_scope(campaign.manufacturer_id):
        return list(Message.objects.order_by("recipient").values_list("state", "error", "cost"))


def test_a_batch_goes_to_the_gateway_at_once_with_buttons_and_what_goes_instead(
    gateway: LocalGateway, marketing: Membership
) -> None:
    campaign = make_campaign(
        marketing.manufacturer, "messenger", ["0101", "0002", "0103"],
        state="approved", gateway_key="T7", sms_text="{name}: call us",
    )  # fmt: skip
    start(campaign, marketing)

    assert Sender(campaign.manufacturer_id).run() is False

    assert gateway.calls == [("/messages", "Bearer token")]
    assert messages(campaign) == [
        ("sent", "", Decimal("8.5")),
        ("failed", "No such number", None),
        ("sent", "", Decimal("8.5")),
    ]
    told = next(message for message in gateway.messages.values() if message["to"] == "0101")
    assert (told["channel"], told["template"]) == ("messenger", "T7")
    assert told["text"].startswith("R0101, summer prices.\nUnsubscribe: https://prm.example.com/hanbit/public/u/")
    assert told["sms_instead"].startswith("[Hanbit] R0101: call us\nUnsubscribe: ")
    ((label, url),) = told["buttons"]
    assert label == "Call me"
    assert url.startswith("https://prm.example.com/hanbit/public/a/")
    assert url.endswith("/call/")


def test_a_gateway_that_is_away_or_a_worker_that_dies_costs_no_message_and_no_second_one(
    gateway: LocalGateway, marketing: Membership
) -> None:
    campaign = make_campaign(marketing.manufacturer, "sms", ["0101", "0102"], state="approved")
    start(campaign, marketing)
    gateway.is_away = True
    assert Sender(campaign.manufacturer_id).run() is False
    assert {state for state, _error, _cost in messages(campaign)} == {"waiting"}

    gateway.is_away = False
    with staff_scope(campaign.manufacturer_id):
        Message.objects.update(due_at="2026-01-01T00:00Z")
    assert Sender(campaign.manufacturer_id).run() is False
    assert len(gateway.messages) == 2
    # As if the worker had died before it wrote down what the gateway said:
    with staff_scope(campaign.manufacturer_id):
        Message.objects.update(state="sending", due_at="2026-01-01T00:00Z")
        campaign.mailings.update(state="sending")
    assert Sender(campaign.manufacturer_id).run() is False

    assert len(gateway.messages) == 2
    assert {state for state, _error, _cost in messages(campaign)} == {"sent"}


def test_nothing_goes_by_a_template_that_is_not_approved(gateway: LocalGateway, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, "messenger", ["0101"], state="submitted")
    with staff_scope(campaign.manufacturer_id):
        from campaigns.services.sending import reasons_against

        assert reasons_against(campaign, ["rest"]) == [  # type: ignore[list-item]
            "A/en: The template is not approved by the messenger."
        ]
        MessengerTemplate.objects.update(state="approved")
    start(campaign, marketing)
    with staff_scope(campaign.manufacturer_id):
        MessengerTemplate.objects.update(state="rejected")

    Sender(campaign.manufacturer_id).run()

    assert messages(campaign) == [("refused", "no_template", None)]
    assert gateway.calls == []


def handed(template: MessengerTemplate) -> bool:
    return submit(manufacturer_id=template.manufacturer_id, template_id=template.pk)


def stands(template: MessengerTemplate) -> tuple[str, str, str]:
    with staff_scope(template.manufacturer_id):
        template.refresh_from_db()
    return template.state, template.gateway_key, template.reason


def test_a_template_is_handed_in_once_and_then_stands(
    gateway: LocalGateway, marketing: Membership, analyst: Membership
) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    with staff_scope(marketing.manufacturer_id):
        template = MessengerTemplate.objects.get()
        with pytest.raises(TemplateError):
            hand_in(template, by=analyst)
        hand_in(template, by=marketing)
        with pytest.raises(TemplateError, match="has been handed in"):
            hand_in(MessengerTemplate.objects.get(), by=marketing)
    assert (stands(template), gateway.templates) == (("queued", "", ""), [])
    assert [handed(template), handed(template)] == [True, False]
    assert stands(template) == ("submitted", "T1", "")
    with staff_scope(marketing.manufacturer_id):
        with pytest.raises(TemplateError, match="has been handed in"):
            hand_in(template, by=marketing)
        retire(template, by=marketing)
        assert template.state == "retired"
        broken = MessengerTemplate.objects.create(name="b", language="en", body="{nobody}")
        with pytest.raises(TemplateError, match="no field"):
            hand_in(broken, by=marketing)
        once = MessengerTemplate.objects.create(name="c", language="en", body="Hi")
        hand_in(once, by=marketing)
        retire(once, by=marketing)
    assert (handed(once), stands(once)) == (False, ("retired", "", ""))
    (told,) = gateway.templates
    assert told.pop("reference").startswith(f"template-{template.manufacturer_id}-{template.pk}-")
    assert told == {
        "name": "summer",
        "channel": "messenger",
        "language": "en",
        "body": "{name}, summer prices.",
        "buttons": ["Call me"],
    }


def test_a_template_that_the_gateway_does_not_take_is_a_draft_again_with_the_reason(
    gateway: LocalGateway, marketing: Membership, client_for: Callable[[Membership], Client]
) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    client = client_for(marketing)
    with staff_scope(marketing.manufacturer_id):
        template = MessengerTemplate.objects.get()
    page = f"/hanbit/campaigns/templates/{template.pk}/"
    gateway.is_away = True

    answer = client.post(f"{page}step/", {"step": "hand_in"}, follow=True).content.decode()
    assert "The template is now: Being handed in" in answer
    assert answer.count("It is being handed to the gateway.") == 1
    assert "Hand it in for approval" not in answer
    assert "1 template waits for the messenger" in client.get("/hanbit/campaigns/templates/").content.decode()

    assert handed(template) is True
    assert stands(template) == ("draft", "", "HTTP Error 503: Service Unavailable")
    for shown in (page, "/hanbit/campaigns/templates/"):
        sentence = "It could not be handed in: HTTP Error 503: Service Unavailable"
        assert client.get(shown).content.decode().count(sentence) == 1
    assert "It can be handed in again." in client.get(page).content.decode()

    gateway.is_away = False
    client.post(f"{page}step/", {"step": "hand_in"})
    assert stands(template) == ("queued", "", "")
    assert (handed(template), stands(template)) == (True, ("submitted", "T1", ""))


def test_nothing_is_open_while_the_gateway_answers_and_what_died_then_is_handed_in_again(
    gateway: LocalGateway, marketing: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    with staff_scope(marketing.manufacturer_id):
        template = hand_in(MessengerTemplate.objects.get(), by=marketing)
    queued: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.submit_template, "delay", lambda **kwargs: queued.append(kwargs))
    around, ask = len(connection.atomic_blocks), HttpGateway.submit
    asked: list[tuple[int, str]] = []

    def dies(self: HttpGateway, said: Submission) -> tuple[str, str]:
        asked.append((len(connection.atomic_blocks) - around, said.reference))
        assert handed(template) is False  # somebody is at it
        raise SystemExit

    monkeypatch.setattr(HttpGateway, "submit", dies)
    with pytest.raises(SystemExit):
        handed(template)
    now = timezone.now()
    assert (stands(template)[0], queue_waiting(now + dt.timedelta(minutes=1, seconds=30))) == ("queued", 0)
    assert queue_waiting(now + dt.timedelta(minutes=3)) == 1
    assert queued == [{"manufacturer_id": template.manufacturer_id, "template_id": template.pk}]

    def answers(self: HttpGateway, said: Submission) -> tuple[str, str]:
        asked.append((len(connection.atomic_blocks) - around, said.reference))
        return ask(self, said)

    monkeypatch.setattr(HttpGateway, "submit", answers)
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(minutes=3))
    assert tasks.submit_template(**queued[0]) is True
    assert stands(template) == ("submitted", "T1", "")
    assert [blocks for blocks, _reference in asked] == [0, 0]
    assert asked[0] == asked[1]
    assert queue_waiting(now + dt.timedelta(hours=1)) == 0


def test_a_template_is_the_same_when_its_answer_was_lost_and_another_with_other_words(
    gateway: LocalGateway, marketing: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    with staff_scope(marketing.manufacturer_id):
        template = MessengerTemplate.objects.get()
    references: list[str] = []

    def speaks_no_http(self: HttpGateway, said: Submission) -> tuple[str, str]:
        references.append(said.reference)
        return ask(self, said)

    ask = HttpGateway.submit
    monkeypatch.setattr(HttpGateway, "submit", speaks_no_http)
    answer = Mock(side_effect=http.client.BadStatusLine("hello"))
    for body in ("{name}, summer.", "{name}, summer.", "{name}, winter."):
        with staff_scope(marketing.manufacturer_id):
            MessengerTemplate.objects.update(body=body)
            hand_in(MessengerTemplate.objects.get(), by=marketing)
        with monkeypatch.context() as broken:
            broken.setattr("urllib.request.urlopen", answer)
            assert handed(template) is True
        assert stands(template) == ("draft", "", "hello")
    assert references[0] == references[1] != references[2]


def test_a_decision_that_comes_before_the_answer_to_the_hand_in_is_kept(
    gateway: LocalGateway, marketing: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    with staff_scope(marketing.manufacturer_id):
        template = hand_in(MessengerTemplate.objects.get(), by=marketing)

    def is_overtaken(self: HttpGateway, said: Submission) -> tuple[str, str]:
        event = {
            "kind": "template",
            "key": "T7",
            "state": "rejected",
            "reason": "Too loud",
            "reference": said.reference,
        }
        with staff_scope(marketing.manufacturer_id):
            assert take_events([event | {"reference": "template-1-1-0"}]) == {"unknown": 1}
            assert take_events([event]) == {"template": 1}
        return "T7", "submitted"

    monkeypatch.setattr(HttpGateway, "submit", is_overtaken)
    assert handed(template) is False
    assert stands(template) == ("rejected", "T7", "Too loud")


def test_templates_of_a_manufacturer_that_is_switched_off_wait(gateway: LocalGateway, marketing: Membership) -> None:
    make_campaign(marketing.manufacturer, "messenger", [])
    with staff_scope(marketing.manufacturer_id):
        hand_in(MessengerTemplate.objects.get(), by=marketing)
    later = timezone.now() + dt.timedelta(minutes=3)
    for is_active, queued in ((False, 0), (True, 1)):
        with platform_scope():
            Manufacturer.objects.update(is_active=is_active)
        assert queue_waiting(later) == queued


def test_a_message_in_the_portal_is_a_notice_of_its_reader_alone(marketing: Membership, rep: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, "portal", [])
    with staff_scope(campaign.manufacturer_id):
        variant = campaign.variants.get()
        variant.contents.update(body="Dear {name|partner}, see [here](https://www.example.com/).")
    for member in (rep, PartnerMemberFactory(manufacturer=marketing.manufacturer, is_active=False), None):
        RecipientFactory(
            manufacturer=marketing.manufacturer, campaign=campaign, variant=variant, member=member, contact=None, name="Kim",
            language="en",
        )  # fmt: skip
    start(campaign, marketing)

    assert Sender(campaign.manufacturer_id).run() is False

    assert messages(campaign) == [
        ("sent", "", None),
        ("refused", "left_company", None),
        ("refused", "no_address", None),
    ]
    with staff_scope(campaign.manufacturer_id):
        notice = Notice.objects.get()
    assert notice.recipient_id == rep.pk
    assert notice.facts["text"] == "Dear Kim, see here: https://www.example.com/."
    assert notice.facts["answers"][0][0] == "Call me"
