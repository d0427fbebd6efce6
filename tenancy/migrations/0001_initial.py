import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenancy.fields
import tenancy.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "phone",
                    models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name="mobile number"),
                ),
                ("phone_verified", models.BooleanField(default=False, verbose_name="mobile number verified")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("auto", "As the device"), ("light", "Light"), ("dark", "Dark")],
                        default="auto",
                        max_length=5,
                        verbose_name="theme",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_staff", models.BooleanField(default=False, verbose_name="platform administrator")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.CreateModel(
            name="Manufacturer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        max_length=40, unique=True, validators=[tenancy.models.not_reserved], verbose_name="address"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("names", tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="name by language")),
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
                ("timezone", models.CharField(default="UTC", max_length=60, verbose_name="time zone")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three letters, such as KRW.")],
                        verbose_name="base currency",
                    ),
                ),
                (
                    "fiscal_year_start",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="first month of the fiscal year",
                    ),
                ),
                ("business_hours", models.JSONField(blank=True, default=dict, verbose_name="business hours")),
                ("holidays", models.JSONField(blank=True, default=list, verbose_name="holidays")),
                (
                    "brand_colour",
                    models.CharField(
                        default="#0f5e69",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-fA-F]{6}$", "A colour such as #0f5e69.")
                        ],
                        verbose_name="colour",
                    ),
                ),
                ("logo", models.ImageField(blank=True, upload_to="logos/", verbose_name="logo")),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        max_length=253,
                        null=True,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$",
                                "A domain such as partners.example.com, in small letters.",
                            )
                        ],
                        verbose_name="own domain",
                    ),
                ),
                ("require_mfa", models.BooleanField(default=False, verbose_name="staff must use a second factor")),
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
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "manufacturer",
                "verbose_name_plural": "manufacturers",
                "ordering": ["slug"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="manufacturer",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tenancy_manufacturerevent" ("brand_colour", "business_hours", "created_at", "currency", "domain", "fiscal_year_start", "functions_off", "holidays", "id", "is_active", "languages", "name", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "require_mfa", "slug", "timezone") SELECT old_values."brand_colour", old_values."business_hours", old_values."created_at", old_values."currency", old_values."domain", old_values."fiscal_year_start", old_values."functions_off", old_values."holidays", old_values."id", old_values."is_active", old_values."languages", old_values."name", old_values."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."require_mfa", old_values."slug", old_values."timezone" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."brand_colour" IS DISTINCT FROM (new_values."brand_colour") OR old_values."business_hours" IS DISTINCT FROM (new_values."business_hours") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."domain" IS DISTINCT FROM (new_values."domain") OR old_values."fiscal_year_start" IS DISTINCT FROM (new_values."fiscal_year_start") OR old_values."functions_off" IS DISTINCT FROM (new_values."functions_off") OR old_values."holidays" IS DISTINCT FROM (new_values."holidays") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."languages" IS DISTINCT FROM (new_values."languages") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."names" IS DISTINCT FROM (new_values."names") OR old_values."require_mfa" IS DISTINCT FROM (new_values."require_mfa") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."timezone" IS DISTINCT FROM (new_values."timezone")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0873ae02fcb914b8af8471f7d678c84654ae578c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_cad0a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="tenancy_manufacturer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="manufacturer",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tenancy_manufacturerevent" ("brand_colour", "business_hours", "created_at", "currency", "domain", "fiscal_year_start", "functions_off", "holidays", "id", "is_active", "languages", "name", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "require_mfa", "slug", "timezone") SELECT old_values."brand_colour", old_values."business_hours", old_values."created_at", old_values."currency", old_values."domain", old_values."fiscal_year_start", old_values."functions_off", old_values."holidays", old_values."id", old_values."is_active", old_values."languages", old_values."name", old_values."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."require_mfa", old_values."slug", old_values."timezone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="fa3cda067e78e260cdbbdd17110f95408f115b7a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_555c4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="tenancy_manufacturer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ManufacturerEvent",
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
                        to="tenancy.manufacturer",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "slug",
                    models.SlugField(
                        db_index=False, max_length=40, validators=[tenancy.models.not_reserved], verbose_name="address"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("names", tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="name by language")),
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
                ("timezone", models.CharField(default="UTC", max_length=60, verbose_name="time zone")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three letters, such as KRW.")],
                        verbose_name="base currency",
                    ),
                ),
                (
                    "fiscal_year_start",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="first month of the fiscal year",
                    ),
                ),
                ("business_hours", models.JSONField(blank=True, default=dict, verbose_name="business hours")),
                ("holidays", models.JSONField(blank=True, default=list, verbose_name="holidays")),
                (
                    "brand_colour",
                    models.CharField(
                        default="#0f5e69",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-fA-F]{6}$", "A colour such as #0f5e69.")
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        max_length=253,
                        null=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$",
                                "A domain such as partners.example.com, in small letters.",
                            )
                        ],
                        verbose_name="own domain",
                    ),
                ),
                ("require_mfa", models.BooleanField(default=False, verbose_name="staff must use a second factor")),
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
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
