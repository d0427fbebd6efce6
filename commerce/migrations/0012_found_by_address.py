import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """As in `partners.0033`: end customers are found by their address or number."""

    dependencies = [
        ("commerce", "0011_measure_lines"),
        ("partners", "0033_found_by_address"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.AddField(
            model_name="endcustomer",
            name="email_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Trim("email")),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="endcustomer",
            index=models.Index(fields=["manufacturer", "email_key"], name="customer_reached_by_email"),
        ),
        migrations.AddIndex(
            model_name="endcustomer",
            index=models.Index(fields=["manufacturer", "phone_digits"], name="customer_reached_by_number"),
        ),
    ]
