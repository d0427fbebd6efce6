"""A form that makes something is taken once: by a double click, by Back and the button again, by two at once."""

import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, RequestFactory

from partners.models import Prospect
from tenancy.models import Membership
from tenancy.once import digest_of, take_turn
from tenancy.rls import staff_scope

SignIn = Callable[[Membership], Client]
NEW = "/hanbit/recruiting/new/"
KEY = re.compile(r'name="form_key"\s+value="([0-9a-f-]{36})"')
DATA = {"company": "Jeju Tiles", "language": "ko"}


def companies(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Prospect.objects.order_by("pk").values_list("company", flat=True))


def said(response: Any) -> list[str]:
    return [str(each) for each in get_messages(response.wsgi_request)]


def test_the_same_page_sent_again_leads_to_what_came_of_it(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    (key,) = KEY.findall(client.get(NEW).content.decode())

    first = client.post(NEW, DATA | {"form_key": key})
    second = client.post(NEW, DATA | {"form_key": key})

    assert companies(manager) == ["Jeju Tiles"]
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert said(second)[-1] == "You had sent this already. Nothing was made a second time."


def test_something_else_in_a_sent_form_is_asked_about_and_kept_when_sent_again(
    client_for: SignIn, manager: Membership
) -> None:
    client = client_for(manager)
    (key,) = KEY.findall(client.get(NEW).content.decode())
    client.post(NEW, DATA | {"form_key": key})

    other = client.post(NEW, DATA | {"form_key": key, "company": "Jeju Stone"})
    assert other.status_code == 200
    assert other.context["form"].non_field_errors() == [
        "This form was sent already, and what it said then is kept. Send it again to add this as another one."
    ]
    assert other.context["form"]["company"].value() == "Jeju Stone"
    assert companies(manager) == ["Jeju Tiles"]

    (new_key,) = KEY.findall(other.content.decode())
    assert new_key != key
    client.post(NEW, DATA | {"form_key": new_key, "company": "Jeju Stone"})
    assert companies(manager) == ["Jeju Tiles", "Jeju Stone"]


def test_only_what_is_written_or_brought_makes_it_something_else(rf: RequestFactory) -> None:
    def said(content: bytes, **more: str) -> str:
        file = SimpleUploadedFile("prices.pdf", content)
        request = rf.post("/", DATA | {"file": file, "form_key": str(uuid.uuid4())} | more)
        found = digest_of(request)
        request.close()
        return found

    assert said(b"1,000") == said(b"1,000", submit="") == said(b"1,000", csrfmiddlewaretoken="x")
    assert len({said(b"1,000"), said(b"9,000"), said(b"1,000", company="Jeju Stone")}) == 3


def test_files_have_to_be_chosen_again_with_what_is_sent_as_another_one(
    client_for: SignIn, manager: Membership
) -> None:
    client = client_for(manager)
    (key,) = KEY.findall(client.get(NEW).content.decode())
    client.post(NEW, DATA | {"form_key": key})
    file = SimpleUploadedFile("prices.pdf", b"1,000")
    other = client.post(NEW, DATA | {"form_key": key, "company": "Jeju Stone", "file": file})
    assert other.context["form"].non_field_errors()[0].endswith("another one. The files have to be chosen again.")


def test_a_form_that_came_back_with_a_mistake_keeps_its_key_and_is_taken(
    client_for: SignIn, manager: Membership
) -> None:
    client = client_for(manager)
    (key,) = KEY.findall(client.get(NEW).content.decode())
    wrong = client.post(NEW, DATA | {"form_key": key, "company": ""})
    assert KEY.findall(wrong.content.decode()) == [key]
    assert client.post(NEW, DATA | {"form_key": key}).status_code == 302
    assert companies(manager) == ["Jeju Tiles"]


def test_a_fresh_page_makes_another_one(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    for _each in range(2):
        (key,) = KEY.findall(client.get(NEW).content.decode())
        client.post(NEW, DATA | {"form_key": key})
    assert companies(manager) == ["Jeju Tiles", "Jeju Tiles"]


def test_somebody_elses_key_is_not_known(client_for: SignIn, manager: Membership, owner: Membership) -> None:
    key = str(uuid.uuid4())
    for member in (manager, owner):
        assert client_for(member).post(NEW, DATA | {"form_key": key}).status_code == 302
    assert companies(manager) == ["Jeju Tiles", "Jeju Tiles"]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_does_not_stand_in_the_way(client_for: SignIn, manager: Membership) -> None:
    key = uuid.uuid4()
    client = client_for(manager)
    client.post(NEW, DATA | {"form_key": str(key)})
    name = f"once:{manager.pk}:{key}"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        transaction_id = take_turn(name)
        raise ZeroDivisionError
    cache.set(name, cache.get(name) | {"transaction": transaction_id})

    client.post(NEW, DATA | {"form_key": str(key)})
    assert companies(manager) == ["Jeju Tiles", "Jeju Tiles"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(client_for: SignIn, manager: Membership) -> None:
    clients = [client_for(manager) for _each in range(4)]
    data = DATA | {"form_key": str(uuid.uuid4())}
    barrier = threading.Barrier(len(clients))
    places: list[str] = []

    def send(client: Client) -> None:
        barrier.wait(timeout=30)
        places.append(client.post(NEW, data)["Location"])
        connection.close()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert companies(manager) == ["Jeju Tiles"]
    assert (len(places), len(set(places))) == (4, 1)
