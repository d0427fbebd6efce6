import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenancy.fields
import tenancy.rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("jobs", "0001_initial"),
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
        ("tenancy", "0002_partner_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Programme",
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
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="effective from")),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "Month"), ("quarter", "Quarter")],
                        default="quarter",
                        max_length=10,
                        verbose_name="period",
                    ),
                ),
                (
                    "grace_periods",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(12)],
                        verbose_name="grace before demotion, in periods",
                    ),
                ),
                (
                    "promotion",
                    models.CharField(
                        choices=[("automatic", "At once"), ("approval", "After approval")],
                        default="automatic",
                        max_length=10,
                        verbose_name="promotion",
                    ),
                ),
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
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "code", "version"), name="programme_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeEvent",
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
                        to="valuation.programme",
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
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="effective from")),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "Month"), ("quarter", "Quarter")],
                        default="quarter",
                        max_length=10,
                        verbose_name="period",
                    ),
                ),
                (
                    "grace_periods",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(12)],
                        verbose_name="grace before demotion, in periods",
                    ),
                ),
                (
                    "promotion",
                    models.CharField(
                        choices=[("automatic", "At once"), ("approval", "After approval")],
                        default="automatic",
                        max_length=10,
                        verbose_name="promotion",
                    ),
                ),
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
            name="ProgrammeKind",
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
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="valuation.programme",
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
                    models.UniqueConstraint(fields=("manufacturer", "programme", "kind"), name="programme_kind_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tier",
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
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiers",
                        to="valuation.programme",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("code", models.SlugField(max_length=20, verbose_name="code")),
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("platinum", "Platinum blue"),
                            ("gold", "Gold"),
                            ("silver", "Silver"),
                            ("bronze", "Bronze"),
                            ("registered", "Grey"),
                        ],
                        max_length=12,
                        verbose_name="colour",
                    ),
                ),
                (
                    "min_score",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="from score",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "ordering": ["-rank"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "programme", "rank"), name="tier_rank_once"),
                    models.UniqueConstraint(fields=("manufacturer", "programme", "code"), name="tier_code_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierRequirement",
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
                    "tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="valuation.tier",
                    ),
                ),
                ("kpi", models.CharField(max_length=40, verbose_name="KPI")),
                ("threshold", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="threshold")),
            ],
            options={
                "verbose_name": "requirement",
                "verbose_name_plural": "requirements",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "tier", "kpi"), name="requirement_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeKpi",
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
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kpis",
                        to="valuation.programme",
                    ),
                ),
                ("kpi", models.CharField(max_length=40, verbose_name="KPI")),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="weight",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("target", "Against a target"), ("percentile", "Rank within the kind")],
                        default="target",
                        max_length=10,
                        verbose_name="points",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="target"),
                ),
                (
                    "when_missing",
                    models.CharField(
                        choices=[("skip", "Leave it out"), ("zero", "Count no points")],
                        default="skip",
                        max_length=5,
                        verbose_name="without a value",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "KPI of a programme",
                "verbose_name_plural": "KPIs of a programme",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "programme", "kpi"), name="programme_kpi_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "target"), _negated=True), ("target__gt", 0), _connector="OR"
                        ),
                        name="programme_kpi_target_needed",
                        violation_error_message="Points against a target need a target above zero.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeRun",
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
                ("day", models.DateField(verbose_name="day")),
                ("is_past", models.BooleanField(default=False, verbose_name="looks back only")),
                ("is_complete", models.BooleanField(default=False, verbose_name="complete")),
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
                ("quantiles", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict, verbose_name="result")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "grade run",
                "verbose_name_plural": "grade runs",
                "constraints": [models.UniqueConstraint(fields=("manufacturer", "day"), name="grade_run_once_per_day")],
            },
        ),
        migrations.CreateModel(
            name="Score",
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
                        "manufacturer", "partner", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="partners.partner",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.programme",
                    ),
                ),
                (
                    "tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                    ),
                ),
                ("score", models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="score")),
                ("kpis", models.JSONField(default=dict)),
                ("facts", models.JSONField(default=dict)),
                ("points", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
            },
        ),
        migrations.CreateModel(
            name="Grade",
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
                        related_name="grade",
                        serialize=False,
                        to="partners.partner",
                    ),
                ),
                (
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.programme",
                    ),
                ),
                (
                    "tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                        verbose_name="grade",
                    ),
                ),
                ("since", models.DateField(verbose_name="since")),
                ("below_since", models.DateField(null=True, verbose_name="below since")),
                (
                    "pending_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                        verbose_name="waits for approval",
                    ),
                ),
                ("pending_since", models.DateField(null=True, verbose_name="waits since")),
                (
                    "refused_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                        verbose_name="refused promotion",
                    ),
                ),
                ("refused_on", models.DateField(null=True, verbose_name="refused")),
                (
                    "refused_reason",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="reason for refusing"),
                ),
                ("override_until", models.DateField(null=True, verbose_name="set by hand until")),
                ("override_reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                (
                    "override_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "verbose_name": "grade",
                "verbose_name_plural": "grades",
                "indexes": [models.Index(fields=["manufacturer", "tier"], name="grade_by_tier")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grade",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "valuation_gradeevent" ("below_since", "manufacturer_id", "override_by_id", "override_reason", "override_until", "partner_id", "pending_since", "pending_tier_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "refused_on", "refused_reason", "refused_tier_id", "since", "tier_id") SELECT old_values."below_since", old_values."manufacturer_id", old_values."override_by_id", old_values."override_reason", old_values."override_until", old_values."partner_id", old_values."pending_since", old_values."pending_tier_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."partner_id", old_values."programme_id", old_values."refused_on", old_values."refused_reason", old_values."refused_tier_id", old_values."since", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."partner_id") = (new_values."partner_id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="70e43fdd866d39eed1c78b1dfc0dc9c9d0a1c243",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_4f205",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="valuation_grade",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grade",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "valuation_gradeevent" ("below_since", "manufacturer_id", "override_by_id", "override_reason", "override_until", "partner_id", "pending_since", "pending_tier_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "refused_on", "refused_reason", "refused_tier_id", "since", "tier_id") SELECT old_values."below_since", old_values."manufacturer_id", old_values."override_by_id", old_values."override_reason", old_values."override_until", old_values."partner_id", old_values."pending_since", old_values."pending_tier_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."partner_id", old_values."programme_id", old_values."refused_on", old_values."refused_reason", old_values."refused_tier_id", old_values."since", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f717703cf1c928525c5771f84154cb44cd5dcea6",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_2b8c7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="valuation_grade",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="GradeEvent",
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
                        to="valuation.grade",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
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
                        serialize=False,
                        to="partners.partner",
                    ),
                ),
                (
                    "programme",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="valuation.programme",
                    ),
                ),
                (
                    "tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="valuation.tier",
                        verbose_name="grade",
                    ),
                ),
                ("since", models.DateField(verbose_name="since")),
                ("below_since", models.DateField(null=True, verbose_name="below since")),
                (
                    "pending_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="valuation.tier",
                        verbose_name="waits for approval",
                    ),
                ),
                ("pending_since", models.DateField(null=True, verbose_name="waits since")),
                (
                    "refused_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="valuation.tier",
                        verbose_name="refused promotion",
                    ),
                ),
                ("refused_on", models.DateField(null=True, verbose_name="refused")),
                (
                    "refused_reason",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="reason for refusing"),
                ),
                ("override_until", models.DateField(null=True, verbose_name="set by hand until")),
                ("override_reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                (
                    "override_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GradeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grade_changes",
                        to="partners.partner",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("first", "First grade"),
                            ("promotion", "Promotion"),
                            ("demotion", "Demotion"),
                            ("warning", "Demotion warning"),
                            ("override", "Set by hand"),
                            ("override_end", "Set by hand, ended"),
                            ("programme", "New programme"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "from_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                        verbose_name="from",
                    ),
                ),
                (
                    "to_tier",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="valuation.tier",
                        verbose_name="to",
                    ),
                ),
                ("score", models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="score")),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
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
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "grade change",
                "verbose_name_plural": "grade changes",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner", "-day", "-id"], name="grade_change_by_partner"),
                    models.Index(fields=["manufacturer", "-day", "-id"], name="grade_change_latest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by", None)),
                        fields=("manufacturer", "partner", "day", "reason", "from_tier", "to_tier"),
                        name="grade_change_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="Programme",
            name="kinds",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                through="valuation.ProgrammeKind",
                to="partners.partnerkind",
                verbose_name="kinds of partner",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "valuation_programmeevent" ("code", "created_at", "effective_from", "grace_periods", "id", "manufacturer_id", "names", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promotion", "published_at", "published_by_id", "status", "updated_at", "version") SELECT old_values."code", old_values."created_at", old_values."effective_from", old_values."grace_periods", old_values."id", old_values."manufacturer_id", old_values."names", old_values."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."promotion", old_values."published_at", old_values."published_by_id", old_values."status", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="c79c54be20d9fe4ff548aaa6f991405e26d0c8b2",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_b7845",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="valuation_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "valuation_programmeevent" ("code", "created_at", "effective_from", "grace_periods", "id", "manufacturer_id", "names", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promotion", "published_at", "published_by_id", "status", "updated_at", "version") SELECT old_values."code", old_values."created_at", old_values."effective_from", old_values."grace_periods", old_values."id", old_values."manufacturer_id", old_values."names", old_values."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."promotion", old_values."published_at", old_values."published_by_id", old_values."status", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="14914f36d3ba58eecf980891af1444662db04cad",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_12cab",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="valuation_programme",
                    when="AFTER",
                ),
            ),
        ),
    ]
