from django.db import migrations

# Who only looks at the portal as somebody else writes nothing, so that the partner's shelves are said for the transaction.
SHELVES = """
CREATE OR REPLACE FUNCTION campaigns_shelves() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT ARRAY[0::bigint] || CASE
        WHEN split_part(said, ':', 1) = own THEN split_part(said, ':', 2)::bigint[]
        ELSE coalesce((
            SELECT s.audiences FROM campaigns_partnershelf s
            WHERE s.manufacturer_id = current_setting('app.manufacturer')::bigint AND s.partner_id = own::bigint
        ), '{}')
    END
    FROM (
        SELECT nullif(current_setting('app.partner', true), '') AS own, current_setting('app.shelves', true) AS said
        OFFSET 0
    ) asked
$body$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION campaigns_shelves() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT ARRAY[0::bigint] || coalesce((
        SELECT s.audiences FROM campaigns_partnershelf s
        WHERE s.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND s.partner_id = nullif(current_setting('app.partner', true), '')::bigint
    ), '{}')
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_isolate_partner_campaigns")]

    operations = [migrations.RunSQL(SHELVES, BEFORE)]
