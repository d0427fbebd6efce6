import uuid

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
    dependencies = [
        ("campaigns", "0002_isolate_assets"),
        ("commerce", "0010_customer_search_text"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("plan", "Being planned"),
                            ("approval", "In approval"),
                            ("approved", "Approved"),
                            ("pilot", "Pilot"),
                            ("decision", "Go or stop"),
                            ("rollout", "Roll-out"),
                            ("measuring", "Measuring"),
                            ("analysed", "Analysed"),
                            ("closed", "Closed"),
                            ("stopped", "Stopped"),
                        ],
                        default="plan",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("purpose", models.TextField(blank=True, max_length=2000, verbose_name="what it is for")),
                (
                    "goal",
                    models.CharField(
                        choices=[
                            ("clicks", "Click rate"),
                            ("replies", "Reply rate"),
                            ("leads", "Leads"),
                            ("orders", "Share that ordered"),
                            ("order_amount", "Orders, in the base currency"),
                        ],
                        default="replies",
                        max_length=12,
                        verbose_name="goal",
                    ),
                ),
                (
                    "goal_value",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Per cent for rates, a number for leads, an amount for orders.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="goal as a number",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("portal", "Portal message"),
                            ("messenger", "Messenger"),
                            ("sms", "Text message"),
                            ("post", "Post"),
                            ("fax", "Fax"),
                        ],
                        default="email",
                        max_length=10,
                        verbose_name="by",
                    ),
                ),
                (
                    "is_advertising",
                    models.BooleanField(
                        default=True,
                        help_text="The rules of each reader's country on advertising apply. News on an order or a contract is none.",
                        verbose_name="advertising",
                    ),
                ),
                (
                    "readers",
                    models.CharField(
                        choices=[
                            ("people", "People at the partners"),
                            ("users", "People with a place in the portal"),
                            ("customers", "End customers of the partners"),
                        ],
                        default="people",
                        max_length=10,
                        verbose_name="readers",
                    ),
                ),
                (
                    "roles",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="only these roles",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days in which answers and orders count",
                    ),
                ),
                (
                    "budget",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="budget",
                    ),
                ),
                (
                    "offer_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                ("payment_terms", models.CharField(blank=True, max_length=200, verbose_name="payment")),
                ("delivery_terms", models.CharField(blank=True, max_length=200, verbose_name="delivery")),
                ("offer_until", models.DateField(blank=True, null=True, verbose_name="offer ends")),
                (
                    "holdout",
                    models.FloatField(
                        default=10,
                        help_text="Per cent of the readers that get nothing by any channel, so that the effect is measured.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="hold-out",
                    ),
                ),
                (
                    "pilot_size",
                    models.PositiveIntegerField(
                        default=0, help_text="0: no pilot, all at once.", verbose_name="readers of the pilot"
                    ),
                ),
                (
                    "pilot_goal",
                    models.CharField(
                        choices=[
                            ("clicks", "Click rate"),
                            ("replies", "Reply rate"),
                            ("leads", "Leads"),
                            ("orders", "Share that ordered"),
                            ("order_amount", "Orders, in the base currency"),
                        ],
                        default="replies",
                        max_length=12,
                        verbose_name="go if the",
                    ),
                ),
                (
                    "pilot_at_least",
                    models.FloatField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="is at least, in %",
                    ),
                ),
                (
                    "pilot_level",
                    models.FloatField(
                        default=95,
                        validators=[
                            django.core.validators.MinValueValidator(50),
                            django.core.validators.MaxValueValidator(99.9),
                        ],
                        verbose_name="with a certainty of, in %",
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0, editable=False)),
                ("left_out", models.JSONField(default=dict, editable=False)),
                ("verdict", models.JSONField(default=dict, editable=False)),
                (
                    "frozen_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="audience frozen"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                (
                    "audience",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.audience",
                        verbose_name="audience",
                    ),
                ),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                (
                    "excluded",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.audience",
                        verbose_name="but not",
                    ),
                ),
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
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="tenancy.membership",
                        verbose_name="owner",
                    ),
                ),
                (
                    "product",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "snapshot",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.audiencesnapshot",
                        verbose_name="frozen audience",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
            },
        ),
        migrations.CreateModel(
            name="CampaignCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200, verbose_name="what")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "done_by",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="done by",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "check of a campaign",
                "verbose_name_plural": "checks of campaigns",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CampaignCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=120, verbose_name="what")),
                (
                    "planned",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="planned",
                    ),
                ),
                (
                    "actual",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="spent",
                    ),
                ),
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="campaigns.campaign",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "cost of a campaign",
                "verbose_name_plural": "costs of campaigns",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CampaignEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("plan", "Being planned"),
                            ("approval", "In approval"),
                            ("approved", "Approved"),
                            ("pilot", "Pilot"),
                            ("decision", "Go or stop"),
                            ("rollout", "Roll-out"),
                            ("measuring", "Measuring"),
                            ("analysed", "Analysed"),
                            ("closed", "Closed"),
                            ("stopped", "Stopped"),
                        ],
                        default="plan",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("purpose", models.TextField(blank=True, max_length=2000, verbose_name="what it is for")),
                (
                    "goal",
                    models.CharField(
                        choices=[
                            ("clicks", "Click rate"),
                            ("replies", "Reply rate"),
                            ("leads", "Leads"),
                            ("orders", "Share that ordered"),
                            ("order_amount", "Orders, in the base currency"),
                        ],
                        default="replies",
                        max_length=12,
                        verbose_name="goal",
                    ),
                ),
                (
                    "goal_value",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Per cent for rates, a number for leads, an amount for orders.",
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="goal as a number",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("portal", "Portal message"),
                            ("messenger", "Messenger"),
                            ("sms", "Text message"),
                            ("post", "Post"),
                            ("fax", "Fax"),
                        ],
                        default="email",
                        max_length=10,
                        verbose_name="by",
                    ),
                ),
                (
                    "is_advertising",
                    models.BooleanField(
                        default=True,
                        help_text="The rules of each reader's country on advertising apply. News on an order or a contract is none.",
                        verbose_name="advertising",
                    ),
                ),
                (
                    "readers",
                    models.CharField(
                        choices=[
                            ("people", "People at the partners"),
                            ("users", "People with a place in the portal"),
                            ("customers", "End customers of the partners"),
                        ],
                        default="people",
                        max_length=10,
                        verbose_name="readers",
                    ),
                ),
                (
                    "roles",
                    tenancy.fields.KeysField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="only these roles",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days in which answers and orders count",
                    ),
                ),
                (
                    "budget",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="budget",
                    ),
                ),
                (
                    "offer_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                ("payment_terms", models.CharField(blank=True, max_length=200, verbose_name="payment")),
                ("delivery_terms", models.CharField(blank=True, max_length=200, verbose_name="delivery")),
                ("offer_until", models.DateField(blank=True, null=True, verbose_name="offer ends")),
                (
                    "holdout",
                    models.FloatField(
                        default=10,
                        help_text="Per cent of the readers that get nothing by any channel, so that the effect is measured.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="hold-out",
                    ),
                ),
                (
                    "pilot_size",
                    models.PositiveIntegerField(
                        default=0, help_text="0: no pilot, all at once.", verbose_name="readers of the pilot"
                    ),
                ),
                (
                    "pilot_goal",
                    models.CharField(
                        choices=[
                            ("clicks", "Click rate"),
                            ("replies", "Reply rate"),
                            ("leads", "Leads"),
                            ("orders", "Share that ordered"),
                            ("order_amount", "Orders, in the base currency"),
                        ],
                        default="replies",
                        max_length=12,
                        verbose_name="go if the",
                    ),
                ),
                (
                    "pilot_at_least",
                    models.FloatField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="is at least, in %",
                    ),
                ),
                (
                    "pilot_level",
                    models.FloatField(
                        default=95,
                        validators=[
                            django.core.validators.MinValueValidator(50),
                            django.core.validators.MaxValueValidator(99.9),
                        ],
                        verbose_name="with a certainty of, in %",
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0, editable=False)),
                ("left_out", models.JSONField(default=dict, editable=False)),
                ("verdict", models.JSONField(default=dict, editable=False)),
                (
                    "frozen_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="audience frozen"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                (
                    "audience",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.audience",
                        verbose_name="audience",
                    ),
                ),
                (
                    "created_by",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="made by",
                    ),
                ),
                (
                    "excluded",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.audience",
                        verbose_name="but not",
                    ),
                ),
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
                    "owner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.membership",
                        verbose_name="owner",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "product",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="commerce.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "snapshot",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.audiencesnapshot",
                        verbose_name="frozen audience",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CampaignSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender_name", models.CharField(blank=True, max_length=120, verbose_name="sender's name")),
                ("sender_email", models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                ("reply_to", models.EmailField(blank=True, max_length=254, verbose_name="answers to")),
                (
                    "postal_address",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="postal address in the foot of each mail"
                    ),
                ),
                (
                    "free_phone",
                    models.CharField(
                        blank=True,
                        help_text="Named in advertising where a country's rules ask for it.",
                        max_length=40,
                        verbose_name="free number to opt out",
                    ),
                ),
                (
                    "weekly_cap",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="mails to one person in a week at most",
                    ),
                ),
                ("quiet_from", models.TimeField(default="21:00", verbose_name="quiet from")),
                ("quiet_to", models.TimeField(default="08:00", verbose_name="quiet to")),
                (
                    "tracks_opens",
                    models.BooleanField(
                        default=True,
                        help_text="By a picture in the mail; persons can refuse it on their page.",
                        verbose_name="count opens",
                    ),
                ),
                (
                    "per_minute",
                    models.PositiveIntegerField(
                        default=6000,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="mails a minute to one mail domain",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "how campaigns are sent",
                "verbose_name_plural": "how campaigns are sent",
            },
        ),
        migrations.CreateModel(
            name="CampaignStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("plan", "Being planned"),
                            ("approval", "In approval"),
                            ("approved", "Approved"),
                            ("pilot", "Pilot"),
                            ("decision", "Go or stop"),
                            ("rollout", "Roll-out"),
                            ("measuring", "Measuring"),
                            ("analysed", "Analysed"),
                            ("closed", "Closed"),
                            ("stopped", "Stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("plan", "Being planned"),
                            ("approval", "In approval"),
                            ("approved", "Approved"),
                            ("pilot", "Pilot"),
                            ("decision", "Go or stop"),
                            ("rollout", "Roll-out"),
                            ("measuring", "Measuring"),
                            ("analysed", "Analysed"),
                            ("closed", "Closed"),
                            ("stopped", "Stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="why")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="on"
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
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="campaigns.campaign",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "step of a campaign",
                "verbose_name_plural": "steps of campaigns",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CampaignVariant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=1, verbose_name="variant")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="what is different")),
                (
                    "share",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="share",
                    ),
                ),
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variants",
                        to="campaigns.campaign",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "variant",
                "verbose_name_plural": "variants",
                "ordering": ["label"],
            },
        ),
        migrations.CreateModel(
            name="CampaignContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
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
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("preheader", models.CharField(blank=True, max_length=200, verbose_name="first line in the inbox")),
                ("body", models.TextField(max_length=20000, verbose_name="text")),
                ("answers", models.JSONField(blank=True, default=list, verbose_name="answers by one click")),
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
                    "variant",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contents",
                        to="campaigns.campaignvariant",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a campaign",
                "verbose_name_plural": "texts of campaigns",
                "ordering": ["language", "country"],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pilot", "Pilot"), ("rollout", "Roll-out"), ("reminder", "Reminder")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "Being prepared"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                            ("sent", "Sent"),
                        ],
                        default="preparing",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailings",
                        to="campaigns.campaign",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "mailing",
                "verbose_name_plural": "mailings",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("partner_name", models.CharField(blank=True, max_length=200, verbose_name="partner")),
                ("address", models.CharField(blank=True, max_length=320, verbose_name="address")),
                (
                    "language",
                    models.CharField(
                        choices=[("ko", "한국어"), ("ja", "日本語"), ("en", "English")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("grade", models.CharField(blank=True, max_length=64, verbose_name="grade")),
                ("left_out", models.CharField(blank=True, max_length=20, verbose_name="left out because")),
                (
                    "arm",
                    models.CharField(
                        blank=True,
                        choices=[("pilot", "Pilot"), ("rest", "Roll-out"), ("holdout", "Hold-out")],
                        max_length=8,
                        verbose_name="part",
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("bounced_at", models.DateTimeField(null=True, verbose_name="came back")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("clicked_at", models.DateTimeField(null=True, verbose_name="clicked")),
                ("replied_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("unsubscribed_at", models.DateTimeField(null=True, verbose_name="unsubscribed")),
                ("lead_at", models.DateTimeField(null=True, verbose_name="became a lead")),
                ("ordered_on", models.DateField(null=True, verbose_name="ordered")),
                (
                    "order_amount",
                    models.DecimalField(
                        decimal_places=4, default=0, max_digits=20, verbose_name="orders in base currency"
                    ),
                ),
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "contact",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.contact",
                    ),
                ),
                (
                    "customer",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.endcustomer",
                    ),
                ),
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
                    "member",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
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
                (
                    "variant",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaignvariant",
                    ),
                ),
            ],
            options={
                "verbose_name": "reader of a campaign",
                "verbose_name_plural": "readers of campaigns",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "manufacturer",
                        "mailing",
                        "recipient",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("domain", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Under way"),
                            ("sent", "Sent"),
                            ("refused", "Not sent"),
                            ("failed", "Failed"),
                            ("bounced", "Came back"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="why not")),
                (
                    "mailing",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="campaigns.mailing",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="campaigns.recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "manufacturer", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "Opened"),
                            ("click", "Clicked"),
                            ("answer", "Answered by a click"),
                            ("reply", "Replied by mail"),
                            ("form", "Wrote by the form"),
                            ("unsubscribe", "Unsubscribed"),
                            ("bounce", "Came back"),
                            ("complaint", "Complained of it"),
                            ("lead", "Became a lead"),
                            ("order", "Ordered"),
                            ("typed", "Entered by staff"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="at")),
                ("is_machine", models.BooleanField(default=False, verbose_name="by a machine")),
                ("detail", models.CharField(blank=True, max_length=1000, verbose_name="what")),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responses",
                        to="campaigns.recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "response",
                "verbose_name_plural": "responses",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("portal", "Portal message"),
                            ("messenger", "Messenger"),
                            ("sms", "Text message"),
                            ("post", "Post"),
                            ("fax", "Fax"),
                        ],
                        max_length=10,
                        verbose_name="by",
                    ),
                ),
                ("address", models.CharField(max_length=320, verbose_name="address")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "Mail comes back"),
                            ("complaint", "Complained of it"),
                            ("unsubscribed", "Unsubscribed"),
                            ("staff", "Entered by staff"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500, verbose_name="what was said")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="since"
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
                (
                    "campaign",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["manufacturer", "-starts_on", "-id"], name="campaign_latest"),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["manufacturer", "state", "-id"], name="campaign_by_state"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "name"),
                name="campaign_name_once",
                violation_error_message="Another campaign has this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="campaign_ends_after_start",
                violation_error_message="The end lies before the start.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "campaigns_campaignevent" ("audience_id", "budget", "channel", "created_at", "created_by_id", "delivery_terms", "ends_on", "excluded_id", "frozen_at", "goal", "goal_value", "holdout", "id", "is_advertising", "left_out", "manufacturer_id", "name", "offer_price", "offer_until", "owner_id", "payment_terms", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_at_least", "pilot_goal", "pilot_level", "pilot_size", "product_id", "purpose", "readers", "roles", "seed", "snapshot_id", "starts_on", "state", "verdict", "window_days") SELECT old_values."audience_id", old_values."budget", old_values."channel", old_values."created_at", old_values."created_by_id", old_values."delivery_terms", old_values."ends_on", old_values."excluded_id", old_values."frozen_at", old_values."goal", old_values."goal_value", old_values."holdout", old_values."id", old_values."is_advertising", old_values."left_out", old_values."manufacturer_id", old_values."name", old_values."offer_price", old_values."offer_until", old_values."owner_id", old_values."payment_terms", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."pilot_at_least", old_values."pilot_goal", old_values."pilot_level", old_values."pilot_size", old_values."product_id", old_values."purpose", old_values."readers", old_values."roles", old_values."seed", old_values."snapshot_id", old_values."starts_on", old_values."state", old_values."verdict", old_values."window_days" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0f8dcb7771a0d0c2e75ae6b59f0b228af79dfa14",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_163f8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="campaigns_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "campaigns_campaignevent" ("audience_id", "budget", "channel", "created_at", "created_by_id", "delivery_terms", "ends_on", "excluded_id", "frozen_at", "goal", "goal_value", "holdout", "id", "is_advertising", "left_out", "manufacturer_id", "name", "offer_price", "offer_until", "owner_id", "payment_terms", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_at_least", "pilot_goal", "pilot_level", "pilot_size", "product_id", "purpose", "readers", "roles", "seed", "snapshot_id", "starts_on", "state", "verdict", "window_days") SELECT old_values."audience_id", old_values."budget", old_values."channel", old_values."created_at", old_values."created_by_id", old_values."delivery_terms", old_values."ends_on", old_values."excluded_id", old_values."frozen_at", old_values."goal", old_values."goal_value", old_values."holdout", old_values."id", old_values."is_advertising", old_values."left_out", old_values."manufacturer_id", old_values."name", old_values."offer_price", old_values."offer_until", old_values."owner_id", old_values."payment_terms", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."pilot_at_least", old_values."pilot_goal", old_values."pilot_level", old_values."pilot_size", old_values."product_id", old_values."purpose", old_values."readers", old_values."roles", old_values."seed", old_values."snapshot_id", old_values."starts_on", old_values."state", old_values."verdict", old_values."window_days" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="3ef96ddbd286be3b35e1bfb087fbe36e8365c25f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_f3bec",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="campaigns_campaign",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignsettings",
            constraint=models.UniqueConstraint(fields=("manufacturer",), name="campaign_settings_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignvariant",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "campaign", "label"), name="campaign_variant_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontent",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "variant", "language", "country"),
                name="campaign_content_once",
                violation_error_message="There is a text for this language and country already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reminder"), _negated=True),
                fields=("manufacturer", "campaign", "kind"),
                name="mailing_once",
            ),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(fields=["manufacturer", "campaign", "arm", "id"], name="recipient_of_campaign"),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(fields=["manufacturer", "partner", "sent_at"], name="recipient_of_partner"),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)),
                fields=["manufacturer", "contact", "sent_at"],
                name="recipient_of_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("customer__isnull", False)),
                fields=["manufacturer", "customer", "sent_at"],
                name="recipient_of_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contact__isnull", False)),
                fields=("manufacturer", "campaign", "contact"),
                name="recipient_contact_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer__isnull", False)),
                fields=("manufacturer", "campaign", "customer"),
                name="recipient_customer_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contact", None), ("member__isnull", False)),
                fields=("manufacturer", "campaign", "member"),
                name="recipient_member_once",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["manufacturer", "mailing", "due_at"],
                name="message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["manufacturer", "key"], name="message_by_key"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["manufacturer", "recipient"], name="message_of_recipient"),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["manufacturer", "recipient", "at"], name="response_of_recipient"),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(fields=("manufacturer", "channel", "address"), name="suppression_once"),
        ),
    ]
