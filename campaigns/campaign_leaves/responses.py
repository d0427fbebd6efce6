"""What came back, on the page of a campaign."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns import report_words as words
from campaigns.leaves import Leaf, register_leaf
from campaigns.models import Campaign
from campaigns.selectors.reports import DIMENSIONS, READERS, report
from tenancy.models import Membership
from tenancy.rights import Right


def result_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """The report: words first, then funnel, parts, days, answers, links, and earlier campaigns."""
    found = report(campaign)
    by = query.get("by", "") if query.get("by", "") in DIMENSIONS else DIMENSIONS[0]
    name = words.part_names(campaign, by)
    here = f"{member.url('campaigns:detail', pk=campaign.pk)}?tab=result&by="
    sheet = f"{member.url('campaigns:result_export', pk=campaign.pk)}?by="
    return {
        "found": found,
        "headline": words.headline(campaign, found),
        "effects": words.effect_words(campaign, found),
        "remarks": words.notes(campaign, found),
        "funnel": words.funnel_chart(found.total),
        "days": words.days_chart(found) if len(found.days) > 1 else None,
        "answers": words.answers_chart(found) if found.answers else None,
        "dimensions": [(words.NAMES[each], f"{here}{each}", each == by) for each in DIMENSIONS],
        "brackets": words.brackets_words(),
        "group": words.NAMES[by],
        "heads": words.heads(),
        "rows": [(name(key), words.cells(row)) for key, row in found.parts[by]],
        "all_cells": words.cells(found.total),
        "earlier": [(row, words.cells(row.funnel)) for row in found.earlier],
        "exports": [(kind, f"{sheet}{by}&format={kind.lower()}") for kind in ("CSV", "XLSX")],
        "all_readers": f"{sheet}{READERS}&format=xlsx" if member.can(Right.PARTNERS_EXPORT) else "",
        "can_enter": member.can(Right.CAMPAIGNS_EDIT),
    }


def is_out(_member: Membership, campaign: Campaign) -> bool:
    """From when readers are frozen there may be something to tell."""
    return campaign.frozen_at is not None


register_leaf(
    Leaf("result", _("Result"), "campaigns/staff/leaves/result.html", context=result_of, order=40, is_shown=is_out)
)
