"""Certificates in the search over everything: by number, name or company."""

from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search
from training.functions import TRAINING
from training.selectors.certificates import seen_certificates


def find_certificates(member: Membership, text: str, limit: int) -> list[Found]:
    rows = seen_certificates(member).filter(
        Q(number__istartswith=text) | Q(holder__icontains=text) | Q(company__icontains=text)
    )
    return [
        Found(
            f"{row.holder}, {row.title}", member.url("training:certificate", pk=row.pk), f"{row.company} · {row.number}"
        )
        for row in rows.order_by("-issued_on", "-pk")[:limit]
    ]


def all_certificates(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('training:certificates')}?{urlencode({'q': text})}"


register_search(
    SearchSource(
        "certificates",
        _("Certificates"),
        "staff",
        Right.TRAINING_VIEW,
        find_certificates,
        TRAINING.key,
        more=all_certificates,
        order=66,
    )
)
