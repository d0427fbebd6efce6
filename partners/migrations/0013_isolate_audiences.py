from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate

# A postal code as it is compared: letters and digits alone. A code belongs to a range by as many places as the ends have,
# so that "04" to "05" holds 04524 and 05510.
COVERAGE = """
CREATE FUNCTION partners_postal(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(upper(normalize(code, NFKC)), '[^0-9A-Z]', '', 'g');

CREATE FUNCTION partners_refresh_coverage(of_manufacturer bigint, of_partners bigint[]) RETURNS bigint LANGUAGE sql AS $body$
WITH addresses AS MATERIALIZED (
    SELECT id, country, upper(normalize(btrim(region), NFKC)) AS region, partners_postal(postal_code) COLLATE "C" AS postal
    FROM partners_partner
    WHERE manufacturer_id = of_manufacturer AND country <> '' AND (of_partners IS NULL OR id = ANY (of_partners))
), rules AS MATERIALIZED (
    SELECT r.territory_id, r.country, upper(normalize(btrim(r.region), NFKC)) AS region,
        partners_postal(r.postal_from) COLLATE "C" AS first, partners_postal(r.postal_to) COLLATE "C" AS last
    FROM partners_territoryrule r
    JOIN partners_territory t ON t.manufacturer_id = r.manufacturer_id AND t.id = r.territory_id AND NOT t.is_retired
    WHERE r.manufacturer_id = of_manufacturer
), wanted AS MATERIALIZED (
    SELECT DISTINCT a.id, r.territory_id
    FROM addresses a JOIN rules r ON r.country = a.country AND (r.region = '' OR r.region = a.region)
        AND (r.first = '' OR (a.postal <> '' AND left(a.postal, length(r.first)) >= r.first
            AND left(a.postal, length(r.last)) <= r.last))
), gone AS (
    DELETE FROM partners_partnerterritory c
    WHERE c.manufacturer_id = of_manufacturer AND c.source = 'address'
    AND (of_partners IS NULL OR c.partner_id = ANY (of_partners))
    AND NOT EXISTS (SELECT FROM wanted w WHERE w.id = c.partner_id AND w.territory_id = c.territory_id)
    RETURNING c.id
), added AS (
    INSERT INTO partners_partnerterritory (manufacturer_id, partner_id, territory_id, source, is_exclusive)
    SELECT of_manufacturer, w.id, w.territory_id, 'address', false FROM wanted w
    WHERE NOT EXISTS (
        SELECT FROM partners_partnerterritory c WHERE c.partner_id = w.id AND c.territory_id = w.territory_id
    )
    ON CONFLICT (partner_id, territory_id) DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM added)
$body$;

-- Whoever changes an address, by whichever way: coverage by address follows in the same statement.
CREATE FUNCTION partners_cover_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    PERFORM partners_refresh_coverage(n.manufacturer_id, array_agg(n.id)) FROM new_rows n
    WHERE EXISTS (SELECT FROM partners_territoryrule r WHERE r.manufacturer_id = n.manufacturer_id)
    GROUP BY n.manufacturer_id;
    RETURN NULL;
END $body$;
CREATE FUNCTION partners_cover_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    PERFORM partners_refresh_coverage(n.manufacturer_id, array_agg(n.id)) FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE (n.country, n.region, n.postal_code) IS DISTINCT FROM (o.country, o.region, o.postal_code)
    AND EXISTS (SELECT FROM partners_territoryrule r WHERE r.manufacturer_id = n.manufacturer_id)
    GROUP BY n.manufacturer_id;
    RETURN NULL;
END $body$;
CREATE TRIGGER cover_added AFTER INSERT ON partners_partner
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_cover_added();
CREATE TRIGGER cover_moved AFTER UPDATE ON partners_partner
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_cover_moved();
"""
NO_COVERAGE = """
DROP TRIGGER cover_added ON partners_partner;
DROP TRIGGER cover_moved ON partners_partner;
DROP FUNCTION partners_cover_added();
DROP FUNCTION partners_cover_moved();
DROP FUNCTION partners_refresh_coverage(bigint, bigint[]);
DROP FUNCTION partners_postal(text);
"""

# What was frozen stays: nothing is changed or taken away, and members come only together with their frozen audience.
FROZEN = """
CREATE FUNCTION partners_stay_frozen() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = 'A frozen audience does not change.';
END $body$;
CREATE TRIGGER stay_frozen BEFORE UPDATE OR DELETE ON partners_audiencesnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION partners_stay_frozen();
CREATE TRIGGER stay_frozen BEFORE UPDATE OR DELETE ON partners_audiencemember
    FOR EACH STATEMENT EXECUTE FUNCTION partners_stay_frozen();

CREATE FUNCTION partners_frozen_at_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF EXISTS (
        SELECT FROM partners_audiencesnapshot s
        WHERE s.id IN (SELECT DISTINCT snapshot_id FROM new_rows) AND s.taken_at <> now()
    ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'Nobody joins an audience that is frozen.';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER frozen_at_once AFTER INSERT ON partners_audiencemember
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_frozen_at_once();
"""
NOT_FROZEN = """
DROP TRIGGER frozen_at_once ON partners_audiencemember;
DROP TRIGGER stay_frozen ON partners_audiencemember;
DROP TRIGGER stay_frozen ON partners_audiencesnapshot;
DROP FUNCTION partners_frozen_at_once();
DROP FUNCTION partners_stay_frozen();
"""

MEMBER = "tenancy_membership"


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0012_people"),
    ]
    replaces = [("partners", "0016_isolate_audiences")]

    operations = [
        Isolate("Audience", partner_reads=False, keys={"owner_id": MEMBER}),
        Isolate(
            "AudienceSnapshot",
            partner_reads=False,
            staff_writes=["INSERT"],
            keys={"audience_id": "partners_audience", "taken_by_id": MEMBER},
        ),
        Isolate("AudienceMember", partner_reads=False, staff_writes=["INSERT"], is_target=False),
        GuardKeys(
            "AudienceMember", keys={"snapshot_id": "partners_audiencesnapshot", "partner_id": "partners_partner"}
        ),
        Isolate("Territory", keys={"parent_id": "partners_territory"}),
        Isolate("TerritoryRule", partner_reads=False, is_target=False, keys={"territory_id": "partners_territory"}),
        Isolate(
            "PartnerTerritory",
            partner_column="partner_id",
            shared_as="profile",
            is_target=False,
            keys={"partner_id": "partners_partner", "territory_id": "partners_territory"},
        ),
        migrations.RunSQL(
            "GRANT UPDATE (lead_capacity, crew_count) ON partners_partner TO prm_partner",
            "REVOKE UPDATE (lead_capacity, crew_count) ON partners_partner FROM prm_partner",
        ),
        migrations.RunSQL(COVERAGE, NO_COVERAGE),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
    ]
