"""Forms over owned rows, and about people and places."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from tenancy import logos
from tenancy.delegation import roles_given_by
from tenancy.editing import SharedEditing
from tenancy.fields import TranslatedField
from tenancy.functions import all_functions
from tenancy.models import JoinRequest, Language, Manufacturer, Membership, User
from tenancy.rights import ROLE_EXPLANATIONS, Role
from tenancy.selectors import partner_seen_by
from tenancy.services.manufacturers import save_settings
from tenancy.zone_fields import ZoneField


class TranslatedInput(forms.MultiWidget):
    """One line per language."""

    template_name = "components/widgets/translated.html"
    use_fieldset = True

    def __init__(self, languages: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        self.languages = list(languages)
        super().__init__({code: forms.TextInput(attrs={"lang": code}) for code in self.languages}, attrs)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, widget in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            widget["label"] = get_language_info(code)["name_local"]
            widget["lang"] = code
        return context


class TranslatedFormField(forms.MultiValueField):
    """A text per language of the manufacturer; in a required one the first language is what cannot be missing."""

    widget = TranslatedInput

    def __init__(self, *, languages: Sequence[str], max_length: int = 100, **kwargs: Any) -> None:
        self.languages = list(languages)
        parts = [forms.CharField(required=False, max_length=max_length) for _code in self.languages]
        super().__init__(parts, widget=TranslatedInput(self.languages), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        if not data_list:
            return {}
        return {code: text for code, text in zip(self.languages, data_list, strict=True) if text}

    def clean(self, value: Any) -> dict[str, str]:
        texts = super().clean(value) or {}
        if self.required and self.languages[0] not in texts:
            raise forms.ValidationError(
                _("Give the name in %(language)s; other languages fall back to it."),
                params={"language": get_language_info(self.languages[0])["name_local"]},
            )
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != self.compress([(text or "").strip() for text in data or [""] * len(self.languages)])


class OwnedModelForm(SharedEditing, forms.ModelForm):
    """Binds the new row to the member's manufacturer, so that constraints that name it are checked.

    A text per language becomes one line for each language that the manufacturer's pages speak.
    """

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.instance.manufacturer_id = member.manufacturer_id
        languages = member.manufacturer.languages or ["en"]
        for name, field in self.fields.items():
            model_field = next((each for each in self._meta.model._meta.fields if each.name == name), None)
            if isinstance(model_field, TranslatedField):
                self.fields[name] = TranslatedFormField(
                    languages=languages, label=field.label, help_text=field.help_text, required=not model_field.blank
                )

    def _get_validation_exclusions(self) -> set[str]:
        # ModelForm skips constraints that name a field it does not show; a duplicate would be a 500.
        return super()._get_validation_exclusions() - {"manufacturer"}  # type: ignore[misc]


class ProfileForm(forms.ModelForm):
    """What a person says about themself."""

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        widgets = {"language": forms.RadioSelect, "theme": forms.RadioSelect}


class AcceptForm(forms.Form):
    """A new account for who accepts an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password"):
            try:
                validate_password(values["password"], User(email=self.email, name=values.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class JoinLinkForm(forms.Form):
    """The address to which a link is mailed."""

    email = forms.EmailField(
        label=_("Your e-mail address at the company"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class JoinForm(forms.ModelForm):
    """Who asks to join which of the partners that the address may be of."""

    partner = forms.ChoiceField(label=_("Company"), widget=forms.RadioSelect)

    class Meta:
        model = JoinRequest
        fields = ["name", "message"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "message": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, partners: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        partner: Any = self.fields["partner"]
        partner.choices = [(key, str(partner)) for key, partner in self.partners.items()]
        self.fields["message"].help_text = _("What the people at the company should know, to recognise you.")
        if len(partners) == 1:
            partner.widget = forms.HiddenInput()
            self.initial["partner"] = str(partners[0].pk)

    def clean_partner(self) -> Any:
        return self.partners[self.cleaned_data["partner"]]


class Explained:
    """The label of a choice: its name, and in a few words what it means."""

    def __init__(self, label: Any, explanation: Any) -> None:
        self.label, self.explanation = label, explanation

    def __str__(self) -> str:
        return f"{self.label}: {self.explanation}"


def role_choices(roles: Sequence[Role]) -> list[tuple[str, Explained]]:
    """Roles to choose from, each with what it is for."""
    return [(role.value, Explained(role.label, ROLE_EXPLANATIONS[role])) for role in roles]


class MemberForm(forms.Form):
    """One person's place, for who looks after it. Only roles that they can give are offered."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    assigned_only = forms.BooleanField(
        label=_("Sees only the partners assigned to them"),
        required=False,
        help_text=_("For channel managers. Others see what their role says."),
    )
    title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def __init__(self, *args: Any, member: Membership, person: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = roles_given_by(member, to_staff=person.is_staff)
        role: Any = self.fields["role"]
        if person.role in given:
            role.choices = role_choices(given)
        else:
            role.choices = [(person.role, person.get_role_display())]
            role.disabled = True
        if not person.is_staff:
            del self.fields["assigned_only"]
        self.initial = {name: getattr(person, name) for name in self.fields}

    def changes(self) -> dict[str, Any]:
        """What `change_place` takes."""
        return self.cleaned_data


class InviteForm(forms.Form):
    """Whom to invite, as what. `partner` is theirs, or None for the manufacturer's own people."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the mail"), widget=forms.RadioSelect)
    assigned_only = forms.BooleanField(
        label=_("Sees only the partners assigned to them"),
        required=False,
        help_text=_("For channel managers. Others see what their role says."),
    )
    to_staff = True

    def __init__(self, *args: Any, member: Membership, partner: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.partner = member, partner
        to_staff = self.to_staff and partner is None
        role: Any = self.fields["role"]
        roles = roles_given_by(member, to_staff=to_staff)
        role.choices, role.initial = role_choices(roles), roles[-1] if roles else None
        language: Any = self.fields["language"]
        spoken = member.manufacturer.languages or Language.values
        language.choices = [choice for choice in Language.choices if choice[0] in spoken]
        language.initial = member.manufacturer.language_for(member.language)
        if not to_staff:
            del self.fields["assigned_only"]

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or self.cleaned_data), "partner": self.partner}


class PartnerInviteForm(InviteForm):
    """Whom to invite to which partner."""

    partner_code = forms.CharField(
        label=_("Partner's code"), max_length=64, help_text=_("As on the partner's page, for example A1024.")
    )
    to_staff = False
    field_order = ("partner_code",)

    def clean_partner_code(self) -> str:
        code = self.cleaned_data["partner_code"]
        self.partner = partner_seen_by(self.member, code)
        if self.partner is None:
            raise forms.ValidationError(_("No partner has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        values.pop("partner_code", None)
        return values


class ApproveForm(forms.Form):
    """As what somebody who asked to join is taken in."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.PARTNER_REP)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = role_choices(roles_given_by(member, to_staff=False))


WEEKDAYS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}


class HoursInput(forms.MultiWidget):
    """From when to when, for each day of the week; an empty day is closed."""

    template_name = "components/widgets/hours.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        times: dict[str, Any] = {
            f"{day}_{end}": forms.TimeInput(attrs={"type": "time"}) for day in WEEKDAYS for end in ("from", "to")
        }
        super().__init__(times, attrs)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: dict[str, list[str]] | None) -> list[str]:
        return [time for day in WEEKDAYS for time in ((value or {}).get(day) or ["", ""])]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widgets = context["widget"]["subwidgets"]
        context["widget"]["days"] = [
            {"label": label, "from": widgets[2 * number], "to": widgets[2 * number + 1]}
            for number, label in enumerate(WEEKDAYS.values())
        ]
        return context


class HoursField(forms.MultiValueField):
    """Business hours: {"mon": ["09:00", "18:00"], ...} without the days that are closed."""

    widget = HoursInput

    def __init__(self, **kwargs: Any) -> None:
        parts = [forms.TimeField(required=False) for _day in WEEKDAYS for _end in range(2)]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[dt.time | None]) -> dict[str, list[str]]:
        hours = {}
        for number, (day, label) in enumerate(WEEKDAYS.items()):
            start, end = data_list[2 * number : 2 * number + 2] or (None, None)
            if start is None and end is None:
                continue
            if start is None or end is None or start >= end:
                raise forms.ValidationError(
                    _("%(day)s: give when it begins and when it ends, the end later than the beginning."),
                    params={"day": label},
                )
            hours[day] = [f"{start:%H:%M}", f"{end:%H:%M}"]
        return hours


class HolidaysField(forms.CharField):
    """Days off, one per line: the date, then what the day is called. Kept as [{"date": ..., "name": ...}]."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{day['date']} {day.get('name', '')}".strip() for day in value)
        return value

    def clean(self, value: Any) -> Any:
        days = {}
        for line in filter(None, (line.strip() for line in (super().clean(value) or "").splitlines())):
            date, _space, name = line.partition(" ")
            try:
                days[dt.date.fromisoformat(date.rstrip("."))] = name.strip()[:60]
            except ValueError:
                raise forms.ValidationError(
                    _("“%(line)s” does not begin with a date such as 2026-10-03."), params={"line": line[:60]}
                ) from None
        return [{"date": date.isoformat(), "name": name} for date, name in sorted(days.items())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class LanguagesField(forms.MultipleChoiceField):
    """The languages of a manufacturer's pages, which keep their order: who reads none of them reads the first."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Language.choices, **kwargs)

    def put_first(self, spoken: Sequence[str]) -> None:
        """Offer those that are spoken first, as they stand, and the others after them."""
        places = {code: place for place, code in enumerate(spoken)}
        self.choices = sorted(Language.choices, key=lambda choice: places.get(choice[0], len(places)))

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        offered: Any = self.choices
        return [code for code, _label in offered if code in chosen]


class SettingsForm(forms.ModelForm):
    """What an owner says about their manufacturer."""

    languages = LanguagesField(label=_("Languages of the pages"))
    first_language = forms.ChoiceField(
        label=_("First language"),
        required=False,
        choices=Language.choices,
        help_text=_("Who reads none of the languages of the pages sees this one."),
    )
    business_hours = HoursField(label=_("Business hours"), required=False)
    holidays = HolidaysField(
        label=_("Holidays"), required=False, help_text=_("One per line, the date first: 2026-10-03 Foundation Day")
    )
    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF, at most 2 MB. A wide one on a transparent ground looks best."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    functions_on = forms.MultipleChoiceField(
        label=_("Functions in use"), required=False, widget=forms.CheckboxSelectMultiple
    )

    GROUPS = (
        (_("Name and languages"), ["name", "names", "languages", "first_language"]),
        (_("Look"), ["brand_colour", "logo_file", "no_logo"]),
        (_("Time and money"), ["timezone", "fiscal_year_start", "business_hours", "holidays"]),
        (_("Security"), ["require_mfa"]),
        (_("Functions"), ["functions_on"]),
    )

    class Meta:
        model = Manufacturer
        fields = [
            "name",
            "names",
            "languages",
            "timezone",
            "fiscal_year_start",
            "business_hours",
            "holidays",
            "brand_colour",
            "require_mfa",
        ]
        labels = {
            "names": _("Name in other languages"),
            "brand_colour": _("Your colour"),
            "require_mfa": _("Staff must use a second factor to sign in"),
        }
        help_texts = {
            "brand_colour": _("Buttons and links take it on, made lighter or darker as far as reading needs."),
            "require_mfa": _("Who has none yet is asked to set one up at the next page."),
        }
        widgets = {"brand_colour": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manufacturer = self.instance
        self.fields["brand_colour"].widget.attrs |= {
            "hx-get": reverse("tenancy:colour", kwargs={"manufacturer": manufacturer.slug}),
            "hx-trigger": "input changed delay:120ms",
            "hx-target": "#colour-preview",
        }
        languages: Any = self.fields["languages"]
        languages.put_first(manufacturer.languages)
        self.fields["first_language"].initial = manufacturer.first_language
        self.fields["names"] = TranslatedFormField(
            languages=manufacturer.languages or ["en"],
            label=self.fields["names"].label,
            max_length=150,
            required=False,
        )
        self.fields["timezone"] = ZoneField(label=self.fields["timezone"].label)
        self.fields["fiscal_year_start"] = forms.TypedChoiceField(
            label=self.fields["fiscal_year_start"].label, coerce=int, choices=list(MONTHS.items())
        )
        if not manufacturer.logo:
            del self.fields["no_logo"]
        functions: Any = self.fields["functions_on"]
        functions.choices = [(each.key, Explained(each.label, each.explanation)) for each in all_functions()]
        functions.initial = [each.key for each in all_functions() if each.key not in manufacturer.functions_off]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields as the page shows them."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        first, languages = said.get("first_language"), said.get("languages")
        if first and languages:
            if first not in languages:
                self.add_error(
                    "first_language", _("The pages do not speak this language. Choose one that is ticked above.")
                )
            said["languages"] = sorted(languages, key=lambda language: language != first)
        return said

    def clean_logo_file(self) -> tuple[str, bytes] | None:
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        try:
            return logos.redrawn(file, size=file.size)
        except logos.LogoError as error:
            raise forms.ValidationError(LOGO_PROBLEMS[error.reason]) from None

    def save(self, commit: bool = True) -> Manufacturer:
        manufacturer = super().save(commit=False)
        on = set(self.cleaned_data["functions_on"])
        manufacturer.functions_off = [each.key for each in all_functions() if each.key not in on]
        if commit:
            save_settings(
                manufacturer,
                fields=[*self.Meta.fields, "functions_off"],
                logo=self.cleaned_data["logo_file"],
                no_logo=self.cleaned_data.get("no_logo", False),
            )
        return manufacturer


LOGO_PROBLEMS = {
    "large": _("This file is larger than 2 MB."),
    "kind": _("This is no picture in PNG, JPEG, WebP or GIF. Other kinds, such as SVG, are not taken."),
    "size": _("This picture is larger than 6,000 dots on a side."),
}
