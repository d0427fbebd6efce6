from django.db import migrations

# The same answers as before. Where a table was counted while it was small, the planner read all of it in the order that was
# asked for, and made the pieces of every text anew: more than a second for a word in fifty texts. Behind `OFFSET 0` no order and
# no other condition is known, so that the index by pieces is the only way. Pieces begin with their manufacturer.
BY_INDEX = """
CREATE OR REPLACE FUNCTION campaigns_long_assets(words text[]) RETURNS bigint[]
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
                    SELECT p.version_id, array_agg(p.part) AS parts FROM (
                        SELECT manufacturer_id, version_id, part FROM campaigns_assettextpart
                        WHERE partners_pieces(manufacturer_id, ' ' || text) @> wanted
                        OFFSET 0
                    ) p
                    WHERE p.manufacturer_id = own AND (near IS NULL OR p.version_id = ANY (near))
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
        SELECT DISTINCT t.asset_id FROM (
            SELECT manufacturer_id, asset_id, text FROM campaigns_assettext
            WHERE partners_pieces(manufacturer_id, ' ' || text) @> wanted
            OFFSET 0
        ) t
        WHERE t.manufacturer_id = own
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
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0029_signs_looked_for")]

    operations = [migrations.RunSQL(BY_INDEX, migrations.RunSQL.noop)]
