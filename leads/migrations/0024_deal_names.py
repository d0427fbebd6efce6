import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What was kept is the one name that who registered it read; who has been renamed since keeps it.
FILL = """
ALTER TABLE leads_dealregistration DISABLE TRIGGER USER;
UPDATE leads_dealregistration d SET partner_name = p.name, partner_local_name = p.local_name
FROM partners_partner p
WHERE p.id = d.partner_id AND p.local_name <> '' AND d.partner_name IN (p.name, p.local_name);
UPDATE leads_dealregistration d SET second_name = p.name, second_local_name = p.local_name
FROM partners_partner p
WHERE p.id = d.second_partner_id AND p.local_name <> '' AND d.second_name IN (p.name, p.local_name);
ALTER TABLE leads_dealregistration ENABLE TRIGGER USER;
"""
PIECES = "CREATE INDEX deal_by_pieces ON leads_dealregistration USING gin (partners_pieces(manufacturer_id, ' ' || search_text));"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0023_opportunity_forecast"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="dealregistration",
            name="change_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="dealregistration",
            name="removal_delete",
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="confirmed_on",
            field=models.DateField(blank=True, null=True, verbose_name="when it was confirmed"),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="confirmed_via",
            field=models.CharField(
                blank=True,
                choices=[
                    ("phone", "By phone"),
                    ("mail", "By e-mail"),
                    ("meeting", "In a meeting"),
                    ("paper", "On paper"),
                ],
                max_length=7,
                verbose_name="how it was confirmed",
            ),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="confirmed_who",
            field=models.CharField(blank=True, max_length=150, verbose_name="who confirmed it"),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="partner_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="partner's local name"),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="second_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="second partner's local name"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="confirmed_on",
            field=models.DateField(blank=True, null=True, verbose_name="when it was confirmed"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="confirmed_via",
            field=models.CharField(
                blank=True,
                choices=[
                    ("phone", "By phone"),
                    ("mail", "By e-mail"),
                    ("meeting", "In a meeting"),
                    ("paper", "On paper"),
                ],
                max_length=7,
                verbose_name="how it was confirmed",
            ),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="confirmed_who",
            field=models.CharField(blank=True, max_length=150, verbose_name="who confirmed it"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="partner_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="partner's local name"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="second_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="second partner's local name"),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, PIECES),
        migrations.RemoveField("dealregistration", "search_text"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField(
            "dealregistration",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    "customer_name",
                    "reference",
                    "title",
                    models.functions.Concat("partner_name", models.Value(" "), "partner_local_name"),
                    models.functions.Concat("second_name", models.Value(" "), "second_local_name"),
                    function="partners_search_text",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.RunSQL(PIECES, "DROP INDEX deal_by_pieces"),
        pgtrigger.migrations.AddTrigger(
            model_name="dealregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_dealregistrationevent" ("address", "amount", "amount_base", "answer_minutes", "answered_at", "answered_by_id", "business_number", "category_id", "city", "closed_at", "competitor", "confirmed_at", "confirmed_by_id", "confirmed_on", "confirmed_via", "confirmed_who", "contact_name", "country", "created_at", "currency", "customer_id", "customer_name", "due_at", "email", "entered_by_name", "expected_on", "external_code", "id", "lead_id", "manufacturer_id", "note", "opportunity_id", "partner_id", "partner_local_name", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "protected_until", "reason", "reference", "registered_by_id", "second_is", "second_local_name", "second_name", "second_partner_id", "site_id", "state", "submitted_at", "title", "updated_at", "website") SELECT old_values."address", old_values."amount", old_values."amount_base", old_values."answer_minutes", old_values."answered_at", old_values."answered_by_id", old_values."business_number", old_values."category_id", old_values."city", old_values."closed_at", old_values."competitor", old_values."confirmed_at", old_values."confirmed_by_id", old_values."confirmed_on", old_values."confirmed_via", old_values."confirmed_who", old_values."contact_name", old_values."country", old_values."created_at", old_values."currency", old_values."customer_id", old_values."customer_name", old_values."due_at", old_values."email", old_values."entered_by_name", old_values."expected_on", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."note", old_values."opportunity_id", old_values."partner_id", old_values."partner_local_name", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."postal_code", old_values."protected_until", old_values."reason", old_values."reference", old_values."registered_by_id", old_values."second_is", old_values."second_local_name", old_values."second_name", old_values."second_partner_id", old_values."site_id", old_values."state", old_values."submitted_at", old_values."title", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."amount" IS DISTINCT FROM (new_values."amount") OR old_values."amount_base" IS DISTINCT FROM (new_values."amount_base") OR old_values."answer_minutes" IS DISTINCT FROM (new_values."answer_minutes") OR old_values."answered_at" IS DISTINCT FROM (new_values."answered_at") OR old_values."answered_by_id" IS DISTINCT FROM (new_values."answered_by_id") OR old_values."business_number" IS DISTINCT FROM (new_values."business_number") OR old_values."category_id" IS DISTINCT FROM (new_values."category_id") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."competitor" IS DISTINCT FROM (new_values."competitor") OR old_values."confirmed_at" IS DISTINCT FROM (new_values."confirmed_at") OR old_values."confirmed_by_id" IS DISTINCT FROM (new_values."confirmed_by_id") OR old_values."confirmed_on" IS DISTINCT FROM (new_values."confirmed_on") OR old_values."confirmed_via" IS DISTINCT FROM (new_values."confirmed_via") OR old_values."confirmed_who" IS DISTINCT FROM (new_values."confirmed_who") OR old_values."contact_name" IS DISTINCT FROM (new_values."contact_name") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."customer_id" IS DISTINCT FROM (new_values."customer_id") OR old_values."customer_name" IS DISTINCT FROM (new_values."customer_name") OR old_values."due_at" IS DISTINCT FROM (new_values."due_at") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."entered_by_name" IS DISTINCT FROM (new_values."entered_by_name") OR old_values."expected_on" IS DISTINCT FROM (new_values."expected_on") OR old_values."external_code" IS DISTINCT FROM (new_values."external_code") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."lead_id" IS DISTINCT FROM (new_values."lead_id") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."opportunity_id" IS DISTINCT FROM (new_values."opportunity_id") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."partner_local_name" IS DISTINCT FROM (new_values."partner_local_name") OR old_values."partner_name" IS DISTINCT FROM (new_values."partner_name") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."postal_code" IS DISTINCT FROM (new_values."postal_code") OR old_values."protected_until" IS DISTINCT FROM (new_values."protected_until") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."reference" IS DISTINCT FROM (new_values."reference") OR old_values."registered_by_id" IS DISTINCT FROM (new_values."registered_by_id") OR old_values."second_is" IS DISTINCT FROM (new_values."second_is") OR old_values."second_local_name" IS DISTINCT FROM (new_values."second_local_name") OR old_values."second_name" IS DISTINCT FROM (new_values."second_name") OR old_values."second_partner_id" IS DISTINCT FROM (new_values."second_partner_id") OR old_values."site_id" IS DISTINCT FROM (new_values."site_id") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."submitted_at" IS DISTINCT FROM (new_values."submitted_at") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2446c0bb1448dec4e532023f23548641836f2bd6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_1b2bf",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="leads_dealregistration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dealregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_dealregistrationevent" ("address", "amount", "amount_base", "answer_minutes", "answered_at", "answered_by_id", "business_number", "category_id", "city", "closed_at", "competitor", "confirmed_at", "confirmed_by_id", "confirmed_on", "confirmed_via", "confirmed_who", "contact_name", "country", "created_at", "currency", "customer_id", "customer_name", "due_at", "email", "entered_by_name", "expected_on", "external_code", "id", "lead_id", "manufacturer_id", "note", "opportunity_id", "partner_id", "partner_local_name", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "protected_until", "reason", "reference", "registered_by_id", "second_is", "second_local_name", "second_name", "second_partner_id", "site_id", "state", "submitted_at", "title", "updated_at", "website") SELECT old_values."address", old_values."amount", old_values."amount_base", old_values."answer_minutes", old_values."answered_at", old_values."answered_by_id", old_values."business_number", old_values."category_id", old_values."city", old_values."closed_at", old_values."competitor", old_values."confirmed_at", old_values."confirmed_by_id", old_values."confirmed_on", old_values."confirmed_via", old_values."confirmed_who", old_values."contact_name", old_values."country", old_values."created_at", old_values."currency", old_values."customer_id", old_values."customer_name", old_values."due_at", old_values."email", old_values."entered_by_name", old_values."expected_on", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."note", old_values."opportunity_id", old_values."partner_id", old_values."partner_local_name", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."postal_code", old_values."protected_until", old_values."reason", old_values."reference", old_values."registered_by_id", old_values."second_is", old_values."second_local_name", old_values."second_name", old_values."second_partner_id", old_values."site_id", old_values."state", old_values."submitted_at", old_values."title", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="b93cc0316afbbde454780d64b9eb52784d258842",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_af53a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="leads_dealregistration",
                    when="AFTER",
                ),
            ),
        ),
    ]
