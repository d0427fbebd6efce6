from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

# A partner reads what is out for all, and what is out for an audience that it is in. Which these are is asked once per
# query, so that the policy stays a plain condition on an index; what hangs on material is read with it.
SHELVES = """
CREATE FUNCTION campaigns_shelves() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT ARRAY[0::bigint] || coalesce((
        SELECT s.audiences FROM campaigns_partnershelf s
        WHERE s.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND s.partner_id = nullif(current_setting('app.partner', true), '')::bigint
    ), '{}')
$body$;
REVOKE ALL ON FUNCTION campaigns_shelves() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns_shelves() TO prm_partner;

GRANT SELECT ON campaigns_asset, campaigns_assetproduct, campaigns_assetversion, campaigns_assetpreview TO prm_partner;
CREATE POLICY partner_select ON campaigns_asset FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint AND shelf = ANY ((SELECT campaigns_shelves())::bigint[])
);
CREATE POLICY partner_select ON campaigns_assetproduct FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM campaigns_asset a WHERE a.id = asset_id)
);
CREATE POLICY partner_select ON campaigns_assetversion FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint AND is_current
    AND EXISTS (SELECT FROM campaigns_asset a WHERE a.id = asset_id)
);
CREATE POLICY partner_select ON campaigns_assetpreview FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM campaigns_assetversion v WHERE v.id = version_id)
);
"""
SHELVES_BACK = """
DROP POLICY partner_select ON campaigns_assetpreview;
DROP POLICY partner_select ON campaigns_assetversion;
DROP POLICY partner_select ON campaigns_assetproduct;
DROP POLICY partner_select ON campaigns_asset;
REVOKE SELECT ON campaigns_asset, campaigns_assetproduct, campaigns_assetversion, campaigns_assetpreview FROM prm_partner;
DROP FUNCTION campaigns_shelves();
"""

# As partners are found: an index by pieces, read by one function with manufacturer and partner explicit.
SEARCH = """
CREATE INDEX asset_text_by_pieces ON campaigns_assettext USING gin (partners_pieces(manufacturer_id, ' ' || text));

CREATE FUNCTION campaigns_search_assets(words text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    shelves bigint[] := CASE WHEN nullif(current_setting('app.partner', true), '') IS NOT NULL THEN campaigns_shelves() END;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;  -- too short for the index: the caller walks the list
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
REVOKE ALL ON FUNCTION campaigns_search_assets(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns_search_assets(text[], integer) TO prm_staff, prm_partner, prm_platform;
"""

OWN = {"partner_id": "partners_partner"}
MEMBER = {"member_id": "tenancy_membership"}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_assets"),
        ("commerce", "0005_isolate_customers"),
        ("partners", "0028_pieces"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate("AssetTerms"),
        Isolate(
            "Asset",
            partner_reads=False,
            keys={
                "category_id": "commerce_productcategory",
                "audience_id": "partners_audience",
                "terms_id": "campaigns_assetterms",
                "owner_id": "tenancy_membership",
                "created_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("AssetEvent"),
        Isolate(
            "AssetProduct",
            partner_reads=False,
            keys={"asset_id": "campaigns_asset", "product_id": "commerce_product"},
            is_target=False,
        ),
        Isolate(
            "AssetVersion",
            partner_reads=False,
            keys={"asset_id": "campaigns_asset", "created_by_id": "tenancy_membership"},
        ),
        Isolate("AssetPreview", partner_reads=False, keys={"version_id": "campaigns_assetversion"}, is_target=False),
        Isolate("AssetText", partner_reads=False, is_target=False),
        GuardKeys("AssetText", keys={"asset_id": "campaigns_asset"}),
        Isolate(
            "TermsAcceptance",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            keys=OWN | MEMBER | {"terms_id": "campaigns_assetterms"},
            is_target=False,
        ),
        Isolate(
            "ShareLink",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (revoked_at)"],
            keys=OWN | {"asset_id": "campaigns_asset", "created_by_id": "tenancy_membership"},
        ),
        Isolate(
            "AssetUse",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            keys=OWN
            | MEMBER
            | {
                "asset_id": "campaigns_asset",
                "version_id": "campaigns_assetversion",
                "link_id": "campaigns_sharelink",
            },
            is_target=False,
        ),
        Isolate(
            "PartnerBrand",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                "UPDATE (company, address, contact, phone, email, website, logo, updated_at)",
            ],
            keys=OWN,
            is_target=False,
        ),
        Isolate(
            "BrandedCopy",
            partner_column="partner_id",
            keys=OWN | {"version_id": "campaigns_assetversion", "created_by_id": "tenancy_membership"},
            is_target=False,
        ),
        Isolate(
            "LibraryVisit",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (seen_at, before_at)"],
            keys=OWN | MEMBER,
            is_target=False,
        ),
        Isolate("PartnerShelf", partner_reads=False, keys=OWN, is_target=False),
        migrations.RunSQL(SHELVES, SHELVES_BACK),
        migrations.RunSQL(
            SEARCH, "DROP FUNCTION campaigns_search_assets(text[], integer); DROP INDEX asset_text_by_pieces"
        ),
    ]
