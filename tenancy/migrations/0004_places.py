from django.db import migrations

# Inside a scope people are memberships: their name, e-mail and language follow the user's, whoever changes that.
COPIES = """
CREATE FUNCTION tenancy_copy_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    UPDATE tenancy_membership SET name = NEW.name, email = NEW.email, language = NEW.language
    WHERE user_id = NEW.id AND (name, email, language) IS DISTINCT FROM (NEW.name, NEW.email, NEW.language);
    RETURN NULL;
END
$body$;
CREATE TRIGGER tenancy_copy_user AFTER UPDATE OF name, email, language ON tenancy_user
FOR EACH ROW EXECUTE FUNCTION tenancy_copy_user();
"""
NO_COPIES = """
DROP TRIGGER tenancy_copy_user ON tenancy_user;
DROP FUNCTION tenancy_copy_user();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        migrations.RunSQL(COPIES, NO_COPIES),
    ]
