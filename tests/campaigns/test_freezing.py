import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Arm, Campaign, CampaignSettings, CampaignVariant, Recipient, Suppression
from campaigns.services.freezing import FreezingError, freeze, preview, texts_for
from commerce.models import EndCustomer
from partners.models import Audience, Contact, ContactConsent, Partner, PartnerSummary
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import ContactFactory, MembershipFactory, PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


def planned(owner: Membership, languages: tuple[str, ...] = ("en", "ko"), **kwargs: Any) -> Any:
    campaign = CampaignFactory(manufacturer=owner.manufacturer, owner=owner, holdout=0, **kwargs)
    variant = VariantFactory(manufacturer=owner.manufacturer, campaign=campaign)
    for language in languages:
        ContentFactory(manufacturer=owner.manufacturer, variant=variant, language=language)
    return campaign


def person(partner: Any, *, consent: str | None = "email", **kwargs: Any) -> Any:
    made = ContactFactory(manufacturer=partner.manufacturer, partner=partner, **kwargs)
    if consent:
        with staff_scope(partner.manufacturer_id):
            ContactConsent.objects.create(
                partner=partner, contact=made, channel=consent, given_on=TODAY, source="Trade fair"
            )
    return made


def reasons(campaign: Any) -> dict[str, str]:
    return dict(Recipient.objects.filter(campaign=campaign).values_list("name", "left_out"))


def test_everybody_is_kept_with_the_first_reason_why_not(owner: Membership, partner: Any, sibling: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, languages=("ko",))
        campaign.excluded = Audience.objects.create(
            name="Busan",
            owner=owner,
            definition={"op": "all", "rules": [{"field": "code", "test": "is", "value": sibling.code}]},
        )
        campaign.save()
        Suppression.objects.create(channel="email", address="gone@a.example", reason="bounce")
        person(sibling, name="Excluded", email="x@b.example", language="ko")
        person(partner, name="Left", email="left@a.example", language="ko", left_on=dt.date(2026, 5, 1))
        person(partner, name="No mail", email="", language="ko")
        person(partner, name="Bounced", email="Gone@A.example", language="ko")
        person(partner, name="Never asked", email="n@a.example", language="ko", consent=None)
        person(partner, name="By phone only", email="s@a.example", language="ko", consent="sms")
        withdrawn = person(partner, name="Withdrawn", email="w@a.example", language="ko")
        ContactConsent.objects.filter(contact=withdrawn).update(withdrawn_on=TODAY)
        person(partner, name="Speaks English", email="e@a.example", language="en")
        person(partner, name="First", email="same@a.example", language="ko", is_primary=True)
        person(partner, name="Second", email="SAME@a.example", language="ko")
        person(partner, name="Reached", email="r@a.example", language="ko")

        counts = freeze(campaign)

        assert reasons(campaign) == {
            "Excluded": "excluded",
            "Left": "left_company",
            "No mail": "no_address",
            "Bounced": "suppressed",
            "Never asked": "no_consent",
            "By phone only": "no_consent",
            "Withdrawn": "no_consent",
            "Speaks English": "no_language",
            "First": "",
            "Second": "duplicate",
            "Reached": "",
        }
        assert (counts.rest, counts.readers, counts.out) == (2, 2, 9)
        assert counts.left_out == {
            "excluded": 1,
            "left_company": 1,
            "no_address": 1,
            "suppressed": 1,
            "no_consent": 3,
            "no_language": 1,
            "duplicate": 1,
        }
        assert [code for code, _words, _count in counts.reasons][:3] == ["excluded", "left_company", "no_address"]
        kept = Campaign.objects.get(pk=campaign.pk)
        assert (kept.left_out, kept.arms) == (counts.left_out, {"pilot": 0, "rest": 2, "holdout": 0})
        assert set(Recipient.objects.filter(left_out="").values_list("arm", flat=True)) == {"rest"}
        assert set(Recipient.objects.exclude(left_out="").values_list("arm", "variant")) == {("", None)}


def test_where_the_partnership_ended_nobody_is_written_to_unless_the_audience_asks_for_the_stage(
    owner: Membership, partner: Any, sibling: Any
) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="ended")
        person(partner, name="Ended", email="e@a.example", language="en")
        person(sibling, name="Active", email="a@b.example", language="en")
        campaign = planned(owner)
        assert freeze(campaign).left_out == {"ended": 1}
        assert reasons(campaign) == {"Ended": "ended", "Active": ""}
        for field, test, value, expected in (
            ("stage", "any_of", ["ended"], ""),
            ("stage", "none_of", ["active"], None),
            ("code", "is", partner.code, None),
        ):
            definition = {"op": "all", "rules": [{"field": field, "test": test, "value": value}]}
            campaign.audience = Audience.objects.create(name=f"{field} {test}", owner=owner, definition=definition)
            campaign.save()
            if expected is None:
                with pytest.raises(FreezingError):
                    freeze(campaign)
                campaign.refresh_from_db()
            else:
                freeze(campaign)
                assert reasons(campaign) == {"Ended": expected}


def test_a_preview_counts_as_freezing_does_and_keeps_nothing(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, pilot_size=2, rollout_on=dt.date(2026, 6, 8))
        for number in range(5):
            person(partner, email=f"p{number}@a.example", language="en")
        person(partner, email="", language="en")
        seen = preview(campaign)
        assert not Recipient.objects.exists()
        assert seen == freeze(campaign)
        assert (seen.pilot, seen.rest, seen.holdout, seen.left_out) == (2, 3, 0, {"no_address": 1})


def test_news_that_is_no_advertising_needs_no_consent(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, is_advertising=False)
        person(partner, email="a@a.example", language="en", consent=None)
        assert freeze(campaign).spoken_to == 1


@pytest.mark.parametrize(
    ("country", "channel", "expected"),
    [
        ("US", "email", {"Never asked": "", "Agreed": "", "Withdrew": "no_consent"}),
        ("US", "sms", {"Never asked": "no_consent", "Agreed": "", "Withdrew": "no_consent"}),
        ("US", "post", {"Never asked": "no_consent", "Agreed": "", "Withdrew": "no_consent"}),
        ("KR", "email", {"Never asked": "no_consent", "Agreed": "", "Withdrew": "no_consent"}),
        ("DE", "email", {"Never asked": "no_consent", "Agreed": "", "Withdrew": "no_consent"}),
    ],
)
def test_where_no_consent_is_asked_for_only_a_withdrawn_one_counts(
    owner: Membership, partner: Any, country: str, channel: str, expected: dict[str, str]
) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(country=country, address="1 Main St")
        for number, name in enumerate(expected):
            consent = None if name == "Never asked" else channel
            made = person(
                partner, name=name, email=f"{number}@a.example", mobile=f"010{number}", language="en", consent=consent
            )
            if name == "Withdrew":
                ContactConsent.objects.filter(contact=made).update(withdrawn_on=TODAY)
        campaign = planned(owner, channel=channel)
        freeze(campaign)
        assert reasons(campaign) == expected


def test_only_the_roles_asked_for_and_only_the_audience(owner: Membership, partner: Any, sibling: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        audience = Audience.objects.create(
            name="Seoul",
            owner=owner,
            definition={"op": "all", "rules": [{"field": "code", "test": "is", "value": partner.code}]},
        )
        campaign = planned(owner, audience=audience, roles=["purchasing"])
        person(partner, name="Buyer", email="b@a.example", language="en", role="purchasing")
        person(partner, name="Seller", email="s@a.example", language="en", role="sales")
        person(sibling, name="Other buyer", email="b@b.example", language="en", role="purchasing")
        freeze(campaign)
        assert reasons(campaign) == {"Buyer": ""}
        assert campaign.snapshot.count == 1


def test_portal_users_are_reached_without_consent_and_with_their_place(owner: Membership, partner: Any) -> None:
    member = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner, name="Rep")
    gone = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner, name="Gone", is_active=False)
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, readers="users", channel="portal")
        freeze(campaign)
        rows = Recipient.objects.filter(campaign=campaign).order_by("name")
        assert [(row.name, row.left_out, row.member_id) for row in rows] == [
            (gone.name, "left_company", None),
            (member.name, "", member.pk),
        ]


def test_end_customers_are_asked_by_their_own_consent(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        now = timezone.now()
        rows = [
            ("Agreed", {"consented_at": now}),
            ("Ended", {"consented_at": now, "consent_ended_at": now}),
            ("Never", {}),
        ]
        for name, more in rows:
            EndCustomer.objects.create(name=name, email=f"{name}@c.example", language="ko", served_by=partner, **more)
        EndCustomer.objects.create(name="Nobody's", email="n@c.example", language="ko", consented_at=now)
        campaign = planned(owner, readers="customers")
        freeze(campaign)
        assert reasons(campaign) == {"Agreed": "", "Ended": "no_consent", "Never": "no_consent", "Nobody's": ""}


def test_the_language_is_the_persons_else_the_companys_else_the_countrys(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(languages=["xx", "ja"], country="KR", local_name="서울상사")
        korean = PartnerFactory(manufacturer=owner.manufacturer, country="KR", languages=[], name="Plain")
        campaign = planned(owner, languages=("ko", "ja", "en"))
        person(partner, name="Own", email="1@a.example", language="en")
        person(partner, name="Company's", email="2@a.example", language="")
        person(korean, name="Country's", email="3@a.example", language="")
        freeze(campaign)
        rows = Recipient.objects.filter(campaign=campaign).values_list("name", "language", "partner_name")
        assert set(rows) == {
            ("Own", "en", partner.name),
            ("Company's", "ja", "서울상사"),
            ("Country's", "ko", "Plain"),
        }


def test_each_variant_must_have_the_language(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, languages=("ko", "ja"))
        other = VariantFactory(manufacturer=owner.manufacturer, campaign=campaign, label="B")
        ContentFactory(manufacturer=owner.manufacturer, variant=other, language="ko")
        ContentFactory(manufacturer=owner.manufacturer, variant=other, language="ja", country="JP")
        assert texts_for(campaign) == ["jaJP", "ko"]


def test_nobody_left_is_refused(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner)
        person(partner, email="", language="en")
        with pytest.raises(FreezingError, match="Nobody is left"):
            freeze(campaign)


# --- The draw ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(owner: Membership) -> list[Any]:
    """60 people at 20 companies, Korean ones of two grades and Japanese ones."""
    with staff_scope(owner.manufacturer_id):
        companies = [
            PartnerFactory(manufacturer=owner.manufacturer, country="JP" if number < 8 else "KR")
            for number in range(20)
        ]
        for number, company in enumerate(companies):
            PartnerSummary.objects.filter(partner=company).update(tier_code="gold" if number % 2 else "")
        people = [
            Contact(partner=company, name=f"P{number}-{k}", email=f"p{number}-{k}@c.example", language="en")
            for number, company in enumerate(companies)
            for k in range(3)
        ]
        Contact.objects.bulk_create(people)
        ContactConsent.objects.bulk_create(
            [
                ContactConsent(partner=each.partner, contact=each, channel="email", given_on=TODAY, source="Fair")
                for each in people
            ]
        )
        return companies


def test_arms_have_their_sizes_and_are_drawn_alike_in_countries_and_grades(owner: Membership, crowd: list[Any]) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, languages=("en",), pilot_size=20, rollout_on=dt.date(2026, 6, 10))
        Campaign.objects.filter(pk=campaign.pk).update(holdout=20)
        campaign.refresh_from_db()
        b = VariantFactory(manufacturer=owner.manufacturer, campaign=campaign, label="B")
        ContentFactory(manufacturer=owner.manufacturer, variant=b)

        counts = freeze(campaign)

        rows = list(Recipient.objects.filter(campaign=campaign))
        assert (counts.pilot, counts.rest, counts.holdout) == (20, 28, 12)
        held = {row.partner_id for row in rows if row.arm == Arm.HOLDOUT}
        written = {row.partner_id for row in rows if row.arm != Arm.HOLDOUT}
        assert len(held) == 4
        assert not held & written
        assert all(row.variant_id is None for row in rows if row.arm == Arm.HOLDOUT)
        said = Counter((row.arm, row.variant_id == b.pk) for row in rows if row.arm != Arm.HOLDOUT)
        assert said["pilot", True] == said["pilot", False] == 10
        assert said["rest", True] == said["rest", False] == 14
        strata = Counter((row.country, row.grade) for row in rows if row.arm != Arm.HOLDOUT)
        pilots = Counter((row.country, row.grade) for row in rows if row.arm == Arm.PILOT)
        assert len(strata) == 4
        assert all(abs(pilots[each] - size * 20 / 48) < 1 for each, size in strata.items())


def test_the_same_seed_draws_the_same(owner: Membership, crowd: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.services.freezing.secrets.randbelow", lambda _most: 7)
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner, languages=("en",), pilot_size=11, rollout_on=dt.date(2026, 6, 10))
        drawn = []
        for _time in range(2):
            freeze(campaign)
            drawn.append(dict(Recipient.objects.filter(campaign=campaign).values_list("contact", "arm")))
        assert drawn[0] == drawn[1]
        monkeypatch.setattr("campaigns.services.freezing.secrets.randbelow", lambda _most: 8)
        freeze(campaign)
        assert dict(Recipient.objects.filter(campaign=campaign).values_list("contact", "arm")) != drawn[0]


# --- Beside other campaigns -------------------------------------------------------------------------------------------


def other_campaign(owner: Membership, contact: Any, arm: str, **kwargs: Any) -> Any:
    campaign = CampaignFactory(
        manufacturer=owner.manufacturer,
        owner=owner,
        **{"state": "approved", "frozen_at": timezone.now(), **kwargs},
    )
    RecipientFactory(
        manufacturer=owner.manufacturer, campaign=campaign, partner=contact.partner, contact=contact, arm=arm
    )
    return campaign


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "held_out"),
        ({"state": "measuring", "starts_on": dt.date(2026, 5, 1), "ends_on": dt.date(2026, 5, 10)}, "held_out"),
        ({"starts_on": dt.date(2026, 4, 1), "ends_on": dt.date(2026, 4, 30), "window_days": 31}, ""),
        ({"starts_on": dt.date(2026, 7, 1), "ends_on": dt.date(2026, 7, 30)}, ""),
        ({"state": "closed"}, ""),
        ({"state": "stopped"}, ""),
    ],
)
def test_who_is_held_out_elsewhere_gets_no_advertising(
    owner: Membership, partner: Any, sibling: Any, more: dict[str, Any], reason: str
) -> None:
    with staff_scope(owner.manufacturer_id):
        held = person(partner, name="Held", email="h@a.example", language="en")
        other_campaign(owner, held, "holdout", **more)
        # Who came to the company since, or was not meant by that campaign, is of the company whose orders it measures.
        person(partner, name="Colleague", email="c@a.example", language="en")
        person(sibling, name="Free", email="f@b.example", language="en")
        campaign = planned(owner)
        freeze(campaign)
        assert reasons(campaign) == {"Held": reason, "Colleague": reason, "Free": ""}
        news = planned(owner, is_advertising=False)
        freeze(news)
        assert reasons(news) == {"Held": "", "Colleague": "", "Free": ""}


def test_an_end_customer_held_out_keeps_neither_its_partner_nor_others_of_it_from_anything(
    owner: Membership, partner: Any
) -> None:
    with staff_scope(owner.manufacturer_id):
        held, _free = (
            EndCustomer.objects.create(
                name=name, email=f"{name}@c.example", language="en", served_by=partner, consented_at=timezone.now()
            )
            for name in ("Held", "Free")
        )
        person(partner, name="Partner", email="p@a.example", language="en")
        other = CampaignFactory(
            manufacturer=owner.manufacturer, owner=owner, state="approved", frozen_at=timezone.now()
        )
        Recipient.objects.create(
            campaign=other, partner=partner, customer=held, name="Held", language="en", arm="holdout"
        )
        campaign = planned(owner, readers="customers")
        freeze(campaign)
        assert reasons(campaign) == {"Held": "held_out", "Free": ""}
        campaign = planned(owner)
        freeze(campaign)
        assert reasons(campaign) == {"Partner": ""}


@pytest.mark.parametrize(
    ("cap", "more", "reason"),
    [
        (2, {}, "capped"),
        (3, {}, ""),
        (2, {"starts_on": dt.date(2026, 6, 8)}, ""),  # another week
        (2, {"starts_on": dt.date(2026, 6, 7)}, "capped"),  # its Sunday
        (2, {"channel": "portal"}, ""),
        (2, {"state": "plan"}, ""),
        (2, {"arm": "holdout", "state": "closed"}, ""),
    ],
)
def test_who_gets_enough_that_week_is_left_out(
    owner: Membership, partner: Any, cap: int, more: dict[str, Any], reason: str
) -> None:
    with staff_scope(owner.manufacturer_id):
        CampaignSettings.objects.create(weekly_cap=cap)
        busy = person(partner, name="Busy", email="busy@a.example", language="en")
        person(partner, name="Free", email="free@a.example", language="en")
        arm = more.pop("arm", "rest") if "arm" in more else "rest"
        other_campaign(owner, busy, "rest")
        other_campaign(owner, busy, arm, **more)
        campaign = planned(owner)
        freeze(campaign)
        assert reasons(campaign) == {"Busy": reason, "Free": ""}


def test_another_manufacturers_people_are_never_found(owner: Membership, stranger: Membership, partner: Any) -> None:
    theirs = PartnerFactory(manufacturer=stranger.manufacturer)
    person(theirs, email="t@t.example", language="en")
    with staff_scope(owner.manufacturer_id):
        person(partner, name="Ours", email="o@a.example", language="en")
        campaign = planned(owner)
        freeze(campaign)
        assert reasons(campaign) == {"Ours": ""}


def test_who_sees_only_assigned_partners_writes_to_those(manufacturer: Any, partner: Any, sibling: Any) -> None:
    manager = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        person(partner, name="Own", email="o@a.example", language="en")
        person(sibling, name="Other", email="o@b.example", language="en")
        campaign = planned(manager)
        freeze(campaign)
        assert reasons(campaign) == {"Own": ""}
        assert CampaignVariant.objects.get(campaign=campaign).label == "A"
