from django.db import migrations

# For words that very much material has, or that are too short for the index: through the library from the newest on, until
# enough is found. Partners read the texts only through it, as far as material is out for them.
WALK = """
CREATE FUNCTION campaigns_walk_assets(words text[], most integer) RETURNS bigint[]
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
REVOKE ALL ON FUNCTION campaigns_walk_assets(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns_walk_assets(text[], integer) TO prm_staff, prm_partner, prm_platform;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_sending")]

    operations = [migrations.RunSQL(WALK, "DROP FUNCTION campaigns_walk_assets(text[], integer)")]
