from django.db import migrations

from tenancy.isolate import Isolate

# The values of a profile without what is empty; own fields beside the columns.
VALUES = """
CREATE OR REPLACE FUNCTION partners_profile_values(p partners_partner) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'phone', nullif(p.phone, ''), 'email', nullif(p.email, ''), 'website', nullif(p.website, ''),
        'address', nullif(p.address, ''), 'postal_code', nullif(p.postal_code, ''), 'city', nullif(p.city, ''),
        'region', nullif(p.region, ''), 'country', nullif(p.country, ''),
        'opening_hours', nullif(p.opening_hours, ''), 'local_name', nullif(p.local_name, ''),
        'business_number', nullif(p.business_number, ''), 'established_year', p.established_year,
        'employees', p.employees, 'showroom_area', p.showroom_area, 'lead_capacity', p.lead_capacity,
        'crew_count', p.crew_count, 'languages', nullif(p.languages, '{}'), 'is_exclusive', p.is_exclusive
    )) || coalesce((SELECT jsonb_object_agg('custom.' || key, value) FROM jsonb_each(p.custom)), '{}')
$body$;
"""
# What was there before came from staff, as of its last confirmation.
FILL = """
ALTER TABLE partners_partner DISABLE TRIGGER USER;
UPDATE partners_partner p SET provenance = provenance || (
    SELECT coalesce(jsonb_object_agg(
        key, jsonb_build_array('staff', coalesce(p.confirmed_at, p.created_at)::date)
    ), '{}') FROM jsonb_each(partners_profile_values(p)) WHERE key IN ('lead_capacity', 'crew_count')
) WHERE lead_capacity IS NOT NULL OR crew_count IS NOT NULL;
ALTER TABLE partners_partner ENABLE TRIGGER USER;
"""
# A source changes only with the value: what another source says in place of what stood there is a correction of it.
NOTE = """
CREATE FUNCTION partners_note_corrections() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    INSERT INTO partners_fieldcorrection (manufacturer_id, partner_id, field, told_by, corrected_by, at)
    SELECT n.manufacturer_id, n.id, was.key, was.value ->> 0, n.provenance -> was.key ->> 0, now()
    FROM before o JOIN after n ON n.id = o.id CROSS JOIN LATERAL jsonb_each(o.provenance) was
    WHERE n.provenance IS DISTINCT FROM o.provenance AND n.provenance -> was.key ->> 0 <> was.value ->> 0;
    RETURN NULL;
END $body$;
REVOKE ALL ON FUNCTION partners_note_corrections() FROM PUBLIC;
CREATE TRIGGER note_corrections AFTER UPDATE ON partners_partner
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION partners_note_corrections();
"""
NO_NOTE = """
DROP TRIGGER note_corrections ON partners_partner;
DROP FUNCTION partners_note_corrections();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0019_provenance"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0027_field_corrections")]

    operations = [
        Isolate(
            "FieldCorrection",
            partner_column="partner_id",
            partner_reads=False,
            staff_writes=[],
            keys={"partner_id": "partners_partner"},
            is_target=False,
        ),
        migrations.RunSQL(VALUES, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NOTE, NO_NOTE),
    ]
