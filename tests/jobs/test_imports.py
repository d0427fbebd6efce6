"""The engine of imports: mappings, guesses, questions, and the command. What kinds do with rows is tested with them."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.utils import translation

from commerce.models import SalesLine
from jobs.imports import ImportRefusedError, Mapping, import_kind, import_kinds, run_import
from jobs.imports.checking import open_questions
from jobs.imports.mapping import guess_columns, headers_hash
from jobs.imports.sentences import CELL, FILE, cell_sentence, file_sentence
from jobs.reading import FileError, open_source
from partners.models import Partner
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, ProductFactory
from tests.importing import bad, bring, counts

ALL_KINDS = [
    "partners",
    "contacts",
    "products",
    "rates",
    "sell_in",
    "direct_sales",
    "prospects",
    "territory_figures",
    "deals",
    "sites",
    "leads",
    "opportunities",
    "market_figures",
    "market_holidays",
    "past_campaigns",
    "courses",
    "enrolments",
    "results",
]


def test_the_kinds_in_the_order_in_which_files_are_best_brought():
    assert [kind.key for kind in import_kinds()] == ALL_KINDS


@pytest.mark.django_db
@pytest.mark.parametrize("key", ALL_KINDS)
def test_our_own_names_are_recognised(manufacturer, key):
    with staff_scope(manufacturer.pk):
        columns = import_kind(key).columns()
    names = [column.name for column in columns]

    assert guess_columns(columns, names) == {name: name for name in names}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "headers", "expected"),
    [
        (
            "sell_in",
            ["주문번호", "순번", "거래처코드", "품목코드", "출고일", "수량", "공급가액(원)", "통화", "비고"],
            ["order_number", "line_number", "partner_code", "product_code", "date", "quantity", "amount", "currency"],
        ),
        (
            "sell_in",
            ["伝票番号", "行番号", "得意先コード", "品番", "売上日", "数量", "金額（税抜）", "通貨"],
            ["order_number", "line_number", "partner_code", "product_code", "date", "quantity", "amount", "currency"],
        ),
        (
            "sell_in",
            ["InvoiceNo", "CustomerID", "StockCode", "InvoiceDate", "Quantity", "UnitPrice"],
            ["order_number", "partner_code", "product_code", "date", "quantity", "unit_price"],
        ),
        (
            "sell_in",
            ["SalesOrderNumber", "SalesOrderLineNumber", "ResellerKey", "ProductKey", "OrderDate", "OrderQuantity",
             "SalesAmount"],
            ["order_number", "line_number", "partner_code", "product_code", "date", "quantity", "amount"],
        ),
        (
            "partners",
            ["取引先コード", "取引先名", "区分", "住所", "都道府県", "郵便番号", "電話番号", "従業員数"],
            ["code", "name", "kind", "address", "region", "postal_code", "phone", "employees"],
        ),
        ("partners", ["store", "name", "zip", "latitude"], ["code", "name", "postal_code", "latitude"]),
        ("products", ["SKU", "Product name", "List price (EUR)"], ["code", "name", "list_price"]),
        ("rates", ["통화", "적용일", "매매기준율"], ["currency", "date", "rate"]),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_headers_in_three_languages(manufacturer, key, headers, expected):
    with staff_scope(manufacturer.pk):
        found = guess_columns(import_kind(key).columns(), headers)

    assert found == dict(zip(expected, headers, strict=False))


@pytest.mark.django_db
def test_own_fields_are_guessed_by_their_labels(manufacturer):
    CustomFieldFactory(manufacturer=manufacturer, key="trucks", labels={"ko": "보유 차량", "en": "Trucks"})

    with staff_scope(manufacturer.pk):
        columns = import_kind("partners").columns()
    assert guess_columns(columns, ["code", "보유차량"]) == {"code": "code", "trucks": "보유차량"}


def test_headers_are_remembered_in_any_order():
    assert headers_hash(["a", "b"]) == headers_hash(["b", "a"]) != headers_hash(["ab"])


def test_a_mapping_survives_being_written_down():
    told = {
        "columns": {"partner_code": "shop"},
        "constants": {"currency": "USD"},
        "date_format": "%d.%m.%Y",
        "decimal_mark": ",",
        "encoding": "cp949",
        "delimiter": ";",
        "sheet": "Data",
    }
    assert Mapping.from_json(told).to_json() == told
    assert Mapping.from_json({"constants": {"line_number": 7}}).constants == {"line_number": "7"}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ([], "The mapping must be an object with “columns”."),
        ({"colums": {}}, "The mapping does not know “colums”."),
        ({"columns": ["a"]}, "“columns” must be an object of texts."),
        ({"constants": {"a": None}}, "“constants” must be an object of texts."),
        ({"date_format": 5}, "The mapping's options must be texts."),
        ({"decimal_mark": "'"}, "The decimal mark must be a point or a comma."),
        ({"delimiter": "|"}, "The delimiter must be a comma, a semicolon or a tab."),
        (
            {"date_format": "yyyy"},
            "“yyyy” is not a date format: use dmy, mdy, ymd, or a pattern such as %Y-%m-%d.",
        ),
    ],
)
def test_mappings_that_are_none_are_refused(told, message):
    with pytest.raises(ImportRefusedError) as refusal:
        Mapping.from_json(told)
    assert str(refusal.value) == message


@pytest.mark.django_db
def test_everything_doubtful_is_asked_at_once(manufacturer, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text('partner_code,date,quantity,amount\nA,03/04/2026,5,"1,234"\nB,04/05/2026,"2,000",7\n')
    source = open_source(path)
    names = ("partner_code", "date", "quantity", "amount")
    mapping = Mapping(columns={name: name for name in names})

    with staff_scope(manufacturer.pk):
        columns = import_kind("sell_in").columns()
    asked = open_questions(source, columns, mapping)
    assert [(question.about, question.column, question.cell) for question in asked] == [
        ("date_format", "date", "03/04/2026"),
        ("decimal_mark", "quantity", "2,000"),
    ]
    with staff_scope(manufacturer.pk), pytest.raises(ImportRefusedError) as refusal:
        run_import(import_kind("sell_in"), source, mapping)
    assert refusal.value.questions == asked
    assert str(refusal.value) == " ".join(question.sentence for question in asked)
    told = Mapping(columns=mapping.columns, date_format="dmy", decimal_mark=".")
    assert open_questions(source, columns, told) == []


@pytest.mark.django_db
def test_another_column_of_the_file_decides_the_mark(manufacturer, tmp_path):
    PartnerFactory(manufacturer=manufacturer, code="A")
    sheet = 'partner_code,date,quantity,amount\nA,2026-01-01,"1,234",5.5\n'

    assert counts(bring(manufacturer, "sell_in", sheet, tmp_path)) == (1, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        assert SalesLine.objects.get().quantity == 1234


@pytest.mark.django_db
def test_numbers_and_dates_of_workbooks_need_no_answers(manufacturer, tmp_path):
    from datetime import date

    PartnerFactory(manufacturer=manufacturer, code="17850")
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["partner_code", "date", "quantity", "amount"])
        page.write_number(1, 0, 17850)
        page.write_datetime(1, 1, date(2026, 4, 3), day)
        page.write_number(1, 2, 2)
        page.write_number(1, 3, 1.234)
        page.write_row(2, 0, [17850, 46115, 1, 5.125])

    assert counts(bring(manufacturer, "sell_in", path, tmp_path)) == (2, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        lines = SalesLine.objects.order_by("amount").values_list("date", "amount")
        assert [(day.isoformat(), float(amount)) for day, amount in lines] == [
            ("2026-04-03", 1.234),
            ("2026-04-03", 5.125),
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "cp949", "cp932", "utf-16", "gzip", "semicolon", "tab", "xlsx"])
def test_the_same_partners_from_any_file(manufacturer, tmp_path, form):
    names = {"cp949": "한빛 대리점", "cp932": "東京サイクル商会"}
    rows = [["code", "name", "phone"], ["007", names.get(form, "한빛 대리점"), "02-555"], ["008", 'B, "quoted"', "=1"]]
    path = tmp_path / "file.xlsx"
    if form == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    page.write_string(number, column, cell)
    else:
        text = io.StringIO()
        csv.writer(text, delimiter={"semicolon": ";", "tab": "\t"}.get(form, ",")).writerows(rows)
        encoding = form if form in {"utf-8-sig", "cp949", "cp932", "utf-16"} else "utf-8"
        content = text.getvalue().encode(encoding)
        path.write_bytes(gzip.compress(content) if form == "gzip" else content)

    assert counts(bring(manufacturer, "partners", path, tmp_path)) == (2, 0, 0, 0)
    with staff_scope(manufacturer.pk):
        stored = Partner.objects.order_by("code").values_list("code", "name", "phone")
        assert [list(row) for row in stored] == rows[1:]


@pytest.mark.django_db
def test_a_broken_encoding_inside_the_file_is_refused(manufacturer, tmp_path):
    with pytest.raises(FileError) as error:
        bring(manufacturer, "partners", b"code,name\nA,\xff\xff\x81\n", tmp_path)
    assert file_sentence(error.value) == "The text of the file cannot be read. Save it as CSV in UTF-8."


def test_every_sentence_can_be_said():
    params = {
        "position": 1, "first": 1, "second": 2, "header": "h", "count": 5, "limit": 5, "encoding": "x", "row": 1,
        "sheet": "s", "format": "f",
    }  # fmt: skip
    for code in FILE:
        assert "%" not in file_sentence(FileError(code, **params)).replace("%Y-%m-%d", "")
    for kind in import_kinds():
        for code in {*CELL, *kind.sentences} - {
            "too_long",
            "too_many_decimals",
            "too_small",
            "too_big",
            "unknown_choice",
        }:
            assert "%" not in cell_sentence(code, "x", None, kind.sentences)


def test_sentences_are_in_the_readers_language():
    with translation.override("ko"):
        assert isinstance(cell_sentence("missing", None, None, {}), str)


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(manufacturer, tmp_path, capsys):
    def command(kind, text, *options, name="lines.csv"):
        path = tmp_path / name
        path.write_text(text)
        try:
            call_command("import", manufacturer.slug, kind, str(path), *options)
            failure = None
        except CommandError as error:
            failure = str(error)
        printed = capsys.readouterr().out
        return json.loads(printed) if "--json" in options and printed else printed, failure

    return command


@pytest.fixture
def catalogue(manufacturer):
    PartnerFactory(manufacturer=manufacturer, code="A")
    ProductFactory(manufacturer=manufacturer, code="F")


LINES = "order,line,shop,item,day,pieces,sum\nO1,1,A,F,05.01.2026,2,10\nO1,2,{shop},F,06.01.2026,1,5\n"
MAPPING = {
    "columns": {
        "order_number": "order", "line_number": "line", "partner_code": "shop", "product_code": "item", "date": "day",
        "quantity": "pieces", "amount": "sum",
    },
    "constants": {"currency": "KRW"},
    "date_format": "%d.%m.%Y",
}  # fmt: skip


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING))
    return f"--map={path}"


@pytest.mark.django_db
def test_the_command_brings_a_file_in_and_tells_what_came_of_it(manufacturer, catalogue, run, mapping):
    told, failure = run("sell_in", LINES.format(shop="A"), mapping, "--json")

    assert failure is None
    assert told.pop("seconds") > 0
    assert told == {
        "rows_read": 2, "new": 2, "changed": 0, "unchanged": 0, "rejected": 0, "written": True, "rejected_path": None,
    }  # fmt: skip
    told, failure = run("sell_in", LINES.format(shop="A"), mapping)
    assert told.startswith("2 rows read in ")
    assert told.endswith(" s: 0 new, 0 changed, 2 unchanged, 0 rejected.\n")


@pytest.mark.django_db
def test_the_command_writes_nothing_if_a_row_is_bad(manufacturer, catalogue, run, mapping):
    told, failure = run("sell_in", LINES.format(shop="B"), mapping, "--json")

    assert failure == "Nothing was written: 1 of 2 rows are bad. Mend them, or leave them out with --only-good."
    assert (told["new"], told["rejected"], told["written"]) == (1, 1, False)
    assert Path(told["rejected_path"]).read_text(encoding="utf-8-sig") == (
        "row,reason,order,line,shop,item,day,pieces,sum\n3,shop: no partner has the code “B”,O1,2,B,F,06.01.2026,1,5\n"
    )
    assert f"/{manufacturer.pk}/rejected/" in told["rejected_path"]
    with staff_scope(manufacturer.pk):
        assert not SalesLine.objects.exists()


@pytest.mark.django_db
def test_the_command_leaves_bad_rows_out_or_creates_what_is_missing(manufacturer, catalogue, run, mapping):
    told, failure = run("sell_in", LINES.format(shop="B"), mapping, "--json", "--only-good")
    assert (failure, told["new"], told["rejected"], told["written"]) == (None, 1, 1, True)

    told, failure = run("sell_in", LINES.format(shop="B"), mapping, "--json", "--create-missing")
    assert (failure, told["new"], told["unchanged"], told["rejected"]) == (None, 1, 1, 0)


@pytest.mark.django_db
def test_a_dry_run_of_the_command_writes_nothing_and_is_no_failure(manufacturer, catalogue, run, mapping):
    told, failure = run("sell_in", LINES.format(shop="B"), mapping, "--dry-run")

    assert failure is None
    assert "1 would be new, 0 would be changed, 0 unchanged, 1 rejected." in told
    assert "  row 3, shop: no partner has the code “B”\n" in told
    with staff_scope(manufacturer.pk):
        assert not SalesLine.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "text", "options", "sentence"),
    [
        (
            "cows",
            "a\n1\n",
            [],
            f"There is no import “cows”; there are: {', '.join(ALL_KINDS)}.",
        ),
        ("partners", "", [], "The file is empty."),
        ("partners", "code\nA\n", ["--map=none.json"], "none.json: No such file or directory."),
        ("partners", "name\nA\n", [], "These columns are needed: code."),
        (
            "rates",
            "currency,date,rate\nUSD,01/02/2026,1\n",
            [],
            (
                "In “date”, “01/02/2026” can be read in several ways: say in which order day, month and year stand. "
                "Tell it in the mapping, as date_format."
            ),
        ),
    ],
)
def test_the_command_refuses_with_a_sentence(run, kind, text, options, sentence):
    assert run(kind, text, *options) == ("", sentence)


@pytest.mark.django_db
def test_the_command_knows_no_other_manufacturer_and_no_missing_file(manufacturer):
    with pytest.raises(CommandError, match=r"There is no manufacturer “nobody”\."):
        call_command("import", "nobody", "partners", "file.csv")
    with pytest.raises(CommandError, match=r"missing\.csv: No such file or directory\."):
        call_command("import", manufacturer.slug, "partners", "missing.csv")


@pytest.mark.django_db
def test_bad_cells_are_shown_up_to_a_number(manufacturer, tmp_path):
    sheet = "code,name,email\n" + "".join(f"A{n},A,none\n" for n in range(300))

    outcome = bring(manufacturer, "partners", sheet, tmp_path)
    assert (outcome.rejected, len(bad(outcome))) == (300, 200)
