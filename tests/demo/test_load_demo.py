"""The demo as a visitor finds it: loaded once by the command, through the real imports and recomputes."""

import io
from collections import Counter
from datetime import date
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from commerce.models import ManufacturerMonth, SalesLine, SalesMonth
from notices.models import Notice
from partners.models import Partner
from prm_portal.demo import MANUFACTURERS, PASSWORD, PLATFORM_EMAIL, generate
from prm_portal.demo_loader import DemoLoader
from tenancy.models import Manufacturer, Membership, Sharing, User
from tenancy.rls import platform_scope, staff_scope
from valuation.models import Grade, GradeChange, GradeRun

TODAY = date(2026, 11, 21)
SIGN_INS = {
    "owner@hanbit.example": ["hanbit"],
    "manager@hanbit.example": ["hanbit"],
    "analyst@hanbit.example": ["hanbit"],
    "admin@seoul-agency.example": ["hanbit"],
    "rep@seoul-agency.example": ["hanbit"],
    "admin@busan-dealer.example": ["hanbit"],
    "owner@tokai.example": ["tokai"],
    "buyer@oslo-sykkel.example": ["tokai"],
    "multi@partners.example": ["hanbit", "tokai"],
}


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", today=TODAY, stdout=out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once_also_after_a_break_and_is_what_the_generator_says(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: TODAY)
    with monkeypatch.context() as broken:
        broken.setattr(DemoLoader, "date_back", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load()
    assert not User.objects.filter(email=PLATFORM_EMAIL).exists()

    said = load()
    assert "hanbit-sell-in-2026-05.csv" not in said  # it was in already
    assert "hanbit-sell-in-2026-06.csv" in said
    assert "한빛건재" in said
    assert "東海サイクル" in said

    for slug in MANUFACTURERS:
        demo = generate(slug, today=TODAY)
        manufacturer = Manufacturer.objects.get(slug=slug)
        with staff_scope(manufacturer.pk):
            assert Partner.objects.count() == len(demo.partners)
            assert SalesLine.objects.count() == len(demo.lines)
            assert SalesMonth.objects.filter(month__gt=TODAY).count() == 0
            assert ManufacturerMonth.objects.count() == 36
            as_generated = Sharing.objects.filter(agreed_by__isnull=False)  # the stories add some that nobody signed
            assert as_generated.count() == sum(len(partner.shares) for partner in demo.partners)
            assert Partner.objects.filter(channel_manager=None).count() == 0
            assert GradeRun.objects.filter(is_complete=True).count() == 6
            valued = [partner for partner in demo.partners if partner.stage not in ("prospect", "ended")]
            assert Grade.objects.count() == len(valued)
            reasons = Counter(GradeChange.objects.values_list("reason", flat=True))
            assert reasons["first"] == len(valued)
            assert reasons["promotion"] > 3
            assert reasons["demotion"] > 3
            assert reasons["warning"] > 3
            assert Notice.objects.exists()

    with staff_scope(Manufacturer.objects.get(slug="hanbit").pk):
        seoul = Grade.objects.select_related("tier").get(partner__name="Seoul Agency")
        tiers = Counter(Grade.objects.values_list("tier__code", flat=True))
    assert seoul.tier.code == "silver"
    assert set(tiers) == {"platinum", "gold", "silver", "bronze", "registered"}
    assert tiers["silver"] > tiers["gold"] > tiers["platinum"] > 5

    for email, slugs in SIGN_INS.items():
        user = User.objects.get(email=email)
        assert user.check_password(PASSWORD)
        with platform_scope():
            places = Membership.objects.filter(user_id=user.pk).values_list("manufacturer__slug", flat=True)
            assert sorted(places) == slugs
    assert User.objects.get(email=PLATFORM_EMAIL).is_superuser

    response = client.post("/accounts/login/", {"login": "admin@seoul-agency.example", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/hanbit/portal/").status_code == 200

    assert "there already" in load()
    with platform_scope():
        assert Partner.objects.count() == 300
