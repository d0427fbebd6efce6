from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory


class Migration(migrations.Migration):
    dependencies = [("commerce", "0004_customers"), ("partners", "0003_isolate"), ("tenancy", "0003_isolate")]

    operations = [
        Isolate(
            "EndCustomer",
            partner_column="served_by_id",
            partner_writes=[
                "INSERT",
                (
                    "UPDATE (kind, name, local_name, contact_name, contact_title, business_number, email, phone, website,"
                    " address, city, region, postal_code, country, latitude, longitude, language, note, updated_at)"
                ),
            ],
            keys={
                "served_by_id": "partners_partner",
                "merged_into_id": "commerce_endcustomer",
                "created_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("EndCustomerEvent"),
        Isolate("CustomerKey", partner_reads=False, is_target=False),
        GuardKeys("CustomerKey", keys={"customer_id": "commerce_endcustomer"}),
    ]
