"""The manufacturer's own fields on its partners: from text to what is stored, and back to what is shown.

A value is stored under the field's key in `Partner.custom`: text and choice as text, a number as a number, a date as
'2026-06-30', several choices as a list, a file as where it is kept and what it is. A field without a value has no key.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextChoices
from django.http import FileResponse, Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pages import formats
from partners.models import CustomField
from tenancy.files import UploadField, attachment_response, clean_name, stored_name

PREFIX = "custom_"
REMOVE = "_remove"
FOLDER = "own-fields"


def all_custom_fields() -> list[CustomField]:
    """The manufacturer's own fields in their order."""
    return list(CustomField.objects.all())


def form_field(definition: CustomField) -> forms.Field:
    """The control for a field; its cleaned value goes to `stored`."""
    options: dict[str, Any] = {"label": str(definition), "required": False}
    choices = [(choice, choice) for choice in definition.choices]
    match definition.type:
        case CustomField.Type.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=4, **options)
        case CustomField.Type.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
        case CustomField.Type.CHOICE:
            return forms.ChoiceField(choices=[("", ""), *choices], **options)
        case CustomField.Type.MULTIPLE:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
        case CustomField.Type.FILE:
            return UploadField(widget=forms.FileInput, **options)
    return forms.CharField(max_length=1000, **options)


def form_fields(definitions: Iterable[CustomField]) -> dict[str, forms.Field]:
    """The controls of all fields by their name in a form."""
    return {PREFIX + definition.key: form_field(definition) for definition in definitions}


def removal_fields(definitions: Iterable[CustomField], custom: Mapping[str, Any]) -> dict[str, forms.Field]:
    """For each file that is there a box that takes it away."""
    return {
        PREFIX + definition.key + REMOVE: forms.BooleanField(
            label=_("Take away “%(name)s”") % {"name": shown(definition, custom[definition.key])}, required=False
        )
        for definition in definitions
        if definition.type == CustomField.Type.FILE and definition.key in custom
    }


def initial_values(definitions: Iterable[CustomField], custom: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls show at first; a file is chosen anew."""
    return {
        PREFIX + definition.key: custom.get(definition.key)
        for definition in definitions
        if definition.type != CustomField.Type.FILE
    }


def merged(custom: Mapping[str, Any], definitions: Iterable[CustomField], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values with those of a form put over them; what was emptied is gone. Files are kept by `with_files`."""
    result = dict(custom)
    for definition in definitions:
        if definition.type == CustomField.Type.FILE:
            continue
        value = stored(cleaned.get(PREFIX + definition.key))
        if value is None:
            result.pop(definition.key, None)
        else:
            result[definition.key] = value
    return result


def with_files(
    custom: Mapping[str, Any], definitions: Iterable[CustomField], cleaned: Mapping[str, Any], *, manufacturer: int
) -> dict[str, Any]:
    """The stored values with the files of a form: new ones are kept, and those to be taken away are gone."""
    result = dict(custom)
    for definition in definitions:
        if definition.type != CustomField.Type.FILE:
            continue
        upload = cleaned.get(PREFIX + definition.key)
        if isinstance(upload, UploadedFile):
            name = clean_name(upload.name or "")
            path = default_storage.save(stored_name(manufacturer, FOLDER, name), upload)
            kind = getattr(upload, "checked_type", "")
            result[definition.key] = {"path": path, "name": name, "size": upload.size, "type": kind}
        elif cleaned.get(PREFIX + definition.key + REMOVE):
            result.pop(definition.key, None)
    return result


def file_response(custom: Mapping[str, Any], key: str, *, manufacturer: int) -> FileResponse:
    """A partner's file as a download; 404 where there is none."""
    value = custom.get(key)
    path = value.get("path", "") if isinstance(value, dict) else ""
    if not path.startswith(f"{manufacturer}/{FOLDER}/") or not default_storage.exists(path):
        raise Http404
    told: Mapping[str, Any] = custom[key]
    return attachment_response(default_storage.open(path), name=told["name"], content_type=told["type"])


def stored(value: Any) -> Any:
    """A cleaned value as it is kept, None for nothing."""
    if value in (None, "", []):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def parse(definition: CustomField, text: str) -> Any:
    """A cell of a file as it is stored, None for an empty one. Several choices stand between semicolons.

    Raises ValidationError with a sentence for what does not fit the field.
    """
    raw: Any = text.strip()
    if definition.type == CustomField.Type.MULTIPLE:
        raw = [part.strip() for part in raw.split(";") if part.strip()]
    if definition.type in (CustomField.Type.CHOICE, CustomField.Type.MULTIPLE):
        given = raw if isinstance(raw, list) else [raw] if raw else []
        if unknown := [choice for choice in given if choice not in definition.choices]:
            raise ValidationError(
                _("%(given)s is not among the choices: %(choices)s."),
                params={"given": ", ".join(unknown), "choices": ", ".join(definition.choices)},
            )
    return stored(form_field(definition).clean(raw))


def shown(definition: CustomField, value: Any) -> str:
    """A stored value as a reader sees it."""
    if value in (None, "", []):
        return ""
    match definition.type:
        case CustomField.Type.NUMBER:
            return formats.number(value)
        case CustomField.Type.DATE:
            return formats.date(dt.date.fromisoformat(value), get_language())
        case CustomField.Type.MULTIPLE:
            return ", ".join(value)
        case CustomField.Type.FILE:
            return str(value["name"]) if isinstance(value, dict) else ""
    return str(value)


CHOICE_TYPES: frozenset[TextChoices] = frozenset({CustomField.Type.CHOICE, CustomField.Type.MULTIPLE})
"""Types that need a list of choices."""
