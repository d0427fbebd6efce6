import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenancy.fields
import tenancy.rls
from tenancy.isolate import Isolate, key_name

KEYS = {"opportunity_id": "leads_opportunity", "confirmed_by_id": "tenancy_membership"}
OWN_KEYS = "\n".join(
    f"""
    ALTER TABLE leads_dealregistration ADD CONSTRAINT {key_name("leads_dealregistration", column)}
        FOREIGN KEY (manufacturer_id, {column}) REFERENCES {target} (manufacturer_id, id) DEFERRABLE INITIALLY DEFERRED;
    """
    for column, target in KEYS.items()
)
NO_KEYS = "\n".join(
    f"ALTER TABLE leads_dealregistration DROP CONSTRAINT {key_name('leads_dealregistration', column)};"
    for column in KEYS
)


class Migration(migrations.Migration):
    """A registration hangs on an opportunity or is entered by staff and confirmed; an opportunity has files and a code."""

    dependencies = [
        ("commerce", "0010_customer_search_text"),
        ("leads", "0019_deal_search"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpportunityFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=300, upload_to="", verbose_name="file")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("is_of_staff", models.BooleanField(default=False, verbose_name="of the manufacturer")),
                ("by_name", models.CharField(max_length=150, verbose_name="by")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="added")),
            ],
            options={
                "verbose_name": "file of an opportunity",
                "verbose_name_plural": "files of opportunities",
                "ordering": ["pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="dealregistration",
            name="change_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="dealregistration",
            name="removal_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="opportunity",
            name="change_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="opportunity",
            name="removal_delete",
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed by the partner"),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="confirmed_by",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="entered_by_name",
            field=models.CharField(blank=True, max_length=150, verbose_name="entered on the partner's behalf by"),
        ),
        migrations.AddField(
            model_name="dealregistration",
            name="opportunity",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deals",
                to="leads.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed by the partner"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="confirmed_by",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="tenancy.membership",
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="entered_by_name",
            field=models.CharField(blank=True, max_length=150, verbose_name="entered on the partner's behalf by"),
        ),
        migrations.AddField(
            model_name="dealregistrationevent",
            name="opportunity",
            field=tenancy.fields.OwnedForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="leads.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="external_code",
            field=models.CharField(blank=True, max_length=64, null=True, verbose_name="external code"),
        ),
        migrations.AddField(
            model_name="opportunityevent",
            name="external_code",
            field=models.CharField(blank=True, max_length=64, null=True, verbose_name="external code"),
        ),
        migrations.AlterField(
            model_name="claimentry",
            name="step",
            field=models.CharField(
                choices=[
                    ("imported", "Taken over from a file"),
                    ("submitted", "Registered"),
                    ("confirmed", "Confirmed by the partner"),
                    ("returned", "More asked for"),
                    ("approved", "Approved and protected"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Protection ran out"),
                    ("released", "Released"),
                    ("won", "Won"),
                    ("lost", "Lost"),
                    ("ext_asked", "Longer protection asked for"),
                    ("ext_granted", "Protection extended"),
                    ("ext_refused", "Longer protection refused"),
                    ("appealed", "Appealed"),
                    ("app_granted", "Appeal granted"),
                    ("app_refused", "Appeal refused"),
                    ("taken", "Protection given to another partner on appeal"),
                ],
                max_length=11,
                verbose_name="step",
            ),
        ),
        migrations.AddIndex(
            model_name="dealregistration",
            index=models.Index(
                condition=models.Q(("opportunity__isnull", False)),
                fields=["manufacturer", "opportunity"],
                name="deal_by_opportunity",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dealregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_dealregistrationevent" ("address", "amount", "amount_base", "answer_minutes", "answered_at", "answered_by_id", "business_number", "category_id", "city", "closed_at", "competitor", "confirmed_at", "confirmed_by_id", "contact_name", "country", "created_at", "currency", "customer_id", "customer_name", "due_at", "email", "entered_by_name", "expected_on", "external_code", "id", "lead_id", "manufacturer_id", "note", "opportunity_id", "partner_id", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "protected_until", "reason", "reference", "registered_by_id", "second_is", "second_name", "second_partner_id", "site_id", "state", "submitted_at", "title", "updated_at", "website") SELECT old_values."address", old_values."amount", old_values."amount_base", old_values."answer_minutes", old_values."answered_at", old_values."answered_by_id", old_values."business_number", old_values."category_id", old_values."city", old_values."closed_at", old_values."competitor", old_values."confirmed_at", old_values."confirmed_by_id", old_values."contact_name", old_values."country", old_values."created_at", old_values."currency", old_values."customer_id", old_values."customer_name", old_values."due_at", old_values."email", old_values."entered_by_name", old_values."expected_on", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."note", old_values."opportunity_id", old_values."partner_id", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."phone", old_values."postal_code", old_values."protected_until", old_values."reason", old_values."reference", old_values."registered_by_id", old_values."second_is", old_values."second_name", old_values."second_partner_id", old_values."site_id", old_values."state", old_values."submitted_at", old_values."title", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."amount" IS DISTINCT FROM (new_values."amount") OR old_values."amount_base" IS DISTINCT FROM (new_values."amount_base") OR old_values."answer_minutes" IS DISTINCT FROM (new_values."answer_minutes") OR old_values."answered_at" IS DISTINCT FROM (new_values."answered_at") OR old_values."answered_by_id" IS DISTINCT FROM (new_values."answered_by_id") OR old_values."business_number" IS DISTINCT FROM (new_values."business_number") OR old_values."category_id" IS DISTINCT FROM (new_values."category_id") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."competitor" IS DISTINCT FROM (new_values."competitor") OR old_values."confirmed_at" IS DISTINCT FROM (new_values."confirmed_at") OR old_values."confirmed_by_id" IS DISTINCT FROM (new_values."confirmed_by_id") OR old_values."contact_name" IS DISTINCT FROM (new_values."contact_name") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."customer_id" IS DISTINCT FROM (new_values."customer_id") OR old_values."customer_name" IS DISTINCT FROM (new_values."customer_name") OR old_values."due_at" IS DISTINCT FROM (new_values."due_at") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."entered_by_name" IS DISTINCT FROM (new_values."entered_by_name") OR old_values."expected_on" IS DISTINCT FROM (new_values."expected_on") OR old_values."external_code" IS DISTINCT FROM (new_values."external_code") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."lead_id" IS DISTINCT FROM (new_values."lead_id") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."opportunity_id" IS DISTINCT FROM (new_values."opportunity_id") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."partner_name" IS DISTINCT FROM (new_values."partner_name") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."postal_code" IS DISTINCT FROM (new_values."postal_code") OR old_values."protected_until" IS DISTINCT FROM (new_values."protected_until") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."reference" IS DISTINCT FROM (new_values."reference") OR old_values."registered_by_id" IS DISTINCT FROM (new_values."registered_by_id") OR old_values."second_is" IS DISTINCT FROM (new_values."second_is") OR old_values."second_name" IS DISTINCT FROM (new_values."second_name") OR old_values."second_partner_id" IS DISTINCT FROM (new_values."second_partner_id") OR old_values."site_id" IS DISTINCT FROM (new_values."site_id") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."submitted_at" IS DISTINCT FROM (new_values."submitted_at") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="c58b99bfbc82ac9a5f8953bb554dec5e06e17dd6",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_dealregistrationevent" ("address", "amount", "amount_base", "answer_minutes", "answered_at", "answered_by_id", "business_number", "category_id", "city", "closed_at", "competitor", "confirmed_at", "confirmed_by_id", "contact_name", "country", "created_at", "currency", "customer_id", "customer_name", "due_at", "email", "entered_by_name", "expected_on", "external_code", "id", "lead_id", "manufacturer_id", "note", "opportunity_id", "partner_id", "partner_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "protected_until", "reason", "reference", "registered_by_id", "second_is", "second_name", "second_partner_id", "site_id", "state", "submitted_at", "title", "updated_at", "website") SELECT old_values."address", old_values."amount", old_values."amount_base", old_values."answer_minutes", old_values."answered_at", old_values."answered_by_id", old_values."business_number", old_values."category_id", old_values."city", old_values."closed_at", old_values."competitor", old_values."confirmed_at", old_values."confirmed_by_id", old_values."contact_name", old_values."country", old_values."created_at", old_values."currency", old_values."customer_id", old_values."customer_name", old_values."due_at", old_values."email", old_values."entered_by_name", old_values."expected_on", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."note", old_values."opportunity_id", old_values."partner_id", old_values."partner_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."phone", old_values."postal_code", old_values."protected_until", old_values."reason", old_values."reference", old_values."registered_by_id", old_values."second_is", old_values."second_name", old_values."second_partner_id", old_values."site_id", old_values."state", old_values."submitted_at", old_values."title", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e78d0fdaec7bb8614813145d28cf49c99c12a768",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_af53a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="leads_dealregistration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="change_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_opportunityevent" ("amount", "amount_base", "category_id", "closed_at", "created_at", "created_by_id", "currency", "customer_id", "expected_close", "external_code", "id", "lead_id", "manufacturer_id", "name", "next_step", "next_step_on", "note", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "reason_note", "rep_id", "site_id", "stage_id", "stage_since", "stalled_at", "updated_at", "won_amount", "won_amount_base") SELECT old_values."amount", old_values."amount_base", old_values."category_id", old_values."closed_at", old_values."created_at", old_values."created_by_id", old_values."currency", old_values."customer_id", old_values."expected_close", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."name", old_values."next_step", old_values."next_step_on", old_values."note", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'change\', old_values."id", old_values."reason_id", old_values."reason_note", old_values."rep_id", old_values."site_id", old_values."stage_id", old_values."stage_since", old_values."stalled_at", old_values."updated_at", old_values."won_amount", old_values."won_amount_base" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."amount" IS DISTINCT FROM (new_values."amount") OR old_values."amount_base" IS DISTINCT FROM (new_values."amount_base") OR old_values."category_id" IS DISTINCT FROM (new_values."category_id") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."customer_id" IS DISTINCT FROM (new_values."customer_id") OR old_values."expected_close" IS DISTINCT FROM (new_values."expected_close") OR old_values."external_code" IS DISTINCT FROM (new_values."external_code") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."lead_id" IS DISTINCT FROM (new_values."lead_id") OR old_values."manufacturer_id" IS DISTINCT FROM (new_values."manufacturer_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."next_step" IS DISTINCT FROM (new_values."next_step") OR old_values."next_step_on" IS DISTINCT FROM (new_values."next_step_on") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."partner_id" IS DISTINCT FROM (new_values."partner_id") OR old_values."reason_id" IS DISTINCT FROM (new_values."reason_id") OR old_values."reason_note" IS DISTINCT FROM (new_values."reason_note") OR old_values."rep_id" IS DISTINCT FROM (new_values."rep_id") OR old_values."site_id" IS DISTINCT FROM (new_values."site_id") OR old_values."stage_id" IS DISTINCT FROM (new_values."stage_id") OR old_values."stage_since" IS DISTINCT FROM (new_values."stage_since") OR old_values."stalled_at" IS DISTINCT FROM (new_values."stalled_at") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."won_amount" IS DISTINCT FROM (new_values."won_amount") OR old_values."won_amount_base" IS DISTINCT FROM (new_values."won_amount_base")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2607c6eede9ec4600ad548315e3aa7a9ddb96b52",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_change_update_4136a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="leads_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="removal_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_opportunityevent" ("amount", "amount_base", "category_id", "closed_at", "created_at", "created_by_id", "currency", "customer_id", "expected_close", "external_code", "id", "lead_id", "manufacturer_id", "name", "next_step", "next_step_on", "note", "partner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "reason_note", "rep_id", "site_id", "stage_id", "stage_since", "stalled_at", "updated_at", "won_amount", "won_amount_base") SELECT old_values."amount", old_values."amount_base", old_values."category_id", old_values."closed_at", old_values."created_at", old_values."created_by_id", old_values."currency", old_values."customer_id", old_values."expected_close", old_values."external_code", old_values."id", old_values."lead_id", old_values."manufacturer_id", old_values."name", old_values."next_step", old_values."next_step_on", old_values."note", old_values."partner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removal\', old_values."id", old_values."reason_id", old_values."reason_note", old_values."rep_id", old_values."site_id", old_values."stage_id", old_values."stage_since", old_values."stalled_at", old_values."updated_at", old_values."won_amount", old_values."won_amount_base" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="c89955e16c26ed308eced066814481ae5f831bce",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removal_delete_6e7ba",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="leads_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "external_code"),
                name="opportunity_external_code_once",
                violation_error_message="Another opportunity has this external code.",
            ),
        ),
        migrations.AddField(
            model_name="opportunityfile",
            name="manufacturer",
            field=models.ForeignKey(
                db_default=tenancy.rls.CurrentManufacturer(),
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.manufacturer",
                verbose_name="manufacturer",
            ),
        ),
        migrations.AddField(
            model_name="opportunityfile",
            name="opportunity",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="leads.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.AddField(
            model_name="opportunityfile",
            name="partner",
            field=tenancy.fields.OwnedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunityfile",
            constraint=models.UniqueConstraint(
                fields=("opportunity", "is_of_staff", "sha256"), name="opportunity_file_once"
            ),
        ),
        Isolate(
            "OpportunityFile",
            partner_column="partner_id",
            keys={"partner_id": "partners_partner", "opportunity_id": "leads_opportunity"},
            is_target=False,
        ),
        migrations.RunSQL(OWN_KEYS, NO_KEYS),
    ]
