from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import partners.models.markets
import partners.models.onboarding
import partners.models.recruiting
import tenancy.fields
import tenancy.rls


class Migration(migrations.Migration):
    replaces = [
        ("partners", "0005_region_index"),
        ("partners", "0006_summary_order"),
        ("partners", "0007_own_codes_once"),
        ("partners", "0015_audiences_territories"),
        ("partners", "0021_file_fields"),
        ("partners", "0023_contact_file_once"),
        ("partners", "0024_contact_words"),
        ("partners", "0026_approvals_first"),
        ("partners", "0034_territory_place"),
        ("partners", "0036_market_words"),
    ]

    dependencies = [
        ("jobs", "0001_initial"),
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
        ("tenancy", "0002_partner_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.partner",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                (
                    "channel_manager",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="channel manager",
                    ),
                ),
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
                    "merged_into",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="merged into",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="last confirmed")),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomField",
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
                ("key", models.SlugField(max_length=40, verbose_name="key")),
                ("labels", tenancy.fields.TranslatedField(default=dict, verbose_name="label by language")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "Choice"),
                            ("multiple", "Several choices"),
                            ("file", "File"),
                        ],
                        default="text",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="choices",
                    ),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="counts towards completeness")),
                ("partner_edits", models.BooleanField(default=True, verbose_name="the partner may edit it")),
                (
                    "is_filter",
                    models.BooleanField(default=False, verbose_name="lists of partners can be filtered by it"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "own field",
                "verbose_name_plural": "own fields",
                "ordering": ["order", "key"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "key"),
                        name="custom_field_key_once",
                        violation_error_message="Another field has this key.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerSummary",
            fields=[
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary",
                        serialize=False,
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("tier_code", models.CharField(blank=True, default="", max_length=20, verbose_name="grade")),
                ("tier_colour", models.CharField(blank=True, default="", max_length=12)),
                ("tier_names", tenancy.fields.TranslatedField(default=dict)),
                ("tier_rank", models.PositiveSmallIntegerField(default=0, verbose_name="grade")),
                ("score", models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="score")),
                (
                    "revenue",
                    models.DecimalField(decimal_places=4, default=0, max_digits=20, verbose_name="sell-in, 12 months"),
                ),
                (
                    "previous_revenue",
                    models.DecimalField(decimal_places=4, default=0, max_digits=20, verbose_name="12 months before"),
                ),
                ("growth", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="growth in %")),
                ("last_sale_on", models.DateField(null=True, verbose_name="last sell-in")),
                (
                    "trend",
                    models.CharField(
                        choices=[
                            ("rising", "Rising"),
                            ("steady", "Steady"),
                            ("falling", "Falling"),
                            ("silent", "Silent"),
                            ("new", "New"),
                        ],
                        default="steady",
                        max_length=8,
                        verbose_name="trend",
                    ),
                ),
                (
                    "monthly",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=0, max_digits=20),
                        default=list,
                        size=None,
                        verbose_name="sell-in by month",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                (
                    "score_order",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast("score", models.FloatField()),
                        output_field=models.FloatField(null=True),
                    ),
                ),
                (
                    "revenue_order",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast("revenue", models.FloatField()),
                        output_field=models.FloatField(null=True),
                    ),
                ),
                (
                    "growth_order",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast("growth", models.FloatField()),
                        output_field=models.FloatField(null=True),
                    ),
                ),
            ],
            options={
                "verbose_name": "summary",
                "verbose_name_plural": "summaries",
                "indexes": [
                    models.Index(fields=["manufacturer", "revenue_order", "partner"], name="summary_by_revenue"),
                    models.Index(fields=["manufacturer", "score_order", "partner"], name="summary_by_score"),
                    models.Index(fields=["manufacturer", "growth_order", "partner"], name="summary_by_growth"),
                    models.Index(fields=["manufacturer", "last_sale_on", "partner"], name="summary_by_last_sale"),
                    models.Index(fields=["manufacturer", "tier_rank", "partner"], name="summary_by_tier"),
                    models.Index(fields=["manufacturer", "trend"], name="summary_by_trend"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementType",
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
                    "guards",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="without it a partner may not",
                    ),
                ),
                (
                    "term_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="term in months",
                    ),
                ),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ends", "It ends"),
                            ("automatic", "It renews itself unless notice is given"),
                            ("again", "It has to be accepted again"),
                        ],
                        default="ends",
                        max_length=10,
                        verbose_name="at the end of the term",
                    ),
                ),
                (
                    "notice_months",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="notice in months",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(db_default=True, default=True, verbose_name="needs approval before it is sent"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "verbose_name": "agreement template",
                "verbose_name_plural": "agreement templates",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="agreement_type_code_once",
                        violation_error_message="Another template has this code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("renewal", "ends"), ("term_months__isnull", False), _connector="OR"),
                        name="agreement_type_renewal_has_term",
                        violation_error_message="Only an agreement with a term can be renewed. Give the term in months.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementTypeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.agreementtype",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("code", models.SlugField(db_index=False, max_length=40, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "guards",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="without it a partner may not",
                    ),
                ),
                (
                    "term_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="term in months",
                    ),
                ),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ends", "It ends"),
                            ("automatic", "It renews itself unless notice is given"),
                            ("again", "It has to be accepted again"),
                        ],
                        default="ends",
                        max_length=10,
                        verbose_name="at the end of the term",
                    ),
                ),
                (
                    "notice_months",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="notice in months",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(db_default=True, default=True, verbose_name="needs approval before it is sent"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgreementTypeKind",
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
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.agreementtype",
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
                    models.UniqueConstraint(fields=("manufacturer", "type", "kind"), name="agreement_kind_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementTemplate",
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
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="partners.agreementtype",
                        verbose_name="template",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("texts", tenancy.fields.TranslatedField(default=dict, verbose_name="text by language")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "published_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="published by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "version of an agreement template",
                "verbose_name_plural": "versions of agreement templates",
                "ordering": ["type", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "type", "version"), name="agreement_template_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)),
                        fields=("manufacturer", "type"),
                        name="agreement_template_one_draft",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementtemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementtemplateevent" ("created_at", "id", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "texts", "type_id", "updated_at", "version") SELECT old_values."created_at", old_values."id", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."texts", old_values."type_id", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="eb1b9110fa98d39968f5bec023ff230c042c266c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_cdc9a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_agreementtemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementtemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementtemplateevent" ("created_at", "id", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "texts", "type_id", "updated_at", "version") SELECT old_values."created_at", old_values."id", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."texts", old_values."type_id", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="90d7ce633f932acd54c217c5034549b23f62b261",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_ea7fe",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_agreementtemplate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="AgreementTemplateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.agreementtemplate",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.agreementtype",
                        verbose_name="template",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("texts", tenancy.fields.TranslatedField(default=dict, verbose_name="text by language")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "published_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="published by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Agreement",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="partners.agreementtype",
                        verbose_name="type",
                    ),
                ),
                (
                    "template",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="partners.agreementtemplate",
                        verbose_name="template",
                    ),
                ),
                (
                    "first",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="partners.agreement",
                        verbose_name="renews",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                (
                    "text_sha256",
                    models.CharField(default="", editable=False, max_length=64, verbose_name="SHA-256 of the text"),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("term_months", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="term in months")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ends", "It ends"),
                            ("automatic", "It renews itself unless notice is given"),
                            ("again", "It has to be accepted again"),
                        ],
                        default="ends",
                        max_length=10,
                        verbose_name="at the end of the term",
                    ),
                ),
                ("notice_months", models.PositiveSmallIntegerField(default=3, verbose_name="notice in months")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Waiting for acceptance"),
                            ("accepted", "Accepted"),
                            ("ended", "Ended"),
                            ("terminated", "Terminated"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                (
                    "accepted_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="accepted by",
                    ),
                ),
                ("accepted_name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("accepted_role", models.CharField(blank=True, max_length=100, verbose_name="position")),
                (
                    "accepted_address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="network address"),
                ),
                ("notice_on", models.DateField(blank=True, null=True, verbose_name="notice given")),
                (
                    "notice_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="notice by",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("pdf", models.FileField(blank=True, max_length=300, upload_to="", verbose_name="PDF")),
                (
                    "job",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jobs.job",
                        verbose_name="job",
                    ),
                ),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "type", "state"], name="agreement_by_partner"),
                    models.Index(fields=["manufacturer", "ends_on", "id"], name="agreement_by_end"),
                    models.Index(fields=["manufacturer", "state", "id"], name="agreement_by_state"),
                    models.Index(fields=["manufacturer", "partner", "-sent_at", "-id"], name="agreement_sent_at"),
                    models.Index(
                        fields=["manufacturer", "partner", "-accepted_at", "-id"], name="agreement_accepted_at"
                    ),
                    models.Index(fields=["manufacturer", "partner", "-closed_at", "-id"], name="agreement_closed_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "first", "version"), name="agreement_renewed_once"),
                    models.UniqueConstraint(fields=("manufacturer", "job", "partner"), name="agreement_once_per_job"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="agreement_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "ended", "terminated"]), _negated=True),
                            models.Q(("accepted_at__isnull", False), models.Q(("accepted_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="agreement_accepted_by_somebody",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementevent" ("accepted_address", "accepted_at", "accepted_by_id", "accepted_name", "accepted_role", "closed_at", "created_at", "created_by_id", "ends_on", "first_id", "id", "job_id", "language", "manufacturer_id", "notice_by_id", "notice_months", "notice_on", "partner_id", "pdf", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "renewal", "sent_at", "starts_on", "state", "template_id", "term_months", "text_sha256", "title", "type_id", "version") SELECT old_values."accepted_address", old_values."accepted_at", old_values."accepted_by_id", old_values."accepted_name", old_values."accepted_role", old_values."closed_at", old_values."created_at", old_values."created_by_id", old_values."ends_on", old_values."first_id", old_values."id", old_values."job_id", old_values."language", old_values."manufacturer_id", old_values."notice_by_id", old_values."notice_months", old_values."notice_on", old_values."partner_id", old_values."pdf", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."reason", old_values."renewal", old_values."sent_at", old_values."starts_on", old_values."state", old_values."template_id", old_values."term_months", old_values."text_sha256", old_values."title", old_values."type_id", old_values."version" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."accepted_address" IS DISTINCT FROM (new_values."accepted_address") OR old_values."accepted_at" IS DISTINCT FROM (new_values."accepted_at") OR old_values."accepted_by_id" IS DISTINCT FROM (new_values."accepted_by_id") OR old_values."accepted_name" IS DISTINCT FROM (new_values."accepted_name") OR old_values."accepted_role" IS DISTINCT FROM (new_values."accepted_role") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."ends_on" IS DISTINCT FROM (new_values."ends_on") OR old_values."first_id" IS DISTINCT FROM (new_values."first_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."job_id" IS DISTINCT FROM (new_values."job_id") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."notice_by_id" IS DISTINCT FROM (new_values."notice_by_id") OR old_values."notice_months" IS DISTINCT FROM (new_values."notice_months") OR old_values."notice_on" IS DISTINCT FROM (new_values."notice_on") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."pdf" IS DISTINCT FROM (new_values."pdf") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."renewal" IS DISTINCT FROM (new_values."renewal") OR old_values."sent_at" IS DISTINCT FROM (new_values."sent_at") OR old_values."starts_on" IS DISTINCT FROM (new_values."starts_on") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."template_id" IS DISTINCT FROM (new_values."template_id") OR old_values."term_months" IS DISTINCT FROM (new_values."term_months") OR old_values."text_sha256" IS DISTINCT FROM (new_values."text_sha256") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."type_id" IS DISTINCT FROM (new_values."type_id") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f8aee3b53eb10c23342ef002c1bd526f406e3ef6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_4cb86",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_agreement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementevent" ("accepted_address", "accepted_at", "accepted_by_id", "accepted_name", "accepted_role", "closed_at", "created_at", "created_by_id", "ends_on", "first_id", "id", "job_id", "language", "manufacturer_id", "notice_by_id", "notice_months", "notice_on", "partner_id", "pdf", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "renewal", "sent_at", "starts_on", "state", "template_id", "term_months", "text_sha256", "title", "type_id", "version") SELECT old_values."accepted_address", old_values."accepted_at", old_values."accepted_by_id", old_values."accepted_name", old_values."accepted_role", old_values."closed_at", old_values."created_at", old_values."created_by_id", old_values."ends_on", old_values."first_id", old_values."id", old_values."job_id", old_values."language", old_values."manufacturer_id", old_values."notice_by_id", old_values."notice_months", old_values."notice_on", old_values."partner_id", old_values."pdf", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."reason", old_values."renewal", old_values."sent_at", old_values."starts_on", old_values."state", old_values."template_id", old_values."term_months", old_values."text_sha256", old_values."title", old_values."type_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="4500e254a5070b24d0d7e99255ca54c6db19e762",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_65406",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_agreement",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="AgreementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.agreement",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.agreementtype",
                        verbose_name="type",
                    ),
                ),
                (
                    "template",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.agreementtemplate",
                        verbose_name="template",
                    ),
                ),
                (
                    "first",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.agreement",
                        verbose_name="renews",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "text_sha256",
                    models.CharField(default="", editable=False, max_length=64, verbose_name="SHA-256 of the text"),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("term_months", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="term in months")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ends", "It ends"),
                            ("automatic", "It renews itself unless notice is given"),
                            ("again", "It has to be accepted again"),
                        ],
                        default="ends",
                        max_length=10,
                        verbose_name="at the end of the term",
                    ),
                ),
                ("notice_months", models.PositiveSmallIntegerField(default=3, verbose_name="notice in months")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Waiting for acceptance"),
                            ("accepted", "Accepted"),
                            ("ended", "Ended"),
                            ("terminated", "Terminated"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                (
                    "accepted_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="accepted by",
                    ),
                ),
                ("accepted_name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("accepted_role", models.CharField(blank=True, max_length=100, verbose_name="position")),
                (
                    "accepted_address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="network address"),
                ),
                ("notice_on", models.DateField(blank=True, null=True, verbose_name="notice given")),
                (
                    "notice_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="notice by",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("pdf", models.FileField(blank=True, max_length=300, upload_to="", verbose_name="PDF")),
                (
                    "job",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="jobs.job",
                        verbose_name="job",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaperType",
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
                    "explanations",
                    tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="what it is, by language"),
                ),
                ("is_required", models.BooleanField(default=True, verbose_name="needed")),
                ("has_expiry", models.BooleanField(default=True, verbose_name="runs out")),
                ("has_number", models.BooleanField(default=False, verbose_name="has a number")),
                (
                    "guards",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="without it a partner may not",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "verbose_name": "type of compliance paper",
                "verbose_name_plural": "types of compliance paper",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="paper_type_code_once",
                        violation_error_message="Another type has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperTypeKind",
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
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.papertype",
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
                    models.UniqueConstraint(fields=("manufacturer", "type", "kind"), name="paper_kind_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "type",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="partners.papertype",
                        verbose_name="type",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="number")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("file", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("original_name", models.CharField(max_length=255, verbose_name="file name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for review"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "uploaded_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="handed in by",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="handed in")),
                (
                    "reviewed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="reviewed by",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="reviewed")),
            ],
            options={
                "verbose_name": "compliance paper",
                "verbose_name_plural": "compliance papers",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "type", "-id"], name="paper_by_partner"),
                    models.Index(fields=["manufacturer", "valid_until", "id"], name="paper_by_end"),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["manufacturer", "id"], name="paper_waiting"
                    ),
                    models.Index(fields=["manufacturer", "partner", "-uploaded_at", "-id"], name="paper_uploaded_at"),
                    models.Index(fields=["manufacturer", "partner", "-reviewed_at", "-id"], name="paper_reviewed_at"),
                    models.Index(fields=["manufacturer", "partner", "-valid_until", "-id"], name="paper_valid_until"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from", None),
                            ("valid_until", None),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="paper_valid_until_after_from",
                        violation_error_message="It cannot end before it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="paper_refused_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Audience",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="what it is for")),
                ("definition", models.JSONField(default=dict, verbose_name="conditions")),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audiences",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                ("is_archived", models.BooleanField(default=False, verbose_name="archived")),
                ("counted", models.PositiveIntegerField(editable=False, null=True, verbose_name="partners")),
                ("counted_at", models.DateTimeField(editable=False, null=True, verbose_name="as of")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "audience",
                "verbose_name_plural": "audiences",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_archived", False)),
                        fields=("manufacturer", "owner", "name"),
                        name="audience_name_once",
                        violation_error_message="You have an audience of this name already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AudienceSnapshot",
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
                    "audience",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="partners.audience",
                        verbose_name="audience",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="what it is for")),
                ("definition", models.JSONField(verbose_name="conditions")),
                ("text", models.TextField(verbose_name="conditions in words")),
                ("count", models.PositiveIntegerField(verbose_name="partners")),
                (
                    "taken_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        editable=False,
                        verbose_name="frozen on",
                    ),
                ),
                (
                    "taken_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="frozen by",
                    ),
                ),
            ],
            options={
                "verbose_name": "frozen audience",
                "verbose_name_plural": "frozen audiences",
                "ordering": ["-taken_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="AudienceMember",
            fields=[
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "snapshot", "partner", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "snapshot",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="members",
                        to="partners.audiencesnapshot",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("local_name", models.CharField(blank=True, max_length=200, verbose_name="local name")),
            ],
            options={
                "verbose_name": "member of a frozen audience",
                "verbose_name_plural": "members of frozen audiences",
            },
        ),
        migrations.CreateModel(
            name="Task",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="what is to be done")),
                ("detail", models.TextField(blank=True, max_length=5000, verbose_name="details")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "side",
                    models.CharField(
                        choices=[("staff", "Manufacturer"), ("partner", "Partner")],
                        default="staff",
                        max_length=10,
                        verbose_name="to be done by",
                    ),
                ),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="tenancy.membership",
                        verbose_name="person",
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="the partner sees it")),
                (
                    "shown_to",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(models.Q(("is_shared", True)), then=models.F("partner"))),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("key", models.CharField(blank=True, max_length=200)),
                ("url_name", models.CharField(blank=True, max_length=100)),
                ("url_kwargs", models.JSONField(blank=True, default=dict)),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="given by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "finished_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="finished by",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "indexes": [
                    models.Index(fields=["manufacturer", "state", "due_on", "id"], name="task_by_due"),
                    models.Index(fields=["manufacturer", "owner", "state", "due_on", "id"], name="task_by_owner"),
                    models.Index(fields=["manufacturer", "partner", "state", "due_on", "id"], name="task_by_partner"),
                    models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="task_by_creation"),
                    models.Index(fields=["manufacturer", "created_by", "state"], name="task_by_giver"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("manufacturer", "partner", "kind", "key"),
                        name="task_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side", "staff"), ("is_shared", True), _connector="OR"),
                        name="task_of_partner_is_shared",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="task_finished_has_moment",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_taskevent" ("created_at", "created_by_id", "detail", "due_on", "finished_at", "finished_by_id", "id", "is_shared", "key", "kind", "manufacturer_id", "owner_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "side", "state", "title", "updated_at", "url_kwargs", "url_name") SELECT old_values."created_at", old_values."created_by_id", old_values."detail", old_values."due_on", old_values."finished_at", old_values."finished_by_id", old_values."id", old_values."is_shared", old_values."key", old_values."kind", old_values."manufacturer_id", old_values."owner_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."reason", old_values."side", old_values."state", old_values."title", old_values."updated_at", old_values."url_kwargs", old_values."url_name" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."detail" IS DISTINCT FROM (new_values."detail") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."finished_at" IS DISTINCT FROM (new_values."finished_at") OR old_values."finished_by_id" IS DISTINCT FROM (new_values."finished_by_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_shared" IS DISTINCT FROM (new_values."is_shared") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."side" IS DISTINCT FROM (new_values."side") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."url_kwargs" IS DISTINCT FROM (new_values."url_kwargs") OR old_values."url_name" IS DISTINCT FROM (new_values."url_name")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5599557b8f3da8984db98cf3a0062ac95dce48fd",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_1d05f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_taskevent" ("created_at", "created_by_id", "detail", "due_on", "finished_at", "finished_by_id", "id", "is_shared", "key", "kind", "manufacturer_id", "owner_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "side", "state", "title", "updated_at", "url_kwargs", "url_name") SELECT old_values."created_at", old_values."created_by_id", old_values."detail", old_values."due_on", old_values."finished_at", old_values."finished_by_id", old_values."id", old_values."is_shared", old_values."key", old_values."kind", old_values."manufacturer_id", old_values."owner_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."reason", old_values."side", old_values."state", old_values."title", old_values."updated_at", old_values."url_kwargs", old_values."url_name" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="40b101225889b5390335ea2456cef8b7f39fe269",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_5867f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_task",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="TaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.task",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="what is to be done")),
                ("detail", models.TextField(blank=True, max_length=5000, verbose_name="details")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "side",
                    models.CharField(
                        choices=[("staff", "Manufacturer"), ("partner", "Partner")],
                        default="staff",
                        max_length=10,
                        verbose_name="to be done by",
                    ),
                ),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="person",
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="the partner sees it")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("key", models.CharField(blank=True, max_length=200)),
                ("url_name", models.CharField(blank=True, max_length=100)),
                ("url_kwargs", models.JSONField(blank=True, default=dict)),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="given by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "finished_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="finished by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Comment",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "task",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="partners.task",
                        verbose_name="task",
                    ),
                ),
                ("is_shared", models.BooleanField(default=True, verbose_name="the partner sees it")),
                (
                    "shown_to",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(models.Q(("is_shared", True)), then=models.F("partner"))),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                (
                    "author",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="written by",
                    ),
                ),
                ("body", models.TextField(blank=True, max_length=5000, verbose_name="comment")),
                ("mentions", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "removed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="comment_by_partner"),
                    models.Index(fields=["manufacturer", "task", "id"], name="comment_by_task"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("task__isnull", False), ("is_shared", True), _connector="OR"),
                        name="comment_to_partner_is_shared",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_commentevent" ("author_id", "body", "created_at", "edited_at", "id", "is_shared", "manufacturer_id", "mentions", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "task_id") SELECT old_values."author_id", old_values."body", old_values."created_at", old_values."edited_at", old_values."id", old_values."is_shared", old_values."manufacturer_id", old_values."mentions", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."removed_at", old_values."removed_by_id", old_values."task_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."author_id" IS DISTINCT FROM (new_values."author_id") OR old_values."body" IS DISTINCT FROM (new_values."body") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."edited_at" IS DISTINCT FROM (new_values."edited_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_shared" IS DISTINCT FROM (new_values."is_shared") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."mentions" IS DISTINCT FROM (new_values."mentions") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."removed_at" IS DISTINCT FROM (new_values."removed_at") OR old_values."removed_by_id" IS DISTINCT FROM (new_values."removed_by_id") OR old_values."task_id" IS DISTINCT FROM (new_values."task_id")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1debcfbf0b0219211e29eb997619693a69d27967",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_084d1",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_commentevent" ("author_id", "body", "created_at", "edited_at", "id", "is_shared", "manufacturer_id", "mentions", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "task_id") SELECT old_values."author_id", old_values."body", old_values."created_at", old_values."edited_at", old_values."id", old_values."is_shared", old_values."manufacturer_id", old_values."mentions", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."removed_at", old_values."removed_by_id", old_values."task_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f133a3c484e439951ddc74723cd66b36185cf89c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_d579c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_comment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CommentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.comment",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "task",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.task",
                        verbose_name="task",
                    ),
                ),
                ("is_shared", models.BooleanField(default=True, verbose_name="the partner sees it")),
                (
                    "author",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="written by",
                    ),
                ),
                ("body", models.TextField(blank=True, max_length=5000, verbose_name="comment")),
                ("mentions", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "removed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StaffNote",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="note")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="stays on top")),
                (
                    "author",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="written by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
            ],
            options={
                "verbose_name": "staff note",
                "verbose_name_plural": "staff notes",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-is_pinned", "-id"], name="staff_note_by_partner")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffnote",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_staffnoteevent" ("author_id", "body", "created_at", "edited_at", "id", "is_pinned", "manufacturer_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."author_id", old_values."body", old_values."created_at", old_values."edited_at", old_values."id", old_values."is_pinned", old_values."manufacturer_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="494b8ad604f624b47e1a9ab51ebe66648b9b5fde",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_1c020",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_staffnote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffnote",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_staffnoteevent" ("author_id", "body", "created_at", "edited_at", "id", "is_pinned", "manufacturer_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."author_id", old_values."body", old_values."created_at", old_values."edited_at", old_values."id", old_values."is_pinned", old_values."manufacturer_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="859e0ee81a719aae4f12737032c0f60db8e643eb",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_debd6",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_staffnote",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="StaffNoteEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.staffnote",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="note")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="stays on top")),
                (
                    "author",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="written by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConfirmationRound",
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
                ("months", models.PositiveSmallIntegerField(verbose_name="older than, in months")),
                ("due_on", models.DateField(verbose_name="answer until")),
                (
                    "started_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="started by",
                    ),
                ),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
            ],
            options={
                "verbose_name": "confirmation round",
                "verbose_name_plural": "confirmation rounds",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ConfirmationAsk",
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
                    "round",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks",
                        to="partners.confirmationround",
                        verbose_name="confirmation round",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation_asks",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="fields"
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "question of a round",
                "verbose_name_plural": "questions of a round",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["manufacturer", "partner"],
                        name="confirmation_ask_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "round", "partner"), name="confirmation_ask_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "membership",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="tenancy.membership",
                        verbose_name="place in the portal",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("latin_name", models.CharField(blank=True, max_length=150, verbose_name="name in Latin letters")),
                ("position", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                ("department", models.CharField(blank=True, max_length=100, verbose_name="department")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Company owner"),
                            ("management", "Management"),
                            ("sales", "Sales"),
                            ("purchasing", "Purchasing"),
                            ("marketing", "Marketing"),
                            ("technical", "Technical"),
                            ("accounting", "Accounting"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="role at the partner",
                    ),
                ),
                ("is_primary", models.BooleanField(default=False, verbose_name="first person to ask")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("mobile", models.CharField(blank=True, max_length=40, verbose_name="mobile")),
                (
                    "messenger_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kakao", "KakaoTalk"),
                            ("line", "LINE"),
                            ("whatsapp", "WhatsApp"),
                            ("wechat", "WeChat"),
                            ("telegram", "Telegram"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="messenger",
                    ),
                ),
                ("messenger", models.CharField(blank=True, max_length=100, verbose_name="name in the messenger")),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="at the partner since")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("moved_to", models.CharField(blank=True, max_length=200, verbose_name="moved to")),
                (
                    "successor",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="partners.contact",
                        verbose_name="successor",
                    ),
                ),
                (
                    "birthday_in_year",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.comparison.Cast(
                                    django.db.models.functions.datetime.ExtractMonth("birthday"), models.IntegerField()
                                ),
                                "*",
                                models.Value(100),
                            ),
                            "+",
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.datetime.ExtractDay("birthday"), models.IntegerField()
                            ),
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                (
                    "joined_in_year",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.comparison.Cast(
                                    django.db.models.functions.datetime.ExtractMonth("joined_on"), models.IntegerField()
                                ),
                                "*",
                                models.Value(100),
                            ),
                            "+",
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.datetime.ExtractDay("joined_on"), models.IntegerField()
                            ),
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
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
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "name", "id"], name="contact_by_partner"),
                    models.Index(fields=["manufacturer", "name", "id"], name="contact_by_name"),
                    models.Index(
                        condition=models.Q(("birthday__isnull", False), ("left_on", None)),
                        fields=["manufacturer", "birthday_in_year"],
                        name="contact_by_birthday",
                    ),
                    models.Index(
                        condition=models.Q(("joined_on__isnull", False), ("left_on", None)),
                        fields=["manufacturer", "joined_in_year"],
                        name="contact_by_joined",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)),
                        fields=("manufacturer", "membership"),
                        name="contact_membership_once",
                        violation_error_message="Another person here has this place in the portal.",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_contactevent" ("birthday", "created_at", "department", "email", "id", "is_primary", "joined_on", "language", "latin_name", "left_on", "manufacturer_id", "membership_id", "messenger", "messenger_kind", "mobile", "moved_to", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "role", "successor_id", "updated_at") SELECT old_values."birthday", old_values."created_at", old_values."department", old_values."email", old_values."id", old_values."is_primary", old_values."joined_on", old_values."language", old_values."latin_name", old_values."left_on", old_values."manufacturer_id", old_values."membership_id", old_values."messenger", old_values."messenger_kind", old_values."mobile", old_values."moved_to", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."position", old_values."role", old_values."successor_id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."birthday" IS DISTINCT FROM (new_values."birthday") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."department" IS DISTINCT FROM (new_values."department") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_primary" IS DISTINCT FROM (new_values."is_primary") OR old_values."joined_on" IS DISTINCT FROM (new_values."joined_on") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."latin_name" IS DISTINCT FROM (new_values."latin_name") OR old_values."left_on" IS DISTINCT FROM (new_values."left_on") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."membership_id" IS DISTINCT FROM (new_values."membership_id") OR old_values."messenger" IS DISTINCT FROM (new_values."messenger") OR old_values."messenger_kind" IS DISTINCT FROM (new_values."messenger_kind") OR old_values."mobile" IS DISTINCT FROM (new_values."mobile") OR old_values."moved_to" IS DISTINCT FROM (new_values."moved_to") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."role" IS DISTINCT FROM (new_values."role") OR old_values."successor_id" IS DISTINCT FROM (new_values."successor_id") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="02c62d4884f42837e33758465a00ef74d6462b79",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_a0556",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_contactevent" ("birthday", "created_at", "department", "email", "id", "is_primary", "joined_on", "language", "latin_name", "left_on", "manufacturer_id", "membership_id", "messenger", "messenger_kind", "mobile", "moved_to", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "role", "successor_id", "updated_at") SELECT old_values."birthday", old_values."created_at", old_values."department", old_values."email", old_values."id", old_values."is_primary", old_values."joined_on", old_values."language", old_values."latin_name", old_values."left_on", old_values."manufacturer_id", old_values."membership_id", old_values."messenger", old_values."messenger_kind", old_values."mobile", old_values."moved_to", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."position", old_values."role", old_values."successor_id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8af6a3944cc59d019a51ff2ab2ffa8329154a311",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_31131",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_contact",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.contact",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "membership",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="place in the portal",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("latin_name", models.CharField(blank=True, max_length=150, verbose_name="name in Latin letters")),
                ("position", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                ("department", models.CharField(blank=True, max_length=100, verbose_name="department")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Company owner"),
                            ("management", "Management"),
                            ("sales", "Sales"),
                            ("purchasing", "Purchasing"),
                            ("marketing", "Marketing"),
                            ("technical", "Technical"),
                            ("accounting", "Accounting"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="role at the partner",
                    ),
                ),
                ("is_primary", models.BooleanField(default=False, verbose_name="first person to ask")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("mobile", models.CharField(blank=True, max_length=40, verbose_name="mobile")),
                (
                    "messenger_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kakao", "KakaoTalk"),
                            ("line", "LINE"),
                            ("whatsapp", "WhatsApp"),
                            ("wechat", "WeChat"),
                            ("telegram", "Telegram"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="messenger",
                    ),
                ),
                ("messenger", models.CharField(blank=True, max_length=100, verbose_name="name in the messenger")),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="at the partner since")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("moved_to", models.CharField(blank=True, max_length=200, verbose_name="moved to")),
                (
                    "successor",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.contact",
                        verbose_name="successor",
                    ),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContactInsight",
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
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insights",
                        to="partners.contact",
                    ),
                ),
                (
                    "influence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decides", "Decides"),
                            ("shapes", "Shapes the decision"),
                            ("advises", "Is asked"),
                            ("uses", "Uses what is decided"),
                            ("opposes", "Tends to oppose"),
                        ],
                        max_length=10,
                        verbose_name="influence on decisions",
                    ),
                ),
                ("cares_about", models.TextField(blank=True, verbose_name="what they care about")),
                ("tastes", models.TextField(blank=True, verbose_name="tastes")),
                (
                    "news_every",
                    models.CharField(
                        blank=True,
                        choices=[("month", "Every month"), ("quarter", "Every quarter")],
                        db_default="",
                        default="",
                        max_length=8,
                        verbose_name="personal news",
                    ),
                ),
                (
                    "interests",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="news about",
                    ),
                ),
                (
                    "updated_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "what staff know",
                "verbose_name_plural": "what staff know",
                "indexes": [
                    models.Index(
                        condition=models.Q(("news_every", ""), _negated=True),
                        fields=["manufacturer", "news_every", "contact"],
                        name="contact_gets_news",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "contact"), name="contact_insight_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactConsent",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="partners.contact",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("phone", "Phone"),
                            ("sms", "Text message"),
                            ("messenger", "Messenger"),
                            ("post", "Post"),
                        ],
                        max_length=10,
                        verbose_name="contact channel",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                ("source", models.CharField(max_length=200, verbose_name="by what")),
                (
                    "recorded_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                ("withdrawn_on", models.DateField(null=True, verbose_name="withdrawn on")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "indexes": [models.Index(fields=["manufacturer", "contact", "-given_on"], name="contact_consent_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on", None)),
                        fields=("manufacturer", "contact", "channel"),
                        name="contact_consent_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Favour",
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
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="favours",
                        to="partners.contact",
                        verbose_name="person",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("gift", "Gift"), ("visit", "Visit"), ("hospitality", "Hospitality")],
                        default="gift",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="on")),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="value",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what")),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="what for"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "Within the rules"),
                            ("waiting", "In approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        db_default="given",
                        default="given",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "gift, visit or hospitality",
                "verbose_name_plural": "gifts, visits and hospitality",
                "indexes": [
                    models.Index(fields=["manufacturer", "contact", "-given_on", "-id"], name="favour_of_contact"),
                    models.Index(fields=["manufacturer", "-given_on", "-id"], name="favour_latest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PeopleSettings",
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
                    "yearly_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="yearly limit for each person",
                    ),
                ),
                (
                    "warn_percent",
                    models.PositiveSmallIntegerField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="warn from this share of the limit, in %",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits",
                "verbose_name_plural": "limits",
                "constraints": [models.UniqueConstraint(fields=("manufacturer",), name="people_settings_once")],
            },
        ),
        migrations.CreateModel(
            name="GreetingText",
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
                    "occasion",
                    models.CharField(
                        choices=[
                            ("birthday", "Birthday"),
                            ("anniversary", "Work anniversary"),
                            ("promotion", "Higher grade of the partner"),
                        ],
                        max_length=12,
                        verbose_name="occasion",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "greeting text",
                "verbose_name_plural": "greeting texts",
                "ordering": ["occasion", "language"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "occasion", "language"), name="greeting_text_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Greeting",
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
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="greetings",
                        to="partners.contact",
                        verbose_name="person",
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("birthday", "Birthday"),
                            ("anniversary", "Work anniversary"),
                            ("promotion", "Higher grade of the partner"),
                        ],
                        max_length=12,
                        verbose_name="occasion",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("day", models.DateField(null=True, verbose_name="day")),
                (
                    "way",
                    models.CharField(
                        choices=[("mail", "By e-mail"), ("other", "In person, by phone or by card")],
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("mail_tried_at", models.DateTimeField(null=True)),
                ("mail_sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("mail_refused", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "verbose_name": "greeting",
                "verbose_name_plural": "greetings",
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail_refused", ""), ("mail_sent_at", None), ("way", "mail")),
                        fields=["manufacturer", "created_at"],
                        name="greeting_not_sent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("day", None)),
                        fields=("manufacturer", "contact", "occasion", "year"),
                        name="greeting_once_a_year",
                        violation_error_message="This person has been congratulated already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("day__isnull", False)),
                        fields=("manufacturer", "contact", "occasion", "day"),
                        name="greeting_once_a_day",
                        violation_error_message="This person has been congratulated already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalNews",
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
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="news",
                        to="partners.contact",
                        verbose_name="person",
                    ),
                ),
                ("period", models.DateField(verbose_name="first day of the period")),
                ("is_skipped", models.BooleanField(default=False, verbose_name="left out")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("mail_tried_at", models.DateTimeField(null=True)),
                ("mail_sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("mail_refused", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "verbose_name": "personal news",
                "verbose_name_plural": "personal news",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_skipped", False), ("mail_refused", ""), ("mail_sent_at", None)),
                        fields=["manufacturer", "created_at"],
                        name="personal_news_not_sent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "contact", "period"), name="personal_news_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactCode",
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
                    "list",
                    models.CharField(
                        choices=[("channel", "Contact channel"), ("subject", "Subject"), ("outcome", "Outcome")],
                        max_length=8,
                        verbose_name="list",
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "parent",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="partners.contactcode",
                        verbose_name="belongs to",
                    ),
                ),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "contact code",
                "verbose_name_plural": "contact codes",
                "ordering": ["list", "order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "list", "code"),
                        name="contact_code_once",
                        violation_error_message="Another entry of this list has this code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_code_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactEntry",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_entries",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "Outgoing"), ("in", "Incoming")],
                        default="out",
                        max_length=3,
                        verbose_name="direction",
                    ),
                ),
                (
                    "channel",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.contactcode",
                        verbose_name="contact channel",
                    ),
                ),
                (
                    "subject",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.contactcode",
                        verbose_name="subject",
                    ),
                ),
                (
                    "outcome",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.contactcode",
                        verbose_name="outcome",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="partners.contact",
                        verbose_name="talked with",
                    ),
                ),
                ("others", models.CharField(blank=True, max_length=300, verbose_name="others who took part")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="noted by",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="in one line")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with the partner")),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contact history",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="entry_by_partner"),
                    models.Index(fields=["manufacturer", "-at", "-id"], name="entry_latest"),
                    models.Index(fields=["manufacturer", "contact", "-at", "-id"], name="entry_by_contact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactFile",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "entry",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="partners.contactentry",
                    ),
                ),
                ("file", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("original_name", models.CharField(max_length=255, verbose_name="file name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("text", models.TextField(blank=True, verbose_name="text found in it")),
                ("imported_sha256", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "indexes": [models.Index(fields=["manufacturer", "entry"], name="contact_file_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("imported_sha256", ""), _negated=True),
                        fields=("manufacturer", "partner", "imported_sha256"),
                        name="contact_file_imported_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchKey",
            fields=[
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "manufacturer", "partner", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="match_keys",
                        to="partners.partner",
                    ),
                ),
                ("key", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "key for finding duplicates",
                "verbose_name_plural": "keys for finding duplicates",
                "indexes": [models.Index(fields=["manufacturer", "key"], name="match_key_by_key")],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
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
                    "first",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "second",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="looks like",
                    ),
                ),
                ("score", models.FloatField(verbose_name="how sure")),
                ("reasons", models.JSONField(default=list, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To decide"), ("dismissed", "Not a duplicate"), ("merged", "Merged")],
                        default="open",
                        max_length=9,
                        verbose_name="decision",
                    ),
                ),
                (
                    "found_at",
                    models.DateTimeField(
                        auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="found"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decided_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "possible duplicate",
                "verbose_name_plural": "possible duplicates",
                "indexes": [
                    models.Index(fields=["manufacturer", "state", "-score", "-id"], name="duplicate_pair_by_score")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "first", "second"), name="duplicate_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="duplicate_pair_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerMerge",
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
                    "winner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="stays",
                    ),
                ),
                (
                    "loser",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="partners.partner",
                        verbose_name="went into it",
                    ),
                ),
                (
                    "merged_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="merged by",
                    ),
                ),
                ("merged_at", models.DateTimeField(auto_now_add=True, verbose_name="merged")),
                ("before", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("after", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("moved", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "undone_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="undone by",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-merged_at", "-pk"],
                "indexes": [models.Index(fields=["manufacturer", "-merged_at", "-id"], name="partner_merge_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("manufacturer", "loser"),
                        name="partner_merged_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
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
                    "to",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="tenancy.membership",
                        verbose_name="to",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="partners")),
            ],
            options={
                "verbose_name": "handover",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["manufacturer", "to", "at"], name="handover_by_manager")],
            },
        ),
        migrations.CreateModel(
            name="HandoverPartner",
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
                    "handover",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partners",
                        to="partners.handover",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handovers",
                        to="partners.partner",
                    ),
                ),
                (
                    "former",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="from",
                    ),
                ),
                ("summary", models.JSONField(default=dict)),
                ("moved_tasks", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["manufacturer", "partner"], name="handover_by_partner")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "handover", "partner"), name="handover_partner_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageReason",
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
                    "stages",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="for moves to",
                    ),
                ),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "reason for a stage",
                "verbose_name_plural": "reasons for stages",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="stage_reason_code_once",
                        violation_error_message="Another reason has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageMove",
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
                        related_name="stage_moves",
                        to="partners.partner",
                    ),
                ),
                (
                    "before",
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
                        max_length=12,
                        verbose_name="from",
                    ),
                ),
                (
                    "after",
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
                        max_length=12,
                        verbose_name="to",
                    ),
                ),
                (
                    "reason",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="partners.stagereason",
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("closed", models.JSONField(blank=True, default=dict, verbose_name="what it closed")),
                ("unfinished", models.PositiveSmallIntegerField(default=0, verbose_name="steps left undone")),
                (
                    "reversed_by",
                    models.OneToOneField(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reverses",
                        to="partners.stagemove",
                    ),
                ),
            ],
            options={
                "verbose_name": "move to a stage",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["manufacturer", "partner", "at"], name="stage_move_by_partner")],
            },
        ),
        migrations.CreateModel(
            name="StageProposal",
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
                        related_name="stage_proposals",
                        to="partners.partner",
                    ),
                ),
                (
                    "to",
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
                        max_length=12,
                        verbose_name="to",
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="found")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To decide"),
                            ("accepted", "Moved"),
                            ("declined", "Left where it is"),
                            ("outdated", "No longer so"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="proposed")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decided_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="decided by",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
            ],
            options={
                "verbose_name": "proposal of a stage",
                "indexes": [
                    models.Index(fields=["manufacturer", "state", "created_at"], name="stage_proposal_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("manufacturer", "partner"),
                        name="stage_proposal_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookStep",
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
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("titles", tenancy.fields.TranslatedField(default=dict, verbose_name="what to do")),
                ("texts", tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="how")),
                ("material", models.URLField(blank=True, verbose_name="material")),
                (
                    "who",
                    models.CharField(
                        choices=[("manager", "The channel manager"), ("partner", "The partner")],
                        default="manager",
                        max_length=8,
                        verbose_name="who",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="days after the stage began",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "step of a playbook",
                "ordering": ["stage", "order", "days", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LocatorEntry",
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
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="locator_entry",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("is_listed", models.BooleanField(default=False, verbose_name="shown on the public page")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="about")),
                ("hours", models.JSONField(blank=True, default=dict, verbose_name="opening hours")),
            ],
            options={
                "verbose_name": "locator entry",
                "verbose_name_plural": "locator entries",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="locatorentry",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_locatorentryevent" ("about", "hours", "id", "is_listed", "manufacturer_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."about", old_values."hours", old_values."id", old_values."is_listed", old_values."manufacturer_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d39c1468ee97299f34328a316c3acf2e58562c60",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_269a8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_locatorentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="locatorentry",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_locatorentryevent" ("about", "hours", "id", "is_listed", "manufacturer_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."about", old_values."hours", old_values."id", old_values."is_listed", old_values."manufacturer_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1195c810e8d7bef8295cbe98089d609aeb4917ac",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_8607d",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_locatorentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="LocatorEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.locatorentry",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("is_listed", models.BooleanField(default=False, verbose_name="shown on the public page")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="about")),
                ("hours", models.JSONField(blank=True, default=dict, verbose_name="opening hours")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LocatorQuestion",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locator_questions",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("message", models.TextField(max_length=2000, verbose_name="question")),
                ("language", models.CharField(max_length=2)),
                ("consent", models.CharField(max_length=500, verbose_name="agreed to")),
                ("fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
            ],
            options={
                "verbose_name": "question of a visitor",
                "verbose_name_plural": "questions of visitors",
                "indexes": [models.Index(fields=["manufacturer", "partner", "-id"], name="locator_question_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "partner", "fingerprint"), name="locator_question_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Market",
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
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="owner",
                    ),
                ),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="to be reviewed by")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="last reviewed")),
                (
                    "shown_parts",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="parts for partners",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "market",
                "verbose_name_plural": "markets",
                "ordering": ["code"],
                "indexes": [models.Index(fields=["manufacturer", "review_on", "id"], name="market_by_review")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="market_code_once",
                        violation_error_message="Another market has this code.",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="market",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_marketevent" ("code", "created_at", "id", "manufacturer_id", "names", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "reviewed_on", "shown_parts", "updated_at") SELECT old_values."code", old_values."created_at", old_values."id", old_values."manufacturer_id", old_values."names", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."review_on", old_values."reviewed_on", old_values."shown_parts", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="cd8a3d30063a26cf9738e3dbb7008ae4437a9617",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_239c5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_market",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="market",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_marketevent" ("code", "created_at", "id", "manufacturer_id", "names", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "reviewed_on", "shown_parts", "updated_at") SELECT old_values."code", old_values."created_at", old_values."id", old_values."manufacturer_id", old_values."names", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."review_on", old_values."reviewed_on", old_values."shown_parts", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f4f3b4e82d267c26904c8cde84b5695e4924c2e5",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_a4b87",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_market",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="MarketEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.market",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("code", models.SlugField(db_index=False, max_length=40, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="owner",
                    ),
                ),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="to be reviewed by")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="last reviewed")),
                (
                    "shown_parts",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="parts for partners",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MarketCountry",
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
                    "market",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="countries",
                        to="partners.market",
                        verbose_name="market",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "A country code of two letters, such as KR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
            ],
            options={
                "verbose_name": "country of a market",
                "verbose_name_plural": "countries of markets",
                "ordering": ["country"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "country"), name="market_country_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MarketText",
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
                ("source", models.CharField(blank=True, max_length=300, verbose_name="taken from")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "market",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="partners.market",
                        verbose_name="market",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("law", "Law"), ("institutions", "Institutions"), ("culture", "Culture")],
                        default="law",
                        max_length=12,
                        verbose_name="part",
                    ),
                ),
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
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "text about a market",
                "verbose_name_plural": "texts about markets",
                "ordering": ["part", "country", "title", "pk"],
                "indexes": [models.Index(fields=["manufacturer", "market", "part"], name="market_text_by_part")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="markettext",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_markettextevent" ("checked_on", "country", "id", "manufacturer_id", "market_id", "part", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "title", "updated_at") SELECT old_values."checked_on", old_values."country", old_values."id", old_values."manufacturer_id", old_values."market_id", old_values."part", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."source", old_values."text", old_values."title", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="89aaa6a06bcac90ea74b8d5e1667673b4221e3fe",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_d27aa",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_markettext",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="markettext",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_markettextevent" ("checked_on", "country", "id", "manufacturer_id", "market_id", "part", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "title", "updated_at") SELECT old_values."checked_on", old_values."country", old_values."id", old_values."manufacturer_id", old_values."market_id", old_values."part", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."source", old_values."text", old_values."title", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="b7643710d444c6a6c40eb096c8871112bd5c4bc3",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_d0631",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_markettext",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="MarketTextEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.markettext",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="taken from")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "market",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.market",
                        verbose_name="market",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("law", "Law"), ("institutions", "Institutions"), ("culture", "Culture")],
                        default="law",
                        max_length=12,
                        verbose_name="part",
                    ),
                ),
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
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MarketDocument",
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
                ("source", models.CharField(blank=True, max_length=300, verbose_name="taken from")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "market",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="partners.market",
                        verbose_name="market",
                    ),
                ),
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
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=partners.models.markets.file_place, verbose_name="file"
                    ),
                ),
                ("original_name", models.CharField(blank=True, max_length=200, verbose_name="name of the file")),
                ("content_type", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "verbose_name": "document about a market",
                "verbose_name_plural": "documents about markets",
                "ordering": ["country", "title", "pk"],
                "indexes": [models.Index(fields=["manufacturer", "market"], name="market_document_by_market")],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
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
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "A country code of two letters, such as KR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
            ],
            options={
                "verbose_name": "holiday",
                "verbose_name_plural": "holidays",
                "ordering": ["date", "country"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "country", "date"), name="holiday_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MarketFigure",
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
                ("source", models.CharField(blank=True, max_length=300, verbose_name="taken from")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "country",
                    models.CharField(
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
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="year",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="figure")),
                ("value", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="value")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
            ],
            options={
                "verbose_name": "figure of a market",
                "verbose_name_plural": "figures of markets",
                "ordering": ["country", "name", "-year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "country", "name", "year"),
                        name="market_figure_once",
                        violation_error_message="This figure is there already for the year.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductStage",
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
                ("source", models.CharField(blank=True, max_length=300, verbose_name="taken from")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "A country code of two letters, such as KR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("product_line", models.CharField(max_length=64, verbose_name="product line")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("introduction", "Being introduced"),
                            ("growth", "Growing"),
                            ("maturity", "Mature"),
                            ("decline", "Declining"),
                        ],
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="since")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            ],
            options={
                "verbose_name": "life-cycle stage",
                "verbose_name_plural": "life-cycle stages",
                "ordering": ["product_line", "country"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "country", "product_line"),
                        name="product_stage_once",
                        violation_error_message="This product line has a stage in the country already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerCard",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("is_published", models.BooleanField(default=False, verbose_name="shown to other partners")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kinds",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="kinds",
                    ),
                ),
                (
                    "specialisations",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="specialisations",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region")),
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
                    "languages",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("offers", models.CharField(blank=True, max_length=500, verbose_name="what we offer")),
                ("seeks", models.CharField(blank=True, max_length=500, verbose_name="what we look for")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "card of a partner",
                "verbose_name_plural": "cards of partners",
                "indexes": [models.Index(fields=["manufacturer", "name", "id"], name="partner_card_by_name")],
                "constraints": [models.UniqueConstraint(fields=("manufacturer", "partner"), name="partner_card_once")],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
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
                    "asking",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="from",
                    ),
                ),
                (
                    "asked",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="to",
                    ),
                ),
                ("asking_name", models.CharField(max_length=200, verbose_name="from")),
                ("asked_name", models.CharField(max_length=200, verbose_name="to")),
                (
                    "kind",
                    models.CharField(
                        choices=[("joint_bid", "Joint bid"), ("referral", "Referral")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="text")),
                (
                    "share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="agreed share in %",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("by_name", models.CharField(max_length=150, verbose_name="by")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="sent")),
                ("answered_by_name", models.CharField(blank=True, max_length=150, verbose_name="answered by")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ],
            options={
                "verbose_name": "enquiry between partners",
                "verbose_name_plural": "enquiries between partners",
                "indexes": [
                    models.Index(fields=["manufacturer", "asking", "-created_at", "-id"], name="enquiry_by_asking"),
                    models.Index(fields=["manufacturer", "asked", "-created_at", "-id"], name="enquiry_by_asked"),
                    models.Index(fields=["manufacturer", "-created_at", "-id"], name="enquiry_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asking", models.F("asked")), _negated=True), name="enquiry_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "referral"), _negated=True), ("share__isnull", False), _connector="OR"
                        ),
                        name="referral_has_share",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enquiry",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_enquiryevent" ("answered_at", "answered_by_name", "asked_id", "asked_name", "asking_id", "asking_name", "by_id", "by_name", "created_at", "id", "kind", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "share", "state", "subject", "text") SELECT old_values."answered_at", old_values."answered_by_name", old_values."asked_id", old_values."asked_name", old_values."asking_id", old_values."asking_name", old_values."by_id", old_values."by_name", old_values."created_at", old_values."id", old_values."kind", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."reason", old_values."share", old_values."state", old_values."subject", old_values."text" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7baef812d03713d2eeae3a308a1966265694ab54",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_9cbd6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_enquiry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enquiry",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_enquiryevent" ("answered_at", "answered_by_name", "asked_id", "asked_name", "asking_id", "asking_name", "by_id", "by_name", "created_at", "id", "kind", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "share", "state", "subject", "text") SELECT old_values."answered_at", old_values."answered_by_name", old_values."asked_id", old_values."asked_name", old_values."asking_id", old_values."asking_name", old_values."by_id", old_values."by_name", old_values."created_at", old_values."id", old_values."kind", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."reason", old_values."share", old_values."state", old_values."subject", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="3cf7154bc7a8b292fcb51490d16d58709f4c71b2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_fcf49",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_enquiry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="EnquiryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.enquiry",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "asking",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="from",
                    ),
                ),
                (
                    "asked",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="to",
                    ),
                ),
                ("asking_name", models.CharField(max_length=200, verbose_name="from")),
                ("asked_name", models.CharField(max_length=200, verbose_name="to")),
                (
                    "kind",
                    models.CharField(
                        choices=[("joint_bid", "Joint bid"), ("referral", "Referral")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="text")),
                (
                    "share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="agreed share in %",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("by_name", models.CharField(max_length=150, verbose_name="by")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="sent")),
                ("answered_by_name", models.CharField(blank=True, max_length=150, verbose_name="answered by")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EnquiryMessage",
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
                    "enquiry",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="partners.enquiry",
                        verbose_name="enquiry",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("by_name", models.CharField(max_length=150, verbose_name="by")),
                ("body", models.TextField(max_length=4000, verbose_name="message")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
            ],
            options={
                "verbose_name": "message about an enquiry",
                "verbose_name_plural": "messages about enquiries",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["manufacturer", "enquiry", "at", "id"], name="enquiry_message_by_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyTemplate",
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
                ("family", models.UUIDField(editable=False)),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "kind",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journey_templates",
                        to="partners.partnerkind",
                        verbose_name="for partners of the kind",
                    ),
                ),
                (
                    "finish",
                    models.CharField(
                        choices=[
                            ("propose", "propose to make the partner active"),
                            ("automatic", "make the partner active at once"),
                        ],
                        default="propose",
                        max_length=10,
                        verbose_name="when all is done",
                    ),
                ),
                (
                    "stalled_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="stalled after days without a step",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
            ],
            options={
                "verbose_name": "journey template",
                "ordering": ["kind__order", "-version", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "family", "version"), name="journey_template_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("manufacturer", "kind"),
                        name="journey_template_one_published",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyPhase",
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
                    "template",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="partners.journeytemplate",
                    ),
                ),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "phase",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="JourneyStep",
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
                    "phase",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="partners.journeyphase",
                        verbose_name="phase",
                    ),
                ),
                ("type", models.CharField(max_length=20, verbose_name="type")),
                ("titles", tenancy.fields.TranslatedField(default=dict, verbose_name="what to do")),
                ("texts", tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="in more words")),
                ("material", models.URLField(blank=True, verbose_name="material")),
                ("subject", models.CharField(blank=True, max_length=64, verbose_name="which")),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "The partner"), ("staff", "The manufacturer")],
                        default="partner",
                        max_length=8,
                        verbose_name="who",
                    ),
                ),
                ("due_days", models.PositiveSmallIntegerField(default=7, verbose_name="due, days after the start")),
                (
                    "after_previous",
                    models.BooleanField(default=False, verbose_name="only once the step before is done"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "step",
                "ordering": ["phase__order", "phase", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Journey",
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
                        related_name="journeys",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "template",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journeys",
                        to="partners.journeytemplate",
                        verbose_name="template",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "On its way"), ("done", "Done"), ("stopped", "Stopped")],
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                (
                    "started_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="started by",
                    ),
                ),
                ("moved_at", models.DateTimeField(verbose_name="last step")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("steps", models.PositiveSmallIntegerField(default=0, verbose_name="steps")),
                ("done", models.PositiveSmallIntegerField(default=0, verbose_name="done")),
                ("next_due_on", models.DateField(blank=True, null=True, verbose_name="next due")),
            ],
            options={
                "verbose_name": "journey",
                "indexes": [models.Index(fields=["manufacturer", "state", "moved_at"], name="journey_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("manufacturer", "partner"),
                        name="journey_one_running",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyItem",
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
                    "journey",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="partners.journey",
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
                    "step",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="partners.journeystep",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("due_on", models.DateField(verbose_name="due")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "done_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        blank=True, choices=[("hand", "by hand"), ("check", "found to be so")], max_length=8
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("meeting_at", models.DateTimeField(blank=True, null=True, verbose_name="meeting")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=300,
                        upload_to=partners.models.onboarding.journey_file_path,
                        verbose_name="file",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("file_type", models.CharField(blank=True, max_length=100)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "step of a journey",
                "ordering": ["position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["manufacturer", "due_on"],
                        name="journey_item_open_by_due",
                    ),
                    models.Index(fields=["manufacturer", "partner"], name="journey_item_by_partner"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "journey", "step"), name="journey_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Territory",
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
                    "parent",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="partners.territory",
                        verbose_name="part of the territory",
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
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "verbose_name": "territory",
                "verbose_name_plural": "territories",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="territory_code_once",
                        violation_error_message="Another territory has this code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="territory_not_its_own_parent",
                        violation_error_message="A territory cannot be part of itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TerritoryRule",
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
                    "territory",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="partners.territory",
                        verbose_name="territory",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "A country code of two letters, such as KR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region")),
                ("postal_from", models.CharField(blank=True, max_length=20, verbose_name="postal code from")),
                ("postal_to", models.CharField(blank=True, max_length=20, verbose_name="to")),
            ],
            options={
                "verbose_name": "rule of a territory",
                "verbose_name_plural": "rules of territories",
                "ordering": ["country", "region", "postal_from", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PartnerTerritory",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coverage",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "territory",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverage",
                        to="partners.territory",
                        verbose_name="territory",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("address", "By its address"), ("declared", "Declared")],
                        default="declared",
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("is_exclusive", models.BooleanField(default=False, verbose_name="alone")),
            ],
            options={
                "verbose_name": "coverage",
                "verbose_name_plural": "coverage",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "territory"), name="partner_territory_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_exclusive", True)),
                        fields=("territory",),
                        name="territory_exclusive_once",
                        violation_error_message="Another partner covers this territory alone.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanSettings",
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
                    "weight_effect",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of effect",
                    ),
                ),
                (
                    "weight_urgency",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of urgency",
                    ),
                ),
                (
                    "weight_returns",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of return",
                    ),
                ),
                (
                    "weight_feasibility",
                    models.PositiveSmallIntegerField(
                        default=40,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of feasibility",
                    ),
                ),
                (
                    "crowded_from",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MinValueValidator(2)],
                        verbose_name="a territory is crowded from this many partners on",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules for plans",
                "verbose_name_plural": "rules for plans",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer",), name="plan_settings_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "weight_effect",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(100), "-", models.F("weight_urgency")
                                        ),
                                        "-",
                                        models.F("weight_returns"),
                                    ),
                                    "-",
                                    models.F("weight_feasibility"),
                                ),
                            )
                        ),
                        name="plan_settings_weights_are_whole",
                        violation_error_message="The four weights must add up to 100.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelPlan",
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
                    "weight_effect",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of effect",
                    ),
                ),
                (
                    "weight_urgency",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of urgency",
                    ),
                ),
                (
                    "weight_returns",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of return",
                    ),
                ),
                (
                    "weight_feasibility",
                    models.PositiveSmallIntegerField(
                        default=40,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight of feasibility",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="fiscal year",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approval", "In approval"),
                            ("proposed", "Proposed"),
                            ("agreed", "Agreed"),
                            ("superseded", "Replaced by a newer version"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.TextField(blank=True, max_length=2000, verbose_name="what this year is about")),
                (
                    "proposed_side",
                    models.CharField(
                        blank=True,
                        choices=[("staff", "Manufacturer"), ("partner", "Partner")],
                        max_length=10,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "proposed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="proposed by",
                    ),
                ),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed")),
                (
                    "agreed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="agreed by",
                    ),
                ),
                ("agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="agreed")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="replaced")),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "channel plan",
                "verbose_name_plural": "channel plans",
                "indexes": [
                    models.Index(fields=["manufacturer", "year", "state", "id"], name="plan_by_year"),
                    models.Index(fields=["manufacturer", "state", "proposed_side", "id"], name="plan_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "partner", "year", "version"), name="plan_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "approval", "proposed"])),
                        fields=("manufacturer", "partner", "year"),
                        name="plan_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "agreed")),
                        fields=("manufacturer", "partner", "year"),
                        name="plan_one_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["agreed", "superseded"]), _negated=True),
                            ("agreed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="plan_agreed_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approval", "proposed", "agreed"]), _negated=True),
                            models.Q(("proposed_side", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="plan_proposed_by_a_side",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanTarget",
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
                    "plan",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="partners.channelplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("measure", models.CharField(max_length=100, verbose_name="what is planned")),
                ("label", models.CharField(max_length=200)),
                (
                    "quarter_1",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=20, verbose_name="first quarter"
                    ),
                ),
                (
                    "quarter_2",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=20, verbose_name="second quarter"
                    ),
                ),
                (
                    "quarter_3",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=20, verbose_name="third quarter"
                    ),
                ),
                (
                    "quarter_4",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=20, verbose_name="fourth quarter"
                    ),
                ),
                (
                    "spread",
                    models.CharField(
                        choices=[("even", "Evenly"), ("season", "As last year's months were")],
                        default="even",
                        max_length=8,
                        verbose_name="on the months",
                    ),
                ),
                (
                    "months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=4, max_digits=20), size=12
                    ),
                ),
                ("is_sum", models.BooleanField(default=True)),
            ],
            options={
                "verbose_name": "target",
                "verbose_name_plural": "targets",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "plan", "measure"), name="plan_target_once"),
                    models.CheckConstraint(condition=models.Q(("months__len", 12)), name="plan_target_twelve_months"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quarter_1__gte", 0), ("quarter_2__gte", 0), ("quarter_3__gte", 0), ("quarter_4__gte", 0)
                        ),
                        name="plan_target_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanInitiative",
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
                    "plan",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="partners.channelplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="what is to be done")),
                ("detail", models.TextField(blank=True, max_length=2000, verbose_name="details")),
                (
                    "plan_year",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Year 1"), (2, "Year 2"), (3, "Year 3")], default=1, verbose_name="year"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("prepare", "Prepare"),
                            ("pilot", "Pilot"),
                            ("roll_out", "Roll out"),
                            ("secure", "Make it last"),
                        ],
                        default="prepare",
                        max_length=10,
                        verbose_name="phase",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("staff", "Manufacturer"), ("partner", "Partner")],
                        default="partner",
                        max_length=10,
                        verbose_name="carried by",
                    ),
                ),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="person",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "work",
                    models.CharField(
                        choices=[
                            ("open", "Not begun"),
                            ("running", "Under way"),
                            ("done", "Done"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="how far it is",
                    ),
                ),
            ],
            options={
                "verbose_name": "initiative",
                "verbose_name_plural": "initiatives",
                "indexes": [models.Index(fields=["manufacturer", "plan", "id"], name="plan_initiative_by_plan")],
            },
        ),
        migrations.CreateModel(
            name="InitiativeScore",
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
                    "plan",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="partners.channelplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "initiative",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="partners.planinitiative",
                        verbose_name="initiative",
                    ),
                ),
                (
                    "member",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="scored by",
                    ),
                ),
                ("side", models.CharField(choices=[("staff", "Manufacturer"), ("partner", "Partner")], max_length=10)),
                (
                    "effect",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="effect on business",
                    ),
                ),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="urgency",
                    ),
                ),
                (
                    "returns",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="return",
                    ),
                ),
                (
                    "feasibility",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="feasibility",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="scored")),
            ],
            options={
                "verbose_name": "score of an initiative",
                "verbose_name_plural": "scores of initiatives",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "initiative", "member"), name="initiative_scored_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effect__range", (1, 5)),
                            ("feasibility__range", (1, 5)),
                            ("returns__range", (1, 5)),
                            ("urgency__range", (1, 5)),
                        ),
                        name="initiative_score_from_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanPromise",
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
                    "plan",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="partners.channelplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="what the manufacturer promises")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="person",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("kept", "Kept"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
            },
        ),
        migrations.CreateModel(
            name="PlanStep",
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
                    "plan",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="partners.channelplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("started", "Begun"),
                            ("asked", "Put up for approval"),
                            ("proposed", "Proposed"),
                            ("returned", "Sent back for changes"),
                            ("taken_back", "Taken back"),
                            ("agreed", "Agreed"),
                            ("refused", "Not approved"),
                            ("superseded", "Replaced by a newer version"),
                            ("commented", "Comment"),
                        ],
                        max_length=10,
                        verbose_name="step",
                    ),
                ),
                ("side", models.CharField(choices=[("staff", "Manufacturer"), ("partner", "Partner")], max_length=10)),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
            ],
            options={
                "verbose_name": "step of a plan",
                "verbose_name_plural": "steps of plans",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="plan_step_by_partner")
                ],
            },
        ),
        migrations.CreateModel(
            name="MixTarget",
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
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="fiscal year",
                    ),
                ),
                (
                    "kind",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partnerkind",
                        verbose_name="kind",
                    ),
                ),
                (
                    "share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="target share in %",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=20,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="sold directly",
                    ),
                ),
            ],
            options={
                "verbose_name": "target of the channel mix",
                "verbose_name_plural": "targets of the channel mix",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "year", "kind"), name="mix_target_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TerritoryFigure",
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
                    "territory",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="partners.territory",
                        verbose_name="territory",
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="fiscal year",
                    ),
                ),
                (
                    "potential",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=20,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="market potential",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure of a territory",
                "verbose_name_plural": "figures of territories",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "territory", "year"), name="territory_figure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldCorrection",
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
                        related_name="field_corrections",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("field", models.CharField(max_length=60, verbose_name="field")),
                ("told_by", models.CharField(max_length=20, verbose_name="told by")),
                ("corrected_by", models.CharField(max_length=20, verbose_name="put right by")),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "correction of a field",
                "verbose_name_plural": "corrections of fields",
            },
        ),
        migrations.CreateModel(
            name="ProfileQuestion",
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
                ("field", models.CharField(max_length=60, verbose_name="field")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("prospect", "Prospect"),
                            ("applicant", "Applicant"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("ended", "Ended"),
                        ],
                        max_length=12,
                        verbose_name="asked from",
                    ),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="needed")),
            ],
            options={
                "verbose_name": "question of the profile",
                "verbose_name_plural": "questions of the profile",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "field"), name="profile_question_once")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="profilequestion",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_profilequestionevent" ("field", "id", "is_required", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage") SELECT old_values."field", old_values."id", old_values."is_required", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."stage" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="12ce8858064d50825d1e1e4fff2f781291518367",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_08b3f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_profilequestion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="profilequestion",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_profilequestionevent" ("field", "id", "is_required", "manufacturer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage") SELECT old_values."field", old_values."id", old_values."is_required", old_values."manufacturer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."stage" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6490d331117777f8705c83044c7ce2d8f35df8c9",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_96d2c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_profilequestion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ProfileQuestionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.profilequestion",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("field", models.CharField(max_length=60, verbose_name="field")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("prospect", "Prospect"),
                            ("applicant", "Applicant"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("ended", "Ended"),
                        ],
                        max_length=12,
                        verbose_name="asked from",
                    ),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="needed")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProspectSource",
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
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="prospect_source_code_once",
                        violation_error_message="Another source has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusalReason",
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
                "verbose_name": "reason for refusing",
                "verbose_name_plural": "reasons for refusing",
                "ordering": ["order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="refusal_reason_code_once",
                        violation_error_message="Another reason has this code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationForm",
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
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Replaced")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "intros",
                    tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="introduction by language"),
                ),
                ("consents", tenancy.fields.TranslatedField(default=dict, verbose_name="consent by language")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "published_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "application form",
                "verbose_name_plural": "application forms",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "version"), name="application_form_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "retired"), _negated=True),
                        fields=("manufacturer", "state"),
                        name="application_form_state_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationQuestion",
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
                    "form",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="partners.applicationform",
                        verbose_name="form",
                    ),
                ),
                ("key", models.SlugField(max_length=40, verbose_name="key")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("long", "long"),
                            ("number", "number"),
                            ("choice", "choice"),
                            ("multiple", "multiple"),
                            ("yes_no", "yes_no"),
                            ("file", "file"),
                            ("place", "place"),
                        ],
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                ("labels", tenancy.fields.TranslatedField(default=dict, verbose_name="question by language")),
                (
                    "helps",
                    tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="explanation by language"),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="must be answered")),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="0: does not count for the score.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="weight",
                    ),
                ),
                ("options", models.JSONField(blank=True, default=list, verbose_name="answers")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "form", "key"), name="application_question_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prospect",
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
                ("reference", models.CharField(max_length=20, verbose_name="reference")),
                ("external_code", models.CharField(blank=True, max_length=64, null=True, verbose_name="external code")),
                ("company", models.CharField(max_length=200, verbose_name="company")),
                ("local_name", models.CharField(blank=True, max_length=200, verbose_name="local name")),
                ("business_number", models.CharField(blank=True, max_length=40, verbose_name="business number")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("contact_name", models.CharField(blank=True, max_length=150, verbose_name="contact")),
                ("contact_title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
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
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("contacted", "Contacted"),
                            ("applied", "Applied"),
                            ("reviewed", "Reviewed"),
                            ("agreed", "Agreed"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("refused", "Refused"),
                        ],
                        default="found",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "stage_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="at this stage since"),
                ),
                (
                    "source",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prospects",
                        to="partners.prospectsource",
                        verbose_name="source",
                    ),
                ),
                (
                    "introduced_by_partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="introduced_prospects",
                        to="partners.partner",
                        verbose_name="introduced by partner",
                    ),
                ),
                (
                    "introduced_by_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="introduced_prospects",
                        to="tenancy.membership",
                        verbose_name="introduced by colleague",
                    ),
                ),
                ("introduced_by_text", models.CharField(blank=True, max_length=150, verbose_name="introduced by")),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_prospects",
                        to="tenancy.membership",
                        verbose_name="responsible",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                (
                    "form",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="partners.applicationform",
                        verbose_name="application form",
                    ),
                ),
                ("form_key", models.UUIDField(blank=True, editable=False, null=True)),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="answers")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="consented")),
                (
                    "score",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="score",
                    ),
                ),
                ("is_knocked_out", models.BooleanField(default=False, verbose_name="an answer rules it out")),
                ("explanation", models.JSONField(blank=True, default=list)),
                (
                    "refusal_reason",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prospects",
                        to="partners.refusalreason",
                        verbose_name="reason for refusing",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prospects",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "invitation",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.invitation",
                        verbose_name="invitation",
                    ),
                ),
                ("name_key", models.CharField(blank=True, editable=False, max_length=200)),
                ("number_key", models.CharField(blank=True, editable=False, max_length=40)),
                ("phone_key", models.CharField(blank=True, editable=False, max_length=40)),
                ("mail_domain", models.CharField(blank=True, editable=False, max_length=253)),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "company",
                            "local_name",
                            "reference",
                            "contact_name",
                            "city",
                            function="partners_search_text",
                        ),
                        output_field=models.TextField(),
                    ),
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
                "verbose_name": "prospect",
                "verbose_name_plural": "prospects",
                "indexes": [
                    models.Index(fields=["manufacturer", "stage", "stage_since", "id"], name="prospect_by_stage"),
                    models.Index(fields=["manufacturer", "company", "id"], name="prospect_by_company"),
                    models.Index(fields=["manufacturer", "score", "id"], name="prospect_by_score"),
                    models.Index(fields=["manufacturer", "due_on", "id"], name="prospect_by_due"),
                    models.Index(fields=["manufacturer", "created_at", "id"], name="prospect_by_created"),
                    models.Index(fields=["manufacturer", "name_key"], name="prospect_by_name_key"),
                    models.Index(fields=["manufacturer", "mail_domain"], name="prospect_by_domain"),
                    models.Index(fields=["manufacturer", "introduced_by_partner"], name="prospect_by_introducer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "reference"), name="prospect_reference_once"),
                    models.UniqueConstraint(
                        fields=("manufacturer", "external_code"),
                        name="prospect_external_code_once",
                        violation_error_message="Another prospect has this external code.",
                    ),
                    models.UniqueConstraint(fields=("manufacturer", "form_key"), name="prospect_form_key_once"),
                    models.UniqueConstraint(fields=("manufacturer", "partner"), name="prospect_partner_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage__in", ["onboarding", "active"]), _negated=True),
                            ("partner__isnull", False),
                            _connector="OR",
                        ),
                        name="prospect_onboarding_has_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "refused"), _negated=True),
                            ("refusal_reason__isnull", False),
                            _connector="OR",
                        ),
                        name="prospect_refused_has_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="prospect",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_prospectevent" ("address", "answers", "applied_at", "business_number", "city", "company", "consented_at", "contact_name", "contact_title", "country", "created_at", "due_on", "email", "external_code", "form_id", "form_key", "id", "introduced_by_member_id", "introduced_by_partner_id", "introduced_by_text", "invitation_id", "is_knocked_out", "language", "local_name", "manufacturer_id", "next_step", "note", "owner_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "reference", "refusal_reason_id", "region", "score", "source_id", "stage", "stage_since", "updated_at", "website") SELECT old_values."address", old_values."answers", old_values."applied_at", old_values."business_number", old_values."city", old_values."company", old_values."consented_at", old_values."contact_name", old_values."contact_title", old_values."country", old_values."created_at", old_values."due_on", old_values."email", old_values."external_code", old_values."form_id", old_values."form_key", old_values."id", old_values."introduced_by_member_id", old_values."introduced_by_partner_id", old_values."introduced_by_text", old_values."invitation_id", old_values."is_knocked_out", old_values."language", old_values."local_name", old_values."manufacturer_id", old_values."next_step", old_values."note", old_values."owner_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."postal_code", old_values."reference", old_values."refusal_reason_id", old_values."region", old_values."score", old_values."source_id", old_values."stage", old_values."stage_since", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."answers" IS DISTINCT FROM (new_values."answers") OR old_values."applied_at" IS DISTINCT FROM (new_values."applied_at") OR old_values."business_number" IS DISTINCT FROM (new_values."business_number") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."company" IS DISTINCT FROM (new_values."company") OR old_values."consented_at" IS DISTINCT FROM (new_values."consented_at") OR old_values."contact_name" IS DISTINCT FROM (new_values."contact_name") OR old_values."contact_title" IS DISTINCT FROM (new_values."contact_title") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."external_code" IS DISTINCT FROM (new_values."external_code") OR old_values."form_id" IS DISTINCT FROM (new_values."form_id") OR old_values."form_key" IS DISTINCT FROM (new_values."form_key") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."introduced_by_member_id" IS DISTINCT FROM (new_values."introduced_by_member_id") OR old_values."introduced_by_partner_id" IS DISTINCT FROM (new_values."introduced_by_partner_id") OR old_values."introduced_by_text" IS DISTINCT FROM (new_values."introduced_by_text") OR old_values."invitation_id" IS DISTINCT FROM (new_values."invitation_id") OR old_values."is_knocked_out" IS DISTINCT FROM (new_values."is_knocked_out") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."local_name" IS DISTINCT FROM (new_values."local_name") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."next_step" IS DISTINCT FROM (new_values."next_step") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."postal_code" IS DISTINCT FROM (new_values."postal_code") OR old_values."reference" IS DISTINCT FROM (new_values."reference") OR old_values."refusal_reason_id" IS DISTINCT FROM (new_values."refusal_reason_id") OR old_values."region" IS DISTINCT FROM (new_values."region") OR old_values."score" IS DISTINCT FROM (new_values."score") OR old_values."source_id" IS DISTINCT FROM (new_values."source_id") OR old_values."stage" IS DISTINCT FROM (new_values."stage") OR old_values."stage_since" IS DISTINCT FROM (new_values."stage_since") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2f8178ced3846e6b195b9e482807d76790a04295",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_26038",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_prospect",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="prospect",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_prospectevent" ("address", "answers", "applied_at", "business_number", "city", "company", "consented_at", "contact_name", "contact_title", "country", "created_at", "due_on", "email", "external_code", "form_id", "form_key", "id", "introduced_by_member_id", "introduced_by_partner_id", "introduced_by_text", "invitation_id", "is_knocked_out", "language", "local_name", "manufacturer_id", "next_step", "note", "owner_id", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "reference", "refusal_reason_id", "region", "score", "source_id", "stage", "stage_since", "updated_at", "website") SELECT old_values."address", old_values."answers", old_values."applied_at", old_values."business_number", old_values."city", old_values."company", old_values."consented_at", old_values."contact_name", old_values."contact_title", old_values."country", old_values."created_at", old_values."due_on", old_values."email", old_values."external_code", old_values."form_id", old_values."form_key", old_values."id", old_values."introduced_by_member_id", old_values."introduced_by_partner_id", old_values."introduced_by_text", old_values."invitation_id", old_values."is_knocked_out", old_values."language", old_values."local_name", old_values."manufacturer_id", old_values."next_step", old_values."note", old_values."owner_id", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."postal_code", old_values."reference", old_values."refusal_reason_id", old_values."region", old_values."score", old_values."source_id", old_values."stage", old_values."stage_since", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="53c628d5e48ee6a635969da5b61a1346d8bcd78f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_6e492",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_prospect",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ProspectEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.prospect",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                ("reference", models.CharField(max_length=20, verbose_name="reference")),
                ("external_code", models.CharField(blank=True, max_length=64, null=True, verbose_name="external code")),
                ("company", models.CharField(max_length=200, verbose_name="company")),
                ("local_name", models.CharField(blank=True, max_length=200, verbose_name="local name")),
                ("business_number", models.CharField(blank=True, max_length=40, verbose_name="business number")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("contact_name", models.CharField(blank=True, max_length=150, verbose_name="contact")),
                ("contact_title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
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
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("contacted", "Contacted"),
                            ("applied", "Applied"),
                            ("reviewed", "Reviewed"),
                            ("agreed", "Agreed"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("refused", "Refused"),
                        ],
                        default="found",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "stage_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="at this stage since"),
                ),
                (
                    "source",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.prospectsource",
                        verbose_name="source",
                    ),
                ),
                (
                    "introduced_by_partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="introduced by partner",
                    ),
                ),
                (
                    "introduced_by_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="introduced by colleague",
                    ),
                ),
                ("introduced_by_text", models.CharField(blank=True, max_length=150, verbose_name="introduced by")),
                (
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="responsible",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                (
                    "form",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.applicationform",
                        verbose_name="application form",
                    ),
                ),
                ("form_key", models.UUIDField(blank=True, editable=False, null=True)),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="answers")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="consented")),
                (
                    "score",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="score",
                    ),
                ),
                ("is_knocked_out", models.BooleanField(default=False, verbose_name="an answer rules it out")),
                (
                    "refusal_reason",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.refusalreason",
                        verbose_name="reason for refusing",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "invitation",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.invitation",
                        verbose_name="invitation",
                    ),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProspectMove",
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
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="partners.prospect",
                        verbose_name="prospect",
                    ),
                ),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("found", "Found"),
                            ("contacted", "Contacted"),
                            ("applied", "Applied"),
                            ("reviewed", "Reviewed"),
                            ("agreed", "Agreed"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("refused", "Refused"),
                        ],
                        max_length=12,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("contacted", "Contacted"),
                            ("applied", "Applied"),
                            ("reviewed", "Reviewed"),
                            ("agreed", "Agreed"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("refused", "Refused"),
                        ],
                        max_length=12,
                        verbose_name="to",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        verbose_name="at",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["manufacturer", "prospect", "at", "id"], name="prospect_move_by_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProspectComment",
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
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="partners.prospect",
                        verbose_name="prospect",
                    ),
                ),
                (
                    "author",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="author",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="comment")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(fields=["manufacturer", "prospect", "created_at"], name="prospect_comment_by_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProspectFile",
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
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="partners.prospect",
                        verbose_name="prospect",
                    ),
                ),
                ("question_key", models.SlugField(max_length=40, verbose_name="question")),
                (
                    "file",
                    models.FileField(
                        max_length=200, upload_to=partners.models.recruiting.file_place, verbose_name="file"
                    ),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="received")),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ProspectMail",
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
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="partners.prospect",
                        verbose_name="prospect",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("received", "Application received"), ("refused", "Refusal")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("to", models.EmailField(max_length=254, verbose_name="to")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("mail_tried_at", models.DateTimeField(blank=True, null=True)),
                ("mail_sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "mail_refused",
                    models.CharField(blank=True, max_length=500, verbose_name="refused by the mail server"),
                ),
            ],
            options={
                "verbose_name": "mail to an applicant",
                "verbose_name_plural": "mails to applicants",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "prospect", "kind"), name="prospect_mail_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecruitingTexts",
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
                    "refusal_subjects",
                    tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="subject by language"),
                ),
                (
                    "refusal_texts",
                    tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="text by language"),
                ),
            ],
            options={
                "verbose_name": "texts of recruiting",
                "verbose_name_plural": "texts of recruiting",
                "constraints": [models.UniqueConstraint(fields=("manufacturer",), name="recruiting_texts_once")],
            },
        ),
        migrations.CreateModel(
            name="Relation",
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
                    "above",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner above",
                    ),
                ),
                (
                    "below",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="sub-partner",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for an answer"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("ended", "Ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "declared_by",
                    models.CharField(
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="declared by",
                    ),
                ),
                ("given", models.CharField(blank=True, max_length=64, verbose_name="code or business number as given")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "declared_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="declared by",
                    ),
                ),
                ("declared_at", models.DateTimeField(auto_now_add=True, verbose_name="declared on")),
                (
                    "answered_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "answered_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="answered by",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="ended by",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ],
            options={
                "verbose_name": "relation between partners",
                "verbose_name_plural": "relations between partners",
                "indexes": [
                    models.Index(fields=["manufacturer", "below", "-declared_at", "-id"], name="relation_by_below"),
                    models.Index(fields=["manufacturer", "above", "-declared_at", "-id"], name="relation_by_above"),
                    models.Index(fields=["manufacturer", "state", "-declared_at", "-id"], name="relation_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("above", models.F("below")), _negated=True), name="relation_of_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "confirmed"])),
                        fields=("manufacturer", "above", "below"),
                        name="relation_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("manufacturer", "below"),
                        name="relation_one_above",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="relation",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_relationevent" ("above_id", "answered_at", "answered_by", "answered_member_id", "below_id", "declared_at", "declared_by", "declared_member_id", "ended_at", "ended_by", "given", "id", "manufacturer_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") SELECT old_values."above_id", old_values."answered_at", old_values."answered_by", old_values."answered_member_id", old_values."below_id", old_values."declared_at", old_values."declared_by", old_values."declared_member_id", old_values."ended_at", old_values."ended_by", old_values."given", old_values."id", old_values."manufacturer_id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."reason", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6edebf638aa3ff1175bc771892b9563e825ef7e6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_f471e",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_relation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="relation",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_relationevent" ("above_id", "answered_at", "answered_by", "answered_member_id", "below_id", "declared_at", "declared_by", "declared_member_id", "ended_at", "ended_by", "given", "id", "manufacturer_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") SELECT old_values."above_id", old_values."answered_at", old_values."answered_by", old_values."answered_member_id", old_values."below_id", old_values."declared_at", old_values."declared_by", old_values."declared_member_id", old_values."ended_at", old_values."ended_by", old_values."given", old_values."id", old_values."manufacturer_id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."reason", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d3eb4bc028d7d2ac7f79ef2909afecdf3c375c7e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_20a34",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_relation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="RelationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.relation",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "above",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner above",
                    ),
                ),
                (
                    "below",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="sub-partner",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for an answer"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("ended", "Ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "declared_by",
                    models.CharField(
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="declared by",
                    ),
                ),
                ("given", models.CharField(blank=True, max_length=64, verbose_name="code or business number as given")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "declared_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="declared by",
                    ),
                ),
                ("declared_at", models.DateTimeField(auto_now_add=True, verbose_name="declared on")),
                (
                    "answered_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "answered_member",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="answered by",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("above", "the partner above"),
                            ("below", "the sub-partner"),
                            ("staff", "the manufacturer"),
                        ],
                        max_length=5,
                        verbose_name="ended by",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OnBehalf",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="for",
                    ),
                ),
                (
                    "acting",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="by",
                    ),
                ),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="by",
                    ),
                ),
                ("by_name", models.CharField(max_length=150, verbose_name="by")),
                (
                    "what",
                    models.CharField(
                        choices=[("profile", "Changed the profile"), ("paper", "Handed in a paper")],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ],
            options={
                "verbose_name": "step on behalf of a sub-partner",
                "verbose_name_plural": "steps on behalf of sub-partners",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="on_behalf_by_partner")
                ],
            },
        ),
        migrations.CreateModel(
            name="IntroductionReward",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="introduced by",
                    ),
                ),
                (
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="partners.prospect",
                        verbose_name="company introduced",
                    ),
                ),
                ("company", models.CharField(blank=True, max_length=200, verbose_name="company")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("favour", models.CharField(blank=True, max_length=200, verbose_name="or a favour")),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("paid", "Paid")], default="due", max_length=4, verbose_name="state"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="recorded by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
            ],
            options={
                "verbose_name": "reward for an introduction",
                "verbose_name_plural": "rewards for introductions",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="reward_by_partner"),
                    models.Index(fields=["manufacturer", "state", "due_on"], name="reward_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", False), models.Q(("favour", ""), _negated=True), _connector="OR"
                        ),
                        name="reward_of_something",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="introductionreward",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_introductionrewardevent" ("amount", "by_id", "company", "created_at", "due_on", "favour", "id", "manufacturer_id", "note", "paid_on", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prospect_id", "state") SELECT old_values."amount", old_values."by_id", old_values."company", old_values."created_at", old_values."due_on", old_values."favour", old_values."id", old_values."manufacturer_id", old_values."note", old_values."paid_on", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."prospect_id", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5d83cdd102a1d1ff8a0e79f7aaf0d4b937e4f5bc",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_81a2a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_introductionreward",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="introductionreward",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_introductionrewardevent" ("amount", "by_id", "company", "created_at", "due_on", "favour", "id", "manufacturer_id", "note", "paid_on", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prospect_id", "state") SELECT old_values."amount", old_values."by_id", old_values."company", old_values."created_at", old_values."due_on", old_values."favour", old_values."id", old_values."manufacturer_id", old_values."note", old_values."paid_on", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."prospect_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="b64180cfb842ba2e7299bc26d6df608d01271e6a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_cdb45",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_introductionreward",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="IntroductionRewardEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.introductionreward",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="introduced by",
                    ),
                ),
                (
                    "prospect",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.prospect",
                        verbose_name="company introduced",
                    ),
                ),
                ("company", models.CharField(blank=True, max_length=200, verbose_name="company")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("favour", models.CharField(blank=True, max_length=200, verbose_name="or a favour")),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("paid", "Paid")], default="due", max_length=4, verbose_name="state"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="recorded by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SharedFile",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shared_files",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "task",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="partners.task",
                        verbose_name="task",
                    ),
                ),
                (
                    "comment",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="partners.comment",
                        verbose_name="comment",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                ("is_shared", models.BooleanField(default=True, verbose_name="the partner sees it")),
                (
                    "shown_to",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(models.Q(("is_shared", True)), then=models.F("partner"))),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="put in by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="put in")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "removed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "indexes": [
                    models.Index(
                        fields=["manufacturer", "partner", "-updated_at", "-id"], name="shared_file_by_partner"
                    ),
                    models.Index(fields=["manufacturer", "task"], name="shared_file_by_task"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileVersion",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "file",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="partners.sharedfile",
                        verbose_name="file",
                    ),
                ),
                ("is_shared", models.BooleanField(default=True, verbose_name="the partner sees it")),
                (
                    "shown_to",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(models.Q(("is_shared", True)), then=models.F("partner"))),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("stored", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("original_name", models.CharField(max_length=150, verbose_name="file name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what is new")),
                (
                    "restored_from",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="restored from version"),
                ),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="put in by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="put in")),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "indexes": [
                    models.Index(
                        fields=["manufacturer", "partner", "-created_at", "-id"], name="file_version_by_partner"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "file", "number"), name="file_version_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedFileEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.sharedfile",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.rls.CurrentManufacturer(),
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.manufacturer",
                        verbose_name="manufacturer",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "task",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.task",
                        verbose_name="task",
                    ),
                ),
                (
                    "comment",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.comment",
                        verbose_name="comment",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                ("is_shared", models.BooleanField(default=True, verbose_name="the partner sees it")),
                (
                    "latest",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.fileversion",
                        verbose_name="latest version",
                    ),
                ),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="put in by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="put in")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "removed_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="AgreementType",
            name="kinds",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                through="partners.AgreementTypeKind",
                to="partners.partnerkind",
                verbose_name="for kinds of partner",
            ),
        ),
        migrations.AddField(
            model_name="PaperType",
            name="kinds",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                through="partners.PaperTypeKind",
                to="partners.partnerkind",
                verbose_name="needed from kinds of partner",
            ),
        ),
        migrations.AddField(
            model_name="Partner",
            name="channel_manager",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assigned_partners",
                to="tenancy.membership",
                verbose_name="channel manager",
            ),
        ),
        migrations.AddIndex(
            model_name="Partner",
            index=models.Index(fields=["manufacturer", "channel_manager"], name="partner_by_manager"),
        ),
        migrations.AddField(
            model_name="SharedFile",
            name="latest",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.fileversion",
                verbose_name="latest version",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementtype",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementtypeevent" ("code", "guards", "id", "is_retired", "manufacturer_id", "names", "needs_approval", "notice_months", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renewal", "term_months") SELECT old_values."code", old_values."guards", old_values."id", old_values."is_retired", old_values."manufacturer_id", old_values."names", old_values."needs_approval", old_values."notice_months", old_values."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."renewal", old_values."term_months" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="54bea106569d4329d955e217c82843c87d690759",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_4ed00",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_agreementtype",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementtype",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_agreementtypeevent" ("code", "guards", "id", "is_retired", "manufacturer_id", "names", "needs_approval", "notice_months", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renewal", "term_months") SELECT old_values."code", old_values."guards", old_values."id", old_values."is_retired", old_values."manufacturer_id", old_values."names", old_values."needs_approval", old_values."notice_months", old_values."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."renewal", old_values."term_months" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="32d43329fa418f3168b504891389736e05bcd781",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_086ca",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_agreementtype",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_partnerevent" ("address", "business_number", "channel_manager_id", "city", "code", "confirmed_at", "country", "created_at", "crew_count", "custom", "email", "email_domain", "employees", "established_year", "external_code", "functions_off", "id", "is_exclusive", "kind_id", "languages", "latitude", "lead_capacity", "local_name", "longitude", "manufacturer_id", "merged_into_id", "name", "opening_hours", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "product_lines", "region", "showroom_area", "stage", "updated_at", "website") SELECT old_values."address", old_values."business_number", old_values."channel_manager_id", old_values."city", old_values."code", old_values."confirmed_at", old_values."country", old_values."created_at", old_values."crew_count", old_values."custom", old_values."email", old_values."email_domain", old_values."employees", old_values."established_year", old_values."external_code", old_values."functions_off", old_values."id", old_values."is_exclusive", old_values."kind_id", old_values."languages", old_values."latitude", old_values."lead_capacity", old_values."local_name", old_values."longitude", old_values."manufacturer_id", old_values."merged_into_id", old_values."name", old_values."opening_hours", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."postal_code", old_values."product_lines", old_values."region", old_values."showroom_area", old_values."stage", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."business_number" IS DISTINCT FROM (new_values."business_number") OR old_values."channel_manager_id" IS DISTINCT FROM (new_values."channel_manager_id") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."confirmed_at" IS DISTINCT FROM (new_values."confirmed_at") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."crew_count" IS DISTINCT FROM (new_values."crew_count") OR old_values."custom" IS DISTINCT FROM (new_values."custom") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."email_domain" IS DISTINCT FROM (new_values."email_domain") OR old_values."employees" IS DISTINCT FROM (new_values."employees") OR old_values."established_year" IS DISTINCT FROM (new_values."established_year") OR old_values."external_code" IS DISTINCT FROM (new_values."external_code") OR old_values."functions_off" IS DISTINCT FROM (new_values."functions_off") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_exclusive" IS DISTINCT FROM (new_values."is_exclusive") OR old_values."kind_id" IS DISTINCT FROM (new_values."kind_id") OR old_values."languages" IS DISTINCT FROM (new_values."languages") OR old_values."latitude" IS DISTINCT FROM (new_values."latitude") OR old_values."lead_capacity" IS DISTINCT FROM (new_values."lead_capacity") OR old_values."local_name" IS DISTINCT FROM (new_values."local_name") OR old_values."longitude" IS DISTINCT FROM (new_values."longitude") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."merged_into_id" IS DISTINCT FROM (new_values."merged_into_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."opening_hours" IS DISTINCT FROM (new_values."opening_hours") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."postal_code" IS DISTINCT FROM (new_values."postal_code") OR old_values."product_lines" IS DISTINCT FROM (new_values."product_lines") OR old_values."region" IS DISTINCT FROM (new_values."region") OR old_values."showroom_area" IS DISTINCT FROM (new_values."showroom_area") OR old_values."stage" IS DISTINCT FROM (new_values."stage") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6281dc0c04a94ede3e2a2e2516d7d840c5c77ed4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_94714",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_partner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_partnerevent" ("address", "business_number", "channel_manager_id", "city", "code", "confirmed_at", "country", "created_at", "crew_count", "custom", "email", "email_domain", "employees", "established_year", "external_code", "functions_off", "id", "is_exclusive", "kind_id", "languages", "latitude", "lead_capacity", "local_name", "longitude", "manufacturer_id", "merged_into_id", "name", "opening_hours", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "product_lines", "region", "showroom_area", "stage", "updated_at", "website") SELECT old_values."address", old_values."business_number", old_values."channel_manager_id", old_values."city", old_values."code", old_values."confirmed_at", old_values."country", old_values."created_at", old_values."crew_count", old_values."custom", old_values."email", old_values."email_domain", old_values."employees", old_values."established_year", old_values."external_code", old_values."functions_off", old_values."id", old_values."is_exclusive", old_values."kind_id", old_values."languages", old_values."latitude", old_values."lead_capacity", old_values."local_name", old_values."longitude", old_values."manufacturer_id", old_values."merged_into_id", old_values."name", old_values."opening_hours", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."postal_code", old_values."product_lines", old_values."region", old_values."showroom_area", old_values."stage", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="42725d52f8c96a5beb05fd41b350096b46e198ef",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_b27ad",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_partner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_sharedfileevent" ("comment_id", "created_at", "created_by_id", "description", "id", "is_shared", "latest_id", "manufacturer_id", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "tags", "task_id", "updated_at") SELECT old_values."comment_id", old_values."created_at", old_values."created_by_id", old_values."description", old_values."id", old_values."is_shared", old_values."latest_id", old_values."manufacturer_id", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."removed_at", old_values."removed_by_id", old_values."tags", old_values."task_id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."comment_id" IS DISTINCT FROM (new_values."comment_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."description" IS DISTINCT FROM (new_values."description") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_shared" IS DISTINCT FROM (new_values."is_shared") OR old_values."latest_id" IS DISTINCT FROM (new_values."latest_id") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."removed_at" IS DISTINCT FROM (new_values."removed_at") OR old_values."removed_by_id" IS DISTINCT FROM (new_values."removed_by_id") OR old_values."tags" IS DISTINCT FROM (new_values."tags") OR old_values."task_id" IS DISTINCT FROM (new_values."task_id") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0409b928f323e00c257f7794ac805b7dedab1b4e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_db1fe",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="partners_sharedfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "partners_sharedfileevent" ("comment_id", "created_at", "created_by_id", "description", "id", "is_shared", "latest_id", "manufacturer_id", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "tags", "task_id", "updated_at") SELECT old_values."comment_id", old_values."created_at", old_values."created_by_id", old_values."description", old_values."id", old_values."is_shared", old_values."latest_id", old_values."manufacturer_id", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."removed_at", old_values."removed_by_id", old_values."tags", old_values."task_id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7b9f5264b5b3e50066d39ce466e3369b87493700",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_9caae",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="partners_sharedfile",
                    when="AFTER",
                ),
            ),
        ),
    ]
