from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate

TRADED = {"partner_id": "partners_partner", "product_id": "commerce_product"}


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0001_initial"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate("ProductCategory", keys={"parent_id": "commerce_productcategory"}),
        Isolate("Product", keys={"category_id": "commerce_productcategory"}),
        Isolate("ExchangeRate", is_target=False),
        Isolate("SalesLine", partner_column="partner_id", shared_as="sales", is_target=False),
        GuardKeys("SalesLine", keys=TRADED),
        Isolate(
            "SalesMonth",
            partner_column="partner_id",
            shared_as="sales",
            is_target=False,
        ),
        GuardKeys("SalesMonth", keys=TRADED),
        Isolate("SalesDay", partner_column="partner_id", shared_as="sales", is_target=False),
        GuardKeys("SalesDay", keys={"partner_id": "partners_partner"}),
        Isolate("ManufacturerMonth", partner_reads=False, is_target=False),
    ]
