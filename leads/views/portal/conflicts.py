"""Channel conflicts in the portal: a partner's own cases, and the direct sales credited to it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from leads.direct_words import why_words
from leads.forms.conflicts import AppealForm, CaseForm, EvidenceForm
from leads.models import OPEN_CASES, CaseState
from leads.selectors import conflicts as reading
from leads.services import conflicts as services
from leads.tables.conflicts import CASE_TONES
from leads.views.conflicts import CaseAtMixin, CaseFileMixin, CaseStepMixin, Refused, Step, headline, word_form
from pages import formats
from partners.models import Partner
from partners.services.house import house_scope
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.once import OnceMixin
from tenancy.rights import Right

MOST_SHOWN = 50


class OwnCasesMixin(OwnPartnerMixin):
    """Pages of a partner's cases."""

    required_right = Right.PORTAL_DEALS
    required_function: str | None = "deals"
    kwargs: dict[str, Any]
    space = "leads_portal"


class ConflictsView(OwnCasesMixin, TemplateView):
    """The partner's cases and credits, the newest first."""

    template_name = "leads/portal/conflicts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cases = list(reading.cases_for(self.member).order_by("-opened_at", "-pk")[:MOST_SHOWN])
        credited = list(reading.credits_of(self.partner)[:MOST_SHOWN])
        return super().get_context_data(
            title=self.title(sum(case.state in OPEN_CASES for case in cases)),
            cases=[(case, CASE_TONES.get(case.state, "")) for case in cases],
            credited=[(sale, why_words(sale.explanation)) for sale in credited],
            totals=reading.credit_totals(self.partner),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def title(self, waiting: int) -> str:
        """How many cases are open."""
        if not waiting:
            return _("No channel conflict is open")
        return ngettext("%(count)s channel conflict is open", "%(count)s channel conflicts are open", waiting) % {
            "count": formats.number(waiting)
        }


class ConflictCreateView(OnceMixin, OwnCasesMixin, FormView):
    """A partner raises a conflict."""

    form_class = CaseForm
    template_name = "leads/portal/conflict_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def form_valid(self, form: Any) -> HttpResponse:
        case = services.raise_case(form.save(commit=False), by=self.member)
        messages.success(self.request, _("The manufacturer has your case. Add what proves it."))
        return redirect(self.member.url("leads_portal:conflict", pk=case.pk))


class ConflictView(OwnCasesMixin, CaseAtMixin, TemplateView):
    """One case, as far as it concerns the partner: never who the other one is, unless that was decided."""

    template_name = "leads/portal/conflict.html"

    def get_context_data(self, *, refused: Refused | None = None, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        return super().get_context_data(
            case=case,
            title=headline(case),
            tone=CASE_TONES.get(case.state, ""),
            is_first=case.partner_id == self.member.partner_id,
            other_name=self.other_name() if case.shows_names else "",
            said=reading.said_in(case, self.member),
            evidence=reading.evidence_of(case, self.member),
            steps=list(case.steps.all()),
            may_appeal=services.may_appeal(case),
            appealed_by_us=case.appealed_by_id == self.member.partner_id,
            is_closed=case.state == CaseState.CLOSED,
            word_form=word_form(refused),
            evidence_form=Refused.form_of(refused, "evidence", EvidenceForm()),
            appeal_form=Refused.form_of(refused, "appeal", AppealForm()),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def other_name(self) -> str:
        """Who the other partner is, where the decision shows it."""
        case = self.case
        other = case.other_id if case.partner_id == self.member.partner_id else case.partner_id
        if other is None:
            return ""
        with house_scope():
            return str(Partner.objects.get(pk=other))


class ConflictStepView(OwnCasesMixin, CaseStepMixin):
    """A step of a partner."""

    case_view = ConflictView

    def steps(self) -> dict[str, Step]:
        return super().steps() | {"appeal": Step(AppealForm(self.request.POST), self.appeal)}

    def appeal(self, written: Mapping[str, Any]) -> str:
        services.appeal(self.case, text=written["text"], by=self.member)
        return _("Your appeal is sent. Somebody else decides now.")


class ConflictFileView(OwnCasesMixin, CaseFileMixin):
    """A piece of evidence of the partner."""
