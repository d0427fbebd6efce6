"""Grades and scores in a merge of two partners: what was judged of each record stays its own."""

from django.utils.translation import gettext_lazy as _

from partners.merging import register_rule

WHY = _("Scores and grades were of this record alone. The next recompute values the partner with all its sell-in.")

register_rule("valuation.Score", "partner", stays=WHY)
register_rule("valuation.Grade", "partner", stays=WHY)
register_rule("valuation.GradeChange", "partner", stays=WHY)
