"""Forms of tasks, comments, files and staff's own notes."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import selectors
from partners.models import Partner, Side, Task
from partners.models.conversations import LONGEST_COMMENT
from partners.selectors.tasks import colleagues_of, people, staff_for, staff_who_work
from tenancy.files import UploadField
from tenancy.models import Membership

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ANY_STAFF, ANY_COLLEAGUE = "staff", "partner"
"""Who is not named: whoever looks after the partner, or any of the partner's people."""


MYSELF = "myself"


class ManyTasksForm(forms.Form):
    """The same task for many partners, each by who looks after it, by oneself or by its own people."""

    title = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    who = forms.ChoiceField(
        label=gettext_lazy("Who does it?"),
        choices=[
            (ANY_STAFF, gettext_lazy("Whoever looks after the partner")),
            (MYSELF, gettext_lazy("I do")),
            (ANY_COLLEAGUE, gettext_lazy("The partner’s people")),
        ],
    )
    due_on = forms.DateField(label=gettext_lazy("Until when?"), required=False, widget=DATE)
    detail = forms.CharField(
        label=gettext_lazy("Details"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class TaskForm(forms.Form):
    """What is to be done, by whom and until when. `who` names a person or a side; the side follows from it."""

    title = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    partner_code = forms.CharField(
        label=gettext_lazy("Partner"),
        max_length=64,
        help_text=gettext_lazy("Name or code: choose one of those offered."),
    )
    who = forms.ChoiceField(label=gettext_lazy("Who does it?"))
    due_on = forms.DateField(label=gettext_lazy("Until when?"), required=False, widget=DATE)
    detail = forms.CharField(
        label=gettext_lazy("Details"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_shared = forms.BooleanField(label=gettext_lazy("The partner sees it"), required=False)

    def __init__(
        self, *args: Any, member: Membership, partner: Partner | None, task: Task | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.task = member, task
        self.partner = partner
        self.by_id: dict[str, Membership] = {}
        if partner is None and self.is_bound:
            self.partner = self._partner_of(self.data.get("partner_code", ""))
        who: Any = self.fields["who"]
        who.choices = self.who_choices()
        if partner is not None:
            del self.fields["partner_code"]
        else:
            self._offer_partners()
        if not member.is_staff or (task is not None and task.is_shared):
            del self.fields["is_shared"]
        if task is not None:
            nobody = ANY_COLLEAGUE if task.side == Side.PARTNER else ANY_STAFF
            self.initial.update(
                title=task.title, detail=task.detail, due_on=task.due_on, who=str(task.owner_id or nobody)
            )
        else:
            self.initial.setdefault("who", str(member.pk) if str(member.pk) in self.by_id else ANY_STAFF)

    def who_choices(self) -> list[Any]:
        """The sides that can be asked, each with its people."""
        groups = []
        if self.member.is_staff:
            staff, colleagues = _("Whoever looks after the partner"), _("Anybody of the partner")
        else:
            staff, colleagues = _("Whoever looks after you"), _("Anybody of us")
        if self.task is None or self.task.side == Side.STAFF:
            groups.append((self.member.manufacturer.name, [(ANY_STAFF, staff), *self._people(Side.STAFF)]))
        if self.task is None or self.task.side == Side.PARTNER:
            name = str(self.partner) if self.partner else _("Partner")
            groups.append((name, [(ANY_COLLEAGUE, colleagues), *self._people(Side.PARTNER)]))
        return groups if self.member.is_staff else groups[::-1]

    def _people(self, side: Side) -> list[tuple[str, str]]:
        if self.partner is None:
            return []
        found = list(colleagues_of(self.partner) if side == Side.PARTNER else staff_for(self.partner))
        if side == Side.STAFF and not self.member.is_staff:
            found = []  # who of staff does it is for staff to say
        self.by_id |= {str(each.pk): each for each in found}
        named = [
            (str(each.pk), _("%(name)s (you)") % {"name": each.name} if each == self.member else each.name)
            for each in found
        ]
        if self.task is not None and self.task.owner_id and str(self.task.owner_id) not in self.by_id:
            owner = people([self.task.owner_id]).get(self.task.owner_id)  # they left, or see the partner no more
            named.append((str(self.task.owner_id), _("%(name)s (left)") % {"name": owner.name if owner else "–"}))
        return named

    def _partner_of(self, code: str) -> Partner | None:
        return selectors.partners_for(self.member).filter(code=code.strip()).first() if code.strip() else None

    def _offer_partners(self) -> None:
        self.fields["partner_code"].widget.attrs |= {
            "list": "partner-options",
            "autocomplete": "off",
            "hx-get": self.member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#partner-options",
        }
        self.fields["who"].widget.attrs |= {
            "hx-get": self.member.url("partners:task_people"),
            "hx-trigger": "change from:#id_partner_code",
            "hx-include": "#id_partner_code",
            "hx-target": "this",
        }

    def clean_partner_code(self) -> str:
        code = self.cleaned_data["partner_code"].strip()
        if self.partner is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return code

    @property
    def keeps_owner(self) -> bool:
        """Whether the task stays with its person, whom the member may not be able to choose."""
        return self.task is not None and self.cleaned_data["who"] == str(self.task.owner_id)

    @property
    def owner(self) -> Membership | None:
        """The person that was chosen, if one was."""
        return self.by_id.get(self.cleaned_data["who"])

    @property
    def for_partner(self) -> bool:
        """Whether the partner's side has to do it."""
        return self.cleaned_data["who"] == ANY_COLLEAGUE or bool(self.owner and not self.owner.is_staff)


class DropForm(forms.Form):
    """Why a task will not be done."""

    reason = forms.CharField(label=gettext_lazy("Why need it not be done?"), max_length=300)


class StepForm(forms.Form):
    """A step of a task that needs nothing but the click."""

    step = forms.ChoiceField(choices=[(step, step) for step in ("done", "reopen", "take", "share")])


class ReassignForm(forms.Form):
    """Who does the chosen tasks from now on."""

    owner = forms.ModelChoiceField(label=gettext_lazy("Who does it?"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = staff_who_work()


class PostponeForm(forms.Form):
    """Another day for the chosen tasks."""

    due_on = forms.DateField(label=gettext_lazy("Until when?"), widget=DATE)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class CommentForm(forms.Form):
    """A comment; a picture or another file can come with it."""

    body = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""}),
    )
    file = UploadField(label=gettext_lazy("Photo or file"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("body", "").strip() and not cleaned.get("file"):
            self.add_error("body", _("Write something first."))
        return cleaned


class CommentEditForm(forms.Form):
    """Own words, put right."""

    body = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4, "data-mentions": ""}),
    )


class NoteForm(forms.Form):
    """What staff write down for themselves."""

    body = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Stays on top"), required=False)


class TagsField(forms.CharField):
    """Tags, divided by commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [tag.strip() for tag in str(value or "").replace("、", ",").replace("，", ",").split(",") if tag.strip()]

    def validate(self, value: Iterable[str]) -> None:
        if any(len(tag) > 40 for tag in value):
            raise ValidationError(_("A tag has at most 40 signs."))

    def run_validators(self, value: Any) -> None:
        pass


class FileEditForm(forms.Form):
    """What a file is called, and who sees it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(label=gettext_lazy("Description"), required=False, max_length=500)
    tags = TagsField(
        label=gettext_lazy("Tags"),
        required=False,
        help_text=gettext_lazy("Separated by commas, such as price list, 2026"),
    )
    is_private = forms.BooleanField(label=gettext_lazy("For staff alone"), required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not member.is_staff:
            del self.fields["is_private"]


class FileForm(FileEditForm):
    """A new file."""

    file = UploadField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, picture, Word, Excel, PowerPoint, HWP, text, CSV or ZIP, up to 20 MB."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Left empty, the file's own name is used."),
    )
    field_order = ("file", "name", "description", "tags", "is_private")


class VersionForm(forms.Form):
    """A newer version of a file."""

    file = UploadField(label=gettext_lazy("File"))
    note = forms.CharField(label=gettext_lazy("What is new?"), required=False, max_length=300)
