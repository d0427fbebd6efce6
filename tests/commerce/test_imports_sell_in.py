import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection

from commerce import services
from commerce.models import ManufacturerMonth, Product, SalesDay, SalesLine, SalesMonth
from jobs.imports import ImportRefusedError
from jobs.models import Job
from jobs.reading import delimited
from partners.models import Partner, Stage
from tenancy.rls import staff_scope
from tests.commerce.totals import totals_of_lines, totals_stored
from tests.factories import ExchangeRateFactory, ManufacturerFactory, PartnerFactory, ProductFactory
from tests.importing import bad, bring, counts, rejected_rows
from tests.tenancy.helpers import at_once

HEAD = "order_number,line_number,partner_code,product_code,date,quantity,amount\n"


@pytest.fixture
def seoul(manufacturer):
    return PartnerFactory(manufacturer=manufacturer, code="S1", external_code="9001")


@pytest.fixture
def busan(manufacturer, seoul):
    return PartnerFactory(manufacturer=manufacturer, code="B1", external_code="S1x", kind=seoul.kind)


@pytest.fixture
def floor(manufacturer):
    return ProductFactory(manufacturer=manufacturer, code="F1")


@pytest.fixture
def wall(manufacturer, floor):
    return ProductFactory(manufacturer=manufacturer, code="W1", category=floor.category)


@pytest.fixture
def sell_in(manufacturer, seoul, busan, floor, wall, tmp_path):
    """Brings in lines below HEAD, and checks that the totals are in step whatever happens."""

    def run(lines, **options):
        head = options.pop("head", HEAD)
        try:
            return bring(manufacturer, "sell_in", head + lines, tmp_path, **options)
        finally:
            in_step(manufacturer)

    return run


def in_step(manufacturer):
    with staff_scope(manufacturer.pk):
        assert totals_stored() == totals_of_lines()


def lines_of(manufacturer):
    with staff_scope(manufacturer.pk):
        return [
            (line.partner.code, line.product and line.product.code, line.date.isoformat(), line.quantity, line.amount)
            for line in SalesLine.objects.select_related("partner", "product").order_by("date", "amount", "quantity")
        ]


def test_many_lines_have_their_tables_measured_for_what_is_planned_next(manufacturer, sell_in, monkeypatch):
    monkeypatch.setattr(services.sell_in, "MANY", 1)
    said = []

    def note(execute, statement, *rest):
        said.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        sell_in("O1,1,S1,F1,2026-01-05,10,1000\nO1,2,S1,W1,2026-01-05,1,50.25\n")

    assert "SELECT commerce_measure_lines(%s)" in said
    with staff_scope(manufacturer.pk), connection.cursor() as cursor:
        cursor.execute("SELECT commerce_measure_lines(1000000)")
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'commerce_salesline'::regclass")
        assert cursor.fetchone() == (2,)


def test_lines_are_loaded_with_their_totals(manufacturer, seoul, busan, floor, wall, sell_in):
    outcome = sell_in(
        "O1,1,S1,F1,2026-01-05,10,1000\nO1,2,S1,W1,2026-01-05,1,50.25\nO2,1,S1,F1,2026-01-05,2,200\n"
        "R1,1,S1,F1,2026-01-20,-3,-300\nO3,1,9001,F1,2026-02-01,1,100\nO4,1,B1,F1,2026-01-31,4,400\n"
    )

    assert counts(outcome) == (6, 0, 0, 0)
    assert outcome.written
    with staff_scope(manufacturer.pk):
        months = SalesMonth.objects.order_by("partner__code", "month", "product__code").values_list(
            "partner__code",
            "month",
            "product__code",
            "quantity",
            "amount_base",
            "returns_base",
            "lines",
            "return_lines",
        )
        assert list(months) == [
            ("B1", dt.date(2026, 1, 1), "F1", 4, 400, 0, 1, 0),
            ("S1", dt.date(2026, 1, 1), "F1", 9, 900, 300, 3, 1),
            ("S1", dt.date(2026, 1, 1), "W1", 1, Decimal("50.25"), 0, 1, 0),
            ("S1", dt.date(2026, 2, 1), "F1", 1, 100, 0, 1, 0),
        ]
        days = SalesDay.objects.order_by("partner__code", "date").values_list(
            "partner__code", "date", "amount_base", "returns_base", "orders", "lines", "return_lines"
        )
        assert list(days) == [
            ("B1", dt.date(2026, 1, 31), 400, 0, 1, 1, 0),
            ("S1", dt.date(2026, 1, 5), Decimal("1250.25"), 0, 2, 3, 0),
            ("S1", dt.date(2026, 1, 20), -300, 300, 0, 1, 1),
            ("S1", dt.date(2026, 2, 1), 100, 0, 1, 1, 0),
        ]
        whole = ManufacturerMonth.objects.order_by("month").values_list(
            "month", "amount_base", "returns_base", "lines", "partners"
        )
        assert list(whole) == [
            (dt.date(2026, 1, 1), Decimal("1350.25"), 300, 5, 2),
            (dt.date(2026, 2, 1), 100, 0, 1, 1),
        ]


def test_the_same_file_twice_changes_nothing(manufacturer, sell_in):
    lines = "O1,1,S1,F1,2026-01-05,10,1000\nO1,2,B1,W1,2026-01-06,1,50\n"
    sell_in(lines)
    with staff_scope(manufacturer.pk):
        before = list(SalesLine.objects.order_by("line_id").values())

    outcome = sell_in(lines.replace("1000", '"1,000.00"').replace("2026-01-05", "2026/1/5"))

    assert counts(outcome) == (0, 0, 2, 0)
    with staff_scope(manufacturer.pk):
        assert list(SalesLine.objects.order_by("line_id").values()) == before


def test_grades_are_recomputed_after_lines_came_in_and_only_then(manufacturer, sell_in):
    lines = "O1,1,S1,F1,2026-01-05,10,1000\n"
    sell_in(lines, dry_run=True)
    sell_in(lines.replace("S1", "NOBODY"))
    with staff_scope(manufacturer.pk):
        assert not Job.objects.exists()

    sell_in(lines)
    sell_in(lines)
    with staff_scope(manufacturer.pk):
        assert list(Job.objects.values_list("kind", "state")) == [("grade_recompute", "queued")]


def test_a_corrected_file_updates_lines_and_both_ends_of_what_moved(manufacturer, sell_in):
    sell_in(
        "O1,1,S1,F1,2026-01-05,10,1000\nO1,2,S1,W1,2026-01-05,1,50\nO2,1,S1,F1,2026-03-01,1,10\n"
        "O3,1,B1,F1,2026-01-05,5,500\n"
    )

    outcome = sell_in(
        "O1,1,S1,F1,2026-01-05,10,1100\nO1,2,B1,W1,2026-01-05,1,50\nO2,1,S1,F1,2026-04-01,1,10\n"
        "O3,1,B1,W1,2026-01-05,5,500\nO4,1,B1,F1,2026-05-05,1,1\n"
    )

    assert counts(outcome) == (1, 4, 0, 0)
    assert lines_of(manufacturer) == [
        ("B1", "W1", "2026-01-05", 1, 50),
        ("B1", "W1", "2026-01-05", 5, 500),
        ("S1", "F1", "2026-01-05", 10, 1100),
        ("S1", "F1", "2026-04-01", 1, 10),
        ("B1", "F1", "2026-05-05", 1, 1),
    ]
    with staff_scope(manufacturer.pk):
        assert not SalesMonth.objects.filter(month="2026-03-01").exists()
        assert not ManufacturerMonth.objects.filter(month="2026-03-01").exists()


@pytest.mark.parametrize("block", [delimited.BLOCK, 30])
def test_lines_without_numbers_are_known_as_a_whole_and_by_their_count(manufacturer, sell_in, block, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", block)  # also where they stand in different parts of the file
    head = "partner_code,product_code,date,quantity,amount\n"
    twice = "S1,F1,2026-01-05,1,100\nS1,F1,2026-01-05,1,100\nS1,F1,2026-01-05,1,90\n"

    assert counts(sell_in(twice, head=head)) == (3, 0, 0, 0)
    assert counts(sell_in(twice, head=head)) == (0, 0, 3, 0)
    assert counts(sell_in("S1,F1,2026-01-05,1,100\n" + twice, head=head)) == (1, 0, 3, 0)
    assert [amount for *_rest, amount in lines_of(manufacturer)] == [90, 100, 100, 100]


def test_each_line_is_known_by_the_best_it_has(manufacturer, sell_in):
    head = "external_line_id,order_number,line_number,partner_code,date,quantity,amount\n"
    first = (
        "X1,O1,1,S1,2026-01-05,1,100\n,O1,1,S1,2026-01-05,1,200\n,O1,,S1,2026-01-05,1,300\n,O1,,S1,2026-01-05,1,300\n"
    )
    again = (
        "X1,O9,9,S1,2026-01-06,1,101\n,O1,1,S1,2026-01-05,1,201\n,O1,,S1,2026-01-05,1,301\n,O1,,S1,2026-01-05,1,300\n"
    )

    assert counts(sell_in(first, head=head)) == (4, 0, 0, 0)
    assert counts(sell_in(again, head=head)) == (1, 2, 1, 0)
    assert [amount for *_rest, amount in lines_of(manufacturer)] == [201, 300, 300, 301, 101]


@pytest.mark.parametrize("block", [delimited.BLOCK, 30])
def test_the_same_key_twice_in_a_file_is_rejected_where_it_differs(manufacturer, sell_in, block, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", block)
    outcome = sell_in(
        "O1,1,S1,F1,2026-01-05,10,1000\nO1,1,S1,F1,2026-01-05,10,999\nO1,1,S1,F1,2026-01-05,10,1000\n", only_good=True
    )

    assert counts(outcome) == (1, 0, 1, 1)
    assert bad(outcome) == [(3, "", "repeated", "2")]
    assert [amount for *_rest, amount in lines_of(manufacturer)] == [1000]


def test_bad_rows_are_named_and_stop_everything(manufacturer, sell_in):
    outcome = sell_in(
        "O1,1,S1,F1,2026-01-05,10,1000\nO2,1,NOBODY,F1,2026-01-05,10,1000\nO3,1,S1,NOTHING,2026-01-05,10,1000\n"
        "O4,1,S1,F1,yesterday,ten,\nO5,1,,,2026-01-05,1,1\nO6,1,S1,F1,2026-01-05,1,1,surplus\n"
    )

    assert (outcome.written, outcome.rows_read, outcome.rejected) == (False, 6, 5)
    assert sorted(bad(outcome)) == sorted(
        [
            (3, "partner_code", "unknown_partner", "NOBODY"),
            (4, "product_code", "unknown_product", "NOTHING"),
            (5, "date", "not_a_date", "yesterday"),
            (5, "quantity", "not_a_number", "ten"),
            (5, "amount", "missing", None),
            (6, "partner_code", "missing", None),
            (6, "product_code", "missing", None),
            (7, "", "too_many_cells", None),
        ]
    )
    assert lines_of(manufacturer) == []


def test_only_the_good_rows_when_asked_for(manufacturer, sell_in):
    outcome = sell_in("O1,1,S1,F1,2026-01-05,10,1000\nO2,1,NOBODY,F1,2026-01-05,10,1000\n", only_good=True)

    assert (outcome.written, *counts(outcome)) == (True, 1, 0, 0, 1)
    assert lines_of(manufacturer) == [("S1", "F1", "2026-01-05", 10, 1000)]


def test_a_dry_run_says_the_same_and_writes_nothing(manufacturer, sell_in):
    sell_in("O1,1,S1,F1,2026-01-05,10,1000\nO2,1,S1,F1,2026-01-05,10,1000\n")
    lines = (
        "O1,1,S1,F1,2026-01-05,10,1000\nO2,1,S1,F1,2026-01-05,10,1001\nO3,1,NEW,F1,2026-01-05,1,1\nO4,1,S1,F1,x,1,1\n"
    )

    tried = sell_in(lines, dry_run=True, create_missing=True)
    assert (tried.written, *counts(tried)) == (False, 1, 1, 1, 1)
    with staff_scope(manufacturer.pk):
        assert not Partner.objects.filter(code="NEW").exists()

    done = sell_in(lines, only_good=True, create_missing=True)
    assert (done.written, *counts(done)) == (True, 1, 1, 1, 1)


def test_unknown_partners_and_products_become_drafts_when_asked_for(manufacturer, sell_in):
    lines = "O1,1,N1,P9,2026-01-05,1,100\nO1,2,N1,F1,2026-01-05,1,50\nO2,1,N2,P9,2026-01-06,1,70\n"

    assert counts(sell_in(lines, create_missing=True)) == (3, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        drafts = Partner.objects.filter(stage=Stage.DRAFT).order_by("code")
        assert list(drafts.values_list("code", "name")) == [("N1", "N1"), ("N2", "N2")]
        assert list(Product.objects.filter(is_draft=True).values_list("code", "name")) == [("P9", "P9")]
    assert counts(sell_in(lines)) == (0, 0, 3, 0)


def test_nothing_is_created_that_was_not_asked_for_or_is_named_by_bad_rows_alone(manufacturer, sell_in):
    lines = "O1,1,S1,F1,2026-01-05,1,100\nO2,1,N1,P9,2026-01-05,bad,1\nO3,1,N2,F1,2026-01-05,1,1\n"

    assert counts(sell_in(lines, only_good=True)) == (1, 0, 0, 2)
    assert counts(sell_in(lines, only_good=True, create_missing=True)) == (1, 0, 1, 1)
    with staff_scope(manufacturer.pk):
        assert list(Partner.objects.filter(stage=Stage.DRAFT).values_list("code", flat=True)) == ["N2"]
        assert not Product.objects.filter(is_draft=True).exists()


def test_a_code_goes_before_an_external_code(manufacturer, seoul, sell_in):
    PartnerFactory(manufacturer=manufacturer, code="9001", kind=seoul.kind)

    sell_in("O1,1,9001,F1,2026-01-05,1,1\n")

    assert lines_of(manufacturer)[0][0] == "9001"


def test_amounts_get_the_latest_rate_up_to_their_day(manufacturer, sell_in):
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 1, 1), rate=Decimal("1300.5"))
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 2, 1), rate=Decimal("1400"))
    head = HEAD.replace("amount", "amount,currency")

    outcome = sell_in(
        "O1,1,S1,F1,2025-12-31,1,10,USD\nO2,1,S1,F1,2026-01-31,1,10.01,usd\nO3,1,S1,F1,2026-02-01,1,-10,USD\n"
        "O4,1,S1,F1,2026-02-01,1,10,KRW\nO5,1,S1,F1,2026-02-01,1,10,EUR\nO6,1,S1,F1,2026-02-01,1,10,\n",
        head=head,
        only_good=True,
    )

    assert bad(outcome) == [
        (2, "currency", "no_rate", "USD, 2025-12-31"),
        (6, "currency", "no_rate", "EUR, 2026-02-01"),
        (7, "currency", "missing", None),
    ]
    with staff_scope(manufacturer.pk):
        stored = SalesLine.objects.order_by("order_number").values_list("currency", "amount", "amount_base")
        assert list(stored) == [
            ("USD", Decimal("10.01"), Decimal("13018.005")),
            ("USD", -10, -14000),
            ("KRW", 10, 10),
        ]


def test_a_constant_stands_for_all_rows(manufacturer, sell_in):
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", rate=Decimal(2))

    outcome = sell_in(
        "O1,1,S1,F1,2026-01-05,1,10\n",
        mapping={
            "columns": {"order_number": "order_number", "date": "date", "amount": "amount"},
            "constants": {"currency": "USD", "partner_code": "9001"},
        },
    )

    assert counts(outcome) == (1, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        line = SalesLine.objects.get()
        assert (line.partner.code, line.product, line.quantity, line.amount_base) == ("S1", None, 0, 20)


def test_quantity_times_price_is_the_amount_exactly(manufacturer, sell_in):
    head = "order_number,line_number,partner_code,date,quantity,unit_price\n"

    outcome = sell_in(
        "O1,1,S1,2026-01-05,3,0.333333\nO1,2,S1,2026-01-05,-2,12.50\nO1,3,S1,2026-01-05,99999999999999,99999999999999\n",
        head=head,
        only_good=True,
    )

    assert bad(outcome) == [(4, "unit_price", "too_many_digits", "99999999999999")]
    assert [amount for *_rest, amount in lines_of(manufacturer)] == [-25, Decimal("1.0000")]


def test_a_base_amount_too_big_to_keep_is_rejected(manufacturer, sell_in):
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", rate=Decimal("9999999999"))

    outcome = sell_in("O1,1,S1,F1,2026-01-05,1,99999999999999\n", mapping={
        "columns": {"partner_code": "partner_code", "date": "date", "amount": "amount"}, "constants": {"currency": "USD"},
    })  # fmt: skip

    assert [cell[:3] for cell in bad(outcome)] == [(2, "amount", "too_many_digits")]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"date": "date", "amount": "amount"}, "These columns are needed: partner_code."),
        ({"partner_code": "partner_code", "date": "date"}, "Match the amount, or the quantity and the unit price."),
        (
            {"partner_code": "partner_code", "date": "date", "amount": "amount", "unit_price": "quantity"},
            "Match either the amount or the unit price, not both.",
        ),
        (
            {"partner_code": "shop"},
            (
                "The file has no column “shop” for “partner_code”; it has: "
                "order_number, line_number, partner_code, product_code, date, quantity, amount."
            ),
        ),
    ],
)  # fmt: skip
def test_mappings_that_cannot_work_are_refused(sell_in, columns, message):
    with pytest.raises(ImportRefusedError) as refusal:
        sell_in("O1,1,S1,F1,2026-01-05,1,1\n", mapping={"columns": columns})
    assert str(refusal.value) == message


def test_doubtful_dates_and_marks_are_asked_about(manufacturer, sell_in):
    with pytest.raises(ImportRefusedError) as refusal:
        sell_in("O1,1,S1,F1,03/04/2026,1,100\n")
    assert [question.about for question in refusal.value.questions] == ["date_format"]
    assert str(refusal.value) == (
        "In “date”, “03/04/2026” can be read in several ways: say in which order day, month and year stand."
    )
    with pytest.raises(ImportRefusedError) as refusal:
        sell_in('O1,1,S1,F1,2026-04-03,1,"1,234"\n')
    assert [question.about for question in refusal.value.questions] == ["decimal_mark"]
    assert lines_of(manufacturer) == []

    columns = {name: name for name in HEAD.strip().split(",")}
    told = {"columns": columns, "date_format": "%d/%m/%Y", "decimal_mark": ","}
    assert counts(sell_in('O1,1,S1,F1,03/04/2026,1,"1,234"\n', mapping=told)) == (1, 0, 0, 0)
    assert lines_of(manufacturer) == [("S1", "F1", "2026-04-03", 1, Decimal("1.234"))]


def test_other_cells_decide_doubtful_ones(manufacturer, sell_in):
    outcome = sell_in('O1,1,S1,F1,03/04/2026,"1,000",100\nO1,2,S1,F1,25/04/2026,1,99.5\n')

    assert counts(outcome) == (2, 0, 0, 0)
    assert lines_of(manufacturer) == [
        ("S1", "F1", "2026-04-03", 1000, 100),
        ("S1", "F1", "2026-04-25", 1, Decimal("99.5")),
    ]


def test_rejected_rows_come_back_as_they_were_with_the_reasons(manufacturer, seoul, floor, tmp_path):
    text = HEAD.replace("amount", "amount,note") + (
        "O1,1,S1,F1,2026-01-05,1,100,fine\nO2,1,=NOBODY,F1,x,-1,-100,+SUM(A1)\nO3,1,S1,F1,2026-01-05,1,1,-\n"
    )

    file = rejected_rows(manufacturer, "sell_in", text, tmp_path)

    assert file == (
        "row,reason,order_number,line_number,partner_code,product_code,date,quantity,amount,note\n"
        "3,partner_code: no partner has the code “=NOBODY”; date: “x” is not a date,O2,1,'=NOBODY,F1,x,-1,-100,'+SUM(A1)\n"
    )
    mended = file.replace("'=NOBODY", "S1").replace(",x,", ",2026-01-06,")
    assert counts(bring(manufacturer, "sell_in", mended, tmp_path)) == (1, 0, 0, 0)
    assert rejected_rows(manufacturer, "sell_in", file, tmp_path).startswith("row,reason,order_number,")


def test_other_manufacturers_codes_are_unknown_and_their_lines_untouched(manufacturer, seoul, floor, tmp_path):
    other = ManufacturerFactory()
    theirs = PartnerFactory(manufacturer=other, code="T1")
    bring(other, "sell_in", HEAD.replace("product_code,", "") + "O1,1,T1,2026-01-05,1,5\n", tmp_path)

    outcome = bring(manufacturer, "sell_in", HEAD + "O1,1,T1,F1,2026-01-05,1,1\n", tmp_path)
    assert bad(outcome) == [(2, "partner_code", "unknown_partner", "T1")]
    bring(manufacturer, "sell_in", HEAD + "O1,1,S1,F1,2026-01-05,1,100\n", tmp_path)

    assert lines_of(other) == [("T1", None, "2026-01-05", 1, 5)]
    assert lines_of(manufacturer) == [("S1", "F1", "2026-01-05", 1, 100)]
    in_step(other)
    assert theirs.manufacturer == other


def test_many_random_files_leave_the_totals_in_step(manufacturer, sell_in):
    generator = random.Random(20260630)
    lines = {}
    for _round in range(6):
        for number in range(generator.randint(1, 60)):
            key = (f"O{generator.randint(1, 25)}", str(generator.randint(1, 4)))
            day = dt.date(2026, 1, 1) + dt.timedelta(days=generator.randint(0, 80))
            amount = Decimal(generator.randint(-5000, 20000)) / 100
            partner, product = generator.choice(["S1", "B1"]), generator.choice(["F1", "W1"])
            lines[key] = f"{partner},{product},{day},{generator.randint(-3, 9) + number % 2},{amount}"
        text = "".join(f"{order},{line},{rest}\n" for (order, line), rest in lines.items())
        assert counts(sell_in(text))[3] == 0

    with staff_scope(manufacturer.pk):
        assert SalesLine.objects.count() == len(lines)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_the_totals_in_step(manufacturer, seoul, busan, floor, wall, tmp_path):
    """Both correct the same lines, and each brings some of its own; real connections, real waiting."""
    base = "".join(f"O{n},1,S1,F1,2026-01-{n % 28 + 1:02},1,{n}\n" for n in range(300))
    bring(manufacturer, "sell_in", HEAD + base, tmp_path)

    def one(name, partner, product, amount):
        folder = tmp_path / name
        folder.mkdir()
        text = "".join(f"O{n},1,{partner},{product},2026-0{n % 3 + 1}-05,1,{amount + n}\n" for n in range(300))
        text += "".join(f"{name}{n},1,{partner},{product},2026-02-11,1,7\n" for n in range(200))
        return bring(manufacturer, "sell_in", HEAD + text, folder)

    brought = at_once(lambda: one("A", "S1", "W1", 1000), lambda: one("B", "B1", "F1", 5000))
    assert not [each for each in brought if isinstance(each, Exception)]
    in_step(manufacturer)
    with staff_scope(manufacturer.pk):
        assert SalesLine.objects.count() == 700
        corrected = SalesLine.objects.filter(order_number__startswith="O").values_list("partner__code", flat=True)
        assert len(set(corrected)) == 1  # the later one won as a whole
