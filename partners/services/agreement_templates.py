"""The texts that agreements are made from: a draft per type, published as a version and frozen then."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.agreement_text import problems_of
from partners.models import (
    AgreementTemplate,
    AgreementType,
)
from partners.services.agreements import AgreementError
from tenancy.models import Membership


@transaction.atomic
def edit_template(kind: AgreementType, *, by: Membership | None) -> AgreementTemplate:
    """The version of a template that can be edited: the open draft, else a new one with the latest texts."""
    AgreementType.objects.select_for_update(no_key=True).get(pk=kind.pk)
    latest = AgreementTemplate.objects.filter(type=kind).order_by("-version").first()
    if latest is not None and latest.published_at is None:
        return latest
    return AgreementTemplate.objects.create(
        type=kind,
        version=latest.version + 1 if latest else 1,
        texts=latest.texts if latest else {},
    )


@transaction.atomic
def save_texts(template: AgreementTemplate, texts: Mapping[str, str]) -> AgreementTemplate:
    """Replace the texts of a draft; half-finished ones may be saved. A published version refuses."""
    template = _locked_draft(template)
    template.texts = {language: text for language, text in texts.items() if text.strip()}
    template.save(update_fields=["texts", "updated_at"])
    return template


@transaction.atomic
def publish_template(template: AgreementTemplate, *, by: Membership | None) -> AgreementTemplate:
    """Offer a version: agreements are made from the latest published one. Its text is frozen from then on."""
    template = _locked_draft(template)
    problems = problems_of_texts(template.texts)
    if problems:
        raise AgreementError(problems[0][1])
    template.published_at, template.published_by = timezone.now(), by
    template.save(update_fields=["published_at", "published_by", "updated_at"])
    return template


def problems_of_texts(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with a template's texts, as (language, sentence); empty when it can be published."""
    if not any(text.strip() for text in texts.values()):
        return [("", _("Write the text in at least one language."))]
    return [(language, problem) for language, text in texts.items() if text.strip() for problem in problems_of(text)]


def _locked_draft(template: AgreementTemplate) -> AgreementTemplate:
    template = AgreementTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    if template.published_at is not None:
        raise AgreementError(_("A published text cannot be changed. Edit the template to make its next version."))
    return template
