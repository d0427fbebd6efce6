import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from approvals.models import Request
from approvals.services import Draft, decide, recall, save_route
from campaigns.goals import verdict_words
from campaigns.models import (
    CAMPAIGN_SUBJECT,
    Campaign,
    CampaignCheck,
    CampaignContent,
    CampaignCost,
    CampaignSettings,
    CampaignStep,
    CampaignVariant,
    Mailing,
    Message,
    MessengerTemplate,
    Recipient,
)
from campaigns.services import campaigns as services
from campaigns.services.campaigns import CampaignError, advance, copy_campaign, save_plan, turn
from notices.models import Notice
from partners.models import Contact
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.approvals.lines import decides
from tests.campaigns.factories import CampaignFactory
from tests.campaigns.test_freezing import person, planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_at_once")]
TODAY = timezone.localdate()
SOON = TODAY + dt.timedelta(days=7)


def ready(owner: Membership, partner: Any, **kwargs: Any) -> Any:
    """A plan for three people that lacks nothing."""
    CampaignSettings.objects.get_or_create(
        defaults={"postal_address": "Seoul 1", "free_phone": "080-000-0000", "reply_to": "r@hanbit.example"}
    )
    campaign = planned(owner, **{"starts_on": TODAY, "ends_on": TODAY + dt.timedelta(days=20)} | kwargs)
    if not Contact.objects.filter(partner=partner).exists():
        for number in range(3):
            person(partner, email=f"p{number}@a.example", language="en")
    return campaign


def at(campaign: Any, state: str, **fields: Any) -> Any:
    Campaign.objects.filter(pk=campaign.pk).update(state=state, **fields)
    campaign.refresh_from_db()
    return campaign


def with_line(decider: Membership, **amounts: Any) -> None:
    save_route(Draft(CAMPAIGN_SUBJECT, "Campaigns", steps=[decides(decider)], **amounts))


def told(member: Membership) -> list[str]:
    return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


def test_without_an_approval_line_it_is_approved_at_once_and_frozen(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner), "approval", by=owner, note="For the fair")
        assert campaign.state == "approved"
        assert campaign.arms == {"pilot": 0, "rest": 3, "holdout": 0}
        steps = CampaignStep.objects.order_by("pk").values_list("from_state", "to_state", "by", "note")
        assert list(steps) == [
            ("plan", "approval", owner.pk, "For the fair"),
            ("approval", "freezing", owner.pk, ""),
            ("freezing", "approved", owner.pk, ""),
        ]
        assert told(owner) == []  # it was themself


def test_along_a_line_the_last_approval_freezes(owner: Membership, manager: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        with_line(manager, amount_from=Decimal(100))
        campaign = advance(ready(owner, partner, budget=500), "approval", by=owner)
        request = Request.objects.get()
        assert (campaign.state, request.amount, Recipient.objects.count()) == ("approval", 500, 0)

        decide(request, by=manager, approve=True)

        campaign.refresh_from_db()
        assert (campaign.state, Recipient.objects.count()) == ("approved", 3)
        assert CampaignStep.objects.latest("pk").by_id == manager.pk
        notice = Notice.objects.get(recipient=owner, kind="campaigns.approved")
        assert notice.facts["readers"] == 3


def test_refused_it_is_a_plan_again_with_the_reason(owner: Membership, manager: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        with_line(manager)
        campaign = advance(ready(owner, partner), "approval", by=owner)
        decide(Request.objects.get(), by=manager, approve=False, comment="Too dear")
        campaign.refresh_from_db()
        step = CampaignStep.objects.latest("pk")
        assert (campaign.state, step.to_state, step.note, step.by_id) == ("plan", "plan", "Too dear", manager.pk)
        advance(campaign, "approval", by=owner)
        recall(Request.objects.latest("pk"), by=owner)
        campaign.refresh_from_db()
        assert campaign.state == "plan"


def test_taken_back_from_approval_nobody_need_decide(owner: Membership, manager: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        with_line(manager)
        campaign = advance(ready(owner, partner), "approval", by=owner)
        advance(campaign, "plan", by=owner)
        assert (campaign.state, Request.objects.get().state) == ("plan", "withdrawn")


def test_an_approved_campaign_taken_back_forgets_its_readers(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner), "approval", by=owner)
        advance(campaign, "plan", by=owner)
        assert (campaign.state, campaign.arms, campaign.frozen_at) == ("plan", {}, None)
        assert not Recipient.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"goal_value": 0}, "Set the goal"),
        ({"starts_on": dt.date(2020, 1, 1), "ends_on": dt.date(2020, 1, 2)}, "period is over"),
        ({"pilot_size": 2}, "when the roll-out comes"),
    ],
)
def test_what_a_plan_still_needs(owner: Membership, partner: Any, change: dict[str, Any], sentence: str) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner, **change)
        with pytest.raises(CampaignError, match=sentence):
            advance(campaign, "approval", by=owner)
        assert not CampaignStep.objects.exists()


def test_a_plan_needs_texts_and_somebody_to_read_them(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
        services.add_variant(campaign)
        with pytest.raises(CampaignError, match="Variant B has no text yet"):
            advance(campaign, "approval", by=owner)
        services.remove_variant(CampaignVariant.objects.get(label="B"))
        Contact.objects.update(email="")
        with pytest.raises(CampaignError, match="Nobody is left"):
            advance(campaign, "approval", by=owner)


def test_steps_come_in_their_order(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
        for wrong in ("rollout", "decision", "closed", "freezing", "approved", "plan"):
            with pytest.raises(CampaignError):
                advance(campaign, wrong, by=owner)
        advance(campaign, "approval", by=owner)
        with pytest.raises(CampaignError, match="no pilot"):
            advance(campaign, "pilot", by=owner)
        advance(campaign, "rollout", by=owner)
        advance(campaign, "measuring", by=owner)
        with pytest.raises(CampaignError, match="what was learned"):
            advance(campaign, "analysed", by=owner)
        advance(campaign, "analysed", by=owner, note="Tuesdays work")
        advance(campaign, "closed", by=owner)
        assert [step.to_state for step in CampaignStep.objects.order_by("pk")] == [
            "approval",
            "freezing",
            "approved",
            "rollout",
            "measuring",
            "analysed",
            "closed",
        ]


def test_what_is_not_checked_holds_it_back(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
        services.save_checks(campaign, ["Prices agreed", "Samples in stock", "Prices agreed"])
        advance(campaign, "approval", by=owner)
        first, second = CampaignCheck.objects.all()
        services.tick(first, is_done=True, by=owner)
        with pytest.raises(CampaignError, match=r"Not done yet: Samples in stock\."):
            advance(campaign, "rollout", by=owner)
        services.tick(second, is_done=True, by=owner)
        assert advance(campaign, "rollout", by=owner).state == "rollout"


def test_a_check_keeps_who_did_it_first(owner: Membership, manager: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
        services.save_checks(campaign, ["A", "B"])
        a = CampaignCheck.objects.get(what="A")
        services.tick(a, is_done=True, by=owner)
        services.tick(a, is_done=True, by=manager)
        services.save_checks(campaign, ["B", "A"])
        assert list(CampaignCheck.objects.values_list("what", "done_by")) == [("B", None), ("A", owner.pk)]
        services.tick(CampaignCheck.objects.get(what="A"), is_done=False, by=manager)
        assert not CampaignCheck.objects.filter(done_at__isnull=False).exists()


def test_the_plan_stands_once_approved(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner), "approval", by=owner)
        content = CampaignContent.objects.first()
        assert content is not None
        content.subject = "Other words"
        for change in (
            lambda: save_plan(campaign, by=owner),
            lambda: services.save_content(content),
            lambda: services.remove_content(content),
            lambda: services.add_variant(campaign),
            lambda: services.save_checks(campaign, ["A"]),
        ):
            with pytest.raises(CampaignError, match="cannot be changed"):
                change()
        services.save_costs(campaign, [("Stamps", Decimal(10), Decimal(12))])  # what it costs comes afterwards
        assert CampaignCost.objects.get().actual == 12


def test_a_plan_that_was_read_before_keeps_its_words_and_not_where_it_stood(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        read_at_approval = advance(ready(owner, partner), "approval", by=owner)
        advance(Campaign.objects.get(pk=read_at_approval.pk), "plan", by=owner)
        read_at_approval.name = "Another name"
        save_plan(read_at_approval, by=owner)
        kept = Campaign.objects.get(pk=read_at_approval.pk)
    assert (kept.name, kept.state) == ("Another name", "plan")


def test_three_variants_at_most_and_one_at_least(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = save_plan(Campaign(name="New", owner=owner, goal_value=3, starts_on=TODAY, ends_on=SOON), by=owner)
        assert [services.add_variant(campaign).label for _each in "BC"] == ["B", "C"]
        with pytest.raises(CampaignError, match="Three variants"):
            services.add_variant(campaign)
        for variant in list(campaign.variants.all())[1:]:
            services.remove_variant(variant)
        with pytest.raises(CampaignError, match="last variant"):
            services.remove_variant(campaign.variants.get())


def test_a_copy_is_a_plan_of_its_own(owner: Membership, manager: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner, pilot_size=2, rollout_on=SOON, budget=700, purpose="Spring")
        template = MessengerTemplate.objects.create(name="T", language="ko", body="B")
        CampaignContent.objects.filter(language="ko").update(template=template)
        services.save_checks(campaign, ["A"])
        services.tick(CampaignCheck.objects.get(), is_done=True, by=owner)
        services.save_costs(campaign, [("Print", Decimal(5), Decimal(6))])
        advance(campaign, "approval", by=owner)
        start = TODAY + dt.timedelta(days=100)
        copied = copy_campaign(campaign, name="Again", starts_on=start, by=manager)
        copied.refresh_from_db()
        assert (copied.state, copied.owner_id, copied.arms, copied.frozen_at) == ("plan", manager.pk, {}, None)
        assert (copied.starts_on, copied.rollout_on, copied.ends_on) == (
            start,
            start + dt.timedelta(days=7),
            start + dt.timedelta(days=20),
        )
        assert (copied.purpose, copied.budget, copied.pilot_size) == ("Spring", 700, 2)
        texts = CampaignContent.objects.filter(variant__campaign=copied)
        assert sorted(texts.values_list("language", "template")) == [("en", None), ("ko", template.pk)]
        assert list(copied.checks.values_list("what", "done_at")) == [("A", None)]
        assert list(copied.costs.values_list("what", "planned", "actual")) == [("Print", 5, None)]
        assert not Recipient.objects.filter(campaign=copied).exists()


# --- The pilot --------------------------------------------------------------------------------------------------------


def pilot(owner: Membership, partner: Any, answered: int, sent: int, **kwargs: Any) -> Any:
    """A pilot in which `answered` of `sent` replied."""
    campaign = at(
        CampaignFactory(
            manufacturer=owner.manufacturer,
            owner=owner,
            starts_on=TODAY,
            ends_on=SOON + dt.timedelta(days=20),
            rollout_on=SOON,
            pilot_size=sent,
            pilot_at_least=3,
            **kwargs,
        ),
        "pilot",
    )
    now = timezone.now()
    Recipient.objects.bulk_create(
        [
            Recipient(
                campaign=campaign,
                partner=partner,
                name=f"R{number}",
                language="en",
                arm="pilot",
                sent_at=now,
                replied_at=now if number < answered else None,
            )
            for number in range(sent)
        ]
    )
    return campaign


@pytest.mark.parametrize(
    ("answered", "verdict", "words"),
    [
        (41, "go", "The pilot's reply rate is 4.1 % (3.0 to 5.5), above the 3 % you asked for"),
        (18, "stop", "The pilot's reply rate is 1.8 % (1.1 to 2.8), below the 3 % you asked for"),
        (
            33,
            "open",
            "The pilot's reply rate is 3.3 % (2.4 to 4.6): too few to say whether it is above or below the 3 % you asked for",
        ),
    ],
)
def test_the_rule_speaks_first_in_words(
    owner: Membership, manager: Membership, partner: Any, answered: int, verdict: str, words: str
) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = pilot(owner, partner, answered, 1000)
        advance(campaign, "decision", by=manager)
        assert campaign.verdict["verdict"] == verdict
        assert (campaign.verdict["n"], campaign.verdict["successes"]) == (1000, answered)
        assert verdict_words(campaign.verdict) == words
        assert told(owner) == ["campaigns.decision_due"]
        if verdict == "go":
            assert advance(campaign, "rollout", by=owner).state == "rollout"
        else:
            with pytest.raises(CampaignError, match="does not say go"):
                advance(campaign, "rollout", by=owner)
            assert advance(campaign, "rollout", by=owner, note="The fair is next week").state == "rollout"


def test_a_pilot_that_was_sent_to_nobody_says_so(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(pilot(owner, partner, 0, 0), "decision", by=owner)
        assert verdict_words(campaign.verdict) == "Nobody of the pilot was sent anything yet."


def test_stopping_asks_why(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = pilot(owner, partner, 1, 100)
        with pytest.raises(CampaignError, match="Say why"):
            advance(campaign, "stopped", by=owner, note="  ")
        assert advance(campaign, "stopped", by=owner, note="Nobody answers").state == "stopped"


def test_the_clock_takes_what_is_due(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = pilot(owner, partner, 10, 100, window_days=14)
        assert turn(SOON - dt.timedelta(days=1)) == 0
        assert turn(SOON) == 1
        campaign.refresh_from_db()
        assert (campaign.state, CampaignStep.objects.latest("pk").by) == ("decision", None)
        at(campaign, "rollout")
        assert turn(campaign.ends_on) == 0
        assert turn(campaign.ends_on + dt.timedelta(days=1)) == 1
        campaign.refresh_from_db()
        assert campaign.state == "measuring"
        counted = campaign.ends_on + dt.timedelta(days=14)
        assert turn(counted) == 0
        assert turn(counted + dt.timedelta(days=1)) == 1
        assert turn(counted + dt.timedelta(days=2)) == 0  # told once
        assert told(owner) == ["campaigns.decision_due", "campaigns.ended", "campaigns.counted"]


def test_one_that_cannot_go_on_does_not_keep_the_others_from_theirs(
    owner: Membership, partner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(campaign: Campaign, to: str, **told: Any) -> Campaign:
        if campaign.pk == first.pk:
            raise CampaignError("Somebody has stopped it meanwhile.")
        return advance(campaign, to, **told)

    with staff_scope(owner.manufacturer_id):
        first, second = pilot(owner, partner, 10, 100), pilot(owner, partner, 10, 100)
        monkeypatch.setattr("campaigns.services.campaigns.advance", refused)
        assert turn(SOON) == 1
        assert list(Campaign.objects.order_by("pk").values_list("pk", "state")) == [
            (first.pk, "pilot"),
            (second.pk, "decision"),
        ]


def test_nobody_changes_a_step_afterwards(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        advance(ready(owner, partner), "approval", by=owner)
        with pytest.raises(ProgrammingError), transaction.atomic():
            CampaignStep.objects.update(note="Something else")


def test_a_double_click_is_one_step(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner), "approval", by=owner)
        twin = Campaign.objects.get(pk=campaign.pk)
        advance(campaign, "rollout", by=owner)
        with pytest.raises(CampaignError, match="does not come after"):
            advance(twin, "rollout", by=owner)


# --- What goes out ----------------------------------------------------------------------------------------------------


def test_starting_a_part_writes_to_that_part_and_stopping_stops(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner, pilot_size=1, rollout_on=SOON), "approval", by=owner)
        with pytest.raises(CampaignError, match="The pilot comes first"):
            advance(campaign, "rollout", by=owner)
        advance(campaign, "pilot", by=owner)
        assert list(Message.objects.values_list("recipient__arm", flat=True)) == ["pilot"]
        advance(campaign, "stopped", by=owner, note="Wrong price")
        assert Mailing.objects.get().state == "stopped"
        assert Message.objects.get().error == "stopped"


def test_what_cannot_be_sent_is_no_step(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner, pilot_size=1, rollout_on=SOON), "approval", by=owner)
        Recipient.objects.update(country="KR")
        CampaignSettings.objects.update(free_phone="", postal_address="")
        with pytest.raises(DomainError, match="rules on advertising in KR"), transaction.atomic():
            advance(campaign, "pilot", by=owner)
        campaign.refresh_from_db()
        assert campaign.state == "approved"


def test_a_text_that_cannot_be_sent_is_not_approved(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
        CampaignContent.objects.filter(language="ko").update(body="Dear {nmae}")
        with pytest.raises(CampaignError, match=r"A/ko: There is no field \{nmae\}"):
            advance(campaign, "approval", by=owner)
