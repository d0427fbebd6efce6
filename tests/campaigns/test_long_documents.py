"""A manual is found by what stands on its last page too, and by words that stand far apart in it."""

import random
import unicodedata
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from campaigns.models import Asset, AssetState, AssetText, AssetTextPart, AssetVersion
from campaigns.search_text import BETWEEN, LONGEST_WORD, OVERLAP, PART, SIGNS, words_of
from campaigns.selectors.assets import matching_assets
from campaigns.services.assets import (
    add_version,
    choose_version,
    delete_draft,
    save_asset,
    withdraw_version,
    write_texts,
)
from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, partner_scope, staff_scope
from tests.campaigns.factories import AssetFactory

pytestmark = pytest.mark.django_db
FILLING = "가나다라마바사아자차카타파하 lorem ipsum dolor "


def filled(signs: int) -> str:
    return (FILLING * (signs // len(FILLING) + 1))[:signs]


def manual(house: Manufacturer, text: str, *, title: str = "Manual", **fields: Any) -> Asset:
    """A document with this text as if it had been read from a file."""
    asset: Asset = AssetFactory(manufacturer=house, titles={"en": title}, **fields)
    with staff_scope(house.pk):
        AssetVersion.objects.create(asset=asset, language="en", number=1, text=text)
        write_texts(asset)
    return asset


def found(text: str) -> list[int]:
    return sorted(matching_assets(Asset.objects.all(), text).values_list("pk", flat=True))


def kept(asset: Asset) -> dict[int, str]:
    return dict(AssetTextPart.objects.filter(version__asset=asset).values_list("part", "text"))


def test_every_word_of_a_long_document_is_found_wherever_it_stands(owner: Membership) -> None:
    house = owner.manufacturer
    text = f"Anfang {filled(45_000)} 누수 방지 sealing {filled(300_000)} 値 Gasket-4711 zuletzt"
    long = manual(house, text, title="Pump manual")
    short = manual(house, "sealing and gasket-4711", title="Leaflet")
    with staff_scope(house.pk):
        assert max(kept(long)) == 18
        assert [found(word) for word in ("zuletzt", "gasket-4711", "누수방지", "방지", "값")] == [
            [long.pk], [long.pk, short.pk], [long.pk], [long.pk], [],
        ]  # fmt: skip
        together = {
            "pump zuletzt": [long.pk],
            "anfang 누수 zuletzt": [long.pk],
            "sealing gasket-4711": [long.pk, short.pk],
            "sealing leaflet": [short.pk],
            "pump leaflet": [],
            "zuletzt missing": [],
            "値": [long.pk],
            "値 anfang": [long.pk],
            "値 leaflet": [],
            "z": [long.pk],
            "g": [long.pk, short.pk],
            "x": [],
            "z 値": [long.pk],
            "x zuletzt": [],
        }
        assert {words: found(words) for words in together} == together


def test_a_word_is_found_at_every_place_of_the_text(owner: Membership) -> None:
    house, word = owner.manufacturer, "w" + "q" * (LONGEST_WORD - 1)
    with staff_scope(house.pk):
        assert words_of(word + "more") == [word]
    for start in (PART - OVERLAP - LONGEST_WORD, PART - OVERLAP - 1, PART - OVERLAP, PART - 50, PART - 1, PART):
        asset = manual(house, filled(start - 1).rstrip() + f" {word} {filled(60_000)}")
        with staff_scope(house.pk):
            assert asset.pk in found(word)


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("Château Müller, Größe 12", "chateau muller grosse"),
        ("Øst Sykkelforretning", "ost sykkel"),
        ("Sørlandet Ångström", "sorlandet angstrom"),
        ("cafe\u0301 naïve", "CAFÉ naive"),
        ("İZMİR", "izmir"),
        ("ﾎﾟﾝﾌﾟ取扱説明書", "ポンプ"),
        ("ポンプ取扱説明書", "ぽんぷ"),
        ("シート〜厚手", "シート～厚手"),
        ("ＰＶＣ−１２", "pvc-12"),
        ("O\u2019Neil", "o'neil"),
        ("½ inch", "1/2"),
    ],
)
def test_signs_are_found_by_what_is_typed_for_them(owner: Membership, text: str, looked_for: str) -> None:
    titled = manual(owner.manufacturer, "", title=text)
    written = manual(owner.manufacturer, f"{filled(30_000)} {text} {filled(30_000)}", title="Long")
    manual(owner.manufacturer, "ハー が chat mull", title="Other")
    with staff_scope(owner.manufacturer_id):
        assert found(looked_for) == found(text) == [titled.pk, written.pk]


def test_marks_that_make_another_letter_stay(owner: Membership) -> None:
    """Voiced kana and Cyrillic short i are letters, not letters with a mark."""
    manual(owner.manufacturer, "ハガキ край", title="Card")
    with staff_scope(owner.manufacturer_id):
        assert found("はかき") == found("краи") == []
        assert len(found("はがき край")) == 1


def test_what_was_kept_before_is_brought_to_the_signs_that_are_compared(owner: Membership) -> None:
    migration = import_module("campaigns.migrations.0029_signs_looked_for")
    text = f"Château Müller Größe Æsir œuvre Sørlandet ぽんぷ ﾎﾟﾝﾌﾟ O\u2019Neil İzmir – 〜 {filled(25_000)}"
    asset = manual(owner.manufacturer, text, title="Übersicht ぽんぷ")
    as_before = BETWEEN.sub("", " ".join(unicodedata.normalize("NFKC", text).lower().split()))
    with staff_scope(owner.manufacturer_id):
        now = (
            *AssetText.objects.values_list("title", "text"),
            *AssetTextPart.objects.order_by("part").values_list("text"),
        )
        AssetText.objects.update(title="übersicht ぽんぷ", text=f"übersicht ぽんぷ catalogue {as_before}"[:PART])
        AssetTextPart.objects.filter(version__asset=asset, part=1).update(text=as_before[:PART])
        AssetTextPart.objects.filter(version__asset=asset, part=0).update(text="übersicht ぽんぷ catalogue")
        migration.write_plainly(None, SimpleNamespace(connection=connection))
        again = (
            *AssetText.objects.values_list("title", "text"),
            *AssetTextPart.objects.order_by("part").values_list("text"),
        )
    assert [[text[:200] for text in row] for row in again] == [[text[:200] for text in row] for row in now]


def test_it_agrees_with_looking_through_all_texts(owner: Membership) -> None:
    house, draw = owner.manufacturer, random.Random(7)
    said = ["alpha", "beta", "gamma", "누수", "방지", "防水", "値"]
    texts: dict[int, str] = {}
    for number in range(12):
        pieces = [filled(draw.choice([10, 15_000, 40_000])) for _each in range(3)]
        text = " ".join(f"{piece} {draw.choice(said)}" for piece in pieces)
        title = f"Paper{number} {draw.choice(said)}"
        texts[manual(house, text, title=title).pk] = f"{title} {text}".lower()
    with staff_scope(house.pk):
        for _time in range(60):
            words = draw.sample(said, draw.choice([1, 2, 3]))
            wanted = sorted(pk for pk, text in texts.items() if all(word in text for word in words))
            assert found(" ".join(words)) == wanted, words
            with connection.cursor() as cursor:
                cursor.execute("SELECT campaigns_walk_assets(%s, 1000)", [words_of(" ".join(words))])
                assert sorted(cursor.fetchone()[0]) == wanted, words
                cursor.execute("SELECT cardinality(campaigns_search_assets(%s, 1))", [["beta"]])
                assert cursor.fetchone()[0] <= 1


def test_a_word_is_looked_up_by_the_index_where_the_tables_were_counted_as_empty_too(owner: Membership) -> None:
    house = owner.manufacturer
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_assettext, campaigns_assettextpart")
    long = manual(house, f"{filled(50_000)} zuletzt Gasket")
    counted = """
        SELECT pg_stat_get_xact_numscans('asset_text_by_pieces'::regclass),
            pg_stat_get_xact_numscans('asset_part_by_pieces'::regclass)
    """
    with staff_scope(house.pk), connection.cursor() as cursor:
        cursor.execute(counted)
        (texts, parts) = cursor.fetchone()
        assert found("zuletzt gasket") == [long.pk]
        cursor.execute(counted)
        assert cursor.fetchone() == (texts + 1, parts + 2)  # once, and for each word


def test_a_partner_finds_the_end_of_what_is_out_for_it_and_reads_no_parts(
    owner: Membership, stranger: Membership, partner: Any
) -> None:
    house, text = owner.manufacturer, f"{filled(50_000)} zuletzt 値"
    out = manual(house, text, state=AssetState.PUBLISHED, shelf=0)
    draft = manual(house, text)
    theirs = manual(stranger.manufacturer, text, state=AssetState.PUBLISHED, shelf=0)
    with partner_scope(house.pk, partner.pk):
        assert (found("zuletzt"), found("値")) == ([out.pk], [out.pk])
        for forbidden in ("SELECT campaigns_long_assets('{zuletzt}')", "SELECT text FROM campaigns_assettextpart"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(forbidden)
    with staff_scope(house.pk):
        assert found("zuletzt") == [out.pk, draft.pk]
    with staff_scope(stranger.manufacturer_id):
        assert found("zuletzt") == [theirs.pk]


def test_parts_follow_what_the_document_says(owner: Membership) -> None:
    house = owner.manufacturer
    asset = manual(house, f"{filled(30_000)} zuletzt")
    with staff_scope(house.pk), connection.cursor() as cursor:
        first = kept(asset)
        assert (sorted(first), first[0], len(first[1])) == ([SIGNS, 0, 1, 2], "manual catalogue", PART)
        assert len(AssetText.objects.get(asset=asset).text) == PART

        places = "SELECT part, ctid::text FROM campaigns_assettextpart ORDER BY part"
        cursor.execute(places)
        before = cursor.fetchall()
        asset.titles = {"en": "Pump"}
        save_asset(asset, products=[], by=owner)
        cursor.execute(places)
        assert [one == other for one, other in zip(before, cursor.fetchall(), strict=True)] == [True, False, True, True]
        assert (found("pump zuletzt"), found("manual")) == ([asset.pk], [])

        old = AssetVersion.objects.get()
        newer = add_version(asset, language="en", body="A short text", by=owner)
        assert (found("zuletzt"), found("short"), kept(asset)) == ([], [asset.pk], {})
        choose_version(old)
        assert (found("zuletzt"), found("short")) == ([asset.pk], [])
        withdraw_version(old)
        assert kept(asset) == {}
        choose_version(newer)
        assert found("short") == [asset.pk]


def test_a_long_draft_is_deleted_with_its_parts(owner: Membership) -> None:
    asset = manual(owner.manufacturer, filled(30_000))
    with staff_scope(owner.manufacturer_id):
        assert AssetTextPart.objects.count() == 4
        delete_draft(asset)
        assert (AssetTextPart.objects.count(), Asset.objects.count()) == (0, 0)
