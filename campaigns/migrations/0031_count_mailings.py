from django.db import migrations

# Workers begin right after a mailing is queued, sooner than autovacuum looks: a manufacturer that the statistics do not know has
# one row for the planner, so that each statement of theirs would go through all of its readers. Only its owner may count a table.
COUNT = """
CREATE FUNCTION campaigns_count_mailings() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    ANALYZE public.campaigns_recipient, public.campaigns_message;
END $body$;
REVOKE ALL ON FUNCTION campaigns_count_mailings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns_count_mailings() TO prm_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0030_pieces_by_index")]

    operations = [migrations.RunSQL(COUNT, "DROP FUNCTION campaigns_count_mailings()")]
