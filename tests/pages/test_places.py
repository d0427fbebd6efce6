"""Which page somebody stands on whose form, or whose part, is asked for."""

import pytest
from django.test import RequestFactory

from pages.places import page_above, page_of


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/hanbit/campaigns/1/?tab=texts", "/hanbit/campaigns/1/?tab=texts"),
        ("http://testserver/hanbit/campaigns/1/", "/hanbit/campaigns/1/"),
        ("https://elsewhere.example/x/", ""),
        ("//elsewhere.example/x/", ""),
        ("http://[", ""),
        ("http://testserver\u2100/x/", ""),
        ("", ""),
    ],
)
def test_the_page_that_sent_a_request(rf: RequestFactory, referer: str, page: str) -> None:
    assert page_of(rf.post("/hanbit/campaigns/1/step/", headers={"Referer": referer})) == page


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/hanbit/campaigns/1/step/", "/hanbit/campaigns/1/"),
        ("/hanbit/approvals/7/decide/", "/hanbit/approvals/7/"),
        ("/hanbit/users/invitations/1/revoke/", "/hanbit/users/invitations/"),
        ("/", "/"),
    ],
)
def test_the_page_above_the_address_of_a_form(path: str, page: str) -> None:
    assert page_above(path) == page
