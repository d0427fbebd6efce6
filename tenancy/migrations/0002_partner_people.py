import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tenancy.fields
import tenancy.models
import tenancy.rls


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Membership",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Channel manager"),
                            ("marketing", "Marketing"),
                            ("trainer", "Trainer"),
                            ("service", "Service agent"),
                            ("analyst", "Analyst"),
                            ("partner_admin", "Partner admin"),
                            ("partner_rep", "Sales rep"),
                            ("partner_technician", "Technician"),
                            ("partner_viewer", "Viewer"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("assigned_only", models.BooleanField(default=False, verbose_name="sees only assigned partners")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left")),
                ("last_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="last seen")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="joined")),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "indexes": [
                    models.Index(fields=["manufacturer", "partner"], name="membership_by_partner"),
                    models.Index(fields=["manufacturer", "name", "id"], name="membership_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("manufacturer", "user"),
                        name="membership_active_once",
                        violation_error_message="This person has a place here already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("partner__isnull", False),
                                ("role__in", ["partner_admin", "partner_rep", "partner_technician", "partner_viewer"]),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "role__in",
                                        ["partner_admin", "partner_rep", "partner_technician", "partner_viewer"],
                                    ),
                                    _negated=True,
                                ),
                                ("partner__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="membership_role_fits_side",
                        violation_error_message="A partner's role needs a partner, and a staff role has none.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tenancy_membershipevent" ("assigned_only", "created_at", "email", "id", "is_active", "language", "left_at", "manufacturer_id", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "title", "user_id") SELECT old_values."assigned_only", old_values."created_at", old_values."email", old_values."id", old_values."is_active", old_values."language", old_values."left_at", old_values."manufacturer_id", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."role", old_values."title", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."assigned_only" IS DISTINCT FROM (new_values."assigned_only") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."left_at" IS DISTINCT FROM (new_values."left_at") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."role" IS DISTINCT FROM (new_values."role") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."user_id" IS DISTINCT FROM (new_values."user_id")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1217e6f0a6cd58d56dd0e7f2460d710284d5de5d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_828b3",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="tenancy_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tenancy_membershipevent" ("assigned_only", "created_at", "email", "id", "is_active", "language", "left_at", "manufacturer_id", "name", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "title", "user_id") SELECT old_values."assigned_only", old_values."created_at", old_values."email", old_values."id", old_values."is_active", old_values."language", old_values."left_at", old_values."manufacturer_id", old_values."name", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."role", old_values."title", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="33016aad33f8519045a6dce0269d2f21e89b51ec",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_80170",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="tenancy_membership",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="MembershipEvent",
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
                        to="tenancy.membership",
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
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Channel manager"),
                            ("marketing", "Marketing"),
                            ("trainer", "Trainer"),
                            ("service", "Service agent"),
                            ("analyst", "Analyst"),
                            ("partner_admin", "Partner admin"),
                            ("partner_rep", "Sales rep"),
                            ("partner_technician", "Technician"),
                            ("partner_viewer", "Viewer"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("assigned_only", models.BooleanField(default=False, verbose_name="sees only assigned partners")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="joined")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Channel manager"),
                            ("marketing", "Marketing"),
                            ("trainer", "Trainer"),
                            ("service", "Service agent"),
                            ("analyst", "Analyst"),
                            ("partner_admin", "Partner admin"),
                            ("partner_rep", "Sales rep"),
                            ("partner_technician", "Technician"),
                            ("partner_viewer", "Viewer"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="partners.partner",
                        verbose_name="partner",
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
                ("assigned_only", models.BooleanField(default=False, verbose_name="sees only assigned partners")),
                ("secret_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "invited_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations_sent",
                        to="tenancy.membership",
                        verbose_name="invited by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="invited")),
                ("expires_at", models.DateTimeField(default=tenancy.models.invitation_end, verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("mail_tried_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("mail_sent_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mail sent")),
                (
                    "mail_refused",
                    models.CharField(blank=True, editable=False, max_length=500, verbose_name="mail refused"),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("partner__isnull", False),
                                ("role__in", ["partner_admin", "partner_rep", "partner_technician", "partner_viewer"]),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "role__in",
                                        ["partner_admin", "partner_rep", "partner_technician", "partner_viewer"],
                                    ),
                                    _negated=True,
                                ),
                                ("partner__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_role_fits_side",
                        violation_error_message="A partner's role needs a partner, and a staff role has none.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("manufacturer", "partner", "email"),
                        name="invitation_open_once_per_side",
                        nulls_distinct=False,
                        violation_error_message="This address has an open invitation already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
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
                        related_name="join_requests",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
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
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("approved", "Approved"), ("refused", "Refused")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
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
                ("mail_tried_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "mail_sent_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answer sent"),
                ),
                (
                    "mail_refused",
                    models.CharField(blank=True, editable=False, max_length=500, verbose_name="mail refused"),
                ),
            ],
            options={
                "verbose_name": "request to join",
                "verbose_name_plural": "requests to join",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("manufacturer", "partner", "email"),
                        name="join_request_waiting_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ViewAs",
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
                    "by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="who looked",
                    ),
                ),
                (
                    "member",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="viewed",
                        to="tenancy.membership",
                        verbose_name="as whom",
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="began")),
                ("ends_at", models.DateTimeField(verbose_name="ends by itself")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="stopped")),
            ],
            options={
                "verbose_name": "look as a partner's person",
                "verbose_name_plural": "looks as a partner's person",
            },
        ),
        migrations.CreateModel(
            name="Sharing",
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
                        related_name="sharings",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "above",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="shown to",
                    ),
                ),
                (
                    "data_kind",
                    models.CharField(
                        choices=[
                            ("profile", "Profile"),
                            ("sales", "Sell-in figures"),
                            ("papers", "Compliance papers"),
                            ("agreements", "Agreements"),
                            ("tasks", "Tasks"),
                            ("service", "Acting on our behalf"),
                        ],
                        max_length=10,
                        verbose_name="data",
                    ),
                ),
                (
                    "agreed_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="agreed by",
                    ),
                ),
                ("agreed_at", models.DateTimeField(auto_now_add=True, verbose_name="agreed")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "sharing agreement",
                "verbose_name_plural": "sharing agreements",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("manufacturer", "above", "data_kind", "partner"),
                        name="sharing_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
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
                    "member",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to="tenancy.membership",
                        verbose_name="member",
                    ),
                ),
                ("list_key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("query", models.CharField(max_length=2000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "member", "list_key", "name"),
                        name="saved_view_name_once",
                        violation_error_message="You have a view of this name already.",
                    )
                ],
            },
        ),
    ]
