"""What a learning programme is, and what is said of somebody in it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from partners.forms.agreements import DayInput
from partners.models import Audience
from partners.selectors.audiences import audiences_for
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm, TranslatedFormField
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with
from training.models import Course, CourseState, LearningProgramme
from training.models.programmes import LONGEST
from training.selectors.programme_reach import LEARNERS
from training.services.programmes import MOST_COURSES, WRITTEN

MORE_ROWS = 3
"""Empty rows for courses, beside those that are filled."""
MOST_REMINDERS = 12
USUAL_DAYS = 30


class DaysField(forms.CharField):
    """Whole days divided by commas, each once, in order: -7, 0, 7."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = [word.strip().replace("−", "-") for word in super().clean(value).split(",")]
        try:
            days = sorted({int(word) for word in words if word})
        except ValueError:
            raise forms.ValidationError(_("Whole days divided by commas, such as -7, 0, 7.")) from None
        if len(days) > MOST_REMINDERS or any(abs(day) > LONGEST for day in days):
            raise forms.ValidationError(_("At most 12 reminders, none farther than two years away."))
        return days

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ProgrammeForm(OwnedModelForm):
    """What is learned, by whom, until when, and who is reminded."""

    audiences = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Partners in"),
        queryset=Audience.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of several, partners in any of them. None chosen: all partners."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: everybody who signs in."),
    )
    reminders = DaysField(
        label=gettext_lazy("Reminders, in days"),
        required=False,
        help_text=gettext_lazy(
            "From the day by which a course is due: -7 is a week before, 0 the day itself, 7 a week after."
        ),
    )

    class Meta:
        model = LearningProgramme
        fields = WRITTEN

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        languages = member.manufacturer.languages or ["en"]
        fields["titles"].max_length, fields["titles"].label = 150, pgettext("of what is taught", "Title")
        fields["summaries"] = TranslatedFormField(
            languages=languages, label=_("In a few words"), max_length=300, required=False
        )
        responsible = members_with(Right.TRAINING_EDIT)
        if self.instance.owner_id:
            responsible = responsible | Membership.objects.filter(pk=self.instance.owner_id)
        if not member.can(Right.PARTNERS_VIEW_ALL):
            # It reaches what its responsible sees: not more than who writes it.
            responsible = Membership.objects.filter(pk=member.pk)
        fields["owner"].queryset = responsible.select_related("manufacturer").order_by("name", "pk")
        fields["owner"].label_from_instance = lambda person: person.name
        fields["owner"].empty_label = None
        fields["roles"].choices = [(role, Role(role).label) for role in LEARNERS]
        known = audiences_for(member)
        if self.instance.pk:
            own = self.instance.audiences.values("audience")
            known = known | Audience.objects.filter(pk__in=own).select_related("owner")
            self.initial["audiences"] = list(self.instance.audiences.values_list("audience", flat=True))
        fields["audiences"].queryset = known.distinct().order_by("name", "pk")
        self.rows = self._add_courses(fields)

    def _add_courses(self, fields: dict[str, Any]) -> int:
        """A row for each course there is, and some more: which, at what place, and how many days."""
        there = list(self.instance.courses.values_list("course", "days")) if self.instance.pk else []
        count = min(len(there) + MORE_ROWS, MOST_COURSES)
        courses = Course.objects.filter(
            ~Q(state=CourseState.RETIRED) | Q(pk__in=[course for course, _days in there])
        ).order_by("code", "pk")
        choices = [("", _("No course")), *((str(each.pk), f"{each.code} · {each.title}") for each in courses)]
        self._courses = {str(each.pk): each for each in courses}
        for row in range(count):
            course, days = there[row] if row < len(there) else (None, USUAL_DAYS)
            number = {"number": row + 1}
            fields[f"course_{row}"] = forms.ChoiceField(
                label=_("Course %(number)s") % number, choices=choices, required=False, initial=str(course or "")
            )
            fields[f"place_{row}"] = forms.IntegerField(
                label=_("Place of course %(number)s") % number,
                min_value=1,
                max_value=99,
                required=False,
                initial=row + 1,
            )
            fields[f"days_{row}"] = forms.IntegerField(
                label=_("Days for course %(number)s") % number,
                min_value=1,
                max_value=LONGEST,
                required=False,
                initial=days,
            )
        return count

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        admin, manager = values.get("admin_after"), values.get("manager_after")
        if admin is not None and manager is not None and manager < admin:
            self.add_error("manager_after", _("The channel manager is told after the partner admin, not before."))
        return values

    @property
    def course_rows(self) -> list[list[Any]]:
        """The fields of each row, as the page shows them."""
        return [[self[f"course_{row}"], self[f"place_{row}"], self[f"days_{row}"]] for row in range(self.rows)]

    def chosen(self) -> list[tuple[Course, int]]:
        """The courses in their order, each with its days."""
        found = []
        for row in range(self.rows):
            course = self._courses.get(self.cleaned_data.get(f"course_{row}") or "")
            if course is not None:
                place = self.cleaned_data.get(f"place_{row}") or 99
                found.append((place, row, course, self.cleaned_data.get(f"days_{row}") or USUAL_DAYS))
        return [(course, days) for _place, _row, course, days in sorted(found, key=lambda each: each[:2])]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The other fields as the page shows them: what it is, who learns, how it goes, and who is told."""
        groups: Sequence[tuple[Any, list[str]]] = [
            (_("The programme"), ["titles", "summaries", "code", "owner"]),
            (_("Who learns by it"), ["audiences", "roles", "is_automatic", "is_offered", "only_new"]),
            (_("Order, and who leaves"), ["is_ordered", "on_leaving"]),
            (_("Who is reminded"), ["reminders", "admin_after", "manager_after"]),
        ]
        return [(title, [self[name] for name in names]) for title, names in groups]


class DayForm(forms.Form):
    """Until when."""

    due_on = forms.DateField(label=gettext_lazy("Due"), widget=DayInput())

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        return day


class RecogniseManyForm(forms.Form):
    """Why people can do a course already, and since when."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Where and how it was learned, such as a certificate of a trade school."),
    )
    learned_on = forms.DateField(label=gettext_lazy("Learned on"), required=False, widget=DayInput())

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class RecogniseForm(RecogniseManyForm):
    """A course that somebody can do already: which, why, and the paper for it."""

    course = forms.ModelChoiceField(
        label=gettext_lazy("Course"), queryset=Course.objects.none(), empty_label=gettext_lazy("Choose a course")
    )
    field_order = ("course", "reason", "learned_on", "paper")
    paper = UploadField(label=gettext_lazy("Paper"), required=False)

    def __init__(self, *args: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["course"]
        field.queryset = courses


class ColleaguesForm(forms.Form):
    """Which colleagues a partner's admin puts in."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Colleagues"),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = lambda each: f"{each.name} · {each.get_role_display()}"
