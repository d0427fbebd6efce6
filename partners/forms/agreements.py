"""Forms about agreements, their templates, and compliance papers."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.forms.partners import ListEntryForm
from partners.models import Activity, AgreementType, Paper, PaperType, Partner, Renewal
from partners.selectors import agreements as reading
from tenancy.files import DOCUMENTS, UploadField
from tenancy.models import Membership

GUARDED = [activity for activity in Activity if activity != Activity.PORTAL]


def guard_choices() -> list[tuple[str, Any]]:
    """The activities that an agreement or a paper can be needed for."""
    return [(activity.value, activity.label) for activity in GUARDED]


class DayInput(forms.DateInput):
    """A day, as the device lets one choose it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class GuardingForm(ListEntryForm):
    """A type of agreement or paper: for which kinds of partner, and what it is needed for."""

    guards = forms.MultipleChoiceField(
        label=_("Without it a partner may not"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        guards: Any = self.fields["guards"]
        guards.choices = guard_choices()
        kinds: Any = self.fields["kinds"]
        kinds.queryset = selectors.all_kinds()
        kinds.help_text = _("None chosen: for all kinds.")

    def save(self, commit: bool = True) -> Any:
        """The row and its kinds, which stand in a table of their own."""
        row = super().save(commit=False)
        row.save()
        row.kinds.set(self.cleaned_data["kinds"])
        return row


class AgreementTypeForm(GuardingForm):
    """What an agreement is for, and the terms that are usual for it."""

    class Meta:
        model = AgreementType
        fields = [
            "names",
            "code",
            "kinds",
            "term_months",
            "renewal",
            "notice_months",
            "guards",
            "needs_approval",
            "order",
            "is_retired",
        ]
        widgets = {"kinds": forms.CheckboxSelectMultiple}
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "term_months": _("Empty: open ended, until one side gives notice."),
            "notice_months": _("How long it runs on after either side has given notice."),
            "needs_approval": _("Where there is an approval line for agreements. Without one it is sent at once."),
            "is_retired": _("What was made from it stays, but no more agreements are made, and none is asked for."),
        }


class PaperTypeForm(GuardingForm):
    """A compliance paper: who needs it, what is read on it, and what it is needed for."""

    class Meta:
        model = PaperType
        fields = [
            "names",
            "explanations",
            "code",
            "kinds",
            "is_required",
            "has_expiry",
            "has_number",
            "guards",
            "order",
            "is_retired",
        ]
        widgets = {"kinds": forms.CheckboxSelectMultiple}
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_required": _("Partners that lack it are told, and may not do what it is needed for."),
            "is_retired": _("What was handed in stays, but it is no longer asked for."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["explanations"].required = False


class TemplateTextsForm(forms.Form):
    """The text of an agreement in each language of the manufacturer; none has to be complete to be saved."""

    def __init__(self, *args: Any, languages: list[str], texts: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for language in languages:
            self.fields[f"text_{language}"] = forms.CharField(
                label=get_language_info(language)["name_local"],
                required=False,
                max_length=200_000,
                strip=False,
                initial=texts.get(language, ""),
                widget=forms.Textarea(
                    attrs={"rows": 18, "lang": language, "spellcheck": "true", "class": "agreement-text"}
                ),
            )

    @property
    def texts(self) -> dict[str, str]:
        """What was written, by language."""
        return {language: self.cleaned_data.get(f"text_{language}", "") for language in self.languages}


class TermsForm(forms.Form):
    """The terms of an agreement; what a template says is filled in."""

    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    term_months = forms.IntegerField(
        label=_("Term in months"), required=False, min_value=1, max_value=600, help_text=_("Empty: open ended.")
    )
    renewal = forms.ChoiceField(label=_("At the end of the term"), choices=Renewal.choices)
    notice_months = forms.IntegerField(label=_("Notice in months"), min_value=0, max_value=60)
    territory = forms.CharField(
        label=_("Territory"),
        required=False,
        max_length=200,
        help_text=_("Empty: the territories that the partner covers."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("renewal") not in (None, Renewal.ENDS) and not cleaned.get("term_months"):
            self.add_error("term_months", _("Only an agreement with a term can be renewed. Give the term in months."))
        return cleaned

    @property
    def terms_of(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("term_months", "renewal", "notice_months", "territory")}


class AgreementForm(TermsForm):
    """A new agreement with one partner."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    field_order = ("language",)

    def __init__(self, *args: Any, kind: AgreementType, spoken: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, get_language_info(code)["name_local"]) for code in spoken]
        self.initial = usual_terms(kind) | dict(self.initial)


class ManyAgreementsForm(TermsForm):
    """Agreements with many partners at once; those that have one of this kind open are left out."""

    type = forms.ModelChoiceField(queryset=AgreementType.objects.none(), label=_("Template"), empty_label=None)
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    send = forms.BooleanField(
        label=_("Send them at once"), required=False, help_text=_("Else they wait as drafts, and nobody is told.")
    )
    field_order = ("type", "starts_on", "send")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["type"]
        kinds.queryset = reading.usable_types()
        for name in ("term_months", "renewal", "notice_months", "territory"):
            del self.fields[name]
        self.initial = {"starts_on": timezone.localdate(), "send": True}


def usual_terms(kind: AgreementType) -> dict[str, Any]:
    """The terms that a template proposes, from today on."""
    return {
        "starts_on": timezone.localdate(),
        "term_months": kind.term_months,
        "renewal": kind.renewal,
        "notice_months": kind.notice_months,
    }


class ChoosePartnerForm(forms.Form):
    """With whom, and from which template."""

    parent_code = forms.CharField(
        label=_("Partner's code"), max_length=64, help_text=_("Type a part of the name or code, and choose.")
    )
    type = forms.ModelChoiceField(queryset=AgreementType.objects.none(), label=_("Template"), empty_label=None)

    def __init__(self, *args: Any, member: Membership, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        choices: Any = self.fields["type"]
        choices.queryset = kinds
        self.fields["parent_code"].widget.attrs |= {
            "list": "parent-options",
            "autocomplete": "off",
            "hx-get": member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#parent-options",
        }

    def clean_parent_code(self) -> Partner:
        code = self.cleaned_data["parent_code"].strip()
        partner = selectors.partners_for(self.member).filter(code=code).first()
        if partner is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return partner


class AcceptForm(forms.Form):
    """The partner's acceptance: who, as what, having read what."""

    name = forms.CharField(
        label=_("Your full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.CharField(
        label=_("Your position"),
        max_length=100,
        help_text=_("For example managing director."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    agreed = forms.BooleanField(
        label=_("I have read the text above and accept it on behalf of my company."),
        error_messages={"required": _("Tick this to accept.")},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class NoticeForm(ReasonForm):
    """Notice, and when it takes effect."""

    last_day = forms.DateField(label=_("Last day"), widget=DayInput())
    field_order = ("last_day", "reason")


class PaperDatesForm(forms.Form):
    """What is read on a paper: its number and its dates, as far as its type has them."""

    number = forms.CharField(label=_("Document number"), max_length=80)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DayInput())
    valid_until = forms.DateField(label=_("Valid until"), widget=DayInput())

    def __init__(self, *args: Any, kind: PaperType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kind.has_number:
            del self.fields["number"]
        if not kind.has_expiry:
            del self.fields["valid_until"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("It cannot end before it begins."))
        return cleaned

    @property
    def read(self) -> dict[str, Any]:
        """What the services take."""
        return {
            name: self.cleaned_data[name] for name in ("number", "valid_from", "valid_until") if name in self.fields
        }


class PaperForm(PaperDatesForm):
    """A paper that is handed in."""

    file = UploadField(
        label=_("File or photo"),
        kinds=DOCUMENTS,
        help_text=_("PDF, JPEG, PNG or WebP, up to 20 MB. A sharp photo is enough."),
    )
    field_order = ("file",)

    def clean_valid_until(self) -> dt.date:
        last: dt.date = self.cleaned_data["valid_until"]
        if last < timezone.localdate():
            raise ValidationError(_("This day has passed. Hand in a paper that is still valid."))
        return last


class ReviewForm(PaperDatesForm):
    """What staff read on a paper that they accept."""

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        super().__init__(*args, kind=paper.type, **kwargs)
        self.initial = {name: getattr(paper, name) for name in self.fields}


class CheckForm(forms.Form):
    """A text or a hash that somebody holds, to be compared with what is kept."""

    held = forms.CharField(
        label=_("A text or a SHA-256 that you hold"),
        required=False,
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
