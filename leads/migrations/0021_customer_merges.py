import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import tenancy.fields
import tenancy.rls
from tenancy.isolate import Isolate


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0010_customer_search_text"),
        ("leads", "0020_deals_of_opportunities"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                (
                    "merged_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "merge of end customers",
                "verbose_name_plural": "merges of end customers",
            },
        ),
        migrations.RemoveIndex(
            model_name="site",
            name="site_by_partner",
        ),
        migrations.AddIndex(
            model_name="site",
            index=models.Index(
                fields=["manufacturer", "registered_by", "-created_at", "-id"], name="site_by_registrar"
            ),
        ),
        migrations.AddField(
            model_name="customermerge",
            name="loser",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_by",
                to="commerce.endcustomer",
                verbose_name="end customer that went into it",
            ),
        ),
        migrations.AddField(
            model_name="customermerge",
            name="manufacturer",
            field=models.ForeignKey(
                db_default=tenancy.rls.CurrentManufacturer(),
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.manufacturer",
                verbose_name="manufacturer",
            ),
        ),
        migrations.AddField(
            model_name="customermerge",
            name="merged_by",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="customermerge",
            name="undone_by",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="customermerge",
            name="winner",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="commerce.endcustomer",
                verbose_name="end customer that stays",
            ),
        ),
        migrations.AddConstraint(
            model_name="customermerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("manufacturer", "loser"),
                name="customer_merged_once",
            ),
        ),
        Isolate(
            "CustomerMerge",
            partner_reads=False,
            keys={
                "winner_id": "commerce_endcustomer",
                "loser_id": "commerce_endcustomer",
                "merged_by_id": "tenancy_membership",
                "undone_by_id": "tenancy_membership",
            },
            is_target=False,
        ),
    ]
