import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever has an address or a number is found by it: columns, since below a policy no index over `lower` is used."""

    dependencies = [
        ("partners", "0032_qualification_lines"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="email_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Trim("email")),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="messenger_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    django.db.models.functions.comparison.NullIf(
                        django.db.models.functions.text.Lower(django.db.models.functions.text.Trim("messenger")),
                        models.Value(""),
                    ),
                    models.Func(
                        "mobile", models.Value("\\D"), models.Value(""), models.Value("g"), function="regexp_replace"
                    ),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="number_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.comparison.Coalesce(
                        django.db.models.functions.comparison.NullIf("mobile", models.Value("")), "phone"
                    ),
                    models.Value("\\D"),
                    models.Value(""),
                    models.Value("g"),
                    function="regexp_replace",
                ),
                output_field=models.CharField(max_length=40),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["manufacturer", "email_key"], name="contact_reached_by_email"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["manufacturer", "number_key"], name="contact_reached_by_number"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["manufacturer", "messenger_key"], name="contact_reached_by_messenger"),
        ),
    ]
