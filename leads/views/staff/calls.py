"""The call-centre page: who is calling, what is open with them, and a new lead, in one screen and by keyboard alone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from leads import privacy
from leads.forms.calls import CallForm
from leads.selectors.callers import Caller, callers, dealings_of, waiting_calls
from leads.selectors.leads import digits_of
from leads.services import intake
from leads.services.codes import CALL
from leads.tables.leads import LEAD_TONES
from leads.views.staff.leads import LeadsMixin
from pages import formats
from tenancy.once import OnceMixin
from tenancy.rights import Right

LONGEST = 40


class CallView(OnceMixin, LeadsMixin, FormView):
    """A telephone system opens it with the number of who calls: `…/leads/call/?phone=…`."""

    required_right = Right.LEADS_EDIT
    form_class = CallForm
    template_name = "leads/staff/call.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.member is not None and request.member.is_staff and not privacy.sees_people(request.member):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def phone(self) -> str:
        return self.request.GET.get("phone", "").strip()[:LONGEST]

    @cached_property
    def found(self) -> list[Caller]:
        return callers(self.member, self.phone)

    @cached_property
    def caller(self) -> Caller | None:
        """Who was chosen, else who has the whole number, if that is only one."""
        asked = self.request.GET.get("who", "")
        for each in self.found:
            if each.key == asked:
                return each
        exact = [each for each in self.found if each.is_exact]
        return exact[0] if exact else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        if request.headers.get("HX-Target") == "callers":
            return render(request, "leads/partials/callers.html", context)
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        caller = self.caller
        dealings = dealings_of(self.member, caller) if caller else None
        form = kwargs.pop("form", None) or self.get_form()
        if self.phone:  # who is called up by the telephone system writes at once
            form.fields["subject" if caller else "name"].widget.attrs["autofocus"] = True
        return super().get_context_data(
            phone=self.phone,
            is_searched=bool(digits_of(self.phone)),
            callers=self.found,
            caller=caller,
            open_leads=[(lead, LEAD_TONES.get(lead.state, "")) for lead in dealings.open_leads] if dealings else [],
            past_leads=[(lead, LEAD_TONES.get(lead.state, "")) for lead in dealings.past_leads] if dealings else [],
            tasks=dealings.tasks if dealings else [],
            waiting=waiting_calls(self.member) if not self.phone else [],
            title=self.title(),
            form=form,
            **kwargs,
        )

    def title(self) -> str:
        caller = self.caller
        if caller is not None:
            name = f"{caller.name} ({caller.company})" if caller.company else caller.name
            return _("%(name)s is calling") % {"name": name} if caller.is_exact else name
        if self.found:
            count = len(self.found)
            return ngettext("%(count)s has this number", "%(count)s have this number", count) % {
                "count": formats.number(count)
            }
        return _("Nobody known has this number") if digits_of(self.phone) else _("Who is calling?")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        """What is known of the caller stands in the form already."""
        caller = self.caller
        if caller is None:
            return {"phone": self.phone}
        record = caller.record
        match caller.kind:
            case "lead":
                names = ("phone", "name", "company", "email", "city", "kind")
                return {name: getattr(record, f"{name}_id" if name == "kind" else name) for name in names}
            case "customer":
                is_person = record.kind == "person"
                return {
                    "phone": record.phone,
                    "name": record.name if is_person else record.contact_name,
                    "company": "" if is_person else record.name,
                    "email": record.email,
                    "city": record.city,
                }
        return {"phone": self.phone}

    def form_valid(self, form: CallForm) -> HttpResponse:
        values = {name: form.cleaned_data[name] for name in form._meta.fields or ()}
        caller = self.caller
        if caller is not None:
            values["customer"] = (
                caller.record if caller.kind == "customer" else getattr(caller.record, "customer", None)
            )
        agreed = form.cleaned_data["agreed"]
        lead = intake.create_once(
            values,
            form_key=self.form_key,
            source=CALL,
            by=self.member,
            consent=str(form.fields["agreed"].label) if agreed else "",
            consent_version="call" if agreed else "",
            referred_by=self.referrer(caller),
        )
        messages.success(
            self.request, _("%(lead)s is kept as %(reference)s.") % {"lead": lead, "reference": lead.reference}
        )
        return redirect(f"{self.member.url('leads:call')}?{urlencode({'phone': lead.phone, 'who': f'lead-{lead.pk}'})}")

    @staticmethod
    def referrer(caller: Caller | None) -> Any:
        """A partner who calls tells of somebody else: the lead is its referral."""
        if caller is None or caller.kind not in ("contact", "partner"):
            return None
        return caller.record.partner if caller.kind == "contact" else caller.record
