"""Points for learning: their rules, who is compared, and what everybody has."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import LeaderboardLeaver, LearningPoints, PointRules
from training.selectors.points import POINTS, point_rules, values_of

KEEP = """
WITH counted AS ({points}),
kept AS (
    INSERT INTO training_learningpoints (manufacturer_id, member_id, partner_id, points, counted_at)
    SELECT manufacturer_id, member_id, partner_id, points, now() FROM counted
    ON CONFLICT (member_id) DO UPDATE SET points = excluded.points, partner_id = excluded.partner_id,
        counted_at = excluded.counted_at
    WHERE (training_learningpoints.points, training_learningpoints.partner_id)
        IS DISTINCT FROM (excluded.points, excluded.partner_id)
),
gone AS (DELETE FROM training_learningpoints WHERE member_id NOT IN (SELECT member_id FROM counted))
SELECT count(*) FROM counted
"""


@transaction.atomic
def save_rules(rules: PointRules) -> PointRules:
    """Keep the rules, and count everybody's points by them."""
    there, _is_new = PointRules.objects.get_or_create()  # two who save the first rules at once wait here for each other
    there = PointRules.objects.select_for_update(no_key=True).get(pk=there.pk)
    rules.pk, rules.manufacturer_id = there.pk, there.manufacturer_id
    rules._state.adding = False
    rules.save()
    count_points()
    return rules


def count_points() -> int:
    """Count the points of everybody in the manufacturer anew, in one statement that writes what has changed; how many have
    some. Where points are switched off nobody has any.
    """
    rules = point_rules()
    if not rules.is_on:
        LearningPoints.objects.all().delete()
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KEEP.format(points=POINTS.format(of_partner="")), values_of(rules))
        return int(cursor.fetchone()[0])


def show_on_leaderboard(member: Membership, *, is_shown: bool) -> None:
    """Somebody leaves the leaderboards, or comes back to them."""
    if not point_rules().is_on:
        raise DomainError(_("There is no leaderboard at present."))
    with house_scope():
        if is_shown:
            LeaderboardLeaver.objects.filter(member=member).delete()
        else:
            LeaderboardLeaver.objects.get_or_create(member=member)
