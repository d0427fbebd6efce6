"""Two who edit the same row at the same time.

The page carries along, for each field, a short digest of what it showed. When it is sent, a field that a colleague has changed
meanwhile and the sender left alone stays as the colleague saved it; one that both changed is asked about, once.
"""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from pages import formats

NAME = "as_seen"
VALUE_SHOWN = 80


class SharedEditing(forms.BaseModelForm):
    """Keeps what colleagues save meanwhile; `components/form_errors.html` puts `as_seen` into the page."""

    @property
    def as_seen_name(self) -> str:
        return self.add_prefix(NAME)

    @property
    def as_seen(self) -> str:
        """What the page shows, for the hidden field; nothing where the row is new."""
        if self.instance.pk is None:
            return ""
        now = {name: _digest(field.widget, value) for name, (field, value) in self._kept().items()}
        if not self.is_bound:
            return json.dumps(now)
        asked = self.errors.as_data()
        return json.dumps(
            {
                name: now[name] if any(error.code == NAME for error in asked.get(name, [])) else seen
                for name, seen in self._seen().items()
                if name in now
            }
        )

    def _clean_fields(self) -> None:
        if not self.is_bound or self.instance.pk is None:
            super()._clean_fields()  # type: ignore[misc]
            return
        left_alone, both = self._changed_by_others()
        for name in left_alone:
            self.fields[name].disabled = True  # what the row holds is checked and taken in place of what was sent
        super()._clean_fields()  # type: ignore[misc]
        for name in left_alone:
            self.fields[name].disabled = False
            if name in self.errors:  # the form would not take what the row holds now
                del self.errors[name]
                both.append(name)
        for name in both:
            field, value = self._kept()[name]
            said = _("A colleague has changed this meanwhile, to “%(value)s”. Save again to put yours in its place.")
            self.add_error(name, forms.ValidationError(said, code=NAME, params={"value": _said(field, value)}))

    def _changed_by_others(self) -> tuple[list[str], list[str]]:
        """The fields that a colleague has changed since the page was made: those the sender left alone, and those both changed."""
        seen = self._seen()
        left_alone: list[str] = []
        both: list[str] = []
        for name, (field, value) in self._kept().items():
            sent = _digest(field.widget, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))
            if name not in seen or _digest(field.widget, value) in (seen[name], sent):
                continue
            (left_alone if sent == seen[name] else both).append(name)
        return left_alone, both

    def _seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.data.get(self.as_seen_name, "{}"))
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}

    def _kept(self) -> dict[str, tuple[forms.Field, Any]]:
        """The fields with what the row holds of them now; no files, and nothing that is worked out as the page is made."""
        return {
            name: (field, field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
            if not (field.disabled or isinstance(field, forms.FileField))
            and not callable(self.initial.get(name, field.initial))
        }


def _digest(widget: forms.Widget, value: Any) -> str:
    return hashlib.sha256(json.dumps(_as_sent(widget, value)).encode()).hexdigest()[:12]


def _as_sent(widget: forms.Widget, value: Any) -> Any:
    """A value as a browser sends it back untouched, whether it comes from the row or from there."""
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value)
        return [_as_sent(each, part) for each, part in zip(widget.widgets, parts or [], strict=False)]
    if isinstance(widget, forms.CheckboxInput):
        return bool(value)
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        return sorted(each for each in map(force_str, shown) if each)
    text = "" if shown is None else force_str(shown).replace("\r\n", "\n").strip()
    if isinstance(widget, forms.NumberInput) and (number := formats.to_decimal(text)) is not None:
        return f"{number.normalize():f}"  # pages leave zeros at the end out
    return text


def _said(field: forms.Field, value: Any) -> str:
    labels = {
        str(key): str(label) for key, label in getattr(field, "choices", ()) if not isinstance(label, list | tuple)
    }
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
    said = ", ".join(labels.get(str(each), str(each)) for each in values if each not in (None, ""))
    return said[:VALUE_SHOWN] or "–"
