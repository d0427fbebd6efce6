from django.db import migrations

# An index cannot serve LIKE below a policy. So the pairs of characters of a text, each marked with its manufacturer, are
# indexed as an array, and one function with the rights of the owner reads them, with the manufacturer explicit. It stops
# at `most`: for words that half of the partners have, walking the list is quicker, and the caller does that.
SEARCH = """
CREATE FUNCTION partners_pairs(manufacturer bigint, txt text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT array(
        SELECT DISTINCT manufacturer || ':' || substr(txt, i, 2) FROM generate_series(1, length(txt) - 1) i
    )
$body$;
CREATE INDEX partner_by_pairs ON partners_partner USING gin (partners_pairs(manufacturer_id, ' ' || search_text));

CREATE FUNCTION partners_search(words text[], most integer) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT array(
        SELECT p.id FROM partners_partner p
        WHERE p.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND partners_pairs(p.manufacturer_id, ' ' || p.search_text) @> (
            SELECT array_agg(pair) FROM unnest(words) word,
            unnest(partners_pairs(current_setting('app.manufacturer')::bigint, word)) pair
        )
        AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || p.search_text, word) = 0)
        LIMIT most
    )
$body$;
REVOKE ALL ON FUNCTION partners_search(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_search(text[], integer) TO prm_staff, prm_platform;
"""

# Every partner has its line of figures from the start, so that lists join it inside and sort by its indexes.
SUMMARY = """
CREATE FUNCTION partners_first_summary() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    INSERT INTO partners_partnersummary (manufacturer_id, partner_id, tier_code, tier_colour, tier_names, tier_rank,
        revenue, previous_revenue, trend, monthly, as_of)
    SELECT manufacturer_id, id, '', '', '{}', 0, 0, 0, 'new', '{}', current_date FROM new_rows;
    RETURN NULL;
END $body$;
CREATE TRIGGER first_summary AFTER INSERT ON partners_partner REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION partners_first_summary();
"""

# A partner cannot read the partner above it, nor a sub-partner that shares figures but not its profile; it may know
# what they are called.
NAMES = """
CREATE FUNCTION partners_related_names() RETURNS TABLE (id bigint, name text, local_name text, is_above boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT p.id, p.name, p.local_name, own.parent_id IS NOT DISTINCT FROM p.id
    FROM partners_partner own JOIN partners_partner p ON p.manufacturer_id = own.manufacturer_id AND (
        p.id = own.parent_id
        OR p.id <> own.id AND p.id = ANY (
            current_setting('app.served_profile')::bigint[] || current_setting('app.served_sales')::bigint[]
        )
    )
    WHERE own.manufacturer_id = current_setting('app.manufacturer')::bigint
    AND own.id = nullif(current_setting('app.partner', true), '')::bigint
    ORDER BY p.name, p.id
$body$;
REVOKE ALL ON FUNCTION partners_related_names() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_related_names() TO prm_partner;
"""


class Migration(migrations.Migration):
    """Finds partners by name in any script, code or city; gives each its summary; tells partners related names."""

    dependencies = [
        ("partners", "0004_channel_manager_key"),
    ]
    replaces = [("partners", "0004_search")]

    operations = [
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION partners_search(text[], integer); DROP INDEX partner_by_pairs;"
            " DROP FUNCTION partners_pairs(bigint, text)",
        ),
        migrations.RunSQL(
            SUMMARY, "DROP TRIGGER first_summary ON partners_partner; DROP FUNCTION partners_first_summary()"
        ),
        migrations.RunSQL(NAMES, "DROP FUNCTION partners_related_names()"),
    ]
