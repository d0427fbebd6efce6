import django.db.models.deletion
import django.db.models.functions.datetime
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
            name="Notice",
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
                    "recipient",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="tenancy.membership",
                        verbose_name="recipient",
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("kind", models.CharField(max_length=50, verbose_name="kind")),
                ("key", models.CharField(max_length=200)),
                ("facts", models.JSONField(default=dict)),
                ("is_important", models.BooleanField(default=False, verbose_name="must be confirmed")),
                ("in_inbox", models.BooleanField(db_default=True, default=True, verbose_name="in the inbox")),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="told"
                    ),
                ),
                ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(fields=["manufacturer", "recipient", "-id"], name="notice_inbox"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["manufacturer", "recipient"],
                        name="notice_unread",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at", None), ("is_important", True)),
                        fields=["manufacturer", "recipient"],
                        name="notice_to_confirm",
                    ),
                    models.Index(
                        condition=models.Q(("partner__isnull", False)),
                        fields=["manufacturer", "partner", "-created_at", "-id"],
                        name="notice_by_partner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "recipient", "key"), name="notice_told_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                    "notice",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.notice",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("portal", "Portal"), ("mail", "E-mail")], max_length=10, verbose_name="channel"
                    ),
                ),
                ("is_digest", models.BooleanField(default=False, verbose_name="in the digest")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("skipped", "Not needed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="due"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("error", models.CharField(blank=True, default="", max_length=500, verbose_name="error")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["manufacturer", "due_at"], name="delivery_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "notice", "channel"), name="delivery_once_per_channel"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="tenancy.membership",
                    ),
                ),
                ("kind", models.CharField(max_length=50, verbose_name="kind")),
                (
                    "channel",
                    models.CharField(
                        choices=[("portal", "Portal"), ("mail", "E-mail")], max_length=10, verbose_name="channel"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("on", "At once"), ("digest", "Daily digest"), ("off", "Off")],
                        default="on",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
            ],
            options={
                "verbose_name": "preference",
                "verbose_name_plural": "preferences",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "member", "kind", "channel"), name="preference_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
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
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="quiet_hours",
                        serialize=False,
                        to="tenancy.membership",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="until")),
            ],
            options={
                "verbose_name": "quiet hours",
                "verbose_name_plural": "quiet hours",
            },
        ),
    ]
