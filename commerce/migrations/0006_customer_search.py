from django.db import migrations

# As partners are found: an index by pieces, read by one function with the manufacturer explicit.
SEARCH = """
CREATE INDEX end_customer_by_pieces ON commerce_endcustomer
    USING gin (partners_pieces(manufacturer_id, ' ' || search_text || ' ' || lower(email) || ' ' || phone_digits));

CREATE FUNCTION commerce_search_customers(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;  -- too short for the index: the caller walks the list
    END IF;
    RETURN array(
        SELECT c.id FROM commerce_endcustomer c
        WHERE partners_pieces(c.manufacturer_id, ' ' || c.search_text || ' ' || lower(c.email) || ' ' || c.phone_digits) @> wanted
        AND c.manufacturer_id = own
        AND NOT EXISTS (
            SELECT FROM unnest(words) word
            WHERE strpos(' ' || c.search_text || ' ' || lower(c.email) || ' ' || c.phone_digits, word) = 0
        )
        LIMIT most
    );
END $body$;
REVOKE ALL ON FUNCTION commerce_search_customers(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION commerce_search_customers(text[], integer) TO prm_staff, prm_platform;
"""


class Migration(migrations.Migration):
    """Finds end customers by name, mail address or any part of a phone number."""

    dependencies = [("commerce", "0005_isolate_customers"), ("partners", "0028_pieces")]

    operations = [
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION commerce_search_customers(text[], integer); DROP INDEX end_customer_by_pieces",
        )
    ]
