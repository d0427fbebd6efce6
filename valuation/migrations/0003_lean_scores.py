from django.db import migrations

from tenancy.isolate import GuardKeys

RATED = {
    "partner_id": "partners_partner",
    "programme_id": "valuation_programme",
    "tier_id": "valuation_tier",
    "pending_tier_id": "valuation_tier",
    "override_by_id": "tenancy_membership",
}


class Migration(migrations.Migration):
    dependencies = [
        ("valuation", "0002_isolate"),
    ]

    operations = [
        migrations.RunSQL("DROP FUNCTION IF EXISTS valuation_grade_guard() CASCADE", migrations.RunSQL.noop),
        # A score is written with its KPIs and again with its points: the second time into the same page.
        migrations.RunSQL(
            "ALTER TABLE valuation_score SET (fillfactor = 50)", "ALTER TABLE valuation_score RESET (fillfactor)"
        ),
        GuardKeys("Grade", keys=RATED | {"refused_tier_id": "valuation_tier"}),
    ]
