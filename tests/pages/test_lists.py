"""A list as its user meets it: filters, sort, columns, pages, saved views, export, bulk actions, emptiness."""

import io
from collections.abc import Iterator
from typing import Any

import django_filters
import pytest
from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from pages import lists
from pages.filters import RangeFilter
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from pages.tables import LeanTable, TextColumn
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory


class PartnerTable(LeanTable):
    name = TextColumn(verbose_name="Partner")
    code = TextColumn(verbose_name="Code")
    city = TextColumn(verbose_name="City")

    def row_url(self, record: Any) -> str:
        return f"/p/{record.pk}/"


class PartnerFilterSet(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")
    city = django_filters.MultipleChoiceFilter(choices=[("Seoul", "Seoul!"), ("Busan", "Busan!")], label="City")
    employees = RangeFilter(label="Employees")
    since = django_filters.DateFromToRangeFilter(field_name="created_at", label="Since")

    class Meta:
        model = Partner
        fields: list[str] = []


class CityForm(forms.Form):
    city = forms.CharField()

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def move(member: Membership, partners: Any, data: dict[str, Any]) -> str:
    return f"{partners.update(city=data['city'])} moved to {data['city']}."


class PartnerList(ListView):
    list_key = "test-partners"
    table_class = PartnerTable
    filterset_class = PartnerFilterSet
    template_name = "components/list.html"
    sorts = {"name": Sort("name"), "code": Sort("code", descending=True)}
    default_sort = "name"
    default_columns = ["name", "code"]
    page_size = 2
    export_name = "partners"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [BulkAction("move", "Move", Right.PARTNERS_EDIT, move, form_class=CityForm)]
    empty = Empty("No partners yet.", "Import some.")

    @property
    def member(self) -> Membership:
        return self.request.member

    def get_queryset(self) -> Any:
        return Partner.objects.all()


@pytest.fixture
def five(manufacturer: Any) -> list[Any]:
    cities = ["Seoul", "Busan", "Seoul", "Seoul", "Busan"]
    return [
        PartnerFactory(manufacturer=manufacturer, name=f"Partner {letter}", code=f"C{number}", city=city)
        for number, (letter, city) in enumerate(zip("abcde", cities, strict=True))
    ]


@pytest.fixture
def agent(manufacturer: Any) -> Any:
    """Somebody who may not export."""
    return MembershipFactory(manufacturer=manufacturer, role=Role.SERVICE)


@pytest.fixture(autouse=True)
def scope(manufacturer: Any, manager: Any, analyst: Any, agent: Any) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        yield


def ask(
    member: Membership, query: str = "", data: dict[str, Any] | None = None, session: Any = None, **extra: Any
) -> Any:
    factory = RequestFactory()
    request: Any = (
        factory.get(f"/list/?{query}", **extra) if data is None else factory.post(f"/list/?{query}", data, **extra)
    )
    request.member, request.user, request.session = member, member.user, {} if session is None else session
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return PartnerList.as_view()(request)


def state(member: Membership, query: str = "", session: Any = None) -> Any:
    return ask(member, query, session=session).context_data["list"]


def names(shown: Any) -> list[str]:
    return [record.name[-1] for record in shown.page.rows]


def test_a_list_is_filtered_and_says_by_what(five: Any, manager: Any) -> None:
    shown = state(manager, "city=Seoul&q=partner")

    assert names(shown) == ["a", "c"]
    assert (shown.first, shown.last, shown.total) == (1, 2, 3)
    assert [(chip.label, chip.value, chip.url) for chip in shown.chips] == [("City", "Seoul!", "?q=partner")]


def test_a_filter_that_makes_no_sense_is_said_and_left_out(five: Any, manager: Any) -> None:
    shown = state(manager, "city=Atlantis&sort=evil&after=evil&from=evil")

    assert names(shown) == ["a", "b"]
    assert shown.errors == ["City: Select a valid choice. Atlantis is not one of the available choices."]


@pytest.mark.parametrize("value", ["1e400", "9" * 400, "1e999999"])
def test_a_figure_without_end_is_said_and_left_out(five: Any, manager: Any, value: str) -> None:
    shown = state(manager, f"employees_min={value}")

    assert names(shown) == ["a", "b"]
    assert shown.errors == ["Employees: Ensure that there are no more than 15 digits in total."]


@pytest.mark.parametrize("end", ["since_after=0001-01-01", "since_before=9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_said_and_left_out(five: Any, manager: Any, end: str) -> None:
    shown = state(manager, end)

    assert names(shown) == ["a", "b"]
    assert shown.errors == ["Since: Give a day between the years 1900 and 2999."]


def test_pages_lead_on_and_back_and_keep_the_filters(five: Any, manager: Any) -> None:
    first = state(manager, "city=Seoul")
    second = state(manager, first.next_url.removeprefix("?"))
    last = state(manager, first.last_url.removeprefix("?"))

    assert (names(first), names(second), names(last)) == (["a", "c"], ["d"], ["c", "d"])
    assert (second.first, second.page.next_key) == (3, "")
    assert names(state(manager, second.previous_url.removeprefix("?"))) == ["a", "c"]
    assert all("city=Seoul" in url for url in (first.next_url, second.previous_url, last.first_url))


def test_a_head_sorts_and_turns(five: Any, manager: Any) -> None:
    head = {head.name: (head.sort_url, head.sorted) for head in state(manager, "sort=code").heads}

    assert head == {"name": ("?sort=name", ""), "code": ("?sort=-code", "ascending")}
    assert names(state(manager, "sort=-code")) == ["e", "d"]


def test_columns_chosen_once_stay_for_the_session(five: Any, manager: Any) -> None:
    session: dict[str, Any] = {}

    response = ask(
        manager, "city=Seoul&columns=name", data={"do": "columns", "columns": ["city", "evil"]}, session=session
    )

    assert response["Location"] == "/list/?city=Seoul"
    assert [head.name for head in state(manager, session=session).heads] == ["name", "city"]
    assert [head.name for head in state(manager).heads] == ["name", "code"]


def test_a_view_is_saved_applied_shared_and_deleted(five: Any, manager: Any, analyst: Any) -> None:
    saved = ask(manager, "city=Busan&sort=-code&after=x", data={"do": "save_view", "name": " Busan ", "is_shared": "1"})
    view = manager.saved_views.get()

    assert (view.name, view.query, view.is_shared) == ("Busan", "city=Busan&sort=-code&columns=name%2Ccode", True)
    assert saved["Location"] == f"/list/?{view.query}&view={view.pk}"
    assert state(analyst, f"{view.query}&view={view.pk}").view == view

    ask(analyst, data={"do": "delete_view", "view": str(view.pk)})
    assert manager.saved_views.count() == 1
    ask(manager, data={"do": "delete_view", "view": str(view.pk)})
    assert manager.saved_views.count() == 0


def test_a_view_is_shared_only_by_who_may(five: Any, analyst: Any, manager: Any) -> None:
    ask(analyst, "city=Busan", data={"do": "save_view", "name": "Mine", "is_shared": "1"})

    assert analyst.saved_views.get().is_shared is False
    assert state(manager).views == []


def test_an_export_has_all_that_match_in_order(five: Any, manager: Any) -> None:
    response = ask(manager, "city=Seoul&sort=-code&export=csv")

    assert b"".join(response.streaming_content).decode("utf-8-sig").splitlines() == [
        "Partner,Code",
        "Partner d,C3",
        "Partner c,C2",
        "Partner a,C0",
    ]
    response.close()
    assert response["Content-Disposition"].startswith('attachment; filename="partners-')


def test_an_export_needs_its_right_and_a_known_form(five: Any, manager: Any, agent: Any) -> None:
    assert state(agent).export_urls == []
    with pytest.raises(PermissionDenied):
        ask(agent, "export=csv")
    with pytest.raises(Http404):
        ask(manager, "export=exe")


def test_a_long_export_becomes_a_job(five: Any, manager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    def start(member: Any, view: Any, query: str, export_format: str, place: Any) -> str:
        started.append((member, view, query, export_format, place))
        return "/jobs/1/"

    monkeypatch.setattr(lists, "_exporters", [lists.Exporter(start)])
    monkeypatch.setattr(lists, "EXPORT_AT_ONCE", 2)

    assert ask(manager, "city=Seoul&export=xlsx")["Location"] == "/jobs/1/"
    assert started == [(manager, PartnerList, "city=Seoul", "xlsx", {})]


def test_a_job_writes_what_the_page_would(five: Any, manager: Any) -> None:
    view = PartnerList()
    view.request = lists.request_for(manager, "city=Busan")
    file = io.BytesIO()

    assert view.export(file, "csv") == 2
    assert file.getvalue().decode("utf-8-sig").splitlines() == ["Partner,Code", "Partner b,C1", "Partner e,C4"]


def test_a_bulk_action_asks_first(five: Any, manager: Any) -> None:
    response = ask(manager, "city=Seoul", data={"do": "move", "selected": [five[0].pk, five[1].pk, "evil"]})

    assert response.context_data["count"] == 1  # the second does not match the filter
    assert response.template_name == ["components/bulk_page.html"]
    assert Partner.objects.filter(city="Busan").count() == 2


def test_a_bulk_action_runs_on_the_rows_chosen(five: Any, manager: Any) -> None:
    ask(manager, data={"do": "move", "selected": [five[0].pk, five[2].pk], "confirmed": "1", "city": "Jeju"})

    assert set(Partner.objects.filter(city="Jeju").values_list("pk", flat=True)) == {five[0].pk, five[2].pk}


def test_a_bulk_action_runs_on_all_that_match(five: Any, manager: Any) -> None:
    response = ask(
        manager,
        "city=Seoul",
        data={"do": "move", "everything": "1", "confirmed": "1", "city": "Jeju"},
        HTTP_HX_REQUEST="true",
    )

    assert response["HX-Redirect"] == "/list/?city=Seoul"
    assert Partner.objects.filter(city="Jeju").count() == 3


def test_a_bulk_action_with_a_wrong_form_asks_again_and_changes_nothing(five: Any, manager: Any) -> None:
    response = ask(manager, data={"do": "move", "everything": "1", "confirmed": "1", "city": ""})

    assert response.context_data["form"].errors == {"city": ["This field is required."]}
    assert Partner.objects.filter(city="Seoul").count() == 3


def test_a_bulk_action_needs_its_right(five: Any, analyst: Any) -> None:
    assert state(analyst).actions == []
    with pytest.raises(PermissionDenied):
        ask(analyst, data={"do": "move", "everything": "1", "confirmed": "1", "city": "Jeju"})
    with pytest.raises(Http404):
        ask(analyst, data={"do": "evil"})


def test_an_empty_list_says_what_to_do(manager: Any) -> None:
    bare = state(manager)

    assert bare.is_bare
    assert bare.empty == {"title": "No partners yet.", "text": "Import some.", "url": "", "action": ""}


def test_a_filter_without_matches_offers_the_way_back(five: Any, manager: Any) -> None:
    shown = state(manager, "q=zzz&sort=name")

    assert not shown.is_bare
    assert shown.empty["url"] == "?sort=name"


@pytest.mark.parametrize("size", [3, 30])
def test_a_list_asks_the_same_number_of_queries_at_any_size(
    manufacturer: Any, manager: Any, size: int, django_assert_num_queries: Any
) -> None:
    PartnerFactory.create_batch(size, manufacturer=manufacturer)

    with django_assert_num_queries(3):  # the page, the count up to a thousand, the saved views
        state(manager)


def test_the_list_renders_without_a_word_of_its_rows_as_html(manufacturer: Any, manager: Any) -> None:
    PartnerFactory(manufacturer=manufacturer, name="<script>alert(1)</script>")

    html = ask(manager, "q=<script>").render().content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
