"""What audiences can ask of a partner's grade."""

from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, register_field
from partners.audiences.tree import Type
from partners.grades import grade_choices
from tenancy.rights import Right

GRADE = _("Grade")

register_field(
    AudienceField(
        "grade",
        _("Grade"),
        GRADE,
        Type.CHOICE,
        value="summary__tier_code",
        choices=grade_choices,
        right=Right.GRADES_VIEW,
        function="grades",
    ),
    AudienceField(
        "score",
        _("Score"),
        GRADE,
        Type.NUMBER,
        value="summary__score_order",
        right=Right.GRADES_VIEW,
        function="grades",
    ),
)
