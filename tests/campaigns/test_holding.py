"""Who is held out by a campaign hears nothing by another way: no announcement that advertises, no greeting by mail. Nor does a
greeting go to an address that is suppressed."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from campaigns.models import Suppression
from communication.models import Addressee, Announcement
from communication.services import announcements
from partners.models import ContactConsent, ContactInsight, Greeting, PeopleSettings
from partners.selectors.people import may_mail
from partners.services import greetings
from partners.services.people import PeopleError, save_people_settings
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def running(owner: Membership, partner: Any, arm: str = "holdout", **values: Any) -> Any:
    """A campaign of these days in which the partner was drawn into an arm."""
    today = timezone.localdate()
    days = {"starts_on": today - 5 * DAY, "ends_on": today - DAY, "window_days": 28, "state": "measuring"}
    campaign = CampaignFactory(manufacturer=owner.manufacturer, owner=owner, frozen_at=timezone.now(), **days | values)
    RecipientFactory(manufacturer=owner.manufacturer, campaign=campaign, partner=partner, arm=arm)
    return campaign


def told(owner: Membership, **values: Any) -> set[int]:
    """Who gets an announcement to all."""
    words = {"titles": {"en": "New"}, "bodies": {"en": "Look"}, "kind": "product"}
    made = announcements.publish(Announcement.objects.create(owner=owner, **words | values), by=owner)
    return set(Addressee.objects.filter(announcement=made).values_list("partner_id", flat=True))


def test_announcements_that_advertise_pass_by_who_is_held_out(owner: Membership, partner: Any, sibling: Any) -> None:
    both, free = {partner.pk, sibling.pk}, {sibling.pk}
    to_confirm = {"must_confirm": True, "confirm_by": timezone.localdate() + DAY}
    with staff_scope(owner.manufacturer_id):
        assert told(owner) == both
        campaign = running(owner, partner)
        draft = Announcement.objects.create(owner=owner, kind="product")
        assert announcements.held_out_of(draft, owner) == 1
        assert told(owner) == told(owner, kind="programme") == free
        assert told(owner, kind="price") == told(owner, **to_confirm) == both

        # Once it is measured, who comes later to what still takes newcomers comes in by itself.
        made = Announcement.objects.create(
            owner=owner, kind="product", titles={"en": "A"}, bodies={"en": "B"}, takes_newcomers=True
        )
        announcements.publish(made, by=owner)
        assert announcements.morning(timezone.localdate())[0] == 0
        type(campaign).objects.update(state="analysed")
        assert announcements.morning(timezone.localdate())[0] == 1


@pytest.mark.parametrize(
    "values",
    [
        {"arm": "rest"},
        {"frozen_at": None},
        {"state": "stopped"},
        {"starts_on": dt.date(2099, 1, 1), "ends_on": dt.date(2099, 1, 2)},
        {"starts_on": dt.date(2020, 1, 1), "ends_on": dt.date(2020, 1, 2)},
    ],
)
def test_other_campaigns_keep_nobody_from_anything(owner: Membership, partner: Any, values: dict[str, Any]) -> None:
    with staff_scope(owner.manufacturer_id):
        arm = values.pop("arm", "holdout") if "arm" in values else "holdout"
        campaign = running(owner, partner, arm)
        type(campaign).objects.filter(pk=campaign.pk).update(**values or {"state": "rollout"})
        assert partner.pk in told(owner)


def test_greetings_by_mail_pass_by_who_is_held_out(owner: Membership, partner: Any) -> None:
    today = timezone.localdate()
    born = today.replace(year=1980, day=min(today.day, 28))
    kim = ContactFactory(
        manufacturer=partner.manufacturer, partner=partner, name="Kim", email="kim@a.example", language="en",
        birthday=born,
    )  # fmt: skip
    given: dict[str, Any] = {"subject": "x", "text": "y", "by": owner, "today": born.replace(year=today.year)}
    with staff_scope(owner.manufacturer_id):
        ContactConsent.objects.create(partner=partner, contact=kim, channel="email", given_on=today, source="Fair")
        save_people_settings(PeopleSettings(automatic=["birthday"]))
        campaign = running(owner, partner)
        with pytest.raises(PeopleError, match="to compare those who hear nothing"):
            greetings.greet(kim, "birthday", way="mail", **given)
        assert greetings.send_due(born.replace(year=today.year)) == 0
        type(campaign).objects.update(state="analysed")
        greeting = greetings.greet(kim, "birthday", way="mail", **given)
        type(campaign).objects.update(state="measuring")
    greetings.send_greeting(manufacturer_id=owner.manufacturer_id, greeting_id=greeting.pk)
    assert mail.outbox == []
    with staff_scope(owner.manufacturer_id):
        assert "holds" in Greeting.objects.get().mail_refused


@pytest.mark.parametrize("reason", ["staff", "complaint", "bounce"])
def test_no_greeting_goes_to_an_address_that_is_suppressed(
    owner: Membership, partner: Any, client_for: Any, reason: str
) -> None:
    today = timezone.localdate()
    born = today.replace(year=1980, day=min(today.day, 28))
    kim = ContactFactory(
        manufacturer=partner.manufacturer, partner=partner, name="Kim", email="Kim@A.example", language="en",
        birthday=born,
    )  # fmt: skip
    day = born.replace(year=today.year)
    given: dict[str, Any] = {"subject": "x", "text": "y", "by": owner, "today": day}
    with staff_scope(owner.manufacturer_id):
        ContactConsent.objects.create(partner=partner, contact=kim, channel="email", given_on=today, source="Fair")
        save_people_settings(PeopleSettings(automatic=["birthday"]))
        ContactInsight.objects.create(contact=kim, news_every="month")
        greeting = greetings.greet(kim, "birthday", way="mail", **given)
        suppressed = Suppression.objects.create(channel="email", address="kim@a.example", reason=reason)
    greetings.send_greeting(manufacturer_id=owner.manufacturer_id, greeting_id=greeting.pk)
    assert mail.outbox == []
    with staff_scope(owner.manufacturer_id):
        assert "came back, or were refused" in Greeting.objects.get().mail_refused
        Greeting.objects.all().delete()
        assert greetings.send_due(day) == 0
        with pytest.raises(PeopleError, match="came back, or were refused"):
            greetings.greet(kim, "birthday", way="mail", **given)
        assert not may_mail(kim)
    for page in ("news", "greetings/birthday"):
        shown = client_for(owner).get(f"/hanbit/people/{kim.pk}/{page}/").content.decode()
        assert "Mails to Kim came back, or were refused" in shown
        assert "Send the mail" not in shown
    with staff_scope(owner.manufacturer_id):
        suppressed.channel = "sms"
        suppressed.save()
        assert may_mail(kim)
        assert greetings.send_due(day) == 1
