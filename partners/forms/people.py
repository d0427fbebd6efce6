"""Forms about the people of partners, for staff and for the partner itself."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.countries import country_choices
from partners.forms.partners import partner_lookup
from partners.models import (
    ConsentChannel,
    Contact,
    ContactInsight,
    Favour,
    GreetingText,
    NewsEvery,
    Occasion,
    Partner,
    PeopleSettings,
)
from partners.news import topics_for
from partners.selectors.people import current_contacts
from partners.services.greetings import PLACES
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


class DayInput(forms.DateInput):
    """A day, chosen or typed."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def not_in_the_future(day: dt.date | None) -> dt.date | None:
    """The day, unless it has not come yet."""
    if day is not None and day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."))
    return day


class ContactForm(OwnedModelForm):
    """What is said of a person, by staff and by the partner itself."""

    class Meta:
        model = Contact
        fields = [
            "name",
            "latin_name",
            "position",
            "department",
            "role",
            "is_primary",
            "email",
            "mobile",
            "phone",
            "messenger_kind",
            "messenger",
            "language",
            "birthday",
            "joined_on",
        ]
        widgets = {"birthday": DayInput(), "joined_on": DayInput()}
        help_texts = {
            "name": _("As the person writes it."),
            "latin_name": _("For colleagues who do not read the other script."),
            "is_primary": _("There is one at each partner."),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Who it is"), ["partner_code", "name", "latin_name", "position", "department", "role", "is_primary"]),
        (_("How to reach them"), ["email", "mobile", "phone", "messenger_kind", "messenger", "language"]),
        (_("Days to remember"), ["birthday", "joined_on"]),
        (_("In the portal"), ["membership"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [("", _("Not known")), *[choice for choice in language.choices if choice[0]]]
        messenger: Any = self.fields["messenger_kind"]
        messenger.choices = [("", _("None")), *[choice for choice in messenger.choices if choice[0]]]

    @property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The form's controls under their headings."""
        shown = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.SECTIONS]
        return [(title, fields) for title, fields in shown if fields]

    @property
    def columns(self) -> list[str]:
        """The columns that the form writes."""
        return [name for name in self._meta.fields or () if name in self.fields]

    def clean_birthday(self) -> dt.date | None:
        return not_in_the_future(self.cleaned_data["birthday"])

    def clean_joined_on(self) -> dt.date | None:
        return not_in_the_future(self.cleaned_data["joined_on"])

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("messenger") and not cleaned.get("messenger_kind"):
            self.add_error("messenger_kind", _("Say which messenger it is."))
        return cleaned


class StaffContactForm(ContactForm):
    """What staff say of a person: also at which partner, and which place in the portal is theirs."""

    partner_code = forms.CharField(label=_("Partner"), max_length=64, help_text=_("Type a name or code, and choose."))

    class Meta(ContactForm.Meta):
        fields = [*ContactForm.Meta.fields, "membership"]

    def __init__(self, *args: Any, member: Membership, partner: Partner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.partner = self.instance.partner if self.instance.pk else partner
        if self.partner is None:
            partner_lookup(self.fields["partner_code"], member)
            del self.fields["membership"]
            return
        del self.fields["partner_code"]
        place: Any = self.fields["membership"]
        place.queryset = selectors.people_of(self.partner)
        place.empty_label = _("Does not sign in")
        place.label_from_instance = lambda person: f"{person.name} · {person.email}"

    def clean_partner_code(self) -> str:
        code = self.cleaned_data["partner_code"].strip()
        self.partner = selectors.partners_for(self.member).filter(code=code).first()
        if self.partner is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.partner is not None:
            self.instance.partner = self.partner
        return cleaned


class InsightForm(OwnedModelForm):
    """What staff alone know of a person, and which news they are to get."""

    interests = forms.MultipleChoiceField(
        label=_("News about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: about everything there is."),
    )

    class Meta:
        model = ContactInsight
        fields = ["influence", "cares_about", "tastes", "news_every", "interests"]
        widgets = {
            "cares_about": forms.Textarea(attrs={"rows": 3}),
            "tastes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "cares_about": _("At work and beyond: what one talks about with them."),
            "tastes": _("Food, drink, sports, what not to give."),
            "news_every": _("Prepared for you to read, change and send; never sent without their consent."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        interests: Any = self.fields["interests"]
        interests.choices = [(topic.key, topic.label) for topic in topics_for(member)]
        news: Any = self.fields["news_every"]
        news.choices = [("", _("None")), *NewsEvery.choices]


class LeaveForm(forms.Form):
    """Somebody has left: since when, where to, and who follows."""

    left_on = forms.DateField(label=_("Left on"), widget=DayInput())
    moved_to = forms.CharField(
        label=_("Moved to"), required=False, max_length=200, help_text=_("A company, another branch, retirement …")
    )
    successor = forms.ModelChoiceField(
        queryset=Contact.objects.none(), required=False, label=_("Successor"), empty_label=_("Not known yet")
    )

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successors: Any = self.fields["successor"]
        successors.queryset = current_contacts(contact.partner_id).exclude(pk=contact.pk)
        self.initial.setdefault("left_on", contact.left_on or timezone.localdate())
        self.initial.setdefault("moved_to", contact.moved_to)
        self.initial.setdefault("successor", contact.successor_id)

    def clean_left_on(self) -> dt.date | None:
        return not_in_the_future(self.cleaned_data["left_on"])


class ConsentForm(forms.Form):
    """A person agrees to a channel, or no longer does."""

    channel = forms.ChoiceField(label=_("Contact channel"), choices=ConsentChannel.choices)
    on = forms.DateField(label=_("Day"), widget=DayInput())
    source = forms.CharField(
        label=_("By what"),
        max_length=200,
        required=False,
        help_text=_("Where it was said: a form, a mail, a talk. It has to be shown when somebody asks."),
    )
    withdraw = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_on(self) -> dt.date | None:
        return not_in_the_future(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("withdraw") and not cleaned.get("source"):
            self.add_error("source", _("Say by what they agreed: without that a consent cannot be shown."))
        return cleaned


AHEAD = dt.timedelta(days=365)


class FavourForm(OwnedModelForm):
    """A gift, a visit or hospitality."""

    class Meta:
        model = Favour
        fields = ["kind", "given_on", "what", "value", "reason"]
        widgets = {"given_on": DayInput()}
        help_texts = {"value": _("In the base currency; 0 where nothing was spent.")}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.initial.setdefault("given_on", timezone.localdate())

    def clean_given_on(self) -> dt.date | None:
        """What needs approval is asked for before it is given."""
        day: dt.date | None = self.cleaned_data["given_on"]
        if day is not None and day > timezone.localdate() + AHEAD:
            raise ValidationError(_("Choose a day within the next year."))
        return day


class PeopleSettingsForm(OwnedModelForm):
    """The yearly limit of what one person may be given, and which greetings go out by themselves."""

    automatic = forms.MultipleChoiceField(
        label=_("Greetings that go out by themselves"),
        choices=Occasion.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "In the morning of the day, to who agreed to mails, and not on a holiday of the country. The others are looked"
            " over and sent by hand, each."
        ),
    )

    class Meta:
        model = PeopleSettings
        fields = ["yearly_limit", "warn_percent", "automatic"]
        help_texts = {"yearly_limit": _("In the base currency and calendar year. Empty: no limit.")}

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"manufacturer"}


class GreetingTextForm(OwnedModelForm):
    """What a greeting says. For which occasion, language and country is said once, where words for a country are new."""

    class Meta:
        model = GreetingText
        fields = ["subject", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}
        help_texts = {"text": _("{name}, {partner}, {years}, {grade}, {sender} and {manufacturer} are filled in.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "text"):
            unknown = [word for word in places_in(cleaned.get(name) or "") if word not in PLACES]
            if unknown:
                places = ", ".join(f"{{{place}}}" for place in PLACES)
                self.add_error(
                    name,
                    ValidationError(
                        _("{%(word)s} is not known. What can be filled in: %(places)s."),
                        params={"word": unknown[0], "places": places},
                    ),
                )
        return cleaned


class CountryTextForm(GreetingTextForm):
    """Words of their own for one country."""

    country = forms.ChoiceField(label=_("Country"))

    class Meta(GreetingTextForm.Meta):
        fields = ["occasion", "language", "country", "subject", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [("", "–"), *country_choices()]


def places_in(text: str) -> list[str]:
    """The names between braces."""
    return [part.partition("}")[0] for part in text.split("{")[1:] if "}" in part]


class GreetingForm(forms.Form):
    """A greeting before it goes out."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 12}), max_length=5000)


class NewsForm(GreetingForm):
    """Personal news before they go out, and the first day of the period that they were drafted for."""

    since = forms.DateField(required=False, widget=forms.HiddenInput)
