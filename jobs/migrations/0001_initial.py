import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenancy.fields
import tenancy.rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
        ("tenancy", "0002_partner_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
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
                ("kind", models.CharField(max_length=50, verbose_name="kind")),
                ("key", models.CharField(blank=True, default="", max_length=200)),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("done", models.PositiveBigIntegerField(default=0, verbose_name="done")),
                ("total", models.PositiveBigIntegerField(default=0, verbose_name="of")),
                ("message", models.CharField(blank=True, default="", max_length=500, verbose_name="message")),
                ("params", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict, verbose_name="result")),
                ("result_file", models.FileField(blank=True, max_length=300, upload_to="", verbose_name="result file")),
                (
                    "error_file",
                    models.FileField(blank=True, max_length=300, upload_to="", verbose_name="rejected rows"),
                ),
                (
                    "created_by",
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
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "indexes": [
                    models.Index(fields=["manufacturer", "-id"], name="job_latest"),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["lease_until"],
                        name="job_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
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
                ("kind", models.CharField(max_length=50, verbose_name="kind")),
                ("file", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("original_name", models.CharField(max_length=255, verbose_name="file name")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("headers", models.JSONField(default=list)),
                ("headers_hash", models.CharField(blank=True, default="", max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("mapped", "Columns matched"),
                            ("checked", "Checked"),
                            ("imported", "Imported"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("report", models.JSONField(default=dict)),
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
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="brought by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="brought")),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "indexes": [models.Index(fields=["manufacturer", "-id"], name="import_latest")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importfile",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "jobs_importfileevent" ("created_at", "created_by_id", "file", "headers", "headers_hash", "id", "job_id", "kind", "manufacturer_id", "mapping", "original_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "state") SELECT old_values."created_at", old_values."created_by_id", old_values."file", old_values."headers", old_values."headers_hash", old_values."id", old_values."job_id", old_values."kind", old_values."manufacturer_id", old_values."mapping", old_values."original_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."sha256", old_values."size", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."file" IS DISTINCT FROM (new_values."file") OR old_values."headers" IS DISTINCT FROM (new_values."headers") OR old_values."headers_hash" IS DISTINCT FROM (new_values."headers_hash") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."job_id" IS DISTINCT FROM (new_values."job_id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."mapping" IS DISTINCT FROM (new_values."mapping") OR old_values."original_name" IS DISTINCT FROM (new_values."original_name") OR old_values."sha256" IS DISTINCT FROM (new_values."sha256") OR old_values."size" IS DISTINCT FROM (new_values."size") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1da37d312964c5b96a57aaf9afc3b8e9b48ac9cb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_6af64",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="jobs_importfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importfile",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "jobs_importfileevent" ("created_at", "created_by_id", "file", "headers", "headers_hash", "id", "job_id", "kind", "manufacturer_id", "mapping", "original_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "state") SELECT old_values."created_at", old_values."created_by_id", old_values."file", old_values."headers", old_values."headers_hash", old_values."id", old_values."job_id", old_values."kind", old_values."manufacturer_id", old_values."mapping", old_values."original_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."sha256", old_values."size", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="010288ead5aeea7921af86786fd5884552ce9bf1",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_5a6a7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="jobs_importfile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ImportFileEvent",
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
                        to="jobs.importfile",
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
                ("kind", models.CharField(max_length=50, verbose_name="kind")),
                ("file", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("original_name", models.CharField(max_length=255, verbose_name="file name")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("headers", models.JSONField(default=list)),
                ("headers_hash", models.CharField(blank=True, default="", max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("mapped", "Columns matched"),
                            ("checked", "Checked"),
                            ("imported", "Imported"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
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
                        verbose_name="brought by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="brought")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
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
                ("kind", models.CharField(max_length=50)),
                ("headers_hash", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "column mapping",
                "verbose_name_plural": "column mappings",
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "kind", "headers_hash"), name="import_mapping_once")
                ],
            },
        ),
    ]
