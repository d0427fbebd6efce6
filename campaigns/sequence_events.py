"""The events that sequences can begin with."""

from django.utils.translation import gettext_lazy as _

from campaigns.events import Event, register_event

STAGE = """
    SELECT m.partner_id, NULL::bigint AS contact_id, m.at, 'stage:' || m.id AS key
    FROM partners_stagemove m
    WHERE m.after = '{stage}' AND m.at > %(since)s AND m.at <= %(until)s
        AND (m.reversed_by_id IS NULL OR EXISTS (
            SELECT FROM partners_stagemove r WHERE r.id = m.reversed_by_id AND r.at > %(until)s
        ))
"""
# The day on which the number of orders since the beginning reached so many.
ORDER = """
    SELECT partner_id, NULL::bigint AS contact_id, date::timestamp AT TIME ZONE %(zone)s AS at,
        'order:{number}:' || partner_id AS key
    FROM (
        SELECT partner_id, date, orders, sum(orders) OVER (PARTITION BY partner_id ORDER BY date) AS reached
        FROM commerce_salesday
        WHERE orders > 0 AND partner_id IN (
            SELECT partner_id FROM commerce_salesday WHERE date::timestamp AT TIME ZONE %(zone)s > %(since)s
        )
    ) d
    WHERE reached >= {number} AND reached - orders < {number}
        AND date::timestamp AT TIME ZONE %(zone)s > %(since)s AND date::timestamp AT TIME ZONE %(zone)s <= %(until)s
"""
# Every gap between two orders, and the one since the last, is a silence once it has grown so long.
SILENCE = """
    SELECT partner_id, NULL::bigint AS contact_id, (date + %(days)s)::timestamp AT TIME ZONE %(zone)s AS at,
        'silence:' || partner_id || ':' || date AS key
    FROM (
        SELECT partner_id, date, lead(date) OVER (PARTITION BY partner_id ORDER BY date) AS next
        FROM commerce_salesday
        WHERE orders > 0 AND (date + %(days)s)::timestamp AT TIME ZONE %(zone)s > %(since)s
    ) d
    WHERE (next IS NULL OR next > date + %(days)s)
        AND (date + %(days)s)::timestamp AT TIME ZONE %(zone)s <= %(until)s
"""
# What renews itself does not run out, unless notice was given; what was renewed by then does not either.
AGREEMENT = """
    SELECT partner_id, contact_id, at, key FROM (
        SELECT a.partner_id, NULL::bigint AS contact_id,
            greatest((a.ends_on - %(days)s)::timestamp AT TIME ZONE %(zone)s, a.accepted_at) AS at,
            'agreement:' || a.id || ':' || a.ends_on AS key, a.id, coalesce(a.first_id, a.id) AS first, a.version, a.ends_on
        FROM partners_agreement a
        WHERE a.state IN ('accepted', 'ended') AND a.ends_on IS NOT NULL
            AND (a.renewal <> 'automatic' OR a.notice_on IS NOT NULL)
    ) a
    WHERE at > %(since)s AND at <= %(until)s AND at < (ends_on + 1)::timestamp AT TIME ZONE %(zone)s
        AND NOT EXISTS (
            SELECT FROM partners_agreement r
            WHERE r.first_id = a.first AND r.version > a.version AND r.accepted_at <= a.at
        )
"""
PAPER = """
    SELECT partner_id, contact_id, at, key FROM (
        SELECT p.partner_id, NULL::bigint AS contact_id,
            greatest((p.valid_until - %(days)s)::timestamp AT TIME ZONE %(zone)s, p.reviewed_at) AS at,
            'paper:' || p.id AS key, p.id, p.type_id, p.valid_until
        FROM partners_paper p
        WHERE p.state = 'accepted' AND p.valid_until IS NOT NULL AND p.reviewed_at IS NOT NULL
    ) p
    WHERE at > %(since)s AND at <= %(until)s AND at < (valid_until + 1)::timestamp AT TIME ZONE %(zone)s
        AND NOT EXISTS (
            SELECT FROM partners_paper n
            WHERE n.partner_id = p.partner_id AND n.type_id = p.type_id AND n.state = 'accepted' AND n.id <> p.id
                AND (n.valid_until IS NULL OR n.valid_until > p.valid_until) AND n.reviewed_at <= p.at
        )
"""
LEAD = """
    SELECT l.partner_id, NULL::bigint AS contact_id, l.{moment} AS at, 'lead:{moment}:' || l.id AS key
    FROM leads_lead l
    WHERE l.partner_id IS NOT NULL AND l.state IN ({states}) AND l.{moment} > %(since)s AND l.{moment} <= %(until)s
"""

register_event(
    Event(
        "welcomed",
        _("A partner is welcomed"),
        _("It comes to the stage “Onboarding”."),
        sql=STAGE.format(stage="onboarding"),
    )
)
register_event(
    Event(
        "active",
        _("A partner becomes active"),
        _("It comes to the stage “Active”, for the first time or again."),
        sql=STAGE.format(stage="active"),
    )
)
register_event(
    Event(
        "first_order",
        _("A partner orders for the first time"),
        _("The day of its first order in the sell-in figures."),
        sql=ORDER.format(number=1),
        function="sales",
    )
)
register_event(
    Event(
        "second_order",
        _("A partner orders for the second time"),
        _("The day of its second order in the sell-in figures."),
        sql=ORDER.format(number=2),
        function="sales",
    )
)
register_event(
    Event(
        "silence",
        _("A partner has not ordered for some days"),
        _("So many days after an order without another one; after the next order it can come again."),
        sql=SILENCE,
        days=90,
        words=_("A partner has not ordered for %(days)s days"),
        function="sales",
    )
)
register_event(
    Event(
        "agreement_ends",
        _("An agreement ends soon"),
        _("So many days before its last day, unless it renews itself or has been renewed."),
        sql=AGREEMENT,
        days=60,
        words=_("An agreement ends in %(days)s days"),
    )
)
register_event(
    Event(
        "paper_ends",
        _("A paper runs out soon"),
        _("So many days before its last day, unless a newer one has been accepted."),
        sql=PAPER,
        days=30,
        words=_("A paper runs out in %(days)s days"),
    )
)
register_event(
    Event(
        "lead_accepted",
        _("A partner accepts a lead"),
        _("The moment at which it accepted the lead."),
        sql=LEAD.format(moment="accepted_at", states="'accepted', 'won', 'lost'"),
        function="leads",
    )
)
register_event(
    Event(
        "lead_won",
        _("A partner wins a lead"),
        _("The moment at which the lead was closed as won."),
        sql=LEAD.format(moment="closed_at", states="'won'"),
        function="leads",
    )
)
