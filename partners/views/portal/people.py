"""A partner's own people, and the contacts that were shared with it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.paging import Sort, page_of
from partners.forms.people import ContactForm
from partners.models import Contact
from partners.selectors import contact_history as history_selectors
from partners.selectors import people as people_selectors
from partners.services import people as people_services
from partners.views.contact_steps import LeaveStep, ReturnStep
from partners.views.portal.profile import OwnPartnerMixin
from partners.views.staff.people import take_consent
from tenancy.access import PortalMixin
from tenancy.files import attachment_response
from tenancy.once import OnceMixin
from tenancy.rights import Right


class PeopleView(OwnPartnerMixin, TemplateView):
    """Whom the manufacturer should ask for what."""

    required_right = Right.PORTAL_PROFILE_VIEW
    required_function = "people"
    template_name = "partners/portal/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everybody = list(people_selectors.contacts_of(self.partner).select_related("successor"))
        there = [contact for contact in everybody if contact.left_on is None]
        return super().get_context_data(
            title=people_title(there),
            there=there,
            left=[contact for contact in everybody if contact.left_on is not None],
            can_edit=self.member.can(Right.PORTAL_PROFILE_EDIT),
            **kwargs,
        )


def people_title(there: list[Contact]) -> str:
    """Whom the manufacturer knows, as a sentence."""
    if not there:
        return _("Nobody of your company is named here yet")
    first = next((contact for contact in there if contact.is_primary), None)
    if first is None:
        return ngettext(
            "%(count)s of you is named here; say who is to be asked first",
            "%(count)s of you are named here; say who is to be asked first",
            len(there),
        ) % {"count": formats.number(len(there))}
    return _("%(name)s is asked first") % {"name": first}


class OwnContactMixin(OwnPartnerMixin):
    """A page about one of the partner's own people."""

    required_right = Right.PORTAL_PROFILE_EDIT
    required_function = "people"
    kwargs: dict[str, Any]

    @cached_property
    def contact(self) -> Contact:
        return get_object_or_404(people_selectors.contacts_for(self.member), pk=self.kwargs["pk"])

    @property
    def done_url(self) -> str:
        return self.member.url("partners_portal:people")


class PersonCreateView(OnceMixin, OwnContactMixin, FormView):
    """Somebody new."""

    form_class = ContactForm
    template_name = "partners/portal/people_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def contact(self) -> Contact:
        return Contact(partner=self.partner)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.contact}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consents = people_selectors.consents_of(self.contact) if self.contact.pk else []
        return super().get_context_data(contact=self.contact, consents=consents, today=timezone.localdate(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        contact = form.save(commit=False)
        if contact.pk:
            people_services.update_contact(contact, form.columns)
        else:
            people_services.add_contact(contact)
        messages.success(self.request, _("%(name)s is saved.") % {"name": contact})
        return redirect(self.done_url)


class PersonEditView(PersonCreateView):
    """Somebody known."""

    @cached_property
    def contact(self) -> Contact:
        return get_object_or_404(people_selectors.contacts_for(self.member), pk=self.kwargs["pk"])


class PersonLeaveView(OwnContactMixin, LeaveStep):
    """Somebody has left."""

    template_name = "partners/portal/people_leave.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, **kwargs)


class PersonReturnView(OwnContactMixin, ReturnStep):
    """Somebody is there again."""


class PersonConsentView(OwnContactMixin, View):
    """One of the partner's people agrees to a channel, or no longer does."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        take_consent(request, self.contact, self.member)
        return redirect(f"{self.member.url('partners_portal:person_edit', pk=self.contact.pk)}#consent")


class SharedEntriesView(PortalMixin, TemplateView):
    """What was noted together: contacts that the manufacturer shares."""

    required_right = Right.PORTAL_WORK
    required_function = "people"
    template_name = "partners/portal/contacts.html"
    page_size = 30

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = (
            history_selectors.entry_rows(self.member).filter(partner=self.member.partner_id).prefetch_related("files")
        )
        page = page_of(rows, Sort("at", descending=True), size=self.page_size, after=self.request.GET.get("after", ""))
        return super().get_context_data(
            entries=page.rows, next_key=page.next_key, title=self.title(page.rows), **kwargs
        )

    def title(self, rows: list[Any]) -> str:
        if not rows:
            return _("Nothing has been shared with you yet")
        return _("Last noted together: %(title)s") % {"title": rows[0].title}


class SharedFileView(PortalMixin, View):
    """A file of a shared contact, as a download."""

    required_right = Right.PORTAL_WORK
    required_function = "people"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> FileResponse:
        file = get_object_or_404(history_selectors.files_for(self.member), pk=pk)
        return attachment_response(file.file, name=file.original_name, content_type=file.content_type)
