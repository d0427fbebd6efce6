from typing import Any

from django.utils.translation import gettext_lazy

from jobs.columns import Lookup
from partners.selectors import partner_ids


def partner_column(names: tuple[str, ...], **options: Any) -> Lookup:
    """The column that says whose a row is: `names` are what lists call it beside the usual."""
    return Lookup(
        "partner_code",
        gettext_lazy("Partner code"),
        ("거래처코드", "대리점코드", "파트너코드", "取引先コード", "代理店コード", "partner", *names),
        required=True,
        must_map=True,
        max_length=64,
        example="A-001",
        find=partner_ids,
        into="partner_id",
        unknown="unknown_partner",
        **options,
    )
