"""A large network, made by set-based SQL as the owner of the tables: manufacturers, partners, people, products, sell-in.

The same sizes give the same network, row by row: all that looks random is hashed from the row's own numbers. One
manufacturer holds half of everything; a further one, `bench-small`, has 100 partners for the comparison of query counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from bench.harness import say
from leads.likeness import Party, hashes, ready
from tenancy.models import Manufacturer
from tenancy.rls import as_owner

BIG, SMALL = "bench-01", "bench-small"
BULK_TABLES = (
    "commerce_salesline", "commerce_salesmonth", "commerce_salesday", "leads_lead", "leads_leadkey", "leads_site",
    "leads_siteaccess", "leads_opportunity", "leads_dealregistration",
)  # fmt: skip
PRODUCTS, CATEGORIES, MANAGERS, NOTICES = 500, 20, 10, 200
MONTHS = 36
KEYS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Size:
    """How large the network is. `last_day` ends the 36 months of sell-in."""

    partners: int = 100_000
    lines: int = 10_000_000
    leads: int = 1_000_000
    manufacturers: int = 20
    small_partners: int = 100
    last_day: dt.date = dt.date(2026, 6, 30)

    def shares(self) -> list[tuple[str, int, int]]:
        """Slug, partners and lines of each manufacturer: the first holds half, the others share the rest."""
        others = self.manufacturers - 1
        shares = [(BIG, self.partners - self.partners // 2 if others else self.partners, 0)]
        for number in range(others):
            count = self.partners // 2 // others + (number < self.partners // 2 % others)
            shares.append((f"bench-{number + 2:02d}", count, 0))
        per_partner = self.lines / self.partners
        return [
            (slug, count, round(count * per_partner)) for slug, count, _ in [*shares, (SMALL, self.small_partners, 0)]
        ]

    @property
    def first_day(self) -> dt.date:
        months = self.last_day.year * 12 + self.last_day.month - MONTHS
        return dt.date(months // 12, months % 12 + 1, 1)


# A number in [0, 1) from any two numbers; temporary, so that nothing stays behind.
FRACTION = """
CREATE OR REPLACE FUNCTION pg_temp.fraction(what bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (hashint8extended(what, salt) & 1073741823)::double precision / 1073741824
"""

MANUFACTURERS = """
INSERT INTO tenancy_manufacturer (slug, name, names, languages, timezone, currency, fiscal_year_start, business_hours,
    holidays, brand_colour, logo, require_mfa, functions_off, is_active, created_at)
SELECT slug, 'Manufacturer ' || slug, '{}', '{en,ko,ja}', 'Asia/Seoul', 'KRW', 1, '{}', '[]', '#0f5e69', '', false, '{}',
    true, now()
FROM unnest(%(slugs)s::text[]) slug
"""

KINDS = """
INSERT INTO partners_partnerkind (manufacturer_id, code, names, functions_off, is_retired, "order")
SELECT %(manufacturer)s, code, jsonb_build_object('en', initcap(code), 'ko', ko, 'ja', ja), '{}', false, place
FROM (VALUES ('distributor', '총판', 'ディストリビューター', 1), ('agency', '대리점', '代理店', 2),
    ('dealer', '딜러', 'ディーラー', 3), ('retailer', '소매점', '小売店', 4)) kinds (code, ko, ja, place)
"""

STAFF = """
SELECT 'owner@' || %(slug)s || '.example', 'Owner of ' || %(slug)s, 'owner', NULL::bigint
UNION ALL
SELECT 'manager' || n || '@' || %(slug)s || '.example', 'Manager ' || n, 'manager', NULL
FROM generate_series(1, %(managers)s) n
"""
PARTNER_PEOPLE = """
SELECT lower(code) || '@' || %(slug)s || '.example', 'Admin of ' || name, 'partner_admin', id
FROM partners_partner WHERE manufacturer_id = %(manufacturer)s
UNION ALL
SELECT lower(code) || '-rep@' || %(slug)s || '.example', 'Rep of ' || name, 'partner_rep', id
FROM partners_partner WHERE manufacturer_id = %(manufacturer)s
"""
USERS_OF = """
INSERT INTO tenancy_user (email, password, is_superuser, phone_verified, name, language, theme, is_active, is_staff,
    date_joined)
SELECT person.email, '!', false, false, person.name, 'en', 'auto', true, false, now()
FROM ({people}) person (email, name, role, partner)
"""
MEMBERS_OF = """
INSERT INTO tenancy_membership (manufacturer_id, user_id, partner_id, role, name, email, phone, title, language,
    assigned_only, is_active, created_at)
SELECT %(manufacturer)s, tenancy_user.id, person.partner, person.role, person.name, person.email, '', '', 'en', false, true,
    now()
FROM ({people}) person (email, name, role, partner) JOIN tenancy_user ON tenancy_user.email = person.email
"""

PARTNERS = """
INSERT INTO partners_partner (manufacturer_id, code, external_code, name, local_name, stage, business_number, email,
    email_domain, phone, website, address, city, region, postal_code, country, latitude, longitude, established_year,
    employees, languages, opening_hours, custom, functions_off, kind_id, channel_manager_id)
SELECT %(manufacturer)s, 'P' || lpad(n::text, 6, '0'), 'E' || n,
    (ARRAY['North', 'South', 'East', 'West', 'Old Town', 'New Town', 'River', 'Harbour'])[1 + n %% 8] || ' '
        || (ARRAY['Interior', 'Supply', 'Trading', 'Depot', 'Flooring', 'Design', 'Works'])[1 + n / 8 %% 7] || ' ' || n,
    (ARRAY['한마음', '대성', '우진', '미래', '삼화', '태양', '제일', '가람'])[1 + n %% 8]
        || (ARRAY['인테리어', '건재', '상사', '자재', '마루', '디자인', '시공'])[1 + n / 8 %% 7] || ' ' || n,
    'active', '', CASE WHEN n %% 4 > 0 THEN 'info@p' || n || '.example' ELSE '' END, 'p' || n || '.example',
    CASE WHEN n %% 5 > 0 THEN '02-000-' || lpad((n %% 10000)::text, 4, '0') ELSE '' END, '', 'Main street ' || n,
    place.city, place.region, lpad((n %% 100000)::text, 5, '0'), 'KR',
    round((33.2 + 4.8 * pg_temp.fraction(n, 1))::numeric, 6), round((126.2 + 3.0 * pg_temp.fraction(n, 2))::numeric, 6),
    CASE WHEN n %% 3 > 0 THEN 1970 + n %% 50 END, CASE WHEN n %% 3 > 1 THEN 1 + n %% 40 END, '{ko}', '', '{}', '{}',
    kinds.ids[1 + n %% 4], managers.ids[1 + n %% array_length(managers.ids, 1)]
FROM generate_series(1, %(partners)s) n
CROSS JOIN (SELECT array_agg(id ORDER BY "order") ids FROM partners_partnerkind WHERE manufacturer_id = %(manufacturer)s)
    kinds
CROSS JOIN (SELECT array_agg(id ORDER BY id) ids FROM tenancy_membership
    WHERE manufacturer_id = %(manufacturer)s AND role = 'manager') managers
JOIN (VALUES (0, 'Seoul', 'Seoul'), (1, 'Suwon', 'Gyeonggi'), (2, 'Incheon', 'Incheon'), (3, 'Daejeon', 'Daejeon'),
    (4, 'Daegu', 'Daegu'), (5, 'Busan', 'Busan'), (6, 'Gwangju', 'Gwangju'), (7, 'Jeonju', 'Jeonbuk'),
    (8, 'Wonju', 'Gangwon'), (9, 'Cheongju', 'Chungbuk')) place (number, city, region) ON place.number = n %% 10
"""

CATALOGUE = """
WITH categories AS (
    INSERT INTO commerce_productcategory (manufacturer_id, code, names, "order")
    SELECT %(manufacturer)s, 'C' || n, jsonb_build_object('en', 'Category ' || n), n
    FROM generate_series(1, %(categories)s) n
    RETURNING id, "order"
)
INSERT INTO commerce_product (manufacturer_id, code, name, names, list_price, currency, unit, is_draft, is_active,
    category_id)
SELECT %(manufacturer)s, 'G' || lpad(n::text, 4, '0'), 'Product ' || n, '{}', 10000 + 100 * (n * 37 %% 900), 'KRW', 'box',
    false, true, categories.id
FROM generate_series(1, %(products)s) n
JOIN categories ON categories."order" = 1 + n %% %(categories)s
"""

# How many lines a partner has falls off as sizes of firms do: the mean times an exponential, by rank.
PARTNER_LINES = """
CREATE TEMPORARY TABLE partner_lines ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) AS number,
    greatest(1, round(%(lines)s::numeric / %(partners)s * -ln((rank - 0.5) / %(partners)s)))::int AS lines
FROM (
    SELECT id, row_number() OVER (ORDER BY hashint8extended(id, 7)) AS rank
    FROM partners_partner WHERE manufacturer_id = %(manufacturer)s
) ranked
"""

# Three lines to an order; a partner keeps to a dozen products; one line in forty comes back. Months lie one after the
# other as monthly files would have brought them.
SALES_LINES = """
INSERT INTO commerce_salesline (manufacturer_id, line_id, partner_id, product_id, date, quantity, amount, currency,
    amount_base, order_number, line_number, external_line_id)
SELECT manufacturer, md5(manufacturer || ':' || partner || ':' || n)::uuid AS line_id, partner, product, day,
    CASE WHEN is_return THEN -quantity ELSE quantity END, CASE WHEN is_return THEN -quantity ELSE quantity END * price, 'KRW',
    CASE WHEN is_return THEN -quantity ELSE quantity END * price, 'S' || partner || '-' || n / 3, (n %% 3 + 1)::text, ''
FROM (
    SELECT %(manufacturer)s::bigint AS manufacturer, partner_lines.id AS partner, n,
        products.ids[1 + (partner_lines.number * 31 + (pg_temp.fraction(partner_lines.id, n) * 12)::int * 7) %% %(products)s]
            AS product,
        %(first_day)s::date + (pg_temp.fraction(partner_lines.id * 100003 + n / 3, 3) * %(days)s)::int AS day,
        1 + (pg_temp.fraction(partner_lines.id, n + 1000000) * 40)::int AS quantity,
        10000 + 100 * (partner_lines.number * 31 %% 900) AS price,
        pg_temp.fraction(partner_lines.id, n + 2000000) < 0.025 AS is_return
    FROM partner_lines
    CROSS JOIN LATERAL generate_series(1, partner_lines.lines) n
    CROSS JOIN (SELECT array_agg(id ORDER BY id) ids FROM commerce_product WHERE manufacturer_id = %(manufacturer)s) products
) made
ORDER BY day - date_part('day', day)::int, line_id
"""

NOTICES_OF_OWNER = """
INSERT INTO notices_notice (manufacturer_id, recipient_id, kind, key, facts, is_important)
SELECT %(manufacturer)s, membership.id, 'job_done', 'bench-' || n, '{}', false
FROM tenancy_membership membership, generate_series(1, %(notices)s) n
WHERE membership.manufacturer_id = %(manufacturer)s AND membership.role = 'owner'
"""

LEAD_LISTS = """
WITH lists AS (
    INSERT INTO leads_leadsource (manufacturer_id, code, names, is_retired, "order")
    SELECT %(manufacturer)s, code, '{}', false, 0 FROM unnest('{website,call,fair,campaign}'::text[]) code
)
INSERT INTO leads_leadkind (manufacturer_id, code, names, is_retired, "order")
SELECT %(manufacturer)s, code, '{}', false, 0 FROM unnest('{company,person,project}'::text[]) code
"""

# Half of them closed, a tenth waiting; every hundredth is written by somebody who has written before.
LEADS = """
WITH sources AS (SELECT array_agg(id) AS ids FROM leads_leadsource WHERE manufacturer_id = %(manufacturer)s),
kinds AS (SELECT array_agg(id) AS ids FROM leads_leadkind WHERE manufacturer_id = %(manufacturer)s),
takers AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM partners_partner WHERE manufacturer_id = %(manufacturer)s
),
made AS (
    SELECT n, CASE WHEN n %% 100 = 0 THEN n - 1 ELSE n END AS who,
        (ARRAY['new', 'manual', 'accepted', 'accepted', 'accepted', 'won', 'won', 'lost', 'lost', 'discarded'])[
            1 + (pg_temp.fraction(n, 21) * 10)::integer %% 10
        ] AS state,
        %(last_day)s::timestamptz - pg_temp.fraction(n, 22) * 700 * interval '1 day' AS at
    FROM generate_series(1::bigint, %(leads)s) n
)
INSERT INTO leads_lead (manufacturer_id, reference, source_id, kind_id, campaign_code, company, name, title, email, phone,
    business_number, website, address, city, region, postal_code, country, language, subject, message, products, amount,
    currency, amount_base, custom, consent, consent_version, state, state_since, partner_id, reason_note, score,
    score_reasons, received_at, accepted_at, closed_at)
SELECT %(manufacturer)s, 'L-' || lpad(n::text, 8, '0'),
    sources.ids[1 + (n %% 4)::integer], kinds.ids[1 + (n %% 3)::integer], CASE WHEN n %% 5 = 0 THEN 'spring' ELSE '' END,
    CASE WHEN n %% 3 = 1 THEN '' ELSE 'Enterprise ' || who * 7919 %% 9999991 END, 'Person ' || who %% 99991, '',
    'p' || who || '@mail' || who %% 50021 || '.example', '010-' || lpad((who * 7919 %% 100000000)::text, 8, '0'),
    '', '', 'Street ' || who %% 300, 'Town ' || who %% 400, 'Region ' || who %% 17, lpad((who %% 400 * 7)::text, 5, '0'), 'KR', 'ko',
    'Floor of ' || n %% 900 || ' m2', '', '{}', 1000 * (n %% 9000), 'KRW', 1000 * (n %% 9000), '{}', '', '',
    made.state, at, takers.id, '', 100 * pg_temp.fraction(n, 23), '[]', at,
    CASE WHEN takers.id IS NOT NULL THEN at + interval '9 hours' END,
    CASE WHEN made.state IN ('won', 'lost', 'discarded') THEN at + interval '30 days' END
FROM made CROSS JOIN sources CROSS JOIN kinds LEFT JOIN takers
    ON takers.place = 1 + n * 31 %% %(partners)s AND made.state IN ('accepted', 'won', 'lost')
ORDER BY at
"""

STAGES = """
INSERT INTO leads_pipelinestage (manufacturer_id, code, names, is_retired, "order", outcome, probability, stalled_days)
SELECT %(manufacturer)s, code, jsonb_build_object('en', initcap(code)), false, place, outcome, probability, 14
FROM (VALUES ('contact', 10, 'open', 10), ('needs', 20, 'open', 25), ('quote', 30, 'open', 50),
    ('negotiation', 40, 'open', 75), ('won', 50, 'won', 100), ('lost', 60, 'lost', 0))
    stages (code, place, outcome, probability)
"""

# One site to twenty leads, registered by a partner that reads it with another one.
SITES = """
WITH takers AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM partners_partner WHERE manufacturer_id = %(manufacturer)s
)
INSERT INTO leads_site (manufacturer_id, reference, name, local_name, address, city, region, postal_code, country,
    latitude, longitude, stage, stage_since, area, registered_by_id, note, created_at)
SELECT %(manufacturer)s, 'B-' || lpad(n::text, 8, '0'), 'Building ' || n * 7919 %% 9999991, '현장 ' || n,
    'Street ' || n %% 3000, 'Town ' || n %% 400, 'Region ' || n %% 17, lpad((n %% 400 * 7)::text, 5, '0'), 'KR',
    round((33.2 + 4.8 * pg_temp.fraction(n, 31))::numeric, 6), round((126.2 + 3.0 * pg_temp.fraction(n, 32))::numeric, 6),
    (ARRAY['specified', 'tender', 'started', 'installing', 'finished', 'finished', 'finished', 'dropped'])[1 + n %% 8],
    %(last_day)s::timestamptz - pg_temp.fraction(n, 33) * 300 * interval '1 day', 100 + n %% 9000, takers.id, '',
    %(last_day)s::timestamptz - (300 + pg_temp.fraction(n, 34) * 400) * interval '1 day'
FROM generate_series(1::bigint, %(leads)s / 20) n JOIN takers ON takers.place = 1 + n * 17 %% %(partners)s
"""
SITE_READERS = """
INSERT INTO leads_siteaccess (manufacturer_id, site_id, partner_id)
SELECT manufacturer_id, id, registered_by_id FROM leads_site WHERE manufacturer_id = %(manufacturer)s
"""

# Every lead that a partner has is worked on, from its acceptance on; what is closed came to an end with the lead.
OPPORTUNITIES = """
WITH stages AS (
    SELECT array_agg(id ORDER BY "order") FILTER (WHERE outcome = 'open') AS open,
        min(id) FILTER (WHERE outcome = 'won') AS won, min(id) FILTER (WHERE outcome = 'lost') AS lost
    FROM leads_pipelinestage WHERE manufacturer_id = %(manufacturer)s
),
reps AS (
    SELECT DISTINCT ON (partner_id) partner_id, id FROM tenancy_membership
    WHERE manufacturer_id = %(manufacturer)s AND role = 'partner_rep' ORDER BY partner_id, id
),
categories AS (SELECT array_agg(id) AS ids FROM commerce_productcategory WHERE manufacturer_id = %(manufacturer)s)
INSERT INTO leads_opportunity (manufacturer_id, name, partner_id, lead_id, site_id, rep_id, stage_id, stage_since,
    category_id, amount, currency, amount_base, expected_close, next_step, next_step_on, due_on, note, closed_at,
    won_amount, won_amount_base, reason_note, last_activity_at, stalled_at, created_at)
SELECT %(manufacturer)s, l.subject || ', ' || l.city, l.partner_id, l.id, sites.id, reps.id,
    CASE l.state WHEN 'won' THEN stages.won WHEN 'lost' THEN stages.lost ELSE stages.open[1 + l.id %% 4] END,
    news.at, categories.ids[1 + l.id %% %(categories)s], l.amount, 'KRW', l.amount_base,
    (news.at + (20 + l.id %% 90) * interval '1 day')::date, CASE WHEN l.state = 'accepted' THEN 'Call' ELSE '' END,
    CASE WHEN l.state = 'accepted' THEN (news.at + interval '7 days')::date END, (news.at + interval '7 days')::date, '',
    l.closed_at, CASE WHEN l.state = 'won' THEN l.amount END, CASE WHEN l.state = 'won' THEN l.amount_base END, '',
    news.at, CASE WHEN l.state = 'accepted' AND l.id %% 5 = 0 THEN news.at + interval '14 days' END, l.accepted_at
FROM leads_lead l CROSS JOIN stages CROSS JOIN categories
CROSS JOIN LATERAL (SELECT coalesce(l.closed_at, l.accepted_at + l.id %% 20 * interval '1 day') AS at) news
LEFT JOIN reps ON reps.partner_id = l.partner_id
LEFT JOIN leads_site sites ON l.id %% 20 = 0 AND sites.manufacturer_id = l.manufacturer_id
    AND sites.reference = 'B-' || lpad((l.id %% (%(leads)s / 20 + 1))::text, 8, '0')
WHERE l.manufacturer_id = %(manufacturer)s AND l.partner_id IS NOT NULL
"""

# One deal to ten leads that a partner has.
DEALS = """
INSERT INTO leads_dealregistration (manufacturer_id, reference, partner_id, partner_name, partner_local_name, second_name,
    second_local_name, second_is, lead_id,
    title, customer_name, contact_name, business_number, email, phone, website, address, city, postal_code, country,
    category_id, amount, currency, amount_base, expected_on, competitor, note, state, reason, protected_until, submitted_at,
    due_at, answered_at, answer_minutes, closed_at, created_at, entered_by_name, confirmed_via, confirmed_who)
SELECT %(manufacturer)s, 'D-' || lpad(l.id::text, 9, '0'), l.partner_id, p.name, p.local_name, '', '', '', l.id, l.subject,
    'Customer ' || l.id * 7919 %% 9999991, l.name, '', l.email, l.phone, '', l.address, l.city, l.postal_code, 'KR',
    categories.ids[1 + l.id %% %(categories)s], l.amount, 'KRW', l.amount_base, (l.accepted_at + interval '60 days')::date,
    '', '', made.state, CASE WHEN made.state IN ('refused', 'returned') THEN 'Known already' ELSE '' END,
    CASE WHEN made.state = 'approved' THEN l.accepted_at + interval '600 days' END, l.accepted_at,
    l.accepted_at + interval '2 days', CASE WHEN made.state <> 'submitted' THEN l.accepted_at + interval '1 day' END,
    CASE WHEN made.state <> 'submitted' THEN 30 + l.id %% 900 END,
    CASE WHEN made.state IN ('expired', 'won', 'lost') THEN l.accepted_at + interval '90 days' END, l.accepted_at, '', '', ''
FROM leads_lead l JOIN partners_partner p ON p.id = l.partner_id
CROSS JOIN (SELECT array_agg(id) AS ids FROM commerce_productcategory WHERE manufacturer_id = %(manufacturer)s) categories
CROSS JOIN LATERAL (
    SELECT (ARRAY['submitted', 'approved', 'approved', 'approved', 'refused', 'returned', 'expired', 'won', 'won', 'lost'])[
        1 + (pg_temp.fraction(l.id, 41) * 10)::integer %% 10
    ] AS state
) made
WHERE l.manufacturer_id = %(manufacturer)s AND l.partner_id IS NOT NULL AND l.id %% 10 = 0
"""
WORK = (STAGES, SITES, SITE_READERS, "ANALYZE leads_lead, leads_site", OPPORTUNITIES, DEALS)

IS_RETURN = "amount_base < 0 OR (amount_base = 0 AND quantity < 0)"
TOTALS = (
    f"""
    INSERT INTO commerce_salesmonth (manufacturer_id, partner_id, product_id, month, quantity, amount_base, returns_base,
        lines, return_lines)
    SELECT manufacturer_id, partner_id, product_id, date_trunc('month', date)::date, sum(quantity), sum(amount_base),
        coalesce(-sum(amount_base) FILTER (WHERE {IS_RETURN}), 0), count(*), count(*) FILTER (WHERE {IS_RETURN})
    FROM commerce_salesline GROUP BY 1, 2, 3, 4
    """,
    f"""
    INSERT INTO commerce_salesday (manufacturer_id, partner_id, date, amount_base, returns_base, orders, lines, return_lines)
    SELECT manufacturer_id, partner_id, date, sum(amount_base),
        coalesce(-sum(amount_base) FILTER (WHERE {IS_RETURN}), 0),
        count(DISTINCT order_number) FILTER (WHERE NOT ({IS_RETURN})), count(*), count(*) FILTER (WHERE {IS_RETURN})
    FROM commerce_salesline GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO commerce_manufacturermonth (manufacturer_id, month, amount_base, returns_base, lines, partners)
    SELECT manufacturer_id, month, sum(amount_base), sum(returns_base), sum(lines), count(DISTINCT partner_id)
    FROM commerce_salesmonth GROUP BY 1, 2
    """,
)


def build(size: Size) -> dict[str, Any]:
    """Build the network. Returns what was made and how long it took."""
    started = time.perf_counter()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute(FRACTION)
        cursor.execute(MANUFACTURERS, {"slugs": [slug for slug, _, _ in size.shares()]})
        cursor.execute("SELECT slug, id FROM tenancy_manufacturer")
        ids = dict(cursor.fetchall())
        with without_keys(cursor, BULK_TABLES):
            for slug, partners, lines in size.shares():
                with transaction.atomic():
                    fill(cursor, size, ids[slug], slug, partners, lines)
                    fill_leads(cursor, size, ids[slug], partners)
                say(f"  {slug}: {partners:,} partners, about {lines:,} lines ({time.perf_counter() - started:.0f} s)")
            for statement in TOTALS:
                cursor.execute(statement)
            say(f"  totals by month and day ({time.perf_counter() - started:.0f} s)")
        say(f"  keys and indexes ({time.perf_counter() - started:.0f} s)")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM commerce_salesline")
        lines = cursor.fetchone()[0]
        cursor.execute("RESET ALL")
    return {**asdict(size), "last_day": str(size.last_day), "lines": lines, "seconds": time.perf_counter() - started}


@contextmanager
def without_keys(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """Take keys, indexes and triggers off the tables and put the same ones back: filling them is much faster bare. Keys
    that other tables refer to stay."""
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint own"
        " WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('p', 'u', 'f') AND (contype = 'f' OR NOT EXISTS ("
        "SELECT FROM pg_constraint other WHERE other.contype = 'f' AND other.conindid = own.conindid"
        ")) ORDER BY contype DESC",
        [list(tables)],
    )
    keys = cursor.fetchall()
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fill(cursor: Any, size: Size, manufacturer: int, slug: str, partners: int, lines: int) -> None:
    """Give one manufacturer its people, partners, catalogue and sell-in."""
    facts = {
        "manufacturer": manufacturer,
        "slug": slug,
        "partners": partners,
        "lines": lines,
        "managers": MANAGERS,
        "products": PRODUCTS,
        "categories": CATEGORIES,
        "notices": NOTICES,
        "first_day": size.first_day,
        "days": (size.last_day - size.first_day).days,
    }
    statements = [
        KINDS,
        *(template.format(people=STAFF) for template in (USERS_OF, MEMBERS_OF)),
        PARTNERS,
        *(template.format(people=PARTNER_PEOPLE) for template in (USERS_OF, MEMBERS_OF)),
        CATALOGUE,
        PARTNER_LINES,
        SALES_LINES,
        NOTICES_OF_OWNER,
    ]
    for statement in statements:
        cursor.execute(statement, facts)


def fill_leads(cursor: Any, size: Size, manufacturer: int, partners: int) -> None:
    """Give one manufacturer its share of the leads, with the keys by which duplicates are found, and what became of them."""
    facts = {
        "manufacturer": manufacturer,
        "partners": partners,
        "leads": round(size.leads * partners / size.partners),
        "last_day": size.last_day,
        "categories": CATEGORIES,
    }
    cursor.execute(LEAD_LISTS, facts)
    cursor.execute(LEADS, facts)
    cursor.execute(
        "SELECT id, company, name, email, phone, address, city, postal_code FROM leads_lead WHERE manufacturer_id = %s",
        [manufacturer],
    )
    rows = cursor.fetchall()
    cursor.execute("CREATE TEMPORARY TABLE fresh_keys (lead bigint, key bigint)")
    for start in range(0, len(rows), KEYS_AT_ONCE):
        lines = io.StringIO()
        for pk, company, name, email, phone, address, city, postal_code in rows[start : start + KEYS_AT_ONCE]:
            party = Party(
                company=company, person=name, email=email, phone=phone, address=address, city=city,
                postal_code=postal_code, country="KR",
            )  # fmt: skip
            lines.writelines(f"{pk}\t{key}\n" for key in hashes(ready(party)))
        lines.seek(0)
        cursor.copy_expert("COPY fresh_keys FROM STDIN", lines)
    cursor.execute(
        "INSERT INTO leads_leadkey (manufacturer_id, lead_id, key) SELECT %s, lead, key FROM fresh_keys ORDER BY 2, 3",
        [manufacturer],
    )
    cursor.execute("DROP TABLE fresh_keys")
    for statement in WORK:
        cursor.execute(statement, facts)


def manufacturers() -> QuerySet[Manufacturer]:
    """Those of the network, apart from what other measurements make."""
    return Manufacturer.objects.filter(slug__regex=r"^bench-(\d+|small)$")


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Build the network unless one stands; returns what stands."""
    parser = argparse.ArgumentParser(prog="bench.network", description=__doc__)
    parser.add_argument("--partners", type=int, default=Size.partners)
    parser.add_argument("--lines", type=int, default=Size.lines)
    parser.add_argument("--leads", type=int, default=Size.leads)
    parser.add_argument("--manufacturers", type=int, default=Size.manufacturers)
    options = parser.parse_args(argv)
    size = Size(
        partners=options.partners, lines=options.lines, leads=options.leads, manufacturers=options.manufacturers
    )
    stamp = settings.PRM_HOME / "network.json"
    if not stamp.exists() and Manufacturer.objects.exists():
        raise SystemExit(f"A network was left half built; remove {settings.PRM_HOME}.")
    if stamp.exists():
        stands: dict[str, Any] = json.loads(stamp.read_text())
        if (stands["partners"], stands["manufacturers"]) != (size.partners, size.manufacturers):
            raise SystemExit(
                f"A network of {stands['partners']:,} partners stands; remove {settings.PRM_HOME} for one of another size."
            )
        return stands
    say(f"Building {size.partners:,} partners, {size.leads:,} leads and about {size.lines:,} sales lines ...")
    made = build(size)
    stamp.write_text(json.dumps(made, indent=2))
    return made
