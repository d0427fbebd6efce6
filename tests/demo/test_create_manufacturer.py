import io

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope

pytestmark = pytest.mark.django_db


def create(slug: str = "nakdong", **changes: str) -> str:
    options = {
        "name": "낙동강판재",
        "currency": "KRW",
        "timezone": "Asia/Seoul",
        "languages": "ko,en",
        "owner": "owner@nakdong.example",
        "password": "a-long-enough-secret-7",
    }
    out = io.StringIO()
    call_command("create_manufacturer", slug, **{**options, **changes}, stdout=out)
    return out.getvalue()


def test_an_empty_manufacturer_gets_an_owner_who_can_sign_in():
    said = create()

    user = User.objects.get(email="owner@nakdong.example")
    assert user.check_password("a-long-enough-secret-7")
    with platform_scope():
        manufacturer = Manufacturer.objects.get(slug="nakdong")
        owner = Membership.objects.get(manufacturer=manufacturer)
    assert (manufacturer.currency, manufacturer.languages) == ("KRW", ["ko", "en"])
    assert (owner.user_id, owner.role) == (user.pk, Role.OWNER)
    assert said == "낙동강판재 is at /nakdong/; owner@nakdong.example is its owner.\n"


def test_a_password_is_made_and_shown_when_none_is_given():
    out = io.StringIO()
    call_command(
        "create_manufacturer",
        "nakdong",
        *("--name=Nakdong", "--currency=KRW", "--timezone=Asia/Seoul", "--languages=ko", "--owner=o@nakdong.example"),
        stdout=out,
    )

    password = out.getvalue().split("Password: ")[1].strip()
    assert User.objects.get(email="o@nakdong.example").check_password(password)


def test_a_known_owner_keeps_the_password_and_gets_a_second_place():
    create()
    said = create("seomjin", name="섬진목재", password="another-secret-99")

    user = User.objects.get(email="owner@nakdong.example")
    assert user.check_password("a-long-enough-secret-7")
    with platform_scope():
        assert Membership.objects.filter(user_id=user.pk).count() == 2
    assert "keeps the present password" in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"languages": "ko,xx"}, "xx is not"),
        ({"timezone": "Seoul"}, "Seoul is no time zone"),
        ({"currency": "W1"}, "Three letters"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_made(changes, sentence):
    with pytest.raises(CommandError, match=sentence):
        create(**changes)

    assert not Manufacturer.objects.filter(slug="nakdong").exists()
    assert not User.objects.filter(email="owner@nakdong.example").exists()


def test_a_taken_address_is_refused():
    create()
    with pytest.raises(CommandError, match="already exists"):
        create(name="Other", owner="other@nakdong.example")
