from django.db import migrations, models

import tenancy.fields


class Migration(migrations.Migration):
    dependencies = [("partners", "0031_qualifications")]

    operations = [
        migrations.AddField(
            model_name="qualificationtype",
            name="kinds",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                through="partners.QualificationTypeKind",
                to="partners.partnerkind",
                verbose_name="asked of kinds of partner",
            ),
        ),
        migrations.AddField(
            model_name="qualificationtype",
            name="product_lines",
            field=tenancy.fields.KeysField(
                base_field=models.CharField(max_length=50),
                blank=True,
                default=list,
                help_text="None chosen: whatever the lead or deal is about.",
                size=None,
                verbose_name="only for product lines",
            ),
        ),
    ]
