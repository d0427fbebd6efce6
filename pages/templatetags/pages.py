"""Tags for pages: addresses, icons, charts, ladders. `{% load pages %}`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField
from django.template import Context
from django.utils.choices import BlankChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pages import markup
from pages.charts import spark_points

register = template.Library()


@register.simple_tag(takes_context=True)
def page(context: Context, name: str, **kwargs: Any) -> str:
    """The address of a page of this manufacturer: `{% page 'partners:detail' pk=partner.pk %}`."""
    return context["request"].member.url(name, **kwargs)


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A line icon that says nothing to screen readers; its button has the words."""
    return mark_safe(markup.icon(name, size))  # noqa: S308 - our own constants


@register.simple_tag
def tier(colour: str, name: str) -> SafeString:
    """A tier: its colour as a dot, always with its name."""
    return format_html('<span class="tier tier-{}">{}</span>', colour, name)


@register.simple_tag
def sparkline(values: Any) -> SafeString:
    """A trend as a small line; nothing where there are fewer than two values."""
    points = spark_points(values or [])
    if not points:
        return mark_safe("")
    return format_html(
        '<svg class="spark" width="80" height="20" aria-hidden="true"><polyline points="{}"/></svg>', points
    )


@dataclass(frozen=True)
class FieldParts:
    """How a form field is laid out, for `components/field.html`."""

    control: SafeString
    css: str
    is_check: bool
    is_group: bool
    described_by: str


@register.simple_tag
def field_parts(field: BoundField) -> FieldParts:
    """The field's control with our classes; Django itself ties help and errors to it."""
    widget = field.field.widget
    _name_what_is_not_chosen(field.field)
    if isinstance(field.field, forms.DecimalField) and isinstance(field.initial, Decimal):
        field.initial = _without_zeros(field.initial)
    is_check = isinstance(widget, forms.CheckboxInput)
    is_group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if is_check or is_group:
        control_css = "form-check-input"
    elif isinstance(widget, forms.Select):
        control_css = "form-select"
    else:
        control_css = "form-control"
    css = ["field"]
    if is_check:
        css.append("field-check")
    if isinstance(widget, forms.Textarea):
        css.append("field-wide")
    if field.errors:
        css.append("has-error")
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {control_css}".strip()}
    return FieldParts(
        control=_choices(field) if is_group else field.as_widget(attrs=attrs),
        css=" ".join(css),
        is_check=is_check,
        is_group=is_group,
        described_by=field.aria_describedby or "",
    )


@register.filter
def begun(rows: Sequence[Sequence[BoundField]]) -> list[Sequence[BoundField]]:
    """Of rows of fields that may stay empty the first, and those with something in them or wrong with them."""
    return [row for place, row in enumerate(rows) if place == 0 or _is_begun(row)]


@register.filter
def spare(rows: Sequence[Sequence[BoundField]]) -> list[Sequence[BoundField]]:
    """The rows that `begun` leaves: folded away until they are needed."""
    return [row for place, row in enumerate(rows) if place > 0 and not _is_begun(row)]


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute: htmx takes script elements out of what it fetches, JSON or not."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)


def _name_what_is_not_chosen(field: forms.Field) -> None:
    """Words in place of Django's dashes where nothing is chosen yet."""
    dashes = BLANK_CHOICE_DASH[0]
    words = _("Choose") if field.required else "–"
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words if field.empty_label == dashes[1] else field.empty_label
    elif (
        isinstance(field, forms.ChoiceField)
        and isinstance(field.choices, list | BlankChoiceIterator)
        and dashes in field.choices
    ):
        field.choices = [("", words) if choice == dashes else choice for choice in field.choices]


def _is_begun(row: Sequence[BoundField]) -> bool:
    return any(field.errors or field.value() not in (None, "") for field in row)


def _without_zeros(value: Decimal) -> str:
    """7,400,000 as a person writes it, and never 7.4E+6 or -0; the database keeps 7,400,000.0000."""
    return format(value.normalize(), "f") if value else "0"


def _choices(field: BoundField) -> SafeString:
    """Radio buttons or boxes, one line each; Django's own template would put our class on the group as well."""
    for part in field.subwidgets:
        part.data["attrs"]["class"] = "form-check-input"
    return format_html(
        '<div class="field-choices">{}</div>',
        format_html_join("", "<label>{} {}</label>", ((part.tag(), part.choice_label) for part in field.subwidgets)),
    )
