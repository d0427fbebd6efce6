"""What is typed about campaigns of partners, by staff and by partners."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.answers import ANSWERS
from campaigns.models import PartnerTemplate, PartnerTemplateText
from campaigns.own_lists import MOST_BYTES, Checked, check_list, pasted, uploaded
from campaigns.own_texts import LONGEST, Place, template_problems
from campaigns.own_writing import text_of
from partners.countries import country_choices
from partners.forms.agreements import DayInput
from partners.models import Audience, Partner
from partners.selectors.audiences import audiences_for
from tenancy.files import check_upload
from tenancy.forms import OwnedModelForm
from tenancy.models import Language, Membership


class PartnerTemplateForm(OwnedModelForm):
    """What a template is, and which partners may use it when."""

    class Meta:
        model = PartnerTemplate
        fields = ["names", "about", "audience", "starts_on", "ends_on", "is_advertising", "needs_logo"]
        labels = {"starts_on": gettext_lazy("First day"), "ends_on": gettext_lazy("Last day")}
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience: Any = self.fields["audience"]
        mine = audiences_for(self.member).values("pk")
        audience.queryset = Audience.objects.filter(Q(pk__in=mine) | Q(pk=self.instance.audience_id)).order_by("name")
        audience.empty_label = _("All partners")


class PartnerTextForm(OwnedModelForm):
    """The words of a template in one language."""

    answers = forms.MultipleChoiceField(
        label=gettext_lazy("Answers by one click"),
        choices=list(ANSWERS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PartnerTemplateText
        fields = ["language", "subject", "preheader", "body", "answers"]
        widgets = {"body": forms.Textarea(attrs={"rows": 14})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _(
            "Markdown with the fields {name}, {sender} and {manufacturer}. Where partners write themselves:"
            " {own: your greeting | We wish you a good summer.} – what stands after | is sent where they write nothing."
        )
        language: Any = self.fields["language"]
        spoken = self.member.manufacturer.languages or Language.values
        taken = self.instance.template.texts.exclude(pk=self.instance.pk).values_list("language", flat=True)
        language.choices = [(code, name) for code, name in Language.choices if code in spoken and code not in taken]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = ("language", "subject", "preheader", "body", "answers")
        if not self.errors:
            text = PartnerTemplateText(**{name: cleaned[name] for name in names})
            for problem in template_problems(text_of(text)):
                self.add_error("body", problem)
        return cleaned


class OwnWordsForm(forms.Form):
    """A partner's own words in the places of a template, and to which of its customers it goes."""

    group = forms.ChoiceField(label=gettext_lazy("To whom"), required=False)

    def __init__(
        self,
        *args: Any,
        places: dict[str, list[Place]],
        groups: list[str],
        words: dict[str, dict[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["group"].choices = [("", _("All customers on the list")), *((group, group) for group in groups)]
        self.names: dict[str, tuple[str, str]] = {}
        several = len([language for language, found in places.items() if found]) > 1
        for language, found in places.items():
            for place in found:
                name = f"own_{language}_{place.key}"
                label = f"{place.label} ({Language(language).label})" if several else place.label
                self.names[name] = (language, place.key)
                fields[name] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=LONGEST,
                    initial=(words or {}).get(language, {}).get(place.key, ""),
                    widget=forms.Textarea(attrs={"rows": 3, "lang": language, "placeholder": place.default}),
                )

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """By language and place."""
        found: dict[str, dict[str, str]] = {}
        for name, (language, key) in self.names.items():
            found.setdefault(language, {})[key] = self.cleaned_data.get(name, "")
        return found


class CustomerListForm(forms.Form):
    """A list of customers, pasted or as a file, with what holds for those lines that do not say it themselves."""

    text = forms.CharField(
        label=gettext_lazy("Paste the list"),
        required=False,
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "placeholder": "Kim Minsu, minsu.kim@example.com"}),
        help_text=gettext_lazy("One customer a line, or a table copied from a sheet with its headers."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy(
            "CSV or Excel with a column E-mail; Name, Language, Country, Group and Agreed on as you have them."
        ),
    )
    group = forms.CharField(
        label=gettext_lazy("Group"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("This and what follows holds for lines that do not say it themselves."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    agreed_on = forms.DateField(
        label=gettext_lazy("They agreed to advertising by e-mail on"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy(
            "Empty: as the lines say. Who has not agreed is not written to where the law asks for it."
        ),
    )

    def __init__(self, *args: Any, member: Membership, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = member.language
        cast(Any, self.fields["country"]).choices = country_choices()
        self.fields["country"].initial = partner.country

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload:
            check_upload(upload, max_bytes=MOST_BYTES, kinds=("csv", "xlsx"))
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if bool(cleaned["file"]) == bool(cleaned["text"].strip()):
            raise forms.ValidationError(_("Paste a list or choose a file: one of the two."))
        try:
            lines = uploaded(cleaned["file"]) if cleaned["file"] else list(pasted(cleaned["text"]))
        except forms.ValidationError as error:
            self.add_error("file", error)
            return cleaned
        self.checked: Checked = check_list(
            lines,
            language=cleaned["language"],
            country=cleaned["country"],
            group=cleaned["group"],
            agreed_on=cleaned["agreed_on"],
        )
        return cleaned
