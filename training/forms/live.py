"""Live sessions: when and where, and who was there."""

import csv
import datetime as dt
import io
import zoneinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from tenancy.zone_fields import ZoneField
from training.models import LiveSession

MOMENT = "%Y-%m-%dT%H:%M"
MOST_ATTENDANCE = 1024 * 1024
YEARS_AHEAD = 5
YES, NO = {"yes", "y", "1", "true", "o", "출석", "예", "出席", "はい"}, {
    "no", "n", "0", "false", "x", "결석", "아니오", "欠席", "いいえ", "",
}  # fmt: skip
EMAIL_HEADS, THERE_HEADS = {"email", "e-mail", "mail", "이메일", "メール"}, {
    "attended", "attendance", "there", "출석", "出席",
}  # fmt: skip


class ClockField(forms.DateTimeField):
    """A date and time as it is written: which clock is meant is said by another field."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        return super(forms.DateTimeField, self).to_python(value)


class SessionForm(OwnedModelForm):
    """A session. Its times are by the clock of its own time zone."""

    starts = ClockField(
        label=gettext_lazy("Begins"),
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes it takes"), min_value=5, max_value=24 * 60, initial=60)
    link = forms.URLField(
        label=gettext_lazy("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Shown only to who has a seat, and in the invitation."),
    )
    field_order = ("starts", "minutes", "zone", "seats", "place", "link", "trainer", "note")

    class Meta:
        model = LiveSession
        fields = ["zone", "seats", "place", "link", "trainer", "note"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["place"].label = _("Where it is held")
        fields["trainer"].queryset = members_with(Right.TRAINING_EDIT).order_by("name", "pk")
        fields["zone"] = ZoneField(
            label=_("Time zone"),
            initial=self.instance.zone or member.manufacturer.timezone,
        )
        session = self.instance
        if session.pk:
            zone = zoneinfo.ZoneInfo(session.zone)
            fields["starts"].initial = session.starts_at.astimezone(zone).replace(tzinfo=None).strftime(MOMENT)
            fields["minutes"].initial = int((session.ends_at - session.starts_at).total_seconds() // 60)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("place") and not given.get("link"):
            self.add_error("place", _("Say where: a place, a link, or both."))
        if given.get("starts") and given.get("minutes") and given.get("zone"):
            year = timezone.now().year
            if not year - 1 <= given["starts"].year <= year + YEARS_AHEAD:
                self.add_error("starts", _("Choose a day in the next five years."))
                return given
            starts = given["starts"].replace(tzinfo=zoneinfo.ZoneInfo(given["zone"]))
            if starts.astimezone(dt.UTC).astimezone(starts.tzinfo).replace(tzinfo=None) != starts.replace(tzinfo=None):
                self.add_error("starts", _("There is no such time on that day: the clocks are put forward then."))
            self.instance.starts_at = starts.astimezone(dt.UTC)
            self.instance.ends_at = self.instance.starts_at + dt.timedelta(minutes=given["minutes"])
        return given


class CallOffForm(forms.Form):
    """Why a session is not held."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is called off"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why: it goes to everybody who has a seat.")},
    )


class AttendanceFileForm(forms.Form):
    """Who was there, as a file: a column of e-mail addresses, and one that says yes or no."""

    file = UploadField(
        label=gettext_lazy("Attendance as CSV"),
        kinds=("csv",),
        max_bytes=MOST_ATTENDANCE,
        help_text=gettext_lazy("With the columns email and attended (yes or no). Without the second all were there."),
    )

    def clean_file(self) -> dict[str, bool]:
        """Who was there, by e-mail address in small letters."""
        raw = self.cleaned_data["file"].read()
        text = next(
            (found for code in ("utf-8-sig", "cp949", "cp932") if (found := _decoded(raw, code)) is not None), ""
        )
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        first = text.partition("\n")[0]
        try:
            rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
        except csv.Error as error:
            raise forms.ValidationError(
                _("It cannot be read as CSV: see whether a quotation mark is missing.")
            ) from error
        heads = [cell.strip().lower() for cell in rows[0]] if rows else []
        email = next((at for at, head in enumerate(heads) if head in EMAIL_HEADS), None)
        there = next((at for at, head in enumerate(heads) if head in THERE_HEADS), None)
        if email is None:
            raise forms.ValidationError(_("The first line has to name a column “email”."))
        marks: dict[str, bool] = {}
        for line, row in enumerate(rows[1:], start=2):
            address = row[email].strip().lower() if email < len(row) else ""
            if not address:
                continue
            said = (
                row[there].strip().lower()
                if there is not None and there < len(row)
                else ("yes" if there is None else "")
            )
            if said not in YES | NO:
                raise forms.ValidationError(
                    _("Line %(line)s: “%(word)s” is neither yes nor no."), params={"line": line, "word": said[:30]}
                )
            marks[address] = said in YES
        if not marks:
            raise forms.ValidationError(_("There is nobody in it."))
        return marks


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
