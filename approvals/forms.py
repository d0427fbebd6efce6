"""The editor of approval lines, absence, files.

The editor is one form for the line and one for each step. Together they make a `Draft`; whether that could be kept is the
services' question, not the forms'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from approvals.models import Purpose, Who
from approvals.registry import subject_kind
from approvals.services import Draft, DraftStep
from approvals.services.routes import MOST_STEPS
from tenancy.files import UploadField
from tenancy.models import Membership
from tenancy.rights import STAFF_ROLES, Right, Role

SPARE_STEPS = 1
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def staff_members() -> Any:
    """Everybody who can stand on a line."""
    return Membership.objects.filter(partner=None, is_active=True).order_by("name", "pk")


class NumberInput(forms.NumberInput):
    """An amount, which may have decimals."""

    def __init__(self) -> None:
        super().__init__(attrs={"step": "any", "inputmode": "decimal"})


class RouteForm(forms.Form):
    """The line itself."""

    name = forms.CharField(label=_("Name"), max_length=100)
    amount_from = forms.DecimalField(
        label=_("From amount"), required=False, min_value=0, max_digits=18, decimal_places=4, widget=NumberInput
    )
    amount_below = forms.DecimalField(
        label=_("Below amount"), required=False, min_value=0, max_digits=18, decimal_places=4, widget=NumberInput
    )

    def __init__(self, *args: Any, has_amount: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_amount:
            del self.fields["amount_from"], self.fields["amount_below"]


class StepForm(forms.Form):
    """One step: who, what, for how long, and who comes after."""

    who = forms.ChoiceField(label=_("Person or role"), required=False)
    purpose = forms.ChoiceField(label=_("Does"), choices=Purpose.choices)
    hours = forms.IntegerField(
        label=_("Within business hours"), required=False, min_value=1, max_value=999, widget=forms.NumberInput()
    )
    late = forms.ChoiceField(label=_("After that also"), required=False)
    beside = forms.BooleanField(label=_("At the same time as the step above"), required=False)
    remove = forms.BooleanField(label=_("Take this step away"), required=False)

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {f"member:{member.pk}": member for member in members}
        people = [(key, member.name) for key, member in self.members.items()]
        roles = [(f"role:{role.value}", role.label) for role in Role if role in STAFF_ROLES]
        who: Any = self.fields["who"]
        who.choices = [
            ("", _("Choose somebody")),
            (_("By what they are"), [(Who.MANAGER.value, Who.MANAGER.label), *roles]),
            (_("By name"), people),
        ]
        late: Any = self.fields["late"]
        late.choices = [("", _("Nobody")), (_("By what they are"), roles), (_("By name"), people)]

    @property
    def is_filled(self) -> bool:
        """Whether somebody stands here, before or after it was sent."""
        return bool(self["who"].value())

    @property
    def is_left_out(self) -> bool:
        return self.cleaned_data["remove"] or not self.cleaned_data["who"]

    def draft(self) -> DraftStep:
        data = self.cleaned_data
        kind, _colon, role = data["who"].partition(":")
        is_copy = data["purpose"] == Purpose.COPY
        late = "" if is_copy or not data["hours"] else data["late"]
        return DraftStep(
            purpose=data["purpose"],
            who=kind,
            member=self.members.get(data["who"]),
            role=role if kind == Who.ROLE else "",
            hours=None if is_copy else data["hours"],
            late_member=self.members.get(late),
            late_role=late.partition(":")[2] if late.startswith("role:") else "",
            beside=data["beside"],
        )


class RouteEditor:
    """All forms of the editor, filled from a draft or from what was sent."""

    def __init__(self, member: Membership, draft: Draft, data: Mapping[str, Any] | None = None) -> None:
        self.member = member
        self.start = draft
        self.data = data
        kind = subject_kind(draft.kind)
        self.has_amount = kind is not None and kind.has_amount
        self.members = list(staff_members())
        self.route = RouteForm(data, initial=_route_initial(draft), has_amount=self.has_amount)
        self.steps = [self._step_form(number, step) for number, step in enumerate(self._rows(draft))]

    @property
    def forms(self) -> list[forms.Form]:
        return [self.route, *self.steps]

    @cached_property
    def is_valid(self) -> bool:
        """Whether every field can be read; not yet whether the line makes sense."""
        answers = [form.is_valid() for form in self.forms]  # each form is asked, so that all errors show
        return all(answers)

    @cached_property
    def filled_steps(self) -> list[StepForm]:
        return [form for form in self.steps if not form.is_left_out]

    def draft(self) -> Draft:
        """What was sent, as a draft."""
        data = self.route.cleaned_data
        steps = [form.draft() for form in self.filled_steps]
        if steps:
            steps[0] = replace(steps[0], beside=False)
        return Draft(self.start.kind, data["name"], data.get("amount_from"), data.get("amount_below"), steps)

    def moved_up(self, number: int) -> "RouteEditor":
        """The editor with one step before the one above it; nothing is kept yet."""
        if self.data is None or not 0 < number < len(self.steps):
            return self
        moved = dict(self.data.items())
        for name in self.steps[number].fields:
            above, below = f"step-{number - 1}-{name}", f"step-{number}-{name}"
            values = self.data.get(above), self.data.get(below)
            for key, value in zip((below, above), values, strict=True):
                if value is None:
                    moved.pop(key, None)
                else:
                    moved[key] = value
        return RouteEditor(self.member, self.start, moved)

    def control_id(self, place: str) -> str:
        """The id of the control that a problem's place names, to lead there; empty for none."""
        if place in self.route.fields:
            return self.route[place].id_for_label
        part, _dot, rest = place.partition(".")
        number, _dot, field = rest.partition(".")
        if part == "steps" and number.isdecimal() and int(number) < len(self.filled_steps):
            form = self.filled_steps[int(number)]
            return form[field].id_for_label if field in form.fields else ""
        return self.steps[0]["who"].id_for_label if part == "steps" and self.steps else ""

    def _rows(self, draft: Draft) -> list[DraftStep | None]:
        if self.data is None:
            return [*draft.steps, *[None] * (SPARE_STEPS if draft.steps else 2)][:MOST_STEPS]
        count = str(self.data.get("step_count", ""))
        return [None] * (min(int(count), MOST_STEPS) if count.isdecimal() else 0)

    def _step_form(self, number: int, step: DraftStep | None) -> StepForm:
        # Whoever left since still shows, so that it can be seen what to mend.
        gone = [each for each in (step.member, step.late_member) if each and not each.is_active] if step else []
        return StepForm(self.data, prefix=f"step-{number}", initial=_step_initial(step), members=[*self.members, *gone])


def _route_initial(draft: Draft) -> dict[str, Any]:
    return {"name": draft.name, "amount_from": draft.amount_from, "amount_below": draft.amount_below}


def _step_initial(step: DraftStep | None) -> dict[str, Any]:
    if step is None:
        return {"purpose": Purpose.DECIDE}
    return {
        "purpose": step.purpose,
        "who": _key(step.member, step.role) or step.who,
        "hours": step.hours,
        "late": _key(step.late_member, step.late_role),
        "beside": step.beside,
    }


def _key(member: Membership | None, role: str) -> str:
    if member is not None:
        return f"member:{member.pk}"
    return f"role:{role}" if role else ""


class AbsenceForm(forms.Form):
    """Who decides instead, from when to when."""

    member = forms.ModelChoiceField(
        label=_("Who is away"), queryset=Membership.objects.none(), required=False, empty_label=_("Myself")
    )
    delegate = forms.ModelChoiceField(label=_("Who decides instead"), queryset=Membership.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=DATE)
    ends_on = forms.DateField(label=_("Until"), widget=DATE, help_text=_("The last day of absence."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = timezone.localdate()
        others: Any = self.fields["delegate"]
        others.queryset = staff_members()
        away: Any = self.fields["member"]
        away.queryset = staff_members().exclude(pk=member.pk)
        if not member.can(Right.USERS_MANAGE):
            others.queryset = others.queryset.exclude(pk=member.pk)
            del self.fields["member"]


class AttachForm(forms.Form):
    """A file for a request."""

    file = UploadField(label=_("File"))


class AgreeManyForm(forms.Form):
    """What is said to several requests that are approved."""

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class RefuseManyForm(AgreeManyForm):
    """Why several requests are refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True
        self.fields["comment"].label = _("Reason")
