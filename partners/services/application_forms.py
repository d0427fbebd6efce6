"""The form that companies apply with: one draft to work on, one version that is asked, and all that were asked before."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from partners.models import ApplicationForm, ApplicationQuestion
from partners.services.partners import PartnerError
from partners.vetting import QuestionType
from tenancy.models import Membership

MOST_QUESTIONS = 60

DEFAULT_CONSENTS = {
    "en": "I agree that the details of this application are kept and used to examine it, and that I am answered by "
    "e-mail or phone. I can withdraw my consent at any time.",
    "ko": "본 신청서의 내용을 심사 목적으로 보관·이용하고 이메일 또는 전화로 회신받는 것에 동의합니다. 동의는 언제든지 철회할 수 있습니다.",
    "ja": "本申込書の内容を審査のために保管・利用し、メールまたは電話で回答を受けることに同意します。同意はいつでも撤回できます。",
}
DEFAULT_QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "years",
        "type": QuestionType.NUMBER,
        "labels": {
            "en": "For how many years have you been in business?",
            "ko": "영업 기간은 몇 년입니까?",
            "ja": "営業年数は何年ですか?",
        },
        "is_required": True,
        "weight": 30,
        "options": [
            {"key": "0", "points": 20, "knock_out": False},
            {"key": "3", "points": 60, "knock_out": False},
            {"key": "10", "points": 100, "knock_out": False},
        ],
    },
    {
        "key": "place",
        "type": QuestionType.PLACE,
        "labels": {
            "en": "Where would you sell?",
            "ko": "어느 지역에서 판매하실 예정입니까?",
            "ja": "どの地域で販売されますか?",
        },
        "is_required": True,
        "weight": 0,
        "options": [],
    },
    {
        "key": "why",
        "type": QuestionType.LONG,
        "labels": {
            "en": "Why would you like to work with us?",
            "ko": "저희와 함께하고자 하는 이유는 무엇입니까?",
            "ja": "弊社との取引を希望される理由をお聞かせください。",
        },
        "is_required": False,
        "weight": 0,
        "options": [],
    },
]


class ApplicationFormError(PartnerError):
    """A change that a form cannot take."""


@transaction.atomic
def draft_form(*, by: Membership) -> ApplicationForm:
    """The draft to work on: the one there is, else a copy of the newest version, else a beginning."""
    draft = ApplicationForm.objects.filter(state=ApplicationForm.State.DRAFT).first()
    if draft is not None:
        return draft
    latest = ApplicationForm.objects.order_by("-version").first()
    languages = by.manufacturer.languages or ["en"]
    draft, created = ApplicationForm.objects.get_or_create(
        state=ApplicationForm.State.DRAFT,
        defaults={
            "version": (latest.version if latest else 0) + 1,
            "intros": latest.intros if latest else {},
            "consents": latest.consents if latest else {code: DEFAULT_CONSENTS[code] for code in languages},
        },
    )
    if not created:
        return draft
    if latest is None:
        ApplicationQuestion.objects.bulk_create(
            ApplicationQuestion(form=draft, order=order, **question) for order, question in enumerate(DEFAULT_QUESTIONS)
        )
        return draft
    copied = ("key", "type", "labels", "helps", "is_required", "weight", "options", "order")
    ApplicationQuestion.objects.bulk_create(
        ApplicationQuestion(form=draft, **{name: getattr(question, name) for name in copied})
        for question in latest.questions.all()
    )
    return draft


@transaction.atomic
def publish_form(form: ApplicationForm, *, by: Membership) -> ApplicationForm:
    """From now on companies are asked by this version; the one before stays with the applications it was asked in."""
    form = _draft(form)
    ApplicationForm.objects.filter(state=ApplicationForm.State.PUBLISHED).update(state=ApplicationForm.State.RETIRED)
    form.state = ApplicationForm.State.PUBLISHED
    form.published_at, form.published_by = timezone.now(), by
    form.save(update_fields=["state", "published_at", "published_by"])
    return form


def close_form(form: ApplicationForm) -> None:
    """Take no applications any more, until a version is published again."""
    ApplicationForm.objects.filter(pk=form.pk, state=ApplicationForm.State.PUBLISHED).update(
        state=ApplicationForm.State.RETIRED
    )


@transaction.atomic
def delete_draft(form: ApplicationForm) -> None:
    """Throw a draft away; what was published before stays in force."""
    _draft(form).delete()


@transaction.atomic
def save_question(question: ApplicationQuestion) -> ApplicationQuestion:
    """Keep a question of a draft; a new one comes last and gets a key that its answers are kept under."""
    form = _draft(question.form)
    is_new = question._state.adding
    if is_new:
        others = form.questions.all()
        if others.count() >= MOST_QUESTIONS:
            raise ApplicationFormError(_("A form has at most %(count)s questions.") % {"count": MOST_QUESTIONS})
        last: int | None = others.aggregate(last=Max("order"))["last"]
        question.order = 0 if last is None else last + 1
        question.key = _free_key(question, set(others.values_list("key", flat=True)))
    question.save()
    return question


@transaction.atomic
def remove_question(question: ApplicationQuestion) -> None:
    """Ask this no more, in the draft."""
    _draft(question.form)
    question.delete()


@transaction.atomic
def move_question(question: ApplicationQuestion, *, up: bool) -> None:
    """Change places with the question before or after; at the end nothing happens."""
    form = _draft(question.form)
    questions = list(form.questions.order_by("order", "pk"))
    place = next(number for number, each in enumerate(questions) if each.pk == question.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(questions):
        return
    questions[place], questions[other] = questions[other], questions[place]
    for order, each in enumerate(questions):
        each.order = order
    ApplicationQuestion.objects.bulk_update(questions, ["order"])


def _draft(form: ApplicationForm) -> ApplicationForm:
    form = ApplicationForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    if not form.is_draft:
        raise ApplicationFormError(_("This version is published and stays as it is. Make a new draft to change it."))
    return form


def _free_key(question: ApplicationQuestion, taken: set[str]) -> str:
    text = question.labels.get("en") or next(iter(question.labels.values()), "")
    stem = slugify(text)[:30].strip("-") or question.type
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
