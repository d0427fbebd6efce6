"""Learning programmes in the search over everything."""

from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search
from training.functions import TRAINING
from training.models import LearningProgramme


def find_programmes(member: Membership, text: str, limit: int) -> list[Found]:
    """By title in any language, or by code."""
    rows = LearningProgramme.objects.order_by("-updated_at", "-pk")
    for word in text.split()[:10]:
        rows = rows.filter(Q(titles__icontains=word) | Q(code__icontains=word))
    return [
        Found(str(row), member.url("training:programme", pk=row.pk), f"{row.code} · {row.get_state_display()}")
        for row in rows[:limit]
    ]


def all_programmes(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('training:programmes')}?{urlencode({'q': text})}"


register_search(
    SearchSource(
        "programmes",
        _("Learning programmes"),
        "staff",
        Right.TRAINING_VIEW,
        find_programmes,
        TRAINING.key,
        more=all_programmes,
        order=66,
    )
)
