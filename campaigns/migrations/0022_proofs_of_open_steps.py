from django.db import migrations

OURS = (
    "manufacturer_id = current_setting('app.manufacturer')::bigint"
    " AND partner_id = current_setting('app.partner')::bigint"
)
ITS_WORK = "EXISTS (SELECT FROM campaigns_initiativework w WHERE w.id = work_id)"
ITS_OPEN_WORK = (
    "EXISTS (SELECT FROM campaigns_initiativework w JOIN campaigns_initiative i ON i.id = w.initiative_id"
    " WHERE w.id = work_id AND w.done_at IS NULL AND i.state = 'running')"
)

# A partner puts files to a step, and takes them out, while the step is open and its initiative runs.
TIGHTER = f"""
ALTER POLICY partner_insert ON campaigns_initiativefile WITH CHECK ({OURS} AND {ITS_OPEN_WORK});
ALTER POLICY partner_delete ON campaigns_initiativefile USING ({OURS} AND {ITS_OPEN_WORK});
"""
BACK = f"""
ALTER POLICY partner_insert ON campaigns_initiativefile WITH CHECK ({OURS} AND {ITS_WORK});
ALTER POLICY partner_delete ON campaigns_initiativefile USING ({OURS});
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0021_sequence_trouble")]

    operations = [migrations.RunSQL(TIGHTER, BACK)]
