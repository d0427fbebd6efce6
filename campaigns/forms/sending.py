"""Forms about how campaigns are sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.addresses import address_key
from campaigns.answers import ANSWERS
from campaigns.models import CampaignChannel, CampaignSettings, Mailing, MessengerTemplate
from campaigns.texts import problems_of_words
from tenancy.forms import OwnedModelForm

MOST_RESULT_BYTES = 5 * 1024 * 1024
BY_ADDRESS = (CampaignChannel.EMAIL, CampaignChannel.MESSENGER, CampaignChannel.SMS, CampaignChannel.FAX)


class CampaignSettingsForm(OwnedModelForm):
    """Who campaigns come from, when they go, and what is counted."""

    class Meta:
        model = CampaignSettings
        fields = [
            "sender_name",
            "sender_email",
            "reply_to",
            "bounce_address",
            "postal_address",
            "free_phone",
            "weekly_cap",
            "quiet_from",
            "quiet_to",
            "per_minute",
            "tracks_opens",
            "sms_instead",
        ]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "sender_name": _("Empty: your company's name."),
            "sender_email": _("Empty: the address that the portal's own mails come from."),
            "reply_to": _("Empty: to the sender's address."),
            "postal_address": _("Most countries ask for it in advertising."),
            "quiet_from": _("By each reader's own clock; nothing is sent until the end."),
        }

    SECTIONS: list[tuple[Any, list[str]]] = [
        (
            _("Who writes"),
            ["sender_name", "sender_email", "reply_to", "bounce_address", "postal_address", "free_phone"],
        ),
        (_("How much, and when"), ["weekly_cap", "quiet_from", "quiet_to", "per_minute", "sms_instead"]),
        (_("What is counted"), ["tracks_opens"]),
    ]

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]


class SuppressForm(forms.Form):
    """An address that asked by phone or letter."""

    channel = forms.ChoiceField(
        label=_("Sending channel"),
        choices=[(channel.value, channel.label) for channel in BY_ADDRESS],
        initial=CampaignChannel.EMAIL,
    )
    address = forms.CharField(label=_("Address or number"), max_length=320)
    detail = forms.CharField(label=_("What was said"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        channel, address = said.get("channel", ""), said.get("address", "")
        is_mail = channel == CampaignChannel.EMAIL
        if address and (not address_key(channel, address) or (is_mail and "@" not in address)):
            self.add_error("address", _("This is no address for this channel."))
        return said


class TemplateForm(OwnedModelForm):
    """The words of a messenger or text message."""

    answers = forms.MultipleChoiceField(
        label=_("Buttons"),
        required=False,
        choices=[(code, label) for code, label in ANSWERS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each leads to a page that answers without signing in."),
    )

    class Meta:
        model = MessengerTemplate
        fields = ["name", "channel", "language", "body", "answers", "sms_text"]
        labels = {"channel": _("Sending channel")}
        widgets = {"body": forms.Textarea(attrs={"rows": 6}), "sms_text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"body": _("Fields such as {name|customer} are filled in for each reader.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.member.manufacturer.languages
        language: Any = self.fields["language"]
        language.choices = [choice for choice in language.choices if not spoken or choice[0] in spoken or not choice[0]]

    def clean_body(self) -> str:
        return self._checked("body")

    def clean_sms_text(self) -> str:
        return self._checked("sms_text")

    def _checked(self, name: str) -> str:
        written = str(self.cleaned_data[name])
        if problems := problems_of_words(written):
            raise forms.ValidationError(problems)
        return written


class TestMailForm(forms.Form):
    """To whom a test goes."""

    to = forms.EmailField(label=pgettext_lazy("mail", "To"))


class MailingForm(forms.Form):
    """Which part of the readers is written to, and from when."""

    kind = forms.ChoiceField(choices=Mailing.Kind.choices)
    starts_at = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        help_text=_("Empty: now. By your company's clock; quiet hours are those of each reader."),
    )


class ResultsForm(forms.Form):
    """A list with what came of letters or faxes."""

    file = forms.FileField(
        label=_("List"),
        help_text=_("CSV with the columns key, result (sent, returned or answered) and, if you like, note."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_RESULT_BYTES:
            raise forms.ValidationError(_("The file is too large: 5 MB at most."))
        return file
