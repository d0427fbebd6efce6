"""Forms about countries and markets."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.countries import country_by_name, country_name
from partners.forms.agreements import DayInput
from partners.forms.partners import ListEntryForm
from partners.models import Market, MarketDocument, MarketFigure, MarketPart, MarketText, ProductStage
from partners.product_lines import product_line_choices
from tenancy.files import DOCUMENTS, UploadField
from tenancy.forms import HolidaysField, OwnedModelForm
from tenancy.models import Membership


class CountriesField(forms.CharField):
    """Countries by their codes or names, separated by commas or lines; kept as codes."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(country_name, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        names = (super().clean(value) or "").replace("\n", ",").replace("、", ",").split(",")
        codes = []
        for name in filter(None, (name.strip() for name in names)):
            code = country_by_name(name)
            if code is None:
                raise ValidationError(_("“%(name)s” is not a country."), params={"name": name[:60]})
            codes.append(code)
        if self.required and not codes:
            raise ValidationError(_("Name at least one country."))
        return list(dict.fromkeys(codes))


class MarketForm(ListEntryForm):
    """A market: what it is called, its countries, who keeps it, and what its partners may read."""

    countries = CountriesField(
        label=_("Countries"), help_text=_("Codes or names, separated by commas. One alone is a market too.")
    )
    shown_parts = forms.MultipleChoiceField(
        label=_("For partners"),
        required=False,
        choices=MarketPart.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Partners of these countries read the chosen parts in their portal. All else is staff's alone."),
    )

    class Meta:
        model = Market
        fields = ["names", "code", "owner", "review_on", "shown_parts"]
        widgets = {"review_on": DayInput()}
        help_texts = {"code": _("Small letters, digits and hyphens.")}

    field_order = ("names", "code", "countries", "owner", "review_on", "shown_parts")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = selectors.channel_managers()
        owner.empty_label = _("Nobody yet")
        if self.instance.pk:
            self.initial["countries"] = [each.country for each in self.instance.countries.all()]


class OfMarketForm(OwnedModelForm):
    """An entry of a market's file, with the countries of the market to choose from."""

    whole_market = True
    """Whether the entry may be about all of its countries."""

    def __init__(self, *args: Any, member: Membership, market: Market, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        codes = [each.country for each in market.countries.all()]
        known = [(code, country_name(code)) for code in codes]
        if self.instance.country and self.instance.country not in codes:
            known.append((self.instance.country, country_name(self.instance.country)))
        first = [("", _("The whole market"))] if self.whole_market else []
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=[*first, *known], required=not self.whole_market
        )
        if len(known) == 1 and not self.whole_market:
            self.initial["country"] = self.initial.get("country") or known[0][0]
        if "checked_on" in self.fields:
            self.fields["checked_on"].help_text = _("The day on which somebody last looked whether it is still so.")


SOURCED = ["source", "checked_on"]


class TextForm(OfMarketForm):
    """What is to be known in words."""

    class Meta:
        model = MarketText
        fields = ["part", "country", "title", "text", *SOURCED]
        widgets = {"checked_on": DayInput(), "text": forms.Textarea(attrs={"rows": 12})}
        help_texts = {"text": _("Paragraphs, lists with a hyphen, headings with #, tables with |.")}


class FigureForm(OfMarketForm):
    """A figure of a country in a year."""

    whole_market = False

    class Meta:
        model = MarketFigure
        fields = ["country", "year", "name", "value", "unit", *SOURCED]
        widgets = {"checked_on": DayInput()}


class StageForm(OfMarketForm):
    """Where a product line stands in a country."""

    whole_market = False
    product_line = forms.ChoiceField(label=_("Product line"))

    class Meta:
        model = ProductStage
        fields = ["country", "product_line", "stage", "since", "note", *SOURCED]
        widgets = {"checked_on": DayInput(), "since": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["product_line"]
        known = product_line_choices()
        current = self.instance.product_line
        lines.choices = known + ([(current, current)] if current and current not in dict(known) else [])


class DocumentForm(OfMarketForm):
    """A document, or the address where it stands."""

    url = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")
    upload = UploadField(label=_("Or a file"), required=False, kinds=DOCUMENTS)

    class Meta:
        model = MarketDocument
        fields = ["country", "title", "url", *SOURCED]
        widgets = {"checked_on": DayInput()}

    field_order = ("country", "title", "url", "upload", *SOURCED)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("url") and not cleaned.get("upload") and not self.instance.file and "url" not in self.errors:
            self.add_error("url", _("Give an address or choose a file."))
        return cleaned


class HolidaysForm(forms.Form):
    """The days off of a country in a year."""

    days = HolidaysField(
        label=_("Holidays"), required=False, help_text=_("One per line, the date first: 2026-10-03 Foundation Day")
    )
