from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.services.answering import MOST_WORDS


class AnswerForm(forms.Form):
    """What a reader may add to an answer by one click."""

    words = forms.CharField(
        label=_("Anything to add?"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea({"rows": 3}),
    )
    phone = forms.CharField(label=_("Where we reach you by phone"), required=False, max_length=40)


class WriteForm(AnswerForm):
    """The form for words alone."""

    words = forms.CharField(label=_("Your message"), max_length=MOST_WORDS, widget=forms.Textarea({"rows": 5}))


class EnterForm(forms.Form):
    """Results as they are typed or pasted from a sheet."""

    lines = forms.CharField(
        label=_("A line for each"),
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_("Address or name, answer, day and words, parted by tabs or semicolons."),
    )
