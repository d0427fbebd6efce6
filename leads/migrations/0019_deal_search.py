from django.db import migrations, models

# As leads are found: an index by pieces, read by one function with the manufacturer explicit.
SEARCH = """
CREATE INDEX deal_by_pieces ON leads_dealregistration USING gin (partners_pieces(manufacturer_id, ' ' || search_text));

CREATE FUNCTION leads_search_deals(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;  -- too short for the index: the caller walks the list
    END IF;
    RETURN array(
        SELECT d.id FROM leads_dealregistration d
        WHERE partners_pieces(d.manufacturer_id, ' ' || d.search_text) @> wanted AND d.manufacturer_id = own
        AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || d.search_text, word) = 0)
        LIMIT most
    );
END $body$;
REVOKE ALL ON FUNCTION leads_search_deals(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_search_deals(text[], integer) TO prm_staff, prm_platform;
"""


class Migration(migrations.Migration):
    """Finds registrations by any part of the customer's or partner's name, of what they are about, or of a code."""

    dependencies = [("leads", "0018_isolate_opportunities"), ("partners", "0028_pieces")]

    operations = [
        migrations.RemoveField("dealregistration", "search_text"),  # nothing can be found of what has no external code
        migrations.AddField(
            "dealregistration",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    "customer_name",
                    "reference",
                    "title",
                    "partner_name",
                    "second_name",
                    function="partners_search_text",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.RunSQL(SEARCH, "DROP FUNCTION leads_search_deals(text[], integer); DROP INDEX deal_by_pieces"),
    ]
