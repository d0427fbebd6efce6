from django.db import migrations

# Partners that were there before every new one got its line of figures.
FILL = """
INSERT INTO partners_partnersummary (manufacturer_id, partner_id, tier_code, tier_colour, tier_names, tier_rank,
    revenue, previous_revenue, trend, monthly, as_of)
SELECT p.manufacturer_id, p.id, '', '', '{}', 0, 0, 0, 'new', '{}', current_date
FROM partners_partner p
WHERE NOT EXISTS (SELECT FROM partners_partnersummary s WHERE s.partner_id = p.id)
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_own_codes_once")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
