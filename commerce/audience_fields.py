"""What audiences can ask of a partner's purchases."""

from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from partners.audiences.fields import AudienceField, register_field
from partners.audiences.tree import Type
from partners.models import Trend
from partners.product_lines import register_product_lines
from tenancy.rights import Right

SELL_IN = _("Sell-in")


@register_product_lines
def categories() -> list[tuple[str, str]]:
    return [(category.code, str(category)) for category in ProductCategory.objects.all()]


register_field(
    AudienceField(
        "revenue",
        _("Sell-in, 12 months"),
        SELL_IN,
        Type.MONEY,
        value="summary__revenue_order",
        right=Right.SALES_VIEW,
        function="sales",
    ),
    AudienceField(
        "growth",
        _("Against last year"),
        SELL_IN,
        Type.NUMBER,
        value="summary__growth_order",
        unit="%",
        right=Right.SALES_VIEW,
        function="sales",
    ),
    AudienceField(
        "trend",
        _("Trend"),
        SELL_IN,
        Type.CHOICE,
        value="summary__trend",
        choices=lambda: list(Trend.choices),
        right=Right.SALES_VIEW,
        function="sales",
    ),
    AudienceField(
        "last_sale_on",
        _("Last sell-in"),
        SELL_IN,
        Type.DATE,
        value="summary__last_sale_on",
        right=Right.SALES_VIEW,
        function="sales",
    ),
)
