from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate


class Migration(migrations.Migration):
    dependencies = [("commerce", "0007_direct_sales"), ("partners", "0003_isolate")]

    operations = [
        Isolate(
            "DirectSale",
            partner_column="credited_to_id",
            keys={
                "customer_id": "commerce_endcustomer",
                "product_id": "commerce_product",
                "category_id": "commerce_productcategory",
                "credited_to_id": "partners_partner",
                "territory_id": "partners_territory",
            },
        ),
        Isolate("DirectSaleKey", partner_reads=False, is_target=False),
        GuardKeys("DirectSaleKey", keys={"sale_id": "commerce_directsale"}),
    ]
