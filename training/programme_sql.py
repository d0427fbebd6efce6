"""The statements that keep up who is in a learning programme. One pass over a range of partners is one statement: who no
longer fits leaves, who fits comes in, what comes next is opened, and how far everybody is is counted.

All its parts read the rows as they were before it, and no two parts write the same row.
"""

# The people that a programme is for now; {partners} is a query of the partners' keys.
FIT = """
    SELECT m.id AS member_id, m.partner_id
    FROM tenancy_membership m
    JOIN partners_partner p ON p.id = m.partner_id
    JOIN partners_partnerkind k ON k.id = p.kind_id
    WHERE m.is_active AND m.role = ANY (%(roles)s) AND p.stage = ANY (%(stages)s)
        AND NOT ('training' = ANY (p.functions_off) OR 'training' = ANY (k.functions_off))
        AND (%(new_since)s::timestamptz IS NULL OR m.created_at >= %(new_since)s)
        AND p.id BETWEEN %(first)s AND %(last)s AND p.id IN ({partners})
"""

REACH = """
    WITH fit AS MATERIALIZED ({fit}),
    done AS (
        SELECT e.member_id FROM training_enrolment e
        WHERE e.course_id = ANY (%(courses)s) AND e.state IN ('passed', 'exempt')
        GROUP BY e.member_id HAVING count(DISTINCT e.course_id) = cardinality(%(courses)s::bigint[])
    )
    SELECT count(*), count(DISTINCT f.partner_id), count(d.member_id) FROM fit f LEFT JOIN done d USING (member_id)
"""
"""People, partners, and how many of the people have passed all courses already."""

# Who ends a course holds its enrolment and then the person's row; taken in this order nobody waits in a circle.
LOCK = """
    SELECT id FROM training_enrolment
    WHERE course_id = ANY (%(courses)s) AND partner_id BETWEEN %(first)s AND %(last)s AND state IN ('enrolled', 'started')
    ORDER BY id FOR NO KEY UPDATE
"""

# Somebody in another running programme goes on with what is needed there.
NOT_NEEDED_ELSEWHERE = """
    NOT EXISTS (
        SELECT FROM training_programmeperson o
        JOIN training_learningprogramme q ON q.id = o.programme_id AND q.state = 'running'
        JOIN training_programmecourse c ON c.programme_id = o.programme_id AND c.course_id = e.course_id
        WHERE o.member_id = e.member_id AND o.state = 'open' AND o.programme_id <> %(programme)s
    )
"""

PASS = f"""
WITH fit AS MATERIALIZED ({{fit}}),
course AS (
    SELECT * FROM unnest(%(courses)s::bigint[], %(versions)s::bigint[], %(days)s::int[])
        WITH ORDINALITY c (course_id, version_id, days, place)
),
gone AS (
    UPDATE training_programmeperson p
    SET state = 'left', ended_at = %(now)s, due_on = NULL, is_stuck = false, reason = ''
    FROM (
        SELECT x.id FROM training_programmeperson x
        JOIN tenancy_membership m ON m.id = x.member_id
        JOIN partners_partner a ON a.id = x.partner_id
        LEFT JOIN fit f ON f.member_id = x.member_id
        WHERE x.programme_id = %(programme)s AND x.state = 'open' AND x.partner_id BETWEEN %(first)s AND %(last)s
            AND %(looks_at_all)s
            AND (%(is_over)s OR NOT m.is_active OR a.stage <> ALL (%(stages)s) OR x.source = 'auto' AND f.member_id IS NULL)
    ) l
    WHERE p.id = l.id
    RETURNING p.member_id
),
withdrawn AS (
    UPDATE training_enrolment e SET state = 'withdrawn', ended_at = %(now)s, reason = %(left_reason)s
    FROM gone g
    WHERE e.member_id = g.member_id AND e.course_id = ANY (%(courses)s) AND e.state = 'enrolled'
        AND e.source = 'programme' AND {NOT_NEEDED_ELSEWHERE}
    RETURNING e.id
),
who AS (
    SELECT f.member_id, f.partner_id, p.id AS person_id, true AS is_entering, %(now)s::timestamptz AS entered_at
    FROM fit f
    LEFT JOIN training_programmeperson p ON p.programme_id = %(programme)s AND p.member_id = f.member_id
    WHERE %(is_entered)s AND (p.id IS NULL OR p.state = 'left') AND f.partner_id <> ALL (%(hindered)s)
    UNION ALL
    SELECT p.member_id, p.partner_id, p.id, false, p.entered_at
    FROM training_programmeperson p
    WHERE p.programme_id = %(programme)s AND p.partner_id BETWEEN %(first)s AND %(last)s AND NOT %(is_over)s
        AND (%(looks_at_all)s OR p.member_id = ANY (%(members)s))
        AND (
            p.state = 'open' AND NOT EXISTS (SELECT FROM gone g WHERE g.member_id = p.member_id)
            OR %(looks_at_all)s AND p.state = 'done' AND p.done < cardinality(%(courses)s::bigint[])
                AND EXISTS (SELECT FROM fit f WHERE f.member_id = p.member_id)
        )
),
taken AS (
    SELECT member_id, course_id, bool_or(state IN ('passed', 'exempt')) AS is_done,
        bool_or(state IN ('enrolled', 'started')) AS is_open,
        min(due_on) FILTER (WHERE state IN ('enrolled', 'started')) AS due_on, max(enrolled_at) AS last_at
    FROM training_enrolment
    WHERE course_id = ANY (%(courses)s) AND partner_id BETWEEN %(first)s AND %(last)s
        AND (%(looks_at_all)s OR member_id = ANY (%(members)s))
    GROUP BY member_id, course_id
),
known AS (
    SELECT w.*, c.course_id, c.version_id, c.days, c.place, w.partner_id <> ALL (%(hindered)s) AS may_begin,
        coalesce(t.is_done, false) AS is_done, coalesce(t.is_open, false) AS is_open, t.due_on,
        NOT coalesce(t.is_open, false) AND coalesce(t.last_at >= w.entered_at, false) AS has_ended
    FROM who w CROSS JOIN course c LEFT JOIN taken t ON t.member_id = w.member_id AND t.course_id = c.course_id
),
turn AS (
    SELECT *,
        NOT is_done AND (
            NOT %(is_ordered)s OR place = min(place) FILTER (WHERE NOT is_done) OVER (PARTITION BY member_id)
        ) AS is_turn
    FROM known
),
stand AS MATERIALIZED (
    SELECT member_id, partner_id, person_id, is_entering, course_id, version_id, is_done, is_open, is_turn, has_ended,
        due_on AS was_due_on,
        is_turn AND NOT is_open AND NOT has_ended AND may_begin AS is_opened,
        CASE
            WHEN NOT is_turn THEN NULL
            WHEN is_open AND due_on IS NOT NULL AND NOT is_entering THEN due_on
            WHEN is_open THEN least(due_on, %(day)s::date + days)
            WHEN has_ended OR NOT may_begin THEN NULL
            ELSE %(day)s::date + days
        END AS due_on
    FROM turn
),
summed AS (
    SELECT member_id, min(partner_id) AS partner_id, min(person_id) AS person_id, bool_or(is_entering) AS is_entering,
        count(*) FILTER (WHERE is_done) AS done, bool_and(is_done) AS is_all, min(due_on) AS due_on,
        bool_or(is_turn AND has_ended) AS is_stuck
    FROM stand GROUP BY member_id
),
entered AS (
    INSERT INTO training_programmeperson AS p (
        programme_id, partner_id, member_id, state, source, by_id, since, entered_at, done, due_on, due_from, is_stuck,
        ended_at, reason, escalated
    )
    SELECT %(programme)s, s.partner_id, s.member_id, CASE WHEN s.is_all THEN 'done' ELSE 'open' END, 'auto', NULL, %(day)s,
        %(now)s, s.done, s.due_on, %(day)s, false, CASE WHEN s.is_all THEN %(now)s::timestamptz END, '', 0
    FROM summed s WHERE s.is_entering
    ORDER BY s.partner_id, s.member_id
    ON CONFLICT (manufacturer_id, programme_id, member_id) DO UPDATE
    SET state = excluded.state, source = 'auto', by_id = NULL, since = excluded.since, entered_at = excluded.entered_at,
        done = excluded.done, due_on = excluded.due_on, due_from = excluded.due_from, is_stuck = false,
        ended_at = excluded.ended_at, reason = ''
    WHERE p.state = 'left'
    RETURNING p.state
),
opened AS (
    INSERT INTO training_enrolment (
        course_id, version_id, partner_id, member_id, state, source, enrolled_at, due_on, done, seconds, reason
    )
    SELECT s.course_id, s.version_id, s.partner_id, s.member_id, 'enrolled', 'programme', %(now)s, s.due_on, 0, 0, ''
    FROM stand s WHERE s.is_opened
    ORDER BY s.partner_id, s.member_id, s.course_id
    ON CONFLICT DO NOTHING
    RETURNING member_id
),
dated AS (
    UPDATE training_enrolment e SET due_on = s.due_on
    FROM stand s
    WHERE s.is_turn AND s.is_open AND s.due_on IS DISTINCT FROM s.was_due_on
        AND e.member_id = s.member_id AND e.course_id = s.course_id AND e.state IN ('enrolled', 'started')
    RETURNING e.id
),
counted AS (
    UPDATE training_programmeperson p
    SET done = n.done, due_on = n.due_on, is_stuck = n.is_stuck, state = n.state,
        due_from = CASE WHEN n.due_on IS DISTINCT FROM p.due_on THEN %(day)s ELSE p.due_from END,
        ended_at = CASE WHEN n.state = 'done' THEN %(now)s::timestamptz END
    FROM (
        SELECT s.person_id, s.done, s.is_stuck, CASE WHEN s.is_all THEN 'done' ELSE 'open' END AS state,
            CASE WHEN s.is_stuck AND s.due_on IS NULL THEN x.due_on ELSE s.due_on END AS due_on
        FROM summed s JOIN training_programmeperson x ON x.id = s.person_id
        WHERE NOT s.is_entering
    ) n
    WHERE p.id = n.person_id
        AND (p.done, p.due_on, p.is_stuck, p.state) IS DISTINCT FROM (n.done, n.due_on, n.is_stuck, n.state::varchar)
    RETURNING p.state
)
SELECT (SELECT count(*) FROM entered), (SELECT count(*) FROM gone), (SELECT count(*) FROM opened),
    (SELECT count(*) FROM opened o WHERE NOT EXISTS (SELECT FROM who w WHERE w.member_id = o.member_id AND w.is_entering)),
    (SELECT count(*) FROM counted WHERE state = 'done'), (SELECT count(*) FROM dated), (SELECT count(*) FROM withdrawn)
"""  # noqa: S608 (our own words)
"""In it `looks_at_all` is false where only `members` are counted anew, because something of theirs has ended."""

RANGES = """
    SELECT min(id), max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS part FROM partners_partner) p
    GROUP BY part ORDER BY part
"""
