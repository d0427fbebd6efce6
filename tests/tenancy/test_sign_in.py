"""Signing in: by password, by a code to the phone, with a second factor; what is refused, and who is locked out."""

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.test import Client

from tenancy.models import User
from tenancy.rls import platform_scope
from tests.factories import PASSWORD, MembershipFactory, UserFactory
from tests.tenancy.helpers import stored

SENT: list[tuple[str, str]] = []
TOTP_SECRET = "JBSWY3DPEHPK3PXP"


def collect(phone: str, text: str) -> None:
    SENT.append((phone, text))


def refuse(phone: str, text: str) -> None:
    raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def sms(settings: Any) -> list[tuple[str, str]]:
    settings.SMS_SENDER = "tests.tenancy.test_sign_in.collect"
    SENT.clear()
    return SENT


def sign_in(login: str, password: str = PASSWORD, client: Client | None = None, **fields: str) -> Any:
    return (client or Client()).post("/accounts/login/", {"login": login, "password": password, **fields})


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def confirm_password(client: Client) -> None:
    """What settings of signing in ask for, however short ago one signed in."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def totp_code(secret: str = TOTP_SECRET) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Password ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_the_sign_in_page_opens_in_each_language(db: None, language: str) -> None:
    response = Client(headers={"accept-language": language}).get("/accounts/login/")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


def test_who_signs_in_lands_on_the_hub_and_with_one_place_in_it(owner: Any) -> None:
    client = Client()
    assert sign_in(owner.email.upper(), client=client).url == "/"
    assert client.get("/").url == "/hanbit/"


def test_next_leads_back_but_never_to_another_site(owner: Any) -> None:
    assert sign_in(owner.email, next="/hanbit/users/").url == "/hanbit/users/"
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert sign_in(owner.email, next=target).url == "/"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(owner: Any) -> None:
    wrong, unknown = sign_in(owner.email, "wrong"), sign_in("nobody@nowhere.example", "wrong")
    assert wrong.context["form"].errors == unknown.context["form"].errors != {}


def test_five_wrong_passwords_lock_the_account_out_but_nobody_else(owner: Any, manager: Any) -> None:
    for _attempt in range(5):
        assert sign_in(owner.email, "wrong").status_code == 200
    client = Client()
    refused = sign_in(owner.email, client=client)

    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]
    assert not is_in(client)
    assert sign_in(manager.email).status_code == 302


def test_the_lock_opens_after_five_minutes(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for _attempt in range(5):
        sign_in(owner.email, "wrong")
    real = time.time
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: real() + 301)
    assert sign_in(owner.email).status_code == 302


def test_ten_wrong_tries_from_one_address_lock_it_out_for_all(owner: Any) -> None:
    for number in range(10):
        sign_in(f"nobody{number}@nowhere.example", "wrong")
    assert sign_in(owner.email).context["form"].non_field_errors() == [
        "Too many failed login attempts. Try again later."
    ]
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert sign_in(owner.email, client=elsewhere).status_code == 302


def test_nobody_signs_up_by_themself(db: None) -> None:
    page = Client().get("/accounts/signup/")
    assert page.status_code == 200
    fields = {"email": "x@a.example", "password1": "a good long one", "phone": "+821012345678", "name": "X"}
    Client().post("/accounts/signup/", fields)
    assert User.objects.count() == 0


def test_a_closed_account_neither_signs_in_nor_stays_signed_in(owner: Any, client_for: Any) -> None:
    client = client_for(owner)
    assert is_in(client)
    User.objects.filter(pk=owner.user_id).update(is_active=False)

    assert not is_in(client)
    fresh = Client()
    sign_in(owner.email, client=fresh)
    assert not is_in(fresh)


def test_a_closed_manufacturer_is_gone_for_its_people_and_the_public(owner: Any, client_for: Any) -> None:
    client = client_for(owner)
    assert client.get("/hanbit/users/").status_code == 200
    with platform_scope():
        type(owner.manufacturer).objects.update(is_active=False)

    assert client.get("/hanbit/users/").status_code == 404
    assert "You have no place in a partner portal yet" in client.get("/").content.decode()
    assert Client().get("/hanbit/public/join/").status_code == 404


def test_a_forgotten_password_is_set_anew_by_mail_and_unknown_addresses_are_told_alike(owner: Any) -> None:
    responses = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (owner.email, "nobody@nowhere.example")
    ]
    assert [response.url for response in responses] == ["/accounts/password/reset/done/"] * 2
    link = next(word for word in str(mail.outbox[0].body).split() if "/password/reset/key/" in word)
    client = Client()
    form = client.get("/" + link.split("/", 3)[3], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another long one", "password2": "another long one"})
    assert sign_in(owner.email, "another long one").status_code == 302


# --- By mobile number -------------------------------------------------------------------------------------------------


def test_sign_in_by_a_code_to_the_phone(sms: Any, db: None) -> None:
    UserFactory(phone="+821012345678")
    client = Client(headers={"accept-language": "ko"})

    response = client.post("/accounts/login/code/", {"phone": "010-1234-5678"})
    assert response.url == "/accounts/login/code/confirm/"
    assert [phone for phone, _text in sms] == ["+821012345678"]
    code = sms[0][1].rstrip(".").split()[-1]
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert is_in(client)


def test_a_phone_and_password_sign_in_too(db: None) -> None:
    UserFactory(phone="+821012345678", phone_verified=True)
    client = Client()
    assert sign_in("+82 10 1234 5678", client=client).url == "/"
    assert is_in(client)


def test_an_unknown_number_is_answered_alike_and_gets_no_message(sms: Any, db: None) -> None:
    response = Client().post("/accounts/login/code/", {"phone": "+821099999999"})
    assert response.url == "/accounts/login/code/confirm/"
    assert sms == []


def test_wrong_codes_end_the_attempt(sms: Any, db: None) -> None:
    UserFactory(phone="+821012345678")
    client = Client()
    client.post("/accounts/login/code/", {"phone": "+821012345678"})
    code = sms[0][1].rstrip(".").split()[-1]
    for _attempt in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "000000"})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_in(client)


def test_codes_to_one_number_are_limited(sms: Any, db: None) -> None:
    UserFactory(phone="+821012345678")
    for _attempt in range(6):
        Client().post("/accounts/login/code/", {"phone": "+821012345678"})
    assert len(sms) == 3


def test_a_gateway_that_is_away_is_said(settings: Any, db: None) -> None:
    settings.SMS_SENDER = "tests.tenancy.test_sign_in.refuse"
    UserFactory(phone="+821012345678")
    response = Client().post("/accounts/login/code/", {"phone": "+821012345678"}, follow=True)
    assert response.status_code == 200
    assert "The message could not be sent just now. Try again in a few minutes." in response.content.decode()


def test_a_number_becomes_ones_own_only_with_the_code_sent_to_it(sms: Any, db: None) -> None:
    user = UserFactory()
    UserFactory(phone="+821055555555")
    client = Client()
    sign_in(user.email, client=client)

    assert client.post("/accounts/phone/change/", {"phone": "+821012345678"}).url == "/accounts/phone/verify/"
    user.refresh_from_db()
    assert user.phone is None
    client.post("/accounts/phone/verify/", {"code": sms[0][1].rstrip(".").split()[-1]})
    user.refresh_from_db()
    assert (user.phone, user.phone_verified) == ("+821012345678", True)


# --- Second factor ----------------------------------------------------------------------------------------------------


def test_with_a_code_generator_the_password_alone_opens_nothing(owner: Any) -> None:
    TOTP.activate(owner.user, TOTP_SECRET)
    client = Client()
    assert sign_in(owner.email, client=client).url == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": totp_code()}).status_code == 302
    assert is_in(client)


def test_a_code_by_phone_does_not_go_around_the_second_factor(sms: Any, owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(phone="+821012345678")
    TOTP.activate(owner.user, TOTP_SECRET)
    client = Client()
    client.post("/accounts/login/code/", {"phone": "+821012345678"})
    response = client.post("/accounts/login/code/confirm/", {"code": sms[0][1].rstrip(".").split()[-1]})
    assert response.url == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_a_recovery_code_works_once(owner: Any) -> None:
    TOTP.activate(owner.user, TOTP_SECRET)
    code = RecoveryCodes.activate(owner.user).get_unused_codes()[0]
    for works in (True, False):
        client = Client()
        sign_in(owner.email, client=client)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_in(client) is works


def test_a_manufacturer_that_asks_for_a_second_factor_says_how_and_lets_in_afterwards(
    owner: Any, rep: Any, client_for: Any
) -> None:
    with platform_scope():
        type(owner.manufacturer).objects.update(require_mfa=True)
    client = Client()
    sign_in(owner.email, client=client)

    page = client.get("/hanbit/users/")
    assert page.status_code == 403
    assert "Hanbit asks its staff for a second factor" in page.content.decode()
    assert "/accounts/2fa/totp/activate/?next=/hanbit/users/" in page.content.decode()
    assert client.post("/hanbit/users/invite/", {"email": "x@a.example", "role": "owner"}).status_code == 403
    hub = client.get("/", follow=True)
    assert hub.redirect_chain == [("/hanbit/", 302)]
    assert hub.status_code == 403

    form = client.get("/accounts/2fa/totp/activate/?next=/hanbit/users/", follow=True)
    assert form.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    confirm_password(client)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)}).status_code == 302
    assert client.get("/hanbit/users/").status_code == 200
    assert client_for(rep).get("/hanbit/portal/colleagues/").status_code == 200  # asked of staff alone


def test_recovery_codes_alone_are_no_second_factor(owner: Any, client_for: Any) -> None:
    with platform_scope():
        type(owner.manufacturer).objects.update(require_mfa=True)
    Authenticator.objects.create(user=owner.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client_for(owner).get("/hanbit/users/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "email/",
        "sessions/",
        "password/change/",
        "phone/change/",
        "profile/",
    ],
)
def test_pages_of_ones_own_account_open(path: str, owner: Any) -> None:
    client = Client()
    sign_in(owner.email, client=client)
    confirm_password(client)
    assert client.get(f"/accounts/{path}").status_code == 200


# --- Sessions ---------------------------------------------------------------------------------------------------------


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(owner: Any, manager: Any) -> None:
    browsers = [Client(HTTP_USER_AGENT=agent) for agent in (CHROME, SAFARI, "<b>curl</b>")]
    for browser in browsers:
        sign_in(owner.email, client=browser)
    foreign = Client()
    sign_in(manager.email, client=foreign)
    first, second, third = browsers

    page = first.get("/accounts/sessions/")
    assert [(name, is_current) for _session, name, is_current in page.context["sessions"]] == [
        ("<b>curl</b>", False),
        ("Safari, iPhone", False),
        ("Chrome, Windows", True),
    ]
    assert "<b>curl</b>" not in page.content.decode()

    for value in (UserSession.objects.get(user=manager.user).pk, "x", ""):
        first.post("/accounts/sessions/", {"session": value})
    assert [is_in(browser) for browser in (*browsers, foreign)] == [True, True, True, True]
    first.post("/accounts/sessions/", {"session": page.context["sessions"][1][0].pk})
    assert [is_in(browser) for browser in (first, second, third)] == [True, False, True]
    first.post("/accounts/sessions/", {"session": "others"})
    assert [is_in(browser) for browser in (first, third, foreign)] == [True, False, True]


def test_a_new_password_ends_the_other_sessions(owner: Any) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(owner.email, client=client)
    fields = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    assert first.post("/accounts/password/change/", fields).status_code == 302
    assert is_in(first)
    assert not is_in(second)


# --- Own account ------------------------------------------------------------------------------------------------------


def test_the_profile_is_ones_own_and_nothing_more(owner: Any, client_for: Any) -> None:
    response = client_for(owner).post(
        "/accounts/profile/",
        {
            "name": "New <b>Name</b>",
            "language": "ko",
            "theme": "dark",
            "email": "other@a.example",
            "is_superuser": "on",
            "is_staff": "on",
            "is_active": "",
        },
    )
    assert response.status_code == 302
    user = User.objects.get(pk=owner.user_id)
    assert (user.name, user.language, user.theme) == ("New <b>Name</b>", "ko", "dark")
    assert (user.email, user.is_superuser, user.is_staff, user.is_active) == (owner.email, False, False, True)
    assert (stored(owner).name, stored(owner).language) == ("New <b>Name</b>", "ko")
    page = client_for(owner).get("/accounts/profile/").content.decode()
    assert '<html lang="ko"' in page
    assert 'data-bs-theme="dark"' in page
    assert "<b>Name</b>" not in page


def test_a_new_address_counts_once_it_is_confirmed(owner: Any) -> None:
    client = Client()
    sign_in(owner.email, client=client)
    client.post("/accounts/email/", {"email": "moved@a.example", "action_add": ""})
    assert User.objects.get(pk=owner.user_id).email == owner.email
    link = next(word for word in str(mail.outbox[-1].body).split() if "/confirm-email/" in word)
    client.post("/" + link.split("/", 3)[3])
    assert User.objects.get(pk=owner.user_id).email == "moved@a.example"
    assert stored(owner).email == "moved@a.example"


# --- Headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/hanbit/users/", "/", "/hanbit/public/join/", "/nowhere/at/all/"]
)
def test_every_page_carries_the_headers_that_protect_it(path: str, manager: Any, client_for: Any) -> None:
    MembershipFactory(user=manager.user)  # a second place, so that the hub is a page
    client = Client() if "login" in path else client_for(manager)
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"].split("; ") == [
        *sorted(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                "connect-src 'self'",
                "form-action 'self'",
                "manifest-src 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "object-src 'none'",
            ],
            key=headers["Content-Security-Policy"].index,
        )
    ]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_cookies_are_out_of_reach_for_scripts(owner: Any) -> None:
    response = sign_in(owner.email)
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_form_without_its_token_is_refused(owner: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    before = stored(owner).role
    assert client.post(f"/hanbit/users/{owner.pk}/end/").status_code == 403
    assert client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD}).status_code == 403
    assert (stored(owner).role, stored(owner).is_active) == (before, True)


def test_when_a_member_was_last_seen_is_kept_by_the_hour(owner: Any, client_for: Any) -> None:
    with platform_scope():
        type(owner).objects.update(last_seen_at=None)
    client = client_for(owner)
    client.get("/hanbit/users/")
    seen = stored(owner).last_seen_at
    assert seen is not None
    client.get("/hanbit/users/")
    assert stored(owner).last_seen_at == seen
    with platform_scope():
        type(owner).objects.filter(pk=owner.pk).update(last_seen_at=seen - dt.timedelta(minutes=61))
    client.get("/hanbit/users/")
    assert stored(owner).last_seen_at > seen


# --- Where sign-in leads back to --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "headers", "page"),
    [
        ("get", {}, "/hanbit/campaigns/1/step/%3Fa%3D1"),
        ("post", {"Referer": "http://testserver/hanbit/campaigns/1/?tab=texts"}, "/hanbit/campaigns/1/%3Ftab%3Dtexts"),
        ("post", {"Referer": "https://elsewhere.example/x/"}, "/hanbit/campaigns/1/"),
        ("post", {"Referer": "http://["}, "/hanbit/campaigns/1/"),
        ("post", {}, "/hanbit/campaigns/1/"),
    ],
)
def test_sign_in_leads_back_to_a_page(method: str, headers: dict[str, str], page: str) -> None:
    response = Client().generic(method.upper(), "/hanbit/campaigns/1/step/?a=1", headers=headers)

    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={page}")


def test_what_was_sent_signed_out_is_not_lost_in_silence() -> None:
    said = "You were signed out meanwhile, and what you sent was not kept. Sign in and send it again."
    browser = Client()

    browser.get("/hanbit/campaigns/1/")
    assert said not in browser.get("/accounts/login/").content.decode()
    browser.post("/hanbit/campaigns/1/step/")
    assert said in browser.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_part_of_a_page_is_not_replaced_by_the_sign_in(method: str) -> None:
    headers = {"HX-Request": "true", "Referer": "http://testserver/hanbit/leads/?state=new"}

    response = Client().generic(method, "/hanbit/leads/", headers=headers)

    answer = (response.status_code, response["HX-Redirect"], response.content)
    assert answer == (200, "/accounts/login/?next=/hanbit/leads/%3Fstate%3Dnew", b"")
