"""What staff do with agreements: the list, one agreement, a new one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from approvals.standing import standing_of
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import row_number
from partners import selectors
from partners.agreement_text import as_html
from partners.filters.agreements import AgreementFilterSet
from partners.forms.agreements import AgreementForm, ChoosePartnerForm, NoticeForm, ReasonForm
from partners.models import Agreement, AgreementState, AgreementTemplate, AgreementType, Partner
from partners.models.agreements import AGREEMENT_SUBJECT
from partners.selectors import agreements as reading
from partners.services import agreements as services
from partners.services.agreement_batches import create_agreements
from partners.tables.agreements import AgreementTable
from partners.views.agreement_files import (
    AgreementPdfView,
    AgreementTextView,
    AgreementVerifyView,
    OneAgreementMixin,
)
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Manufacturer, Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right


def send_again(member: Membership, agreements: QuerySet[Agreement], cleaned: dict[str, Any]) -> str:
    """The bulk action: ask once more for what waits for acceptance."""
    told = services.remind(agreements, day=timezone.localdate())
    return ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", told) % {
        "count": formats.number(told)
    }


MOST_SENT = 300
"""So many drafts are sent at once: each by a step of its own, while somebody waits."""


def send_drafts(member: Membership, agreements: QuerySet[Agreement], cleaned: dict[str, Any]) -> str:
    """The bulk action: send the drafts among the chosen, or ask for their approval."""
    drafts = agreements.filter(state=AgreementState.DRAFT).select_related("type", "partner").order_by("pk")
    if drafts.count() > MOST_SENT:
        raise BulkRefusedError(
            _("At most %(count)s drafts can be sent at once. Choose fewer.") % {"count": formats.number(MOST_SENT)}
        )
    sent, asked, errors = 0, 0, []
    for agreement in drafts:
        try:
            with transaction.atomic():
                after = services.send_agreement(agreement, by=member)
        except DomainError as error:
            errors.append(str(error))
            continue
        if after.state == AgreementState.SENT:
            sent += 1
        else:
            asked += 1
    said = []
    if sent or not (asked or errors):
        said.append(
            ngettext("%(count)s agreement is sent.", "%(count)s agreements are sent.", sent)
            % {"count": formats.number(sent)}
        )
    if asked:
        said.append(
            ngettext(
                "%(count)s agreement waits to be approved first.",
                "%(count)s agreements wait to be approved first.",
                asked,
            )
            % {"count": formats.number(asked)}
        )
    return " ".join([*said, *sorted(set(errors))])


class AgreementListView(StaffMixin, ListView):
    """The agreements of the member's partners, what ends next on top."""

    required_right = Right.PARTNERS_VIEW
    required_function = "agreements"
    list_key = "agreements"
    table_class = AgreementTable
    filterset_class = AgreementFilterSet
    template_name = "partners/staff/agreement_list.html"
    default_sort = "-made"
    sorts = {
        "made": Sort("pk", descending=True),
        "partner": Sort("partner__name"),
        "starts_on": Sort("starts_on", descending=True),
        "ends_on": Sort("ends_on"),
        "sent_at": Sort("sent_at", descending=True),
        "accepted_at": Sort("accepted_at", descending=True),
    }
    default_columns = ["partner", "title", "state", "starts_on", "ends_on", "renewal", "manager"]
    export_name = "agreements"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "remind",
            gettext_lazy("Remind"),
            Right.AGREEMENTS_EDIT,
            send_again,
            explanation=gettext_lazy(
                "The partners of those that wait for acceptance are asked again, once a day at most."
            ),
        ),
        BulkAction("send", gettext_lazy("Send drafts"), Right.AGREEMENTS_EDIT, send_drafts),
    ]
    empty = Empty(
        gettext_lazy("No agreements yet"),
        gettext_lazy("Make one with a partner from a template, or choose many partners in the list of partners."),
        url_name="partners:agreement_create",
        action=gettext_lazy("Make an agreement"),
        right=Right.AGREEMENTS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Agreement]:
        return reading.agreement_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(),
            can_edit=self.member.can(Right.AGREEMENTS_EDIT),
            to_review=count_up_to(reading.papers_to_review(self.member)),
            **kwargs,
        )

    def title(self) -> str:
        """How many agreements wait for their partners."""
        waiting = count_up_to(reading.agreements_for(self.member).filter(state=AgreementState.SENT))
        if not waiting:
            return _("No agreement waits for acceptance")
        return ngettext(
            "%(count)s agreement waits for acceptance", "%(count)s agreements wait for acceptance", waiting
        ) % {"count": formats.number(waiting)}


def heading_of(agreement: Agreement) -> str:
    """Where an agreement stands, as a sentence."""
    today, language = timezone.localdate(), get_language()
    state = agreement.shown_state(today)
    end = formats.date(agreement.ends_on, language) if agreement.ends_on else ""
    facts = {"title": agreement.title, "end": end, "start": formats.date(agreement.starts_on, language)}
    if state == "running":
        if not end:
            return _("%(title)s runs with no end") % facts
        if agreement.renewal == "automatic":
            return _("%(title)s runs until %(end)s and then renews itself") % facts
        return _("%(title)s runs until %(end)s") % facts
    sentences = {
        "draft": _("%(title)s is a draft"),
        "sent": _("%(title)s waits for acceptance"),
        "accepted": _("%(title)s begins on %(start)s"),
        "notice": _("%(title)s ends on %(end)s after notice"),
        "ended": _("%(title)s has ended"),
        "terminated": _("%(title)s was terminated as of %(end)s"),
        "refused": _("%(title)s was refused"),
        "withdrawn": _("%(title)s was withdrawn"),
    }
    return sentences[state] % facts


def versions_of(agreement: Agreement, member: Membership) -> list[Agreement]:
    """The agreement's renewals with the first one, in order; none where it stands alone."""
    first = agreement.first_id or agreement.pk
    rows = list(
        reading.agreements_for(member).filter(pk=first).union(reading.agreements_for(member).filter(first=first))
    )
    return sorted(rows, key=lambda row: row.version) if len(rows) > 1 else []


class AgreementView(StaffMixin, OneAgreementMixin, TemplateView):
    """One agreement: where it stands, its exact text, and the next step."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/agreement_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement, today = self.agreement, timezone.localdate()
        can_end = agreement.state == AgreementState.ACCEPTED and not agreement.is_terminated
        is_draft = agreement.state == AgreementState.DRAFT
        standing = standing_of(AGREEMENT_SUBJECT, agreement.pk, self.member) if is_draft else None
        in_approval = standing is not None and standing.is_open
        return super().get_context_data(
            agreement=agreement,
            standing=standing,
            can_send=is_draft and not in_approval and self.member.can(Right.AGREEMENTS_EDIT),
            along_a_line=is_draft and services.goes_along_a_line(agreement.type),
            title=_("%(title)s waits to be approved") % {"title": agreement.title}
            if in_approval
            else heading_of(agreement),
            html=as_html(agreement.text),
            versions=versions_of(agreement, self.member),
            can_edit=self.member.can(Right.AGREEMENTS_EDIT),
            can_withdraw=agreement.state in (AgreementState.DRAFT, AgreementState.SENT),
            can_end=can_end,
            earliest=max(services.earliest_end(agreement, today), agreement.starts_on) if can_end else None,
            **kwargs,
        )


class AgreementStepView(StaffMixin, OneAgreementMixin, FormView):
    """A step of the manufacturer's: sent, reminded, withdrawn, notice given, ended at once."""

    required_right = Right.AGREEMENTS_EDIT
    template_name = "partners/staff/agreement_step.html"
    STEPS = ("withdraw", "notice", "terminate")

    @property
    def step(self) -> str:
        asked = self.request.POST.get("step") or self.request.GET.get("step", "")
        return asked if asked in self.STEPS else "withdraw"

    def get_form_class(self) -> Any:
        return NoticeForm if self.step == "notice" else ReasonForm

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"last_day": max(services.earliest_end(self.agreement, today), self.agreement.starts_on)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(agreement=self.agreement, step=self.step, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("step") == "send":
            return self.done(lambda: sent_sentence(services.send_agreement(self.agreement, by=self.member)))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        agreement, reason, today = self.agreement, form.cleaned_data["reason"], timezone.localdate()
        if self.step == "notice":
            last_day = form.cleaned_data["last_day"]
            return self.done(
                lambda: services.give_notice(
                    agreement, by=self.member, reason=reason, given_on=today, last_day=last_day
                ),
                _("Notice is given."),
            )
        if self.step == "terminate":
            return self.done(
                lambda: services.terminate_at_once(agreement, by=self.member, reason=reason, day=today),
                _("The agreement is terminated."),
            )
        return self.done(
            lambda: services.withdraw_agreement(agreement, by=self.member, reason=reason),
            _("The agreement is withdrawn."),
        )

    def done(self, step: Any, sentence: str = "") -> HttpResponse:
        """Take the step, and say so: what is given, or what the step itself says."""
        try:
            said = step()
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, sentence or said)
        return redirect(self.member.url("partners:agreement", pk=self.agreement.pk))


def sent_sentence(agreement: Agreement) -> str:
    """Whether it went out, or has to be approved first."""
    if agreement.state == AgreementState.SENT:
        return _("The agreement is sent.")
    return _("The agreement is in approval. It goes to the partner with the last approval.")


class StaffPdfView(StaffMixin, AgreementPdfView):
    required_right = Right.PARTNERS_VIEW


class StaffTextView(StaffMixin, AgreementTextView):
    required_right = Right.PARTNERS_VIEW


class StaffVerifyView(StaffMixin, AgreementVerifyView):
    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/agreement_verify.html"


class AgreementCreateView(OnceMixin, StaffMixin, FormView):
    """A new agreement: first with whom and from which template, then its terms and its text as it would be."""

    required_right = Right.AGREEMENTS_EDIT
    required_function = "agreements"
    template_name = "partners/staff/agreement_form.html"

    @cached_property
    def partner(self) -> Partner | None:
        partners = selectors.partners_for(self.member).select_related("kind", "channel_manager")
        if code := self.request.GET.get("parent_code", "").strip():
            return partners.filter(code=code).first()
        if not (pk := row_number(self.request.GET.get("partner", ""))):
            return None
        return get_object_or_404(partners, pk=pk)

    @cached_property
    def kind(self) -> AgreementType | None:
        pk = row_number(self.request.GET.get("type", ""))
        return reading.usable_types().filter(pk=pk).first() if pk else None

    @property
    def is_chosen(self) -> bool:
        return self.partner is not None and self.kind is not None

    @cached_property
    def template(self) -> AgreementTemplate:
        assert self.kind is not None
        return services.published_template(self.kind)

    def get_form(self, form_class: Any = None) -> Any:
        if not self.is_chosen:
            asked = self.request.GET if "parent_code" in self.request.GET else None
            types = reading.agreement_types_for(self.partner) if self.partner else reading.usable_types()
            initial = {"parent_code": self.partner.code} if self.partner else {}
            return ChoosePartnerForm(asked, member=self.member, kinds=types, initial=initial)
        assert self.partner is not None
        assert self.kind is not None
        languages = [code for code in self.template.texts if self.template.texts[code].strip()]
        given = self.request.POST if self.request.method == "POST" else None
        initial = {"language": services.language_of(self.partner, self.template, self.member.manufacturer)}
        return AgreementForm(given, kind=self.kind, spoken=languages, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            partner=self.partner,
            kind=self.kind,
            is_chosen=self.is_chosen,
            has_types=self.is_chosen or reading.usable_types().exists(),
            can_make_templates=self.member.can(Right.SETTINGS_EDIT),
            **kwargs,
        )
        if self.is_chosen:
            context["html"] = self.preview(context["form"])
            assert self.kind is not None
            context["along_a_line"] = services.goes_along_a_line(self.kind)
        return context

    def preview(self, form: Any) -> str:
        """The text as it would be with the terms given, or with the usual ones."""
        assert self.partner is not None
        values = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
        draft = services.draft_of(
            self.partner,
            self.template,
            Manufacturer.objects.get(pk=self.member.manufacturer_id),
            starts_on=values["starts_on"],
            language=values.get("language", ""),
            terms_of={
                name: values[name]
                for name in ("term_months", "renewal", "notice_months", "territory")
                if name in values
            },
        )
        return as_html(draft.text)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_chosen:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.partner is not None
        assert self.kind is not None
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        send = "send" in self.request.POST
        try:
            agreement = services.create_agreement(
                self.partner,
                self.kind,
                starts_on=form.cleaned_data["starts_on"],
                by=self.member,
                send=send,
                language=form.cleaned_data["language"],
                terms_of=form.terms_of,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, sent_sentence(agreement) if send else _("The draft is kept."))
        return redirect(self.member.url("partners:agreement", pk=agreement.pk))


def make_agreements(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action on the list of partners: an agreement for each, by a worker."""
    if not member.can(Right.AGREEMENTS_EDIT):
        raise PermissionDenied
    try:
        create_agreements(
            list(partners.values_list("pk", flat=True)),
            cleaned["type"],
            starts_on=cleaned["starts_on"],
            by=member,
            send=cleaned["send"],
        )
    except DomainError as error:
        return str(error)
    return _("The agreements are being made. You are told when that is done.")
