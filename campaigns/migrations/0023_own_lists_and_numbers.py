from django.db import migrations, models

# In a merge of two partners what one of them holds on its own customers becomes the other's, by rows that nobody but the
# two may read. The function tells their keys and nothing else. What both have stays; of whom `to` has on its list already,
# messages point to that row. With `only`, just these rows go, as when a merge is undone: whoever has unsubscribed in the
# meantime is then written to by neither.
MOVE = """
CREATE FUNCTION campaigns_move_own(kind text, before bigint, after bigint, only_these bigint[]) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    house bigint := current_setting('app.manufacturer')::bigint;
    moved bigint[];
BEGIN
    IF kind = 'owncustomer' THEN
        WITH done AS (
            UPDATE campaigns_owncustomer o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (only_these IS NULL OR o.id = ANY (only_these))
                AND NOT EXISTS (
                    SELECT FROM campaigns_owncustomer n
                    WHERE n.manufacturer_id = house AND n.partner_id = after AND n.email = o.email
                )
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'partnercampaign' THEN
        WITH done AS (
            UPDATE campaigns_partnercampaign o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (only_these IS NULL OR o.id = ANY (only_these))
                AND NOT (o.state = 'draft' AND EXISTS (
                    SELECT FROM campaigns_partnercampaign n
                    WHERE n.manufacturer_id = house AND n.partner_id = after AND n.template_id = o.template_id
                        AND n.state = 'draft'
                ))
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'partnerwords' THEN
        WITH done AS (
            UPDATE campaigns_partnerwords o SET partner_id = after
            FROM campaigns_partnercampaign c
            WHERE c.id = o.campaign_id AND c.partner_id = after
                AND o.manufacturer_id = house AND o.partner_id = before AND (only_these IS NULL OR o.id = ANY (only_these))
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'ownmessage' THEN
        WITH done AS (
            UPDATE campaigns_ownmessage o SET partner_id = after, customer_id = CASE WHEN o.customer_id IS NOT NULL THEN (
                SELECT n.id FROM campaigns_owncustomer n
                WHERE n.manufacturer_id = house AND n.partner_id = after AND n.email = o.email
            ) END
            FROM campaigns_partnercampaign c
            WHERE c.id = o.campaign_id AND c.partner_id = after
                AND o.manufacturer_id = house AND o.partner_id = before AND (only_these IS NULL OR o.id = ANY (only_these))
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'ownsuppression' THEN
        WITH done AS (
            UPDATE campaigns_ownsuppression o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (only_these IS NULL OR o.id = ANY (only_these))
                AND NOT EXISTS (
                    SELECT FROM campaigns_ownsuppression n
                    WHERE n.manufacturer_id = house AND n.partner_id = after AND n.email = o.email
                )
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSE
        RAISE invalid_parameter_value USING MESSAGE = 'No such table is moved.';
    END IF;
    IF only_these IS NOT NULL AND kind IN ('owncustomer', 'ownmessage') THEN
        INSERT INTO campaigns_ownsuppression (manufacturer_id, partner_id, email, reason, at)
        SELECT house, after, s.email, s.reason, s.at FROM campaigns_ownsuppression s
        WHERE s.manufacturer_id = house AND s.partner_id = before AND s.email IN (
            SELECT o.email FROM campaigns_owncustomer o WHERE kind = 'owncustomer' AND o.id = ANY (moved)
            UNION SELECT o.email FROM campaigns_ownmessage o WHERE kind = 'ownmessage' AND o.id = ANY (moved)
        )
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN coalesce(moved, '{}');
END $body$;
REVOKE ALL ON FUNCTION campaigns_move_own(text, bigint, bigint, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns_move_own(text, bigint, bigint, bigint[]) TO prm_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0022_proofs_of_open_steps")]

    operations = [
        migrations.RunSQL(MOVE, "DROP FUNCTION campaigns_move_own(text, bigint, bigint, bigint[])"),
        migrations.AddField(
            "consentnotice",
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
                db_default="email",
                default="email",
                max_length=10,
                verbose_name="by",
            ),
        ),
        migrations.RenameField("consentnotice", "email", "address"),
    ]
