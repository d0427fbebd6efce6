import uuid
from decimal import Decimal

import django.core.validators
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
    ]

    operations = [
        migrations.CreateModel(
            name="ProductCategory",
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
                ("names", tenancy.fields.TranslatedField(default=dict, verbose_name="name by language")),
                (
                    "parent",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="commerce.productcategory",
                        verbose_name="belongs to",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "product category",
                "verbose_name_plural": "product categories",
                "ordering": ["order", "code"],
                "constraints": [models.UniqueConstraint(fields=("manufacturer", "code"), name="category_code_once")],
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                ("names", tenancy.fields.TranslatedField(blank=True, default=dict, verbose_name="name by language")),
                (
                    "category",
                    tenancy.fields.OwnedForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="commerce.productcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "list_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="list price",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three letters, such as KRW.")],
                        verbose_name="currency",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                ("is_draft", models.BooleanField(default=False, verbose_name="draft")),
                ("is_active", models.BooleanField(default=True, verbose_name="on sale")),
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
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "indexes": [
                    models.Index(fields=["manufacturer", "name", "id"], name="product_by_name"),
                    models.Index(fields=["manufacturer", "category"], name="product_by_category"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "code"),
                        name="product_code_once",
                        violation_error_message="Another product has this code.",
                    ),
                    models.UniqueConstraint(
                        fields=("manufacturer", "external_code"), name="product_external_code_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
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
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three letters, such as KRW.")],
                        verbose_name="currency",
                    ),
                ),
                ("date", models.DateField(verbose_name="from")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=10,
                        max_digits=20,
                        validators=[django.core.validators.MinValueValidator(Decimal("1E-10"))],
                        verbose_name="rate",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "ordering": ["currency", "-date"],
                "constraints": [
                    models.UniqueConstraint(fields=("manufacturer", "currency", "date"), name="rate_once_per_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesLine",
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
                        "manufacturer", "line_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line_id", models.UUIDField(default=uuid.uuid4)),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_lines",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "product",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_lines",
                        to="commerce.product",
                        verbose_name="product",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("quantity", models.DecimalField(decimal_places=4, default=0, max_digits=18, verbose_name="quantity")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount_base",
                    models.DecimalField(decimal_places=4, max_digits=18, verbose_name="amount in base currency"),
                ),
                ("order_number", models.CharField(blank=True, default="", max_length=64, verbose_name="order")),
                ("line_number", models.CharField(blank=True, default="", max_length=32, verbose_name="line")),
                ("external_line_id", models.CharField(blank=True, default="", max_length=128, verbose_name="line id")),
                ("import_file", models.BigIntegerField(null=True, verbose_name="import")),
            ],
            options={
                "verbose_name": "sell-in line",
                "verbose_name_plural": "sell-in lines",
                "indexes": [models.Index(fields=["manufacturer", "partner", "date"], name="line_by_partner")],
            },
        ),
        migrations.CreateModel(
            name="SalesMonth",
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
                        related_name="sales_months",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "product",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_months",
                        to="commerce.product",
                        verbose_name="product",
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="quantity")),
                (
                    "amount_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="amount in base currency"),
                ),
                (
                    "returns_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="returns in base currency"),
                ),
                ("lines", models.PositiveIntegerField(verbose_name="lines")),
                ("return_lines", models.PositiveIntegerField(verbose_name="return lines")),
            ],
            options={
                "verbose_name": "sell-in by month",
                "verbose_name_plural": "sell-in by month",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "partner", "month", "product"),
                        include=("lines", "return_lines"),
                        name="sales_month_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesDay",
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
                        "manufacturer", "partner", "date", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    tenancy.fields.OwnedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_days",
                        to="partners.partner",
                        verbose_name="partner",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                (
                    "amount_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="amount in base currency"),
                ),
                (
                    "returns_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="returns in base currency"),
                ),
                ("orders", models.PositiveIntegerField(verbose_name="orders")),
                ("lines", models.PositiveIntegerField(verbose_name="lines")),
                ("return_lines", models.PositiveIntegerField(verbose_name="return lines")),
            ],
            options={
                "verbose_name": "sell-in by day",
                "verbose_name_plural": "sell-in by day",
            },
        ),
        migrations.CreateModel(
            name="ManufacturerMonth",
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
                        "manufacturer", "month", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                (
                    "amount_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="amount in base currency"),
                ),
                (
                    "returns_base",
                    models.DecimalField(decimal_places=4, max_digits=20, verbose_name="returns in base currency"),
                ),
                ("lines", models.PositiveBigIntegerField(verbose_name="lines")),
                ("partners", models.PositiveIntegerField(verbose_name="partners")),
            ],
            options={
                "verbose_name": "sell-in of the manufacturer by month",
                "verbose_name_plural": "sell-in of the manufacturer by month",
            },
        ),
    ]
