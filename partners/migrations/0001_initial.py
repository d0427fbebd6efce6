import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import tenancy.fields
import tenancy.rls

# Compared in one form whatever the keyboard: full-width and half-width, composed and decomposed, capital and small
# letters. Names and codes stand once more without spaces and signs, so that 한빛대리점 finds 한빛 대리점.
TEXT = """
CREATE FUNCTION partners_squeezed(txt text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(txt, '[[:space:][:punct:]]+', '', 'g');
CREATE FUNCTION partners_search_text(name text, local_name text, code text, external_code text, city text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(normalize(
    name || ' ' || local_name || ' ' || code || ' ' || coalesce(external_code, '') || ' ' || city
    || CASE WHEN partners_squeezed(name) <> name THEN ' ' || partners_squeezed(name) ELSE '' END
    || CASE WHEN partners_squeezed(local_name) <> local_name THEN ' ' || partners_squeezed(local_name) ELSE '' END
    || CASE WHEN partners_squeezed(code) <> code THEN ' ' || partners_squeezed(code) ELSE '' END,
    NFKC
));
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            TEXT,
            "DROP FUNCTION partners_search_text(text, text, text, text, text); DROP FUNCTION partners_squeezed(text)",
        ),
        migrations.CreateModel(
            name="PartnerKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "functions_off",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="switched-off functions",
                    ),
                ),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "kind of partner",
                "verbose_name_plural": "kinds of partner",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="partner_kind_code_once",
                        violation_error_message="Another kind has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Specialisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "specialisation",
                "verbose_name_plural": "specialisations",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="specialisation_code_once",
                        violation_error_message="Another specialisation has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("external_code", models.CharField(blank=True, max_length=64, null=True, verbose_name="external code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("local_name", models.CharField(blank=True, max_length=200, verbose_name="local name")),
                (
                    "kind",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="partners.partnerkind",
                        verbose_name="kind",
                    ),
                ),
                (
                    "parent",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="partners.partner",
                        verbose_name="belongs to",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("prospect", "Prospect"),
                            ("applicant", "Applicant"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("is_exclusive", models.BooleanField(blank=True, null=True, verbose_name="sells only our goods")),
                ("business_number", models.CharField(blank=True, max_length=40, verbose_name="business number")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("email_domain", models.CharField(blank=True, max_length=253, verbose_name="e-mail domain")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="street and number")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region")),
                ("postal_code", models.CharField(blank=True, max_length=20, verbose_name="postal code")),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "A country code of two letters, such as KR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                (
                    "established_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1600),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="founded in",
                    ),
                ),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees")),
                (
                    "showroom_area",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=8,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="showroom in m²",
                    ),
                ),
                (
                    "languages",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "product_lines",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="authorised product lines",
                    ),
                ),
                (
                    "lead_capacity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="leads it can work on at a time"),
                ),
                ("crew_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="crews")),
                ("opening_hours", models.CharField(blank=True, max_length=200, verbose_name="opening hours")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                (
                    "functions_off",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="switched-off functions",
                    ),
                ),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "name", "local_name", "code", "external_code", "city", function="partners_search_text"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "merged_into",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_records",
                        to="partners.partner",
                        verbose_name="merged into",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="last confirmed")),
                (
                    "provenance",
                    models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="created"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="changed"
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "indexes": [
                    models.Index(fields=["manufacturer", "name", "id"], name="partner_by_name"),
                    models.Index(fields=["manufacturer", "parent"], name="partner_by_parent"),
                    models.Index(fields=["manufacturer", "region"], name="partner_by_region"),
                    models.Index(fields=["manufacturer", "email_domain"], name="partner_by_domain"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="partner_code_once",
                        violation_error_message="Another partner has this code.",
                    ),
                    models.UniqueConstraint(
                        fields=("manufacturer", "external_code"),
                        name="partner_external_code_once",
                        violation_error_message="Another partner has this external code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="partner_not_its_own_parent",
                        violation_error_message="A partner cannot belong to itself.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="partner_not_merged_into_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerOtherKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "kind",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partnerkind",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "partner", "kind"), name="partner_other_kind_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerSpecialisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "specialisation",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.specialisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "partner", "specialisation"), name="partner_specialisation_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="Partner",
            name="specialisations",
            field=models.ManyToManyField(
                blank=True,
                related_name="partners",
                through="partners.PartnerSpecialisation",
                to="partners.specialisation",
                verbose_name="specialisations",
            ),
        ),
        migrations.AddField(
            model_name="Partner",
            name="other_kinds",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                through="partners.PartnerOtherKind",
                to="partners.partnerkind",
                verbose_name="also",
            ),
        ),
    ]
