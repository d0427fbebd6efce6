"""Forms about partners, for staff and for the partner itself, and for the manufacturer's own lists."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.countries import country_choices, language_choices
from partners.custom_fields import (
    CHOICE_TYPES,
    PREFIX,
    REMOVE,
    all_custom_fields,
    form_fields,
    initial_values,
    merged,
    removal_fields,
    with_files,
)
from partners.models import CustomField, Partner, PartnerKind, Specialisation, Stage
from partners.product_lines import product_line_choices
from partners.provenance import FIELDS as PROFILE_NAMES
from partners.questions import STAGES, decided_questions, questions_of
from partners.services import PartnerError, check_parent
from tenancy.forms import OwnedModelForm
from tenancy.functions import portal_functions
from tenancy.models import DataKind, Membership
from tenancy.rights import Right

YES_NO = [("", _("Not known")), ("true", _("Yes")), ("false", _("No"))]


def partner_lookup(field: forms.Field, member: Membership) -> None:
    """Offer partners while a name or code is typed; the page has the list with the id `partner-options`."""
    field.widget.attrs |= {
        "list": "partner-options",
        "autocomplete": "off",
        "hx-get": member.url("partners:lookup"),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": "#partner-options",
    }


class ProfileForm(OwnedModelForm):
    """What staff and the partner itself both edit: contact, place, size, own fields."""

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    country = forms.ChoiceField(label=_("Country"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken with customers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Partner
        fields = [
            "local_name",
            "business_number",
            "email",
            "phone",
            "website",
            "address",
            "city",
            "region",
            "postal_code",
            "country",
            "established_year",
            "employees",
            "showroom_area",
            "lead_capacity",
            "crew_count",
            "opening_hours",
            "languages",
            "specialisations",
        ]
        widgets = {"specialisations": forms.CheckboxSelectMultiple}

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Who it is"), ["local_name", "business_number", "established_year", "employees", "showroom_area"]),
        (_("How to reach it"), ["phone", "email", "website", "opening_hours"]),
        (_("Where it is"), ["country", "postal_code", "address", "city", "region"]),
        (_("What it does"), ["lead_capacity", "crew_count", "languages", "specialisations"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        self.definitions = self.editable_definitions(member)
        super().__init__(*args, member=member, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Not known")), *country_choices()]
        languages: Any = self.fields["languages"]
        languages.choices = self._language_choices()
        skills: Any = self.fields["specialisations"]
        skills.queryset = selectors.specialisations_for(self.instance)
        self.fields.update(form_fields(self.definitions))
        self.fields.update(removal_fields(self.definitions, self.instance.custom))
        self.initial.update(initial_values(self.definitions, self.instance.custom))

    def editable_definitions(self, member: Membership) -> list[CustomField]:
        """The own fields that this member may fill in."""
        return [field for field in all_custom_fields() if member.is_staff or field.partner_edits]

    @property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The form's controls under their headings; own fields last."""
        custom = [name for field in self.definitions for name in (PREFIX + field.key, PREFIX + field.key + REMOVE)]
        parts = [*self.SECTIONS, (_("Own fields"), custom)]
        shown = [(title, [self[name] for name in names if name in self.fields]) for title, names in parts]
        return [(title, fields) for title, fields in shown if fields]

    @property
    def changed_columns(self) -> list[str]:
        """The partner's columns that the form writes."""
        many = {"other_kinds", "specialisations"}
        return [name for name in self._meta.fields or () if name in self.fields and name not in many] + ["custom"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.custom = merged(self.instance.custom, self.definitions, cleaned)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """The files come only now, when all else is right."""
        self.instance.custom = with_files(
            self.instance.custom, self.definitions, self.cleaned_data, manufacturer=self.member.manufacturer_id
        )
        return super().save(commit)

    def _language_choices(self) -> list[tuple[str, str]]:
        known = language_choices()
        return known + [(code, code) for code in self.instance.languages if code not in dict(known)]


class PartnerForm(ProfileForm):
    """All that staff know of a partner."""

    parent_code = forms.CharField(
        label=_("Belongs to"),
        required=False,
        max_length=64,
        help_text=_("Code of the partner above it, such as the agency of a shop."),
    )
    is_exclusive = forms.NullBooleanField(
        label=_("Sells only our goods"), required=False, widget=forms.Select(choices=YES_NO)
    )
    functions_off = forms.MultipleChoiceField(
        label=_("Switched off for this partner"), required=False, widget=forms.CheckboxSelectMultiple
    )
    product_lines = forms.MultipleChoiceField(
        label=_("Authorised product lines"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(ProfileForm.Meta):
        fields = [
            "code",
            "external_code",
            "name",
            "kind",
            "other_kinds",
            "stage",
            "channel_manager",
            "is_exclusive",
            "email_domain",
            "latitude",
            "longitude",
            "functions_off",
            "product_lines",
            *ProfileForm.Meta.fields,
        ]
        widgets = ProfileForm.Meta.widgets | {"other_kinds": forms.CheckboxSelectMultiple}

    SECTIONS = [
        (
            _("Who it is"),
            [
                "name",
                "local_name",
                "code",
                "external_code",
                "kind",
                "stage",
                "parent_code",
                "channel_manager",
                "business_number",
                "is_exclusive",
                "other_kinds",
            ],
        ),
        (_("How to reach it"), ["phone", "email", "website", "opening_hours", "email_domain"]),
        (_("Where it is"), ["country", "postal_code", "address", "city", "region", "latitude", "longitude"]),
        (
            _("What it does"),
            [
                "established_year",
                "employees",
                "showroom_area",
                "lead_capacity",
                "crew_count",
                "languages",
                "specialisations",
                "product_lines",
            ],
        ),
        (_("What it sees"), ["functions_off"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = selectors.kinds_for(self.instance)
        kinds.empty_label = None
        others: Any = self.fields["other_kinds"]
        others.queryset = selectors.kinds_for(self.instance)
        managers: Any = self.fields["channel_manager"]
        managers.queryset = selectors.channel_managers()
        managers.empty_label = _("Nobody yet")
        if not member.can(Right.PARTNERS_ASSIGN):
            del self.fields["channel_manager"]
        if self.instance.pk:
            del self.fields["stage"]  # it moves by steps of its own
            self.initial["parent_code"] = self.instance.parent.code if self.instance.parent else ""
        else:
            self.fields["stage"].initial = Stage.ACTIVE
        self.fields["parent_code"].widget.attrs |= {
            "list": "parent-options",
            "autocomplete": "off",
            "hx-get": member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#parent-options",
        }
        lines: Any = self.fields["product_lines"]
        known = product_line_choices()
        lines.choices = known + [(code, code) for code in self.instance.product_lines if code not in dict(known)]
        if not lines.choices:
            del self.fields["product_lines"]
        functions: Any = self.fields["functions_off"]
        functions.choices = [(function.key, function.label) for function in portal_functions()]
        if not member.can(Right.SETTINGS_EDIT) or not functions.choices:
            del self.fields["functions_off"]

    def clean_external_code(self) -> str | None:
        return self.cleaned_data["external_code"] or None

    def clean_email_domain(self) -> str:
        return self.cleaned_data["email_domain"].lower().lstrip("@")

    def clean_parent_code(self) -> Partner | None:
        code = self.cleaned_data["parent_code"].strip()
        if not code:
            return None
        current = self.instance.parent
        if current is not None and current.code == code:
            return current  # also where the member may not see it: it is not theirs to change
        parent = selectors.partners_for(self.member).filter(code=code).first()
        if parent is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return parent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "parent_code" in cleaned:
            self.instance.parent = cleaned["parent_code"]
            try:
                check_parent(self.instance)
            except PartnerError as error:
                self.add_error("parent_code", str(error))
        return cleaned

    @property
    def changed_columns(self) -> list[str]:
        return [*super().changed_columns, "parent"]


class AssignForm(forms.Form):
    """Who looks after the chosen partners from now on; nobody when left empty."""

    channel_manager = forms.ModelChoiceField(
        queryset=Membership.objects.none(), required=False, label=_("Channel manager"), empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["channel_manager"]
        field.queryset = selectors.channel_managers()


class PortalProfileForm(ProfileForm):
    """What a partner tells about itself: first what it is asked for at its stage and what it has told, the rest folded."""

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        asked = {each.form_name: each for each in questions_of(self.definitions, decided_questions())}
        stage = self.instance.stage
        self.later = {name: each for name, each in asked.items() if each.comes_after(stage)}
        self.now = {name for name, each in asked.items() if each.is_asked_at(stage) or each.is_filled(self.instance)}
        for name, each in asked.items():
            if name in self.fields and each.is_required and each.is_asked_at(stage):
                self.fields[name].is_needed = True  # type: ignore[attr-defined]

    def is_shown(self, name: str) -> bool:
        """Whether a control stands open: what is asked now, what has a value, and what went wrong."""
        name = name.removesuffix(REMOVE)
        return name in self.now or (name not in PROFILE_NAMES and not name.startswith(PREFIX)) or name in self.errors

    @property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """What stands open, under its headings."""
        parts = [
            (title, [field for field in fields if self.is_shown(field.name)]) for title, fields in super().sections
        ]
        return [(title, fields) for title, fields in parts if fields]

    @property
    def folded(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """What is asked at a later stage, by stage, and what is not asked but welcome."""
        rest = [field for _title, fields in super().sections for field in fields if not self.is_shown(field.name)]
        parts: list[tuple[Any, list[forms.BoundField]]] = [
            (
                _("Asked from the stage “%(stage)s” on") % {"stage": stage.label},
                [field for field in rest if field.name in self.later and self.later[field.name].stage == stage],
            )
            for stage in STAGES
        ]
        parts.append((_("Not asked, but good to know"), [field for field in rest if field.name not in self.later]))
        return [(title, fields) for title, fields in parts if fields]


class SharingForm(forms.Form):
    """One kind of data, and whether the partner above may see it."""

    kind = forms.ChoiceField(choices=DataKind.choices)
    agree = forms.BooleanField(required=False)


class ListEntryForm(OwnedModelForm):
    """One entry of a list of the manufacturer's own; its code stays what it was, since files and lists refer to it."""

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if self.instance.pk:
            self.fields[self.code_field].disabled = True

    code_field = "code"


class KindForm(ListEntryForm):
    """A kind of partner: what it is called, and which functions its partners do without."""

    functions_off = forms.MultipleChoiceField(
        label=_("Switched off for this kind"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Menus and pages of these partners do without them."),
    )

    class Meta:
        model = PartnerKind
        fields = ["names", "code", "order", "is_retired", "functions_off"]
        help_texts = {
            "code": _("Small letters, digits and hyphens. Import files name kinds by it."),
            "is_retired": _("Partners keep it, but it is no longer offered."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        functions: Any = self.fields["functions_off"]
        functions.choices = [(function.key, function.label) for function in portal_functions()]


class SpecialisationForm(ListEntryForm):
    """Something that partners can be good at."""

    class Meta:
        model = Specialisation
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_retired": _("Partners keep it, but it is no longer offered."),
        }


class OwnFieldForm(ListEntryForm):
    """A field of the manufacturer's own on some kind of record; its type stays what it was, as values are stored by it."""

    code_field = "key"
    choice_types: Collection[str]
    """The types that need choices."""
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One per line.")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.initial["choices"] = "\n".join(self.instance.choices)
        if self.instance.pk:
            self.fields["type"].disabled = True

    def clean_choices(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["choices"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("type") in self.choice_types and not cleaned.get("choices"):
            self.add_error("choices", _("Give at least one choice."))
        return cleaned


class CustomFieldForm(OwnFieldForm):
    """A field of the manufacturer's own on its partners."""

    choice_types = CHOICE_TYPES

    class Meta:
        model = CustomField
        fields = ["labels", "key", "type", "choices", "is_required", "partner_edits", "is_filter", "order"]
        help_texts = {"key": _("Small letters, digits and underscores. Import files name the field by it.")}
