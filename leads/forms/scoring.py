"""The editor of rules for points: one line a rule, an empty one for the next."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import RuleTest
from leads.points import Rule
from leads.score_fields import Field
from leads.score_wording import Wording
from valuation.learning import FieldType, as_numbers

MOST_LINES = 60
NUMERIC = (RuleTest.AT_LEAST, RuleTest.AT_MOST)
VALUED = (*NUMERIC, RuleTest.ANY_OF, RuleTest.NONE_OF)


class RuleForm(forms.Form):
    """One rule. Values can be written by name or by code, several with commas between them."""

    field = forms.ChoiceField(label=gettext_lazy("Field"), required=False)
    test = forms.ChoiceField(label=gettext_lazy("Test"), choices=RuleTest.choices, initial=RuleTest.ANY_OF)
    values = forms.CharField(label=gettext_lazy("Values"), required=False, max_length=1000)
    points = forms.IntegerField(label=gettext_lazy("Points"), required=False, min_value=-100, max_value=100)

    def __init__(self, *args: Any, fields: list[Field], wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {each.key: each for each in fields}
        self.wording = wording
        choice = self.fields["field"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "–"), *((key, str(each.label)) for key, each in self.known.items())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("field") or self.errors:
            return cleaned
        if cleaned.get("points") is None:
            self.add_error("points", _("Say how many points it gives, such as 10 or -10."))
        test, values = cleaned["test"], [part.strip() for part in cleaned["values"].split(",") if part.strip()]
        if test not in VALUED:
            cleaned["values"] = ()
        elif not values:
            self.add_error("values", _("Say what to compare with."))
        elif test in NUMERIC:
            cleaned["values"] = self._bound(cleaned["field"], values)
        else:
            cleaned["values"] = self._names(cleaned["field"], values)
        return cleaned

    def _bound(self, key: str, values: list[str]) -> tuple[str, ...]:
        number = as_numbers(["".join(values).replace(" ", "")])[0]
        if self.known[key].type != FieldType.NUMBER:
            self.add_error("test", _("Only numbers can be at least or at most something."))
        elif number != number:
            self.add_error("values", _("Write one number, such as 90."))
        return (f"{number:.12g}",)

    def _names(self, key: str, values: list[str]) -> tuple[str, ...]:
        choices = self.wording.choices(key)
        if not choices:
            return tuple(dict.fromkeys(value[:100] for value in values))
        by_name = {name.casefold(): code for code, name in choices.items()} | {
            code.casefold(): code for code in choices
        }
        unknown = [value for value in values if value.casefold() not in by_name]
        if unknown:
            self.add_error(
                "values",
                _("There is no “%(value)s”; choose from %(choices)s.")
                % {"value": unknown[0], "choices": ", ".join(choices.values())},
            )
            return ()
        return tuple(dict.fromkeys(by_name[value.casefold()] for value in values))

    @property
    def rule(self) -> Rule | None:
        """The rule, or None for a line left empty."""
        given = self.cleaned_data
        if not given.get("field"):
            return None
        return Rule(given["field"], given["test"], tuple(given["values"]), given["points"])


class RuleFormSet(forms.BaseFormSet):
    """All rules of the editor."""

    @property
    def rules(self) -> list[Rule]:
        """The rules of the lines that are filled in, in their order."""
        return [rule for form in self.forms if (rule := form.rule) is not None]


RulesEditor: Any = forms.formset_factory(
    RuleForm, formset=RuleFormSet, extra=3, max_num=MOST_LINES, absolute_max=MOST_LINES
)


def initial_of(rules: list[Rule], wording: Wording) -> list[dict[str, Any]]:
    """What the editor shows of kept rules: values by name."""
    return [
        {
            "field": rule.field,
            "test": rule.test,
            "values": ", ".join(
                wording.value(rule.field, value) if rule.test not in NUMERIC else value for value in rule.values
            ),
            "points": rule.points,
        }
        for rule in rules
    ]
