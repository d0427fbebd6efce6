"""What a course is."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Audience, QualificationType
from partners.product_lines import product_line_choices
from partners.selectors.audiences import audiences_for
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm, TranslatedFormField
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.models import Course, CoursePrerequisite, CourseState, CourseVersion
from training.services.course_files import MOST_UNPACKED
from training.services.courses import WRITTEN

MOST_TAGS = 20


class TagsField(forms.CharField):
    """Words divided by commas, each once, in small letters."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        tags = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in super().clean(value).split(",")))
        tags = [tag for tag in tags if tag]
        if len(tags) > MOST_TAGS or any(len(tag) > 40 for tag in tags):
            raise forms.ValidationError(_("At most 20 tags of 40 letters each."))
        return tags

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CourseForm(OwnedModelForm):
    """What a course is called, for whom it is, and what it gives."""

    tags = TagsField(label=_("Tags"), required=False, help_text=_("Divided by commas: installation, safety."))
    needs = forms.ModelMultipleChoiceField(
        label=_("Courses to pass before"),
        queryset=Course.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    product_lines = forms.MultipleChoiceField(
        label=_("Product lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: about none in particular."),
    )
    is_ordered = forms.BooleanField(
        label=_("Lessons in their order"),
        required=False,
        initial=True,
        help_text=_("Else learners take them as they like."),
    )

    class Meta:
        model = Course
        fields = WRITTEN

    def __init__(self, *args: Any, member: Membership, draft: CourseVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        languages = member.manufacturer.languages or ["en"]
        fields["titles"].max_length = 150
        fields["summaries"] = TranslatedFormField(
            languages=languages, label=_("In a few words"), max_length=300, required=False
        )
        fields["titles"].label = pgettext_lazy("of what is taught", "Title")
        known_lines = product_line_choices()
        fields["product_lines"].choices = known_lines + [
            (code, code) for code in self.instance.product_lines if code not in dict(known_lines)
        ]
        if not fields["product_lines"].choices:
            del fields["product_lines"]
        fields["owner"].queryset = members_with(Right.TRAINING_EDIT).order_by("name", "pk")
        fields["owner"].label_from_instance = lambda person: person.name
        fields["owner"].empty_label = _("Nobody yet")
        known = audiences_for(member)
        if self.instance.audience_id:
            known = known | Audience.objects.filter(pk=self.instance.audience_id).select_related("owner")
        fields["audience"].queryset = known
        fields["audience"].empty_label = _("People of all partners")
        fields["audience"].help_text = ""
        fields["qualification"].queryset = QualificationType.objects.filter(
            Q(is_retired=False) | Q(pk=self.instance.qualification_id)
        )
        fields["qualification"].empty_label = _("None")
        others = Course.objects.exclude(pk=self.instance.pk).order_by("code", "pk")
        needed = CoursePrerequisite.objects.filter(course=self.instance.pk).values("needs")
        in_use = ~Q(state=CourseState.RETIRED)
        fields["needs"].queryset = others.filter(in_use | Q(pk__in=needed))
        fields["renewal"].queryset = others.filter(in_use | Q(pk=self.instance.renewal_id))
        fields["renewal"].empty_label = _("This course once more")
        if self.instance.pk:
            self.initial["needs"] = list(self.instance.prerequisites.values_list("needs", flat=True))
        for name in ("needs", "renewal"):
            if not fields[name].queryset:
                del fields[name]
        if self.instance.pk and draft is None:
            del fields["is_ordered"]
        elif draft is not None:
            self.initial["is_ordered"] = draft.is_ordered

    def clean_renewal(self) -> Course | None:
        """Renewed by a course that stands for itself: in a chain nobody could tell which certificate a pass is worth."""
        chosen: Course | None = self.cleaned_data["renewal"]
        if chosen is not None and chosen.renewal_id is not None:
            raise forms.ValidationError(
                _("The certificate of “%(other)s” is itself renewed by another course: choose one that nothing renews.")
                % {"other": chosen}
            )
        if chosen is not None and self.instance.pk and self.instance.renews.exists():
            raise forms.ValidationError(
                _("This course renews the certificate of another, and so is renewed by no third.")
            )
        given = self.cleaned_data.get("qualification", chosen and chosen.qualification)
        if chosen is not None and chosen.qualification_id and chosen.qualification != given:
            raise forms.ValidationError(
                _(
                    "“%(other)s” gives the qualification “%(qualification)s”, and this course does not: who passes it to"
                    " renew would not get it. Choose a course that gives none, or the same."
                )
                % {"other": chosen, "qualification": chosen.qualification}
            )
        return chosen

    def clean_qualification(self) -> QualificationType | None:
        """Of a course that renews others none that they do not give: a pass is worth their certificates."""
        given: QualificationType | None = self.cleaned_data["qualification"]
        if given is not None and self.instance.pk:
            other = self.instance.renews.exclude(qualification=given).first()
            if other is not None:
                raise forms.ValidationError(
                    _("This course renews the certificate of “%(other)s”, which does not give “%(qualification)s”.")
                    % {"other": other, "qualification": given}
                )
        return given

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields as the page shows them."""
        groups = [
            (
                pgettext_lazy("of a course", "What it is"),
                ["titles", "summaries", "code", "tags", "product_lines", "owner"],
            ),
            (_("Who takes it"), ["is_open", "audience", "needs", "is_ordered"]),
            (_("What it gives"), ["qualification", "valid_months", "renewal"]),
        ]
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in groups]


class CourseFileForm(forms.Form):
    """A course as one file."""

    file = UploadField(label=_("File of a course"), kinds=("zip",), max_bytes=MOST_UNPACKED)
