"""Readers are frozen by a job after the last approval: the campaign stands at “freezing” till then, whoever dies."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignStep, Recipient
from campaigns.services import campaigns as services
from campaigns.services.campaigns import advance
from jobs.models import Job
from jobs.running import run_job
from jobs.services import cancel_job
from notices.models import Notice
from partners.models import Contact
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.test_campaigns import SOON, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(owner: Membership, partner: Any) -> Campaign:
    """Approved by its owner, and waiting for its readers."""
    with staff_scope(owner.manufacturer_id):
        return advance(ready(owner, partner, pilot_size=1, rollout_on=SOON), "approval", by=owner)


def run(campaign: Campaign) -> Job:
    with staff_scope(campaign.manufacturer_id):
        (job,) = Job.objects.filter(kind="campaigns.freezing", state="queued")
    return run_job(manufacturer_id=campaign.manufacturer_id, job_id=job.pk) or job


def test_it_stands_at_freezing_until_the_job_has_run(owner: Membership, campaign: Campaign, client_for: Any) -> None:
    client: Client = client_for(owner)
    page = f"/hanbit/campaigns/{campaign.pk}/"
    with staff_scope(owner.manufacturer_id):
        assert (campaign.state, Recipient.objects.count()) == ("freezing", 0)
    shown = client.get(page).content.decode()
    assert "takes a few seconds" in shown
    assert 'hx-trigger="every 2s"' in shown

    assert run(campaign).result == {"readers": 3, "left_out": 0}

    with staff_scope(owner.manufacturer_id):
        campaign.refresh_from_db()
        assert (campaign.state, campaign.arms) == ("approved", {"pilot": 1, "rest": 2, "holdout": 0})
        assert CampaignStep.objects.latest("pk").by_id == owner.pk
    assert "takes a few seconds" not in client.get(page).content.decode()


def test_a_killed_worker_leaves_it_to_the_next_and_a_second_run_changes_nothing(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: Any, **_kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(services, "_tell", die)
        patch.setattr(services, "_step", die)
        with staff_scope(campaign.manufacturer_id):
            services.freeze_approved(campaign, by=None)
    with staff_scope(campaign.manufacturer_id):
        campaign.refresh_from_db()
        assert (campaign.state, campaign.frozen_at, Recipient.objects.count()) == ("freezing", None, 0)
        assert services.freeze_approved(campaign, by=None) is not None
        campaign.refresh_from_db()
        before = campaign.seed
        assert services.freeze_approved(campaign, by=None) is None
        campaign.refresh_from_db()
        assert (campaign.state, campaign.seed, Recipient.objects.count()) == ("approved", before, 3)


def test_where_nobody_is_left_it_is_a_plan_again_with_the_reason(owner: Membership, campaign: Campaign) -> None:
    with staff_scope(owner.manufacturer_id):
        Contact.objects.update(email="")
    assert run(campaign).state == "done"
    with staff_scope(owner.manufacturer_id):
        campaign.refresh_from_db()
        assert (campaign.state, campaign.frozen_at) == ("plan", None)
        assert "Nobody is left" in CampaignStep.objects.latest("pk").note
        assert Notice.objects.get(kind="campaigns.not_frozen").recipient_id == owner.pk


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_job_that_fails_or_is_cancelled_makes_it_a_plan_again_and_tells(
    owner: Membership, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, is_cancelled: bool
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "freeze", fail)
    with staff_scope(owner.manufacturer_id):
        job = Job.objects.get(kind="campaigns.freezing")
        if is_cancelled:
            cancel_job(job, by=owner)
    if not is_cancelled:
        assert run(campaign).state == "failed"
    with staff_scope(owner.manufacturer_id):
        campaign.refresh_from_db()
        job.refresh_from_db()
        assert (campaign.state, CampaignStep.objects.latest("pk").note) == ("plan", job.message)
        told = Notice.objects.get(kind="campaigns.not_frozen")
        assert (told.recipient_id, told.facts["reason"]) == (owner.pk, job.message)


def test_taken_back_while_it_is_frozen_nothing_is_kept(owner: Membership, campaign: Campaign) -> None:
    with staff_scope(owner.manufacturer_id):
        advance(campaign, "plan", by=owner)
    assert run(campaign).result == {}
    with staff_scope(owner.manufacturer_id):
        campaign.refresh_from_db()
        assert (campaign.state, Recipient.objects.count()) == ("plan", 0)
