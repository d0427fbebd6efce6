"""The statements by which past campaigns are brought in: each for all rows at once.

`{said}` in a value means: what the file has a column for is taken from it, the rest stays as it was.
"""

ALONE = "SELECT n.row, 'name', 'nobody', NULL FROM import_rows n WHERE n.email IS NULL AND n.name IS NULL"

KEYS = """
    UPDATE import_rows SET who = coalesce(email, coalesce(partner_id::text, '') || ':' || name)
"""
BY_EMAIL = """
    UPDATE import_rows n SET contact_id = t.id, partner_id = t.partner_id
    FROM (
        SELECT lower(email) AS email, partner_id, min(id) AS id, count(*) OVER (PARTITION BY lower(email)) AS partners
        FROM partners_contact WHERE email <> '' GROUP BY 1, 2
    ) t
    WHERE t.email = n.email AND (t.partner_id = n.partner_id OR n.partner_id IS NULL AND t.partners = 1)
"""
BY_NAME = """
    UPDATE import_rows n SET contact_id = t.id
    FROM (SELECT partner_id, name, min(id) AS id FROM partners_contact GROUP BY 1, 2 HAVING count(*) = 1) t
    WHERE n.email IS NULL AND t.partner_id = n.partner_id AND t.name = n.name
"""
SAME_PERSON = """
    SELECT row, 'name', 'same_person', first::text FROM (
        SELECT row, contact_id, first_value(row) OVER (PARTITION BY campaign, contact_id ORDER BY row) AS first
        FROM import_rows WHERE contact_id IS NOT NULL
    ) found WHERE row <> first
"""
OURS = """
    SELECT n.row, 'campaign', 'not_past', n.campaign
    FROM import_rows n JOIN campaigns_campaign c ON c.name = n.campaign WHERE NOT c.is_imported
"""
OTHER_DAY = """
    SELECT row, 'date', 'other_day', first::text FROM (
        SELECT n.row, n.date,
            coalesce(c.starts_on, first_value(n.date) OVER (PARTITION BY n.campaign ORDER BY n.row)) AS first
        FROM import_rows n LEFT JOIN campaigns_campaign c ON c.name = n.campaign
    ) found WHERE date <> first
"""
OTHER_CHANNEL = """
    SELECT row, 'channel', 'other_channel', first FROM (
        SELECT n.row, coalesce(n.channel, 'email') AS channel,
            coalesce(c.channel, first_value(coalesce(n.channel, 'email')) OVER (PARTITION BY n.campaign ORDER BY n.row)) AS first
        FROM import_rows n LEFT JOIN campaigns_campaign c ON c.name = n.campaign
        WHERE c.id IS NULL OR n.channel IS NOT NULL
    ) found WHERE channel <> first
"""
TO_COME = """
    SELECT n.row, x.col, 'to_come', x.day::text FROM import_rows n CROSS JOIN LATERAL (VALUES
        ('date', n.date), ('sent_on', n.sent_on), ('opened_on', n.opened_on), ('clicked_on', n.clicked_on),
        ('replied_on', n.replied_on), ('ordered_on', n.ordered_on)
    ) x (col, day) WHERE x.day > %(today)s
"""

WHO = "CASE WHEN {row}.address <> '' THEN {row}.address ELSE coalesce({row}.partner_id::text, '') || ':' || {row}.name END"
# Who is a reader of the campaign already: as a contact, else by the same e-mail, or partner and name.
KNOWN_BY_CONTACT = """
    UPDATE import_rows n SET reader = t.id
    FROM campaigns_campaign c JOIN campaigns_recipient t ON t.campaign_id = c.id
    WHERE c.name = n.campaign AND t.contact_id = n.contact_id
"""
KNOWN_BY_KEY = f"""
    UPDATE import_rows n SET reader = t.id
    FROM (
        SELECT c.name AS campaign, {WHO.format(row="r")} AS who, min(r.id) AS id
        FROM campaigns_campaign c JOIN campaigns_recipient r ON r.campaign_id = c.id
        WHERE c.name IN (SELECT campaign FROM import_rows) GROUP BY 1, 2
    ) t
    WHERE n.reader IS NULL AND t.campaign = n.campaign AND t.who = n.who
"""  # noqa: S608 (our own words)
SAME_READER = """
    SELECT row, 'name', 'same_person', first::text FROM (
        SELECT row, first_value(row) OVER (PARTITION BY reader ORDER BY row) AS first
        FROM import_rows WHERE reader IS NOT NULL
    ) found WHERE row <> first
"""

MOMENT = "((n.{day} + time '12:00') AT TIME ZONE %(zone)s)"
VALUES = {
    "name": ("name", "coalesce(n.name, t.name, n.email)"),
    "partner_code": ("partner_id", "n.partner_id"),
    "email": ("address", "coalesce(n.email, t.address, '')"),
    "language": ("language", "coalesce(n.language, nullif(p.language, ''), company.language, %(home)s)"),
    "country": ("country", "coalesce(n.country, company.country, '')"),
    "known": ("known", "coalesce(n.known, '{}')::jsonb"),
    "sent_on": ("sent_at", MOMENT.format(day="sent_on")),
    "opened_on": ("opened_at", MOMENT.format(day="opened_on")),
    "clicked_on": ("clicked_at", MOMENT.format(day="clicked_on")),
    "replied_on": ("replied_at", MOMENT.format(day="replied_on")),
    "ordered_on": ("ordered_on", "n.ordered_on"),
    "order_amount": ("order_amount", "coalesce(n.order_amount, 0)"),
}
"""Our name of a column: the reader's column, and what the file says of it."""
SAID = ", ".join(
    f"CASE WHEN '{name}' = ANY (%(said)s) OR t.id IS NULL THEN {value} ELSE t.{column} END AS {column}"
    for name, (column, value) in VALUES.items()
)
FOUND = f"""
    SELECT n.row, n.campaign, coalesce(n.variant, v.label, 'A') AS label, t.id AS reader, n.contact_id,
        coalesce(company.own_name, '') AS partner_name,
        CASE WHEN 'answer' = ANY (%(said)s) OR t.id IS NULL THEN coalesce(n.answer, '') ELSE coalesce(a.detail, '') END AS answer,
        coalesce(a.detail, '') AS answer_before, v.label AS label_before, {SAID}
    FROM import_rows n
    LEFT JOIN campaigns_recipient t ON t.id = n.reader
    LEFT JOIN campaigns_campaignvariant v ON v.id = t.variant_id
    LEFT JOIN campaigns_response a ON a.recipient_id = t.id AND a.kind IN ('answer', 'reply')
    LEFT JOIN partners_contact p ON p.id = n.contact_id
    LEFT JOIN (
        SELECT id, country, CASE WHEN local_name <> '' THEN local_name ELSE name END AS own_name,
            (SELECT l FROM unnest(languages) WITH ORDINALITY u (l, at) WHERE l IN ('ko', 'ja', 'en') ORDER BY at LIMIT 1) AS language
        FROM partners_partner
    ) company ON company.id = n.partner_id
"""  # noqa: S608 (our own words)
COLUMNS = [column for column, _value in VALUES.values()]
DIFFERS = "({old}, t.contact_id, f.label_before, f.answer_before) IS DISTINCT FROM ({new}, f.contact_id, {label}, f.answer)".format(
    label="CASE WHEN f.sent_at IS NOT NULL THEN f.label END",
    old=", ".join(f"t.{column}" for column in COLUMNS),
    new=", ".join(f"f.{column}" for column in COLUMNS),
)
COUNTS = f"""
    SELECT count(*) FILTER (WHERE f.reader IS NULL), count(*) FILTER (WHERE f.reader IS NOT NULL AND {DIFFERS}),
        count(*) FILTER (WHERE f.reader IS NOT NULL AND NOT {DIFFERS})
    FROM past_rows f LEFT JOIN campaigns_recipient t ON t.id = f.reader
"""  # noqa: S608

DAY = {
    moment: f"(f.{moment} AT TIME ZONE %(zone)s)::date"
    for moment in ("sent_at", "opened_at", "clicked_at", "replied_at")
}
TOO_EARLY = f"""
    SELECT row, col, 'too_early', day::text FROM (
        SELECT f.row, x.* FROM past_rows f JOIN import_rows n ON n.row = f.row CROSS JOIN LATERAL (VALUES
            ('sent_on', {DAY["sent_at"]}, n.date), ('opened_on', {DAY["opened_at"]}, {DAY["sent_at"]}),
            ('clicked_on', {DAY["clicked_at"]}, {DAY["sent_at"]}), ('replied_on', {DAY["replied_at"]}, {DAY["sent_at"]}),
            ('ordered_on', f.ordered_on, n.date)
        ) x (col, day, first)
    ) found WHERE day < first
"""  # noqa: S608
NOT_SENT = """
    SELECT f.row, 'sent_on', 'not_sent', NULL FROM past_rows f
    WHERE f.sent_at IS NULL AND coalesce(f.opened_at, f.clicked_at, f.replied_at) IS NOT NULL
"""
NO_ORDER = """
    SELECT f.row, 'ordered_on', 'no_order', f.order_amount::text FROM past_rows f
    WHERE f.order_amount <> 0 AND f.ordered_on IS NULL
"""
NO_ANSWER_DAY = """
    SELECT f.row, 'replied_on', 'no_answer_day', n.answer FROM past_rows f JOIN import_rows n ON n.row = f.row
    WHERE n.answer <> '' AND f.replied_at IS NULL
"""
ONLY_GOOD = "DELETE FROM past_rows f WHERE NOT EXISTS (SELECT FROM import_rows n WHERE n.row = f.row)"

ARM = "CASE WHEN f.sent_at IS NULL THEN 'holdout' ELSE 'rest' END"
PLACES = """
    JOIN campaigns_campaign c ON c.name = f.campaign
    LEFT JOIN campaigns_campaignvariant v ON v.campaign_id = c.id AND v.label = f.label AND f.sent_at IS NOT NULL
"""
UPDATE = f"""
    UPDATE campaigns_recipient t SET ({", ".join(COLUMNS)}, contact_id, partner_name, variant_id, arm)
        = ({", ".join(f"f.{column}" for column in COLUMNS)}, f.contact_id, f.partner_name, v.id, {ARM})
    FROM past_rows f {PLACES}
    WHERE t.id = f.reader AND {DIFFERS}
    RETURNING t.id
"""  # noqa: S608
INSERT = f"""
    INSERT INTO campaigns_recipient (
        campaign_id, {", ".join(COLUMNS)}, contact_id, partner_name, variant_id, arm, grade, left_out
    )
    SELECT c.id, {", ".join(f"f.{column}" for column in COLUMNS)}, f.contact_id, f.partner_name, v.id, {ARM}, '', ''
    FROM past_rows f {PLACES}
    WHERE f.reader IS NULL ORDER BY f.row
    RETURNING id
"""  # noqa: S608

INSERTED = f"""
    UPDATE past_rows f SET reader = t.id
    FROM campaigns_campaign c JOIN campaigns_recipient t ON t.campaign_id = c.id
    WHERE c.name = f.campaign AND f.reader IS NULL AND t.id = ANY (%(readers)s::bigint[])
        AND {WHO.format(row="t")} = {WHO.format(row="f")}
"""  # noqa: S608
FORGET = "DELETE FROM campaigns_response WHERE recipient_id = ANY (%(readers)s::bigint[])"
RESPONSES = """
    INSERT INTO campaigns_response (id, recipient_id, kind, at, is_machine, detail)
    SELECT md5(t.id || '-' || x.kind)::uuid, t.id, x.kind, x.at, false, x.detail
    FROM past_rows f JOIN campaigns_recipient t ON t.id = f.reader
    CROSS JOIN LATERAL (VALUES
        ('open', t.opened_at, ''), ('click', t.clicked_at, ''),
        (CASE WHEN f.answer = ANY (%(answers)s) THEN 'answer' ELSE 'reply' END, t.replied_at, f.answer),
        ('order', (t.ordered_on + time '12:00') AT TIME ZONE %(zone)s, '')
    ) x (kind, at, detail)
    WHERE t.id = ANY (%(readers)s::bigint[]) AND x.at IS NOT NULL
    ON CONFLICT DO NOTHING
"""
ARMS = """
    UPDATE campaigns_campaign c SET
        arms = jsonb_build_object('pilot', 0, 'rest', r.rest, 'holdout', r.held),
        holdout = round(100.0 * r.held / (r.rest + r.held), 1), ends_on = greatest(c.starts_on, r.last)
    FROM (
        SELECT o.campaign_id, count(o.sent_at) AS rest, count(*) - count(o.sent_at) AS held,
            max((o.sent_at AT TIME ZONE %(zone)s)::date) AS last
        FROM campaigns_recipient o
        WHERE o.campaign_id IN (SELECT d.id FROM campaigns_campaign d WHERE d.name = ANY (%(names)s)) GROUP BY 1
    ) r WHERE c.id = r.campaign_id
"""
