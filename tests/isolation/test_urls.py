"""(c) Every address of the project x everybody: what they are answered. A new address without a line here fails.

The table is `expected_answers.txt`: one line per address, one column per kind of person. An address is asked with GET, in
a world where each object belongs to Seoul Agency of hanbit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from pages.places import page_above
from prm_portal import urls
from tests.isolation.world import World, people

TABLE = Path(__file__).parent / "expected_answers.txt"
PEOPLE = people()
LEFT_ALONE = ("admin",)
"""Django admin answers by one rule, which tests/tenancy/test_admin.py checks for each of its pages."""


def addresses(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in LEFT_ALONE:
                yield from addresses(pattern, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield ":".join((*namespaces, pattern.name))


def read_table() -> dict[str, dict[str, int]]:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    assert tuple(lines[0][1:]) == PEOPLE
    return {name: dict(zip(PEOPLE, map(int, answers), strict=True)) for name, *answers in lines[1:]}


EXPECTED = read_table()


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert set(EXPECTED) == set(addresses())


def apps() -> list[str]:
    return sorted({name.partition(":")[0] if ":" in name else "" for name in EXPECTED})


@pytest.fixture
def _plain_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in three are refused: their page, drawn thousands of times, is looked at elsewhere."""
    for status in (403, 404):
        answer = HttpResponse(status=status)
        monkeypatch.setattr(urls, f"handler{status}", lambda *_args, answer=answer, **_kwargs: answer, raising=False)


@pytest.mark.parametrize("app", apps())
@pytest.mark.usefixtures("_plain_errors")
def test_each_person_is_answered_as_the_table_says(app: str, world: World) -> None:
    clients = {person: world.client(person) for person in PEOPLE}
    for name in (name for name in EXPECTED if (name.partition(":")[0] if ":" in name else "") == app):
        url = world.address(name)
        answers = {}
        for person, client in clients.items():
            response = client.get(url)
            response.getvalue()  # read to its end a download closes its file, as it would for a browser
            answers[person] = response.status_code
        if "logout" in name or "password" in name:
            clients = {person: world.client(person) for person in PEOPLE}
        assert (name, answers) == (name, EXPECTED[name])


def test_above_the_address_of_each_form_is_a_page_for_who_may_send_it(world: World) -> None:
    clients = {person: world.client(person) for person in PEOPLE}
    for name, answers in EXPECTED.items():
        person = next((person for person, status in answers.items() if status == 405), None)
        if person and ":" in name:
            page = page_above(world.address(name))
            assert (name, page, clients[person].get(page).status_code in (200, 302)) == (name, page, True)
