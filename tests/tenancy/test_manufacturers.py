"""Making a manufacturer: what is refused with a sentence, and who owns it then."""

from typing import Any

import pytest
from django.core import mail

from tenancy.models import Invitation, Manufacturer, Membership, User
from tenancy.rls import platform_scope, staff_scope
from tenancy.services import TenancyError, create_manufacturer, invite
from tenancy.tasks import send_invitation
from tests.factories import PASSWORD, UserFactory


def make(**changes: Any) -> tuple[Manufacturer, Membership]:
    values: dict[str, Any] = {
        "name": "New Co",
        "currency": "EUR",
        "timezone": "Europe/Oslo",
        "languages": ["en", "ko"],
        "owner_email": "Owner@NewCo.example",
        "password": "a good long one",
    }
    return create_manufacturer(changes.pop("slug", "newco"), **(values | changes))


def test_a_manufacturer_comes_with_its_owner(db: None) -> None:
    manufacturer, owner = make()
    user = User.objects.get(email="owner@newco.example")
    assert user.check_password("a good long one")
    assert (owner.user_id, owner.role, owner.manufacturer_id, owner.partner_id) == (
        user.pk,
        "owner",
        manufacturer.pk,
        None,
    )


def test_a_known_person_becomes_owner_with_the_password_they_have(db: None) -> None:
    user = UserFactory(email="owner@newco.example")
    make()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "admin"}, "The portal uses this address itself."),
        ({"slug": "accounts"}, "The portal uses this address itself."),
        ({"slug": "no good"}, "Enter a valid “slug”"),
        ({"currency": "euros"}, "at most 3 characters"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus is no time zone"),
        ({"languages": ["fr"]}, "fr is not"),
        ({"languages": []}, "nothing is not"),
        ({"brand_colour": "red"}, "A colour such as"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_leaves_nothing(
    db: None, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TenancyError, match=sentence):
        make(**change)
    assert (Manufacturer.objects.count(), User.objects.count()) == (0, 0)


def test_an_address_is_given_once(db: None) -> None:
    make()
    with pytest.raises(TenancyError, match="already exists"):
        make(owner_email="second@newco.example")
    assert not User.objects.filter(email="second@newco.example").exists()


def test_a_name_with_a_line_break_forges_no_header(db: None) -> None:
    manufacturer, owner = make(name="Evil\nBcc: victim@a.example")
    with staff_scope(manufacturer.pk):
        invitation = invite(by=owner, email="x@a.example", role="analyst", language="en")
    send_invitation(manufacturer_id=manufacturer.pk, invitation_id=invitation.pk)

    message = mail.outbox[0]
    assert message.recipients() == ["x@a.example"]
    assert message.subject == "Evil Bcc: victim@a.example invites you to its partner portal"
    assert "Bcc" not in message.message()
    with platform_scope():
        assert Invitation.objects.get().mail_sent_at is not None


@pytest.mark.parametrize(
    ("languages", "first", "korean", "english"),
    [
        (["ja", "ko"], "ja", "ko", "ja"),
        (["fr", "ko"], "ko", "ko", "ko"),  # no page is in French
        (["fr"], "en", "en", "en"),
        ([], "en", "ko", "en"),
    ],
)
def test_what_is_written_for_nobody_in_particular_is_in_the_first_language_that_pages_speak(
    languages: list[str], first: str, korean: str, english: str
) -> None:
    manufacturer = Manufacturer(languages=languages)
    assert (manufacturer.first_language, manufacturer.language_for("ko")) == (first, korean)
    assert manufacturer.language_for("en") == english
