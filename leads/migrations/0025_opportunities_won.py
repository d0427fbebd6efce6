"""What was won in a time is read off an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0012_found_by_address"),
        ("leads", "0024_deal_names"),
        ("partners", "0033_found_by_address"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("won_amount_base__isnull", False)),
                fields=["manufacturer", "closed_at"],
                include=("partner", "won_amount_base"),
                name="opportunity_won",
            ),
        ),
    ]
