import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings


def test_a_process_that_runs_is_healthy_whoever_asks(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_process_that_reaches_its_servers_is_ready_without_https(client):
    response = client.get("/readyz", headers={"host": "10.0.0.7"})

    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


@pytest.mark.django_db
def test_a_process_without_redis_is_not_ready(client):
    nowhere = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}}
    with override_settings(CACHES=nowhere):
        response = client.get("/readyz")
    caches.close_all()

    assert (response.status_code, response.json()) == (503, {"database": True, "redis": False})


@pytest.mark.django_db
def test_every_page_carries_the_strict_headers(client):
    headers = client.get("/accounts/login/").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_who_opens_the_address_of_a_form_is_shown_the_way_to_its_page(client_for, owner):
    path, browser = "/hanbit/users/invitations/1/revoke/", client_for(owner)

    page = browser.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    bare = browser.get(path, headers={"Accept": "application/json"})

    assert (page.status_code, page["Allow"], bare.status_code, bare.content) == (405, "POST", 405, b"")
    assert 'href="/hanbit/users/invitations/">To the page</a>' in page.content.decode()
    assert browser.post(path, headers={"Accept": "text/html"}).status_code == 404
