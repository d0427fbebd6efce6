from django.db import migrations

# What a partner agreed to show was meant for the partner above it then: whoever comes above it next is asked for anew,
# however the partner was moved.
END_SHARING = """
CREATE FUNCTION partners_end_sharing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    UPDATE tenancy_sharing SET withdrawn_at = now()
    WHERE manufacturer_id = OLD.manufacturer_id AND above_id = OLD.parent_id AND partner_id = OLD.id
    AND withdrawn_at IS NULL;
    RETURN NULL;
END $body$;
CREATE TRIGGER end_sharing AFTER UPDATE OF parent_id ON partners_partner
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION partners_end_sharing();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0007_lean_summary"),
    ]
    replaces = [("partners", "0010_end_sharing")]

    operations = [
        migrations.RunSQL(
            END_SHARING, "DROP TRIGGER end_sharing ON partners_partner; DROP FUNCTION partners_end_sharing()"
        )
    ]
