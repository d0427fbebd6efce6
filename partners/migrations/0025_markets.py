from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"
MARKET = {"market_id": "partners_market"}

# What is meant for partners they read of their own country's market alone, part by part; of the market itself its name.
OWN_MARKET = """
CREATE FUNCTION partners_own_market() RETURNS TABLE (id bigint, names jsonb, country text, parts text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT m.id, m.names, c.country, m.shown_parts::text[]
    FROM partners_partner own
    JOIN partners_marketcountry c ON c.manufacturer_id = own.manufacturer_id AND c.country = own.country
    JOIN partners_market m ON m.manufacturer_id = c.manufacturer_id AND m.id = c.market_id
    WHERE own.manufacturer_id = current_setting('app.manufacturer')::bigint
    AND own.id = nullif(current_setting('app.partner', true), '')::bigint
$body$;
REVOKE ALL ON FUNCTION partners_own_market() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_own_market() TO prm_partner;
"""
OF_OWN_MARKET = (
    "market_id = (SELECT m.id FROM partners_own_market() m)"
    " AND (country = '' OR country::text = (SELECT m.country FROM partners_own_market() m))"
)
OF_OWN_COUNTRY = "country = (SELECT m.country FROM partners_own_market() m)"
PARTS = "ANY ((SELECT m.parts FROM partners_own_market() m)::text[])"
FOR_PARTNERS = "".join(
    f"ALTER POLICY partner_select ON {table} USING ({MINE} AND {whose} AND {part} = {PARTS});"
    for table, whose, part in [
        (
            "partners_markettext",
            OF_OWN_MARKET,
            "part",
        ),
        (
            "partners_marketdocument",
            OF_OWN_MARKET,
            "'documents'",
        ),
        ("partners_holiday", OF_OWN_COUNTRY, "'holidays'"),
        ("partners_marketfigure", OF_OWN_COUNTRY, "'figures'"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0024_personal_news"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0032_markets")]

    operations = [
        Isolate("Market", partner_reads=False, keys={"owner_id": "tenancy_membership"}),
        IsolateHistory("MarketEvent"),
        Isolate("MarketCountry", partner_reads=False, keys=MARKET, is_target=False),
        Isolate("MarketText", keys=MARKET),
        IsolateHistory("MarketTextEvent"),
        Isolate("MarketDocument", keys=MARKET, is_target=False),
        Isolate("Holiday", is_target=False),
        Isolate("MarketFigure", is_target=False),
        Isolate("ProductStage", partner_reads=False, is_target=False),
        migrations.RunSQL(OWN_MARKET, "DROP FUNCTION partners_own_market()"),
        migrations.RunSQL(FOR_PARTNERS, migrations.RunSQL.noop),
    ]
