import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import merging, selectors
from partners.models import (
    Contact,
    DuplicatePair,
    MatchKey,
    PairState,
    Partner,
    PartnerCard,
    PartnerMerge,
    PartnerOtherKind,
    PartnerSpecialisation,
    PartnerSummary,
    Relation,
    Stage,
    Task,
)
from partners.services.duplicates import check_partners
from partners.services.merging import CHOSEN, UNDO_WITHIN, MergeError, merge_partners, move_stragglers, undo_merge
from partners.services.tiers import confirm_relation, end_relation
from tenancy.models import Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.commerce.totals import totals_of_lines, totals_stored
from tests.factories import (
    ManufacturerFactory,
    MembershipFactory,
    NoticeFactory,
    PartnerFactory,
    PartnerKindFactory,
    PartnerMemberFactory,
    ProductFactory,
    SpecialisationFactory,
)
from tests.importing import bad, bring, counts
from tests.isolation.private_tables import PRIVATE
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db

HEAD = "order_number,line_number,partner_code,product_code,date,quantity,amount\n"


@pytest.fixture
def twin(manufacturer: Any, partner: Partner) -> Partner:
    """A second record of the same company."""
    return PartnerFactory(
        manufacturer=manufacturer, code="A2", external_code="E2", name="Seoul Agency Ltd", kind=partner.kind,
        phone="02-555-1234", email="info@seoul.example", custom={"size": "L"},
    )  # fmt: skip


def fresh(partner: Partner) -> Partner:
    return Partner.objects.get(pk=partner.pk)


def everything(*partners: Partner) -> dict[str, Any]:
    """All rows that belong to some partners, and what is added up of all; but not what merges note of themselves."""
    keys = [partner.pk for partner in partners]
    found: dict[str, Any] = {}
    for key in merging.partner_keys():
        model = key.model
        if model in (PartnerMerge, DuplicatePair) or model._meta.db_table in PRIVATE:
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if not (model._meta.model_name == "salesmonth" and field.name == "id")  # counted anew, pointed to by nobody
        ]
        rows = model._base_manager.filter(**{f"{key.field}__in": keys}).values_list(*names)
        found[key.name] = sorted(repr(row) for row in rows)
    found["partners"] = sorted(repr(row) for row in Partner.objects.filter(pk__in=keys).values_list())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM commerce_manufacturermonth ORDER BY month")
        found["months"] = cursor.fetchall()
    return found


# --- No table is forgotten --------------------------------------------------------------------------------------------


def test_every_table_with_a_key_to_partners_can_move_or_says_why_not(db: None) -> None:
    rules = merging.rules()
    keys = merging.partner_keys()
    assert {key.name for key in keys} >= {
        "commerce.SalesLine.partner", "valuation.Grade.partner", "partners.Partner.parent", "tenancy.Membership.partner",
        "notices.Notice.partner", "tenancy.Sharing.above", "partners.Task.partner", "partners.Contact.partner",
    }  # fmt: skip
    with connection.cursor() as cursor:
        for key in keys:
            if key.name in rules:
                continue
            column = key.model._meta.get_field(key.field).column
            cursor.execute(
                "SELECT has_column_privilege('prm_staff', %s, %s, 'UPDATE')", [key.model._meta.db_table, column]
            )
            assert cursor.fetchone()[0], f"Rows of {key.name} cannot move: register a merge rule for it."
            assert key.key_fields, f"{key.name} is its rows' own key: register a merge rule for it."


def test_every_rule_is_for_a_key_that_there_is(db: None) -> None:
    assert set(merging.rules()) <= {key.name for key in merging.partner_keys()}


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_what_points_to_the_merged_record_moves(manufacturer: Any, partner: Partner, twin: Partner, owner: Any) -> None:
    person = PartnerMemberFactory(manufacturer=manufacturer, partner=twin, role=Role.PARTNER_ADMIN)
    shop = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, parent=twin)
    with staff_scope(manufacturer.pk):
        Sharing.objects.create(partner=shop, above=twin, data_kind="profile")
        contact = Contact.objects.create(partner=twin, name="Kim")
        task = Task.objects.create(partner=twin, title="Call")
        merge = merge_partners(partner, twin, take=["phone", "custom:size"], by=owner)
        shell = fresh(twin)
        assert (shell.merged_into_id, shell.stage, shell.code) == (partner.pk, Stage.ENDED, "A2")
        assert Membership.objects.get(pk=person.pk).partner_id == partner.pk
        assert Contact.objects.get(pk=contact.pk).partner_id == Task.objects.get(pk=task.pk).partner_id == partner.pk
        assert fresh(shop).parent_id == partner.pk
        shared = Sharing.objects.get(partner=shop)
        assert (shared.above_id, shared.withdrawn_at) == (partner.pk, None)
        kept = fresh(partner)
        assert (kept.phone, kept.email, kept.custom) == ("02-555-1234", "", {"size": "L"})
        assert set(merge.after) >= {"phone", "custom"}
        assert "email" not in merge.after
        assert list(selectors.partners_for(owner).filter(pk__in=[partner.pk, twin.pk])) == [partner]


def test_rows_that_both_have_stay_with_the_merged_record(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    kind, skill = PartnerKindFactory(manufacturer=manufacturer), SpecialisationFactory(manufacturer=manufacturer)
    other_skill = SpecialisationFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        for each in (partner, twin):
            each.other_kinds.add(kind)
            each.specialisations.add(skill)
        twin.specialisations.add(other_skill)
        merge_partners(partner, twin)
        assert set(partner.specialisations.all()) == {skill, other_skill}
        assert PartnerOtherKind.objects.filter(partner=partner).count() == 1
        assert PartnerSpecialisation.objects.filter(partner=twin).count() == 1


def test_totals_stay_in_step_and_figures_add_up(
    manufacturer: Any, partner: Partner, twin: Partner, tmp_path: Any
) -> None:
    ProductFactory(manufacturer=manufacturer, code="F1")
    lines = "O1,1,A1,F1,2026-01-05,1,100\nO1,2,A2,F1,2026-01-05,2,200\nO2,1,A2,F1,2026-02-01,1,-50\nO3,1,A2,F1,2026-02-01,1,70\n"
    bring(manufacturer, "sell_in", HEAD + lines, tmp_path)
    with staff_scope(manufacturer.pk):
        PartnerSummary.objects.filter(partner=partner).update(revenue=100, monthly=[100])
        PartnerSummary.objects.filter(partner=twin).update(
            revenue=220, monthly=[0, 220], last_sale_on=dt.date(2026, 2, 1)
        )
        merge = merge_partners(partner, twin)
        assert totals_stored() == totals_of_lines()
        ours, theirs = PartnerSummary.objects.get(partner=partner), PartnerSummary.objects.get(partner=twin)
        assert (ours.revenue, ours.monthly, ours.last_sale_on) == (320, [0, 320], dt.date(2026, 2, 1))
        assert (theirs.revenue, theirs.monthly, theirs.last_sale_on) == (0, [], None)
        undo_merge(merge)
        assert totals_stored() == totals_of_lines()


def test_the_codes_of_a_merged_record_lead_to_the_partner_that_stays(
    manufacturer: Any, partner: Partner, twin: Partner, tmp_path: Any
) -> None:
    ProductFactory(manufacturer=manufacturer, code="F1")
    with staff_scope(manufacturer.pk):
        merge_partners(partner, twin)
        assert selectors.partner_ids(["A1", "A2", "E2"]) == dict.fromkeys(["A1", "A2", "E2"], partner.pk)
    outcome = bring(
        manufacturer, "sell_in", HEAD + "O9,1,A2,F1,2026-03-01,1,10\nO9,2,E2,F1,2026-03-01,1,10\n", tmp_path
    )
    assert counts(outcome) == (2, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        assert partner.sales_lines.count() == 2
    outcome = bring(
        manufacturer, "partners", "code,name,parent_code\nA2,New name,\nC1,Shop,A2\n", tmp_path, only_good=True
    )
    assert bad(outcome) == [(2, "code", "merged", "A1")]
    with staff_scope(manufacturer.pk):
        assert Partner.objects.get(code="C1").parent_id == partner.pk
        assert fresh(twin).name == "Seoul Agency Ltd"


def test_a_record_that_takes_in_others_takes_along_what_went_into_it(
    manufacturer: Any, partner: Partner, twin: Partner
) -> None:
    third = PartnerFactory(manufacturer=manufacturer, code="A3", kind=partner.kind)
    with staff_scope(manufacturer.pk):
        first = merge_partners(partner, twin)
        second = merge_partners(third, partner)
        assert selectors.partner_ids(["A1", "A2"]) == {"A1": third.pk, "A2": third.pk}
        with pytest.raises(MergeError, match="Undo that first"):
            undo_merge(first)
        undo_merge(second)
        assert selectors.partner_ids(["A2"]) == {"A2": partner.pk}
        undo_merge(first)
        assert fresh(twin).merged_into is None


@pytest.mark.parametrize("child_wins", [True, False])
def test_a_partner_is_not_merged_with_its_own(
    manufacturer: Any, partner: Partner, twin: Partner, child_wins: bool
) -> None:
    with staff_scope(manufacturer.pk):
        middle = Partner.objects.create(code="M1", name="Middle", kind_id=partner.kind_id, parent=partner)
        Partner.objects.filter(pk=twin.pk).update(parent=middle)
        pair = (twin, partner) if child_wins else (partner, twin)
        with pytest.raises(MergeError, match="stands below"):
            merge_partners(*pair)


def test_a_merge_that_makes_no_sense_is_refused(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    with staff_scope(manufacturer.pk):
        with pytest.raises(MergeError, match="into itself"):
            merge_partners(partner, partner)
        with pytest.raises(MergeError, match="cannot be chosen"):
            merge_partners(partner, twin, take=["code"])
        merge_partners(partner, twin)
        with pytest.raises(MergeError, match="merged already"):
            merge_partners(partner, twin)
        with pytest.raises(MergeError, match="merged already"):
            merge_partners(twin, partner)


def test_a_partner_of_another_manufacturer_is_not_there(partner: Partner) -> None:
    foreign = PartnerFactory(manufacturer=ManufacturerFactory())
    with staff_scope(partner.manufacturer_id), pytest.raises(MergeError, match="no longer there"):
        merge_partners(partner, foreign)


def test_the_pair_is_decided_and_put_forward_again_after_undoing(
    manufacturer: Any, partner: Partner, twin: Partner, owner: Any
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(phone="02 555 1234")
        check_partners([partner.pk, twin.pk])
        pair = DuplicatePair.objects.get()
        merge = merge_partners(partner, twin, by=owner)
        pair.refresh_from_db()
        assert (pair.state, pair.decided_by) == (PairState.MERGED, owner)
        assert not MatchKey.objects.filter(partner=twin).exists()
        undo_merge(merge, by=owner)
        pair.refresh_from_db()
        assert pair.state == PairState.OPEN
        assert MatchKey.objects.filter(partner=twin).exists()


@pytest.mark.parametrize("taken", [False, True])
def test_where_the_merged_record_belonged_goes_on_only_where_the_winner_belongs_there_too(
    manufacturer: Any, partner: Partner, sibling: Partner, twin: Partner, owner: Membership, taken: bool
) -> None:
    third = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, code="C1")
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=twin.pk).update(parent=sibling)
        twin.refresh_from_db()
        confirmed = Relation.objects.create(above=sibling, below=twin, declared_by="above", state="confirmed")
        waiting = Relation.objects.create(above=third, below=twin, declared_by="above")
        merge = merge_partners(partner, twin, take=["parent"] if taken else [])
        rows = dict(Relation.objects.values_list("pk", "below_id"))
        assert rows == {confirmed.pk: partner.pk if taken else twin.pk, waiting.pk: partner.pk}
        assert move_stragglers(since=timezone.now() - dt.timedelta(days=1)) == 0
        if not taken:
            confirm_relation(waiting, by=owner)
            assert fresh(partner).parent_id == third.pk
            assert Relation.objects.get(pk=waiting.pk).state == "confirmed"
            end_relation(partner.pk, by=owner)
            assert dict(Relation.objects.values_list("pk", "state")) == {confirmed.pk: "confirmed", waiting.pk: "ended"}
        undo_merge(merge)
        assert set(Relation.objects.values_list("below_id", flat=True)) == {twin.pk}
        assert (Relation.objects.get(pk=confirmed.pk).state, fresh(twin).parent_id) == ("confirmed", sibling.pk)
        assert fresh(partner).parent_id is None


@pytest.mark.parametrize("has_own", [False, True])
def test_a_merged_partners_card_is_shown_to_nobody_until_the_winner_says_so(
    manufacturer: Any, partner: Partner, twin: Partner, has_own: bool
) -> None:
    with staff_scope(manufacturer.pk):
        card = PartnerCard.objects.create(partner=twin, name="Twin", is_published=True)
        if has_own:
            PartnerCard.objects.create(partner=partner, name="Own", is_published=False)
        merge = merge_partners(partner, twin)
        holder = twin.pk if has_own else partner.pk
        found = PartnerCard.objects.values_list("partner_id", "is_published")
        assert found.get(pk=card.pk) == (holder, False)
        assert move_stragglers(since=timezone.now() - dt.timedelta(days=1)) == 0
        undo_merge(merge)
        assert found.get(pk=card.pk) == (twin.pk, True)


# --- Undoing ----------------------------------------------------------------------------------------------------------


def test_what_was_changed_or_added_since_stays(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    with staff_scope(manufacturer.pk):
        merge = merge_partners(partner, twin, take=["phone", "email"])
        Partner.objects.filter(pk=partner.pk).update(phone="02-777-7777")
        added = Contact.objects.create(partner=partner, name="Added since")
        undo_merge(merge)
        kept = fresh(partner)
        assert (kept.phone, kept.email) == ("02-777-7777", "")
        assert Contact.objects.get(pk=added.pk).partner_id == partner.pk
        assert fresh(twin).phone == "02-555-1234"


def test_a_merge_can_be_undone_once_and_for_thirty_days(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    with staff_scope(manufacturer.pk):
        merge = merge_partners(partner, twin)
        PartnerMerge.objects.filter(pk=merge.pk).update(merged_at=timezone.now() - UNDO_WITHIN - dt.timedelta(hours=1))
        with pytest.raises(MergeError, match="30 days"):
            undo_merge(merge)
        PartnerMerge.objects.filter(pk=merge.pk).update(merged_at=timezone.now() - UNDO_WITHIN + dt.timedelta(hours=1))
        undo_merge(merge)
        with pytest.raises(MergeError, match="already"):
            undo_merge(merge)


RECORD = st.fixed_dictionaries(
    {
        "people": st.integers(0, 2),
        "contacts": st.integers(0, 2),
        "tasks": st.lists(st.sampled_from(["", "call", "visit"]), max_size=3),
        "shops": st.integers(0, 2),
        "kinds": st.sets(st.integers(0, 2)),
        "skills": st.sets(st.integers(0, 2)),
        "notices": st.booleans(),
        "revenue": st.integers(0, 10**6),
        "lines": st.lists(
            st.tuples(st.integers(1, 3), st.integers(1, 28), st.sampled_from(["F1", "W1"]), st.integers(-900, 9_000)),
            max_size=6,
        ),
        "phone": st.sampled_from(["", "02-1", "02-2"]),
        "city": st.sampled_from(["", "서울", "부산"]),
        "languages": st.sampled_from([[], ["ko"], ["en", "ja"]]),
        "latitude": st.sampled_from([None, Decimal("37.500001")]),
        "custom": st.dictionaries(st.sampled_from(["size", "since"]), st.sampled_from(["L", 3, ["a"]])),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ours=RECORD, theirs=RECORD, take=st.sets(st.sampled_from([*CHOSEN, "custom:size"])))
def test_undoing_restores_both_exactly(
    manufacturer: Any, tmp_path: Any, ours: dict[str, Any], theirs: dict[str, Any], take: set[str]
) -> None:
    with transaction.atomic():
        kinds = [PartnerKindFactory(manufacturer=manufacturer) for _number in range(3)]
        skills = [SpecialisationFactory(manufacturer=manufacturer) for _number in range(3)]
        for code in ("F1", "W1"):
            ProductFactory(manufacturer=manufacturer, code=code)
        records = [
            _record(manufacturer, code, record, kinds, skills) for code, record in (("A1", ours), ("A2", theirs))
        ]
        lines = [
            f"O{day},{code}{number},{code},{product},2026-{month:02}-{day:02},1,{amount}"
            for code, record in (("A1", ours), ("A2", theirs))
            for number, (month, day, product, amount) in enumerate(record["lines"])
        ]
        if lines:
            bring(manufacturer, "sell_in", HEAD + "\n".join(lines) + "\n", tmp_path)
        with staff_scope(manufacturer.pk):
            check_partners([record.pk for record in records])
            before = everything(*records)
            merge = merge_partners(records[0], records[1], take=take)
            assert totals_stored() == totals_of_lines()
            undo_merge(PartnerMerge.objects.get(pk=merge.pk))
            assert everything(*records) == before
            assert totals_stored() == totals_of_lines()
        transaction.set_rollback(True)


def _record(manufacturer: Any, code: str, record: dict[str, Any], kinds: list[Any], skills: list[Any]) -> Partner:
    plain = {name: record[name] for name in ("phone", "city", "languages", "latitude", "custom")}
    partner = PartnerFactory(manufacturer=manufacturer, code=code, kind=kinds[0], **plain)
    own = {"manufacturer": manufacturer}
    people = [PartnerMemberFactory(partner=partner, **own) for _number in range(record["people"])]
    shops = [PartnerFactory(parent=partner, kind=kinds[0], **own) for _number in range(record["shops"])]
    if record["notices"] and people:
        NoticeFactory(recipient=people[0], partner=partner, **own)
    with staff_scope(manufacturer.pk):
        partner.other_kinds.set([kinds[number] for number in record["kinds"]])
        partner.specialisations.set([skills[number] for number in record["skills"]])
        for shop in shops:
            Sharing.objects.create(partner=shop, above=partner, data_kind="sales")
        for number in range(record["contacts"]):
            Contact.objects.create(partner=partner, name=f"{code} {number}")
        for kind in set(record["tasks"]):
            Task.objects.create(partner=partner, title="Do", kind=kind, key="1" if kind else "")
        PartnerSummary.objects.filter(partner=partner).update(revenue=record["revenue"], monthly=[record["revenue"]])
    return partner


# --- At the same time -------------------------------------------------------------------------------------------------


def test_what_comes_to_a_merged_record_meanwhile_moves_too(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    with staff_scope(manufacturer.pk):
        merge = merge_partners(partner, twin)
        late = Contact.objects.create(partner_id=twin.pk, name="Late")
        assert move_stragglers(since=timezone.now() - dt.timedelta(days=1)) == 1
        assert Contact.objects.get(pk=late.pk).partner_id == partner.pk
        assert move_stragglers(since=timezone.now() - dt.timedelta(days=1)) == 0
        undo_merge(merge)
        assert Contact.objects.get(pk=late.pk).partner_id == twin.pk


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_happen_once(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    def merge(winner: Partner, loser: Partner) -> Any:
        with staff_scope(manufacturer.pk):
            return merge_partners(winner, loser)

    results = at_once(lambda: merge(partner, twin), lambda: merge(twin, partner))
    assert sorted(type(result).__name__ for result in results) == ["MergeError", "PartnerMerge"]
    with staff_scope(manufacturer.pk):
        assert PartnerMerge.objects.count() == 1
        assert Partner.objects.filter(merged_into=None, pk__in=[partner.pk, twin.pk]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_merge_while_an_import_runs_loses_no_line(
    manufacturer: Any, partner: Partner, twin: Partner, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commerce import services as commerce_services

    ProductFactory(manufacturer=manufacturer, code="F1")
    merged = threading.Event()
    locked = commerce_services.lock_sell_in

    def wait_then_lock() -> None:
        """The file has been read and its codes looked up: now the other merges, and commits."""
        assert merged.wait(timeout=30)
        locked()

    monkeypatch.setattr("commerce.imports.sell_in.services.lock_sell_in", wait_then_lock)

    def merge() -> None:
        with staff_scope(manufacturer.pk):
            merge_partners(partner, twin)
        merged.set()

    def load() -> Any:
        return bring(
            manufacturer, "sell_in", HEAD + "O1,1,A2,F1,2026-01-05,1,100\nO1,2,A1,F1,2026-01-05,1,10\n", tmp_path
        )

    results = at_once(merge, load)
    assert counts(results[1]) == (2, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        assert partner.sales_lines.count() == 2
        assert twin.sales_lines.count() == 0
        assert totals_stored() == totals_of_lines()


def test_history_says_what_became_of_the_record(manufacturer: Any, partner: Partner, twin: Partner) -> None:
    from tenancy.history import history_of

    member = MembershipFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        merge_partners(partner, twin, by=member)
        changes = {change.label: change.after for change in history_of(fresh(twin))[0].changes}
        assert changes["Merged into"] == "Seoul Agency"
