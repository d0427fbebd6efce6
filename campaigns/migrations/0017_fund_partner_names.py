import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What was kept is the one name that who asked read; who has been renamed since keeps it.
FILL = """
ALTER TABLE campaigns_fundrequest DISABLE TRIGGER USER;
UPDATE campaigns_fundrequest r SET partner_name = p.name, partner_local_name = p.local_name
FROM partners_partner p
WHERE p.id = r.partner_id AND p.local_name <> '' AND r.partner_name IN (p.name, p.local_name);
ALTER TABLE campaigns_fundrequest ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0016_initiatives"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="fundrequest",
            name="change_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="fundrequest",
            name="removal_delete",
        ),
        migrations.AddField(
            model_name="fundrequest",
            name="partner_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="partner's local name"),
        ),
        migrations.AddField(
            model_name="fundrequestevent",
            name="partner_local_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="partner's local name"),
        ),
        migrations.RemoveField("fundrequest", "search_text"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField(
            "fundrequest",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    "title",
                    models.functions.Concat("partner_name", models.Value(" "), "partner_local_name"),
                    "reference",
                    "purpose",
                    "asked_by_name",
                    function="partners_search_text",
                ),
                output_field=models.TextField(),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fundrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "campaigns_fundrequestevent" ("activity_id", "approved", "asked", "asked_at", "asked_base", "asked_by_id", "asked_by_name", "campaign_id", "claim_until", "claimed_at", "closed_at", "currency", "ends_on", "fund_id", "id", "manufacturer_id", "outcome", "partner_id", "partner_local_name", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned", "purpose", "rate", "reason", "reference", "settled", "share", "starts_on", "state", "title", "wanted_until", "wanted_why") SELECT old_values."activity_id", old_values."approved", old_values."asked", old_values."asked_at", old_values."asked_base", old_values."asked_by_id", old_values."asked_by_name", old_values."campaign_id", old_values."claim_until", old_values."claimed_at", old_values."closed_at", old_values."currency", old_values."ends_on", old_values."fund_id", old_values."id", old_values."manufacturer_id", old_values."outcome", old_values."partner_id", old_values."partner_local_name", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."planned", old_values."purpose", old_values."rate", old_values."reason", old_values."reference", old_values."settled", old_values."share", old_values."starts_on", old_values."state", old_values."title", old_values."wanted_until", old_values."wanted_why" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."activity_id" IS DISTINCT FROM (new_values."activity_id") OR old_values."approved" IS DISTINCT FROM (new_values."approved") OR old_values."asked" IS DISTINCT FROM (new_values."asked") OR old_values."asked_at" IS DISTINCT FROM (new_values."asked_at") OR old_values."asked_base" IS DISTINCT FROM (new_values."asked_base") OR old_values."asked_by_id" IS DISTINCT FROM (new_values."asked_by_id") OR old_values."asked_by_name" IS DISTINCT FROM (new_values."asked_by_name") OR old_values."campaign_id" IS DISTINCT FROM (new_values."campaign_id") OR old_values."claim_until" IS DISTINCT FROM (new_values."claim_until") OR old_values."claimed_at" IS DISTINCT FROM (new_values."claimed_at") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."ends_on" IS DISTINCT FROM (new_values."ends_on") OR old_values."fund_id" IS DISTINCT FROM (new_values."fund_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."outcome" IS DISTINCT FROM (new_values."outcome") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."partner_local_name" IS DISTINCT FROM (new_values."partner_local_name") OR old_values."partner_name" IS DISTINCT FROM (new_values."partner_name") OR old_values."planned" IS DISTINCT FROM (new_values."planned") OR old_values."purpose" IS DISTINCT FROM (new_values."purpose") OR old_values."rate" IS DISTINCT FROM (new_values."rate") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."reference" IS DISTINCT FROM (new_values."reference") OR old_values."settled" IS DISTINCT FROM (new_values."settled") OR old_values."share" IS DISTINCT FROM (new_values."share") OR old_values."starts_on" IS DISTINCT FROM (new_values."starts_on") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."wanted_until" IS DISTINCT FROM (new_values."wanted_until") OR old_values."wanted_why" IS DISTINCT FROM (new_values."wanted_why")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7364fcb9574e1740a957896723fbd878d1d4ccf1",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_d96c1",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="campaigns_fundrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fundrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "campaigns_fundrequestevent" ("activity_id", "approved", "asked", "asked_at", "asked_base", "asked_by_id", "asked_by_name", "campaign_id", "claim_until", "claimed_at", "closed_at", "currency", "ends_on", "fund_id", "id", "manufacturer_id", "outcome", "partner_id", "partner_local_name", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned", "purpose", "rate", "reason", "reference", "settled", "share", "starts_on", "state", "title", "wanted_until", "wanted_why") SELECT old_values."activity_id", old_values."approved", old_values."asked", old_values."asked_at", old_values."asked_base", old_values."asked_by_id", old_values."asked_by_name", old_values."campaign_id", old_values."claim_until", old_values."claimed_at", old_values."closed_at", old_values."currency", old_values."ends_on", old_values."fund_id", old_values."id", old_values."manufacturer_id", old_values."outcome", old_values."partner_id", old_values."partner_local_name", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."planned", old_values."purpose", old_values."rate", old_values."reason", old_values."reference", old_values."settled", old_values."share", old_values."starts_on", old_values."state", old_values."title", old_values."wanted_until", old_values."wanted_why" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e60d0f8cefbc51d295f85fffb858ec534cf01048",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_8406b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="campaigns_fundrequest",
                    when="AFTER",
                ),
            ),
        ),
    ]
