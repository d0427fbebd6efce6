"""Forms about announcements."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from communication.models import Announcement
from communication.services.announcements import FILE_KINDS, LASTING
from partners.forms.agreements import DayInput
from partners.selectors.audiences import audiences_for
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

MOMENT = "%Y-%m-%dT%H:%M"
MOST_AT_ONCE = 10
LONGEST_TITLE, LONGEST_BODY = 200, 20_000


class MomentInput(forms.DateTimeInput):
    """A moment, as the device lets one choose it."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=MOMENT)


class AnnouncementForm(OwnedModelForm):
    """A draft: for whom, the words in each language, and when."""

    class Meta:
        model = Announcement
        fields = [
            "kind", "audience", "takes_newcomers", "publish_at", "ends_at", "is_pinned", "must_confirm", "confirm_by",
            "remind_before", "comments_on", "names",
        ]  # fmt: skip
        widgets = {
            "publish_at": MomentInput(),
            "ends_at": MomentInput(),
            "confirm_by": DayInput(),
            "names": forms.RadioSelect,
        }
        labels = {"kind": _("Kind of news")}
        help_texts = {
            "audience": _("Who is in it is fixed at publishing."),
            "publish_at": _("Empty: at once, as soon as you publish it."),
            "confirm_by": _("One person of each company is enough."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["audience"].queryset = audiences_for(member)
        fields["audience"].empty_label = _("All partners that you see")
        fields["ends_at"].required = False
        self.languages = list(member.manufacturer.languages or ["en"])
        for code in self.languages:
            attrs = {"lang": code}
            fields[f"title_{code}"] = forms.CharField(
                label=_("Title"),
                required=code == self.languages[0],
                max_length=LONGEST_TITLE,
                widget=forms.TextInput(attrs=attrs),
                initial=self.instance.titles.get(code, ""),
            )
            fields[f"body_{code}"] = forms.CharField(
                label=_("Text of the announcement"),
                required=code == self.languages[0],
                max_length=LONGEST_BODY,
                widget=forms.Textarea(attrs={**attrs, "rows": 10}),
                initial=self.instance.bodies.get(code, ""),
                help_text=_("Markdown: **bold**, - lists, [words](https://address), | tables |.")
                if code == self.languages[0]
                else "",
            )

    @property
    def texts(self) -> list[tuple[str, list[Any]]]:
        """Title and text of each language, under the language's own name."""
        return [
            (get_language_info(code)["name_local"], [self[f"title_{code}"], self[f"body_{code}"]])
            for code in self.languages
        ]

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The other fields in groups."""
        groups = [
            (_("For whom"), ["kind", "audience", "takes_newcomers"]),
            (_("When"), ["publish_at", "ends_at", "is_pinned"]),
            (_("To be confirmed"), ["must_confirm", "confirm_by", "remind_before"]),
            (_("Comments"), ["comments_on", "names"]),
        ]
        return [(label, [self[name] for name in names]) for label, names in groups]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins = cleaned.get("publish_at") or timezone.now()
        ends = cleaned.get("ends_at")
        if ends and ends <= begins:
            self.add_error("ends_at", _("It would end before it begins. Set a later end."))
        if cleaned.get("must_confirm") and not cleaned.get("confirm_by") and "confirm_by" not in self.errors:
            self.add_error("confirm_by", _("Say until when it has to be confirmed."))
        confirm_by = cleaned.get("confirm_by")
        if cleaned.get("must_confirm") and confirm_by and confirm_by < timezone.localdate(begins):
            self.add_error("confirm_by", _("The day to confirm by would be over before it begins. Set a later day."))
        for code in self.languages[1:]:
            if bool(cleaned.get(f"title_{code}")) != bool(cleaned.get(f"body_{code}")):
                self.add_error(f"title_{code}", _("Write both title and text in this language, or neither."))
        self.instance.titles = self._by_language(cleaned, "title")
        self.instance.bodies = self._by_language(cleaned, "body")
        return cleaned

    def _by_language(self, cleaned: dict[str, Any], what: str) -> dict[str, str]:
        return {code: text for code in self.languages if (text := cleaned.get(f"{what}_{code}"))}


class PublishedForm(OwnedModelForm):
    """What can still be changed of what partners read: how long and how it shows."""

    class Meta:
        model = Announcement
        fields = LASTING
        widgets = {"ends_at": MomentInput()}

    def clean_ends_at(self) -> Any:
        ends = self.cleaned_data["ends_at"]
        if ends and ends <= timezone.now():
            raise forms.ValidationError(_("This moment is over. To take it back now, withdraw it."))
        return ends


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ManyUploads(UploadField):
    """Several files at once, each checked as one is."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most %(most)s files at once.") % {"most": MOST_AT_ONCE})
        return [super(ManyUploads, self).clean(each, initial) for each in given]


class FilesForm(forms.Form):
    """Files that go with an announcement."""

    uploads = ManyUploads(label=_("Files"), kinds=FILE_KINDS, widget=ManyFiles())


class CommentForm(forms.Form):
    """Something said to an announcement."""

    body = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
