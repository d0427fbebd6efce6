import re
import unicodedata
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import tenancy.fields
import tenancy.rls
from tenancy.isolate import GuardKeys, Isolate

# The signs of a document that is longer than one row of the search holds, in parts that overlap by more than a word is long:
# an index by pieces of a part grows with the part, and a word is looked for in those parts only that may hold it. Part 0 has the
# words of its title, products and tags; part -1 every sign of Chinese, Japanese or Korean script once, for words of one sign.
# Each word must stand somewhere in the document; the longest, which are the rarest, are looked for first. Always by index: to make
# the pieces of all texts anew takes seconds, and that is what a planner chooses where a table is small.
LONG = """
CREATE INDEX asset_part_by_pieces ON campaigns_assettextpart
    USING gin (partners_pieces(manufacturer_id, ' ' || text)) WITH (fastupdate = off);

CREATE FUNCTION campaigns_long_assets(words text[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    near bigint[];
    word text;
    wanted text[];
BEGIN
    FOR word, wanted IN
        SELECT w, partners_pieces(own, w) FROM unnest(words) w ORDER BY cardinality(partners_pieces(own, w)) DESC, w
    LOOP
        IF wanted <> '{}' THEN
            near := array(
                SELECT may.version_id FROM (
                    SELECT p.version_id, array_agg(p.part) AS parts FROM campaigns_assettextpart p
                    WHERE partners_pieces(p.manufacturer_id, ' ' || p.text) @> wanted AND p.manufacturer_id = own
                    AND (near IS NULL OR p.version_id = ANY (near))
                    GROUP BY p.version_id
                ) may
                WHERE EXISTS (
                    SELECT FROM campaigns_assettextpart p
                    WHERE p.version_id = may.version_id AND p.part = ANY (may.parts) AND strpos(' ' || p.text, word) > 0
                )
            );
        ELSE
            near := array(
                SELECT p.version_id FROM campaigns_assettextpart p
                WHERE p.manufacturer_id = own AND p.part = -1 AND (near IS NULL OR p.version_id = ANY (near))
                AND CASE WHEN octet_length(word) > 2 THEN strpos(p.text, word) > 0 ELSE EXISTS (
                    SELECT FROM campaigns_assettextpart o
                    WHERE o.version_id = p.version_id AND o.part >= 0 AND strpos(' ' || o.text, word) > 0
                ) END
            );
        END IF;
        EXIT WHEN near = '{}';
    END LOOP;
    RETURN array(SELECT DISTINCT v.asset_id FROM campaigns_assetversion v WHERE v.id = ANY (near) AND v.is_current);
END $body$;
REVOKE ALL ON FUNCTION campaigns_long_assets(text[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION campaigns_search_assets(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    shelves bigint[] := CASE WHEN nullif(current_setting('app.partner', true), '') IS NOT NULL THEN campaigns_shelves() END;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
    found bigint[];
    long bigint[];
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;  -- too short for the index: the caller walks the list
    END IF;
    found := array(
        SELECT DISTINCT t.asset_id FROM campaigns_assettext t
        WHERE partners_pieces(t.manufacturer_id, ' ' || t.text) @> wanted AND t.manufacturer_id = own
        AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || t.text, word) = 0)
        AND (shelves IS NULL OR EXISTS (
            SELECT FROM campaigns_asset a WHERE a.id = t.asset_id AND a.shelf = ANY (shelves)
        ))
        LIMIT most
    );
    IF cardinality(found) >= most OR NOT EXISTS (SELECT FROM campaigns_assettextpart p WHERE p.manufacturer_id = own) THEN
        RETURN found;
    END IF;
    long := campaigns_long_assets(words);
    RETURN array(
        SELECT * FROM unnest(found)
        UNION
        SELECT a.id FROM campaigns_asset a
        WHERE a.id = ANY (long) AND (shelves IS NULL OR a.shelf = ANY (shelves))
        LIMIT most
    );
END $body$;

CREATE OR REPLACE FUNCTION campaigns_walk_assets(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    shelves bigint[] := CASE WHEN nullif(current_setting('app.partner', true), '') IS NOT NULL THEN campaigns_shelves() END;
    long bigint[] := CASE WHEN EXISTS (SELECT FROM campaigns_assettextpart p WHERE p.manufacturer_id = own)
        THEN campaigns_long_assets(words) ELSE '{}' END;
BEGIN
    RETURN array(
        (
            SELECT a.id FROM campaigns_asset a
            WHERE a.manufacturer_id = own AND (shelves IS NULL OR a.shelf = ANY (shelves))
            AND EXISTS (
                SELECT FROM campaigns_assettext t WHERE t.asset_id = a.id AND t.manufacturer_id = own
                AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || t.text, word) = 0)
            )
            ORDER BY a.id DESC
            LIMIT most
        )
        UNION
        SELECT a.id FROM campaigns_asset a WHERE a.id = ANY (long) AND (shelves IS NULL OR a.shelf = ANY (shelves))
        ORDER BY 1 DESC
        LIMIT most
    );
END $body$;
"""
# As 0002 and 0007 made them.
SHORT = """
CREATE OR REPLACE FUNCTION campaigns_search_assets(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    shelves bigint[] := CASE WHEN nullif(current_setting('app.partner', true), '') IS NOT NULL THEN campaigns_shelves() END;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN array(
        SELECT DISTINCT t.asset_id FROM campaigns_assettext t
        WHERE partners_pieces(t.manufacturer_id, ' ' || t.text) @> wanted AND t.manufacturer_id = own
        AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || t.text, word) = 0)
        AND (shelves IS NULL OR EXISTS (
            SELECT FROM campaigns_asset a WHERE a.id = t.asset_id AND a.shelf = ANY (shelves)
        ))
        LIMIT most
    );
END $body$;
CREATE OR REPLACE FUNCTION campaigns_walk_assets(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    shelves bigint[] := CASE WHEN nullif(current_setting('app.partner', true), '') IS NOT NULL THEN campaigns_shelves() END;
BEGIN
    RETURN array(
        SELECT a.id FROM campaigns_asset a
        WHERE a.manufacturer_id = own AND (shelves IS NULL OR a.shelf = ANY (shelves))
        AND EXISTS (
            SELECT FROM campaigns_assettext t WHERE t.asset_id = a.id AND t.manufacturer_id = own
            AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || t.text, word) = 0)
        )
        ORDER BY a.id DESC
        LIMIT most
    );
END $body$;
DROP FUNCTION campaigns_long_assets(text[]);
DROP INDEX asset_part_by_pieces;
"""

SCRIPTS = "\u1100-\u11ff\u3040-\u30ff\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
PART, OVERLAP = 20_000, 200


def divide_what_is_long(apps: Any, schema_editor: Any) -> None:
    """The documents that are in the library already, as far as their text was read."""
    Version: Any = apps.get_model("campaigns", "AssetVersion")
    Part: Any = apps.get_model("campaigns", "AssetTextPart")
    Text: Any = apps.get_model("campaigns", "AssetText")
    long = Version.objects.annotate(length=models.functions.Length("text")).filter(
        is_current=True, length__gte=PART / 2
    )
    for version in long.order_by("pk").iterator(chunk_size=20):
        text = " ".join(unicodedata.normalize("NFKC", version.text).lower().split())
        text = re.sub(rf"(?<=[{SCRIPTS}])\s+(?=[{SCRIPTS}])", "", text)
        row = Text.objects.filter(asset=version.asset_id, language=version.language).first()
        if row is None or len(row.text) < PART:
            continue  # all of it is in there
        about = row.text[: PART - OVERLAP]
        parts = {-1: "".join(sorted(set(re.findall(f"[{SCRIPTS}]", about + text)))), 0: about}
        for number, start in enumerate(range(0, len(text), PART - OVERLAP), start=1):
            parts[number] = text[start : start + PART]
        own = {"manufacturer_id": version.manufacturer_id, "version_id": version.pk}
        Part.objects.bulk_create([Part(part=number, text=said, **own) for number, said in parts.items()])


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0024_consent_notices_found"),
        ("partners", "0030_quicker_pieces"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetTextPart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "version", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("part", models.SmallIntegerField()),
                ("text", models.TextField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "version",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="campaigns.assetversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a long text",
                "verbose_name_plural": "parts of long texts",
                "indexes": [
                    models.Index(
                        fields=["manufacturer", "version"], condition=models.Q(part=-1), name="asset_long_texts"
                    )
                ],
            },
        ),
        Isolate("AssetTextPart", partner_reads=False, is_target=False),
        GuardKeys("AssetTextPart", keys={"version_id": "campaigns_assetversion"}),
        migrations.RunSQL(LONG, SHORT),
        migrations.RunPython(divide_what_is_long, migrations.RunPython.noop),
    ]
