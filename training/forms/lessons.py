"""What a lesson shows, in each language side by side."""

import re
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.files import PICTURES, UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from training.lesson_kinds import player_of
from training.models import Lesson, LessonKind, Module
from training.services.content import FILE_KINDS, MOST_CAPTIONS, MOST_FILE, MOST_PICTURE, MOST_VIDEO
from training.templatetags.training import clock

LONGEST_BODY, LONGEST_CHAPTER, MOST_CHAPTERS = 100_000, 100, 100
CHAPTER = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\s+(\S.*)")


class ModuleForm(OwnedModelForm):
    """What a module is called."""

    class Meta:
        model = Module
        fields = ["titles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["titles"].label = pgettext_lazy("of what is taught", "Title")


class ChaptersField(forms.CharField):
    """A line for each chapter, where it begins and what it is: 1:30 Tools. Kept as seconds and titles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{clock(each['second'])} {each['title']}" for each in value)
        return value

    def clean(self, value: Any) -> Any:
        chapters = {}
        for line in filter(None, (line.strip() for line in (super().clean(value) or "").splitlines())):
            found = CHAPTER.fullmatch(line)
            if found is None or int(found[3]) > 59:
                raise forms.ValidationError(
                    _("“%(line)s” does not begin with a time such as 1:30."), params={"line": line[:60]}
                )
            second = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
            chapters[second] = found[4][:LONGEST_CHAPTER]
        if len(chapters) > MOST_CHAPTERS:
            raise forms.ValidationError(_("At most %(most)s chapters."), params={"most": MOST_CHAPTERS})
        return [{"second": second, "title": title} for second, title in sorted(chapters.items())]


class LessonForm(OwnedModelForm):
    """A lesson with all its languages."""

    class Meta:
        model = Lesson
        fields = ["titles", "minutes", "is_required"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["titles"].label = pgettext_lazy("of what is taught", "Title")
        minutes: Any = self.fields["minutes"]
        minutes.label = _("Minutes it takes")
        minutes.help_text = _("Five are learned between two customers.")
        self.languages = list(member.manufacturer.languages or ["en"])
        kind = self.instance.kind
        self.contents = {each.language: each for each in self.instance.contents.all()} if self.instance.pk else {}
        self.has_editor = bool(player_of(kind).editor)
        for code in self.languages:
            for name, field in self._content_fields(kind, code, self.contents.get(code)).items():
                self.fields[f"{name}_{code}"] = field

    def _content_fields(self, kind: str, code: str, content: Any) -> dict[str, forms.Field]:
        lang = {"lang": code}
        is_page = kind == LessonKind.PAGE
        body = forms.CharField(
            label=_("Text") if is_page else _("Words to go with it"),
            required=False,
            max_length=LONGEST_BODY,
            initial=content.body if content else "",
            widget=forms.Textarea(attrs={**lang, "rows": 18 if is_page else 5}),
        )
        found: dict[str, forms.Field] = {}
        if kind in FILE_KINDS:
            most = MOST_VIDEO if kind == LessonKind.VIDEO else MOST_FILE
            has_file = bool(content and content.file)
            found["file"] = UploadField(
                label=_("New file") if has_file else _("File"),
                required=False,
                max_bytes=most,
                kinds=FILE_KINDS[kind],
                help_text=_file_help(content if has_file else None, FILE_KINDS[kind], most),
            )
            if has_file:
                found["no_file"] = forms.BooleanField(label=_("Take the file out"), required=False)
        if kind == LessonKind.VIDEO:
            found["link"] = forms.URLField(
                label=_("Or a link to a video elsewhere"),
                required=False,
                max_length=500,
                assume_scheme="https",
                initial=content.link if content else "",
            )
            has_captions = bool(content and content.captions)
            found["captions"] = UploadField(
                label=_("New captions") if has_captions else _("Captions"),
                required=False,
                max_bytes=MOST_CAPTIONS,
                kinds=("vtt",),
                help_text=_("In WebVTT (.vtt)."),
            )
            if has_captions:
                found["no_captions"] = forms.BooleanField(label=_("Take the captions out"), required=False)
            found["chapters"] = ChaptersField(
                label=_("Chapters"),
                help_text=_("A line each: 1:30 Tools"),
                initial=content.chapters if content else [],
            )
        return found | {"body": body}

    @property
    def sides(self) -> list[tuple[str, str, list[Any]]]:
        """The fields of each language, with its code and its own name."""
        return [
            (
                code,
                get_language_info(code)["name_local"],
                [field for field in self if field.name.endswith(f"_{code}")],
            )
            for code in self.languages
        ]

    @property
    def facts(self) -> list[Any]:
        return [self[name] for name in ("titles", "minutes", "is_required")]

    def given(self) -> dict[str, dict[str, Any]]:
        """What `services.content.save_content` takes for each language."""
        return {
            code: {
                "body": self.cleaned_data.get(f"body_{code}", "").replace("\r\n", "\n"),
                "link": self.cleaned_data.get(f"link_{code}", ""),
                "chapters": self.cleaned_data.get(f"chapters_{code}", []),
                "file": self._upload(f"file_{code}", f"no_file_{code}"),
                "captions": self._upload(f"captions_{code}", f"no_captions_{code}"),
            }
            for code in self.languages
        }

    def _upload(self, name: str, removal: str) -> Any:
        return self.cleaned_data.get(name) or (False if self.cleaned_data.get(removal) else None)


def _file_help(content: Any, kinds: tuple[str, ...] | None, most: int) -> str:
    """What is there, else what may be chosen."""
    if content:
        return f"{content.original_name}, {filesizeformat(content.size)}"
    if kinds is None:
        return _("At most %(most)s.") % {"most": filesizeformat(most)}
    return _("%(kinds)s, at most %(most)s.") % {
        "kinds": ", ".join(kind.upper() for kind in kinds),
        "most": filesizeformat(most),
    }


class PictureForm(forms.Form):
    """A picture for the texts of a course."""

    picture = UploadField(label=_("Picture"), kinds=PICTURES, max_bytes=MOST_PICTURE)
