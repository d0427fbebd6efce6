from django.db import migrations

from tenancy.isolate import Isolate

# The values of a profile without what is empty; own fields beside the columns.
NOTE = """
CREATE FUNCTION partners_profile_values(p partners_partner) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'phone', nullif(p.phone, ''), 'email', nullif(p.email, ''), 'website', nullif(p.website, ''),
        'address', nullif(p.address, ''), 'postal_code', nullif(p.postal_code, ''), 'city', nullif(p.city, ''),
        'region', nullif(p.region, ''), 'country', nullif(p.country, ''),
        'opening_hours', nullif(p.opening_hours, ''), 'local_name', nullif(p.local_name, ''),
        'business_number', nullif(p.business_number, ''), 'established_year', p.established_year,
        'employees', p.employees, 'showroom_area', p.showroom_area,
        'languages', nullif(p.languages, '{}'), 'is_exclusive', p.is_exclusive
    )) || coalesce((SELECT jsonb_object_agg('custom.' || key, value) FROM jsonb_each(p.custom)), '{}')
$body$;

-- What changes comes from who writes; a confirmation renews the day of what stands, and leaves its source.
CREATE FUNCTION partners_note_source() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    source text := coalesce(
        nullif(current_setting('app.source', true), ''),
        CASE current_user WHEN 'prm_partner' THEN 'partner' ELSE 'staff' END
    );
    chosen text[] := string_to_array(nullif(current_setting('app.confirmed', true), ''), ',');
    after jsonb := partners_profile_values(NEW);
    before jsonb := '{}';
    known jsonb := '{}';
    is_confirmed boolean := NEW.confirmed_at IS NOT NULL;
    noted jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := partners_profile_values(OLD);
        known := OLD.provenance;
        is_confirmed := NEW.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at;
        IF after = before AND NOT is_confirmed THEN
            NEW.provenance := known;
            RETURN NEW;
        END IF;
    END IF;
    noted := jsonb_build_array(source, CASE WHEN is_confirmed THEN NEW.confirmed_at::date ELSE current_date END);
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN value IS DISTINCT FROM before -> key THEN noted
        WHEN is_confirmed AND (chosen IS NULL OR key = ANY (chosen))
            THEN jsonb_build_array(coalesce(known -> key ->> 0, source), NEW.confirmed_at::date)
        ELSE coalesce(known -> key, noted)
    END), '{}') INTO NEW.provenance FROM jsonb_each(after);
    RETURN NEW;
END $body$;
CREATE TRIGGER note_source BEFORE INSERT OR UPDATE ON partners_partner
    FOR EACH ROW EXECUTE FUNCTION partners_note_source();
"""
NO_NOTE = """
DROP TRIGGER note_source ON partners_partner;
DROP FUNCTION partners_note_source();
DROP FUNCTION partners_profile_values(partners_partner);
"""
# What was there before came from staff, as of its last confirmation.
FILL = """
ALTER TABLE partners_partner DISABLE TRIGGER USER;
UPDATE partners_partner p SET provenance = (
    SELECT coalesce(jsonb_object_agg(
        key, jsonb_build_array('staff', coalesce(p.confirmed_at, p.created_at)::date)
    ), '{}') FROM jsonb_each(partners_profile_values(p))
);
ALTER TABLE partners_partner ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0018_locator"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0025_provenance")]

    operations = [
        migrations.RunSQL(NOTE, NO_NOTE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        Isolate("ConfirmationRound", keys={"started_by_id": "tenancy_membership"}),
        Isolate(
            "ConfirmationAsk",
            partner_column="partner_id",
            partner_writes=["UPDATE (answered_at)"],
            keys={"round_id": "partners_confirmationround", "partner_id": "partners_partner"},
            is_target=False,
        ),
    ]
