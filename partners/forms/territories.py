from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.countries import country_choices
from partners.forms.partners import ListEntryForm
from partners.models import Partner, Territory, TerritoryRule
from partners.services import PartnerError
from partners.services.territories import check_part_of
from tenancy.models import Membership

NOT, SHARED, ALONE = "", "shared", "alone"
BLANK_RULES = 3


class TerritoryForm(ListEntryForm):
    """A territory: what it is called, and what it is a part of."""

    class Meta:
        model = Territory
        fields = ["names", "code", "parent", "latitude", "longitude", "order", "is_retired"]
        help_texts = {
            "code": _("Small letters, digits and hyphens. Import files name territories by it."),
            "latitude": _("Where it stands on the coverage map. Empty: in the middle of its partners."),
            "is_retired": _("Its rules do not count any more, and it is no longer offered."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        parent: Any = self.fields["parent"]
        parent.queryset = Territory.objects.exclude(pk=self.instance.pk)
        parent.empty_label = _("Stands by itself")

    def clean_parent(self) -> Territory | None:
        parent: Territory | None = self.cleaned_data["parent"]
        self.instance.parent = parent
        try:
            check_part_of(self.instance)
        except PartnerError as error:
            raise ValidationError(str(error)) from error
        return parent


class RuleForm(forms.ModelForm):
    """Addresses that belong to a territory."""

    country = forms.ChoiceField(label=_("Country"))

    class Meta:
        model = TerritoryRule
        fields = ["country", "region", "postal_from", "postal_to"]
        labels = {"postal_to": _("Postal code to")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose …")), *country_choices()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("postal_from", ""), cleaned.get("postal_to", "")
        if last and not first:
            self.add_error("postal_from", _("Give the first postal code too."))
        elif first and last and _plain(first) > _plain(last):
            self.add_error("postal_to", _("The last postal code must not come before the first."))
        return cleaned


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())


RuleFormSet = forms.modelformset_factory(TerritoryRule, form=RuleForm, extra=BLANK_RULES, can_delete=True, max_num=100)


class CoverageForm(forms.Form):
    """Which territories a partner covers beyond those of its address, and which alone."""

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        covered = {each.territory_id: each for each in selectors.territories_of(partner)}
        self.territories = {}
        for territory, name in selectors.territory_tree():
            own = covered.get(territory.pk)
            is_by_address = own is not None and own.source == "address"
            if territory.is_retired and own is None:
                continue
            self.territories[f"territory_{territory.pk}"] = territory
            declared = own is not None and not is_by_address
            self.fields[f"territory_{territory.pk}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[
                    (NOT, _("By its address") if is_by_address else _("Not covered")),
                    (SHARED, _("Covered, others too")),
                    (ALONE, _("Covered by this partner alone")),
                ],
                initial=(ALONE if own and own.is_exclusive else SHARED) if declared else NOT,
            )

    def declared(self) -> dict[Territory, bool]:
        """The territories that are declared, and whether the partner covers them alone."""
        return {
            territory: self.cleaned_data[name] == ALONE
            for name, territory in self.territories.items()
            if self.cleaned_data[name] != NOT
        }
