from django.db import migrations, models

# In a merge of two partners what one of them holds on its own customers becomes the other's, by rows that nobody but the
# two may read. The function tells their keys and nothing else. What both have stays; of whom `after` has on its list already,
# messages point to that row. With `only_these`, just these rows go, since a merge is being undone: whoever has unsubscribed
# since it is then written to by neither, and what has been sent since stays with who sent it, so that its links still lead
# there; its waiting mails to those who go are not sent.
#
# Of customers and campaigns it tells all keys that it has looked at, also of those that stay. A merge keeps them, so that
# when it looks again for what came late, it does not bring back whom `after` has taken off its list since.
MOVE = """
CREATE FUNCTION campaigns_move_own(kind text, before bigint, after bigint, only_these bigint[]) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    house bigint := current_setting('app.manufacturer')::bigint;
    merged timestamptz;
    wanted bigint[] := only_these;
    moved bigint[];
BEGIN
    IF only_these IS NOT NULL THEN
        SELECT m.merged_at INTO STRICT merged FROM partners_partnermerge m
        WHERE m.manufacturer_id = house AND m.winner_id = campaigns_move_own.before
            AND m.loser_id = campaigns_move_own.after AND m.undone_at IS NULL;
    END IF;
    IF only_these IS NULL AND kind IN ('owncustomer', 'partnercampaign') THEN
        wanted := ARRAY(
            SELECT o.id FROM campaigns_owncustomer o
            WHERE kind = 'owncustomer' AND o.manufacturer_id = house AND o.partner_id = campaigns_move_own.before
            UNION ALL SELECT o.id FROM campaigns_partnercampaign o
            WHERE kind = 'partnercampaign' AND o.manufacturer_id = house AND o.partner_id = campaigns_move_own.before
            EXCEPT SELECT seen.id::bigint FROM partners_partnermerge m
                CROSS JOIN jsonb_each(m.moved) AS told (name, ids)
                CROSS JOIN jsonb_array_elements_text(told.ids) AS seen (id)
            WHERE m.manufacturer_id = house AND m.loser_id = campaigns_move_own.before
                AND m.winner_id = campaigns_move_own.after AND m.undone_at IS NULL
                AND lower(told.name) = 'campaigns.' || kind || '.partner'
            ORDER BY 1
        );
    END IF;
    IF kind = 'owncustomer' THEN
        WITH done AS (
            UPDATE campaigns_owncustomer o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (wanted IS NULL OR o.id = ANY (wanted))
                AND NOT EXISTS (
                    SELECT FROM campaigns_owncustomer n
                    WHERE n.manufacturer_id = house AND n.partner_id = after AND n.email = o.email
                )
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'partnercampaign' THEN
        WITH done AS (
            UPDATE campaigns_partnercampaign o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (wanted IS NULL OR o.id = ANY (wanted))
                AND (only_these IS NULL OR o.started_at IS NULL OR o.started_at <= merged)
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
                AND o.manufacturer_id = house AND o.partner_id = before AND (wanted IS NULL OR o.id = ANY (wanted))
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
                AND o.manufacturer_id = house AND o.partner_id = before AND (wanted IS NULL OR o.id = ANY (wanted))
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSIF kind = 'ownsuppression' THEN
        WITH done AS (
            UPDATE campaigns_ownsuppression o SET partner_id = after
            WHERE o.manufacturer_id = house AND o.partner_id = before AND (wanted IS NULL OR o.id = ANY (wanted))
                AND NOT EXISTS (
                    SELECT FROM campaigns_ownsuppression n
                    WHERE n.manufacturer_id = house AND n.partner_id = after AND n.email = o.email
                )
            RETURNING o.id
        ) SELECT array_agg(id ORDER BY id) INTO moved FROM done;
    ELSE
        RAISE invalid_parameter_value USING MESSAGE = 'No such table is moved.';
    END IF;
    IF only_these IS NOT NULL AND kind = 'owncustomer' THEN
        UPDATE campaigns_ownmessage o SET customer_id = NULL, name = '',
            state = CASE o.state WHEN 'waiting' THEN 'refused' ELSE o.state END,
            error = CASE o.state WHEN 'waiting' THEN 'removed' ELSE o.error END
        FROM campaigns_partnercampaign c
        WHERE c.id = o.campaign_id AND c.started_at > merged AND o.manufacturer_id = house AND o.partner_id = before
            AND o.customer_id = ANY (moved);
    END IF;
    IF only_these IS NOT NULL AND kind IN ('owncustomer', 'ownmessage') THEN
        INSERT INTO campaigns_ownsuppression (manufacturer_id, partner_id, email, reason, at)
        SELECT house, after, s.email, s.reason, s.at FROM campaigns_ownsuppression s
        WHERE s.manufacturer_id = house AND s.partner_id = before AND s.at >= merged AND s.email IN (
            SELECT o.email FROM campaigns_owncustomer o
            WHERE kind = 'owncustomer' AND o.id = ANY (only_these) AND o.manufacturer_id = house AND o.partner_id = after
            UNION SELECT o.email FROM campaigns_ownmessage o WHERE kind = 'ownmessage' AND o.id = ANY (moved)
        )
        ON CONFLICT DO NOTHING;
    END IF;
    IF only_these IS NOT NULL AND kind = 'ownmessage' THEN
        INSERT INTO campaigns_ownsuppression (manufacturer_id, partner_id, email, reason, at)
        SELECT house, after, o.email, 'unsubscribed', o.unsubscribed_at FROM campaigns_ownmessage o
        WHERE o.id = ANY (moved) AND o.unsubscribed_at >= merged
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN coalesce(wanted, moved, '{}');
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
