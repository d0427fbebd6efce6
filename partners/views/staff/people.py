"""The people of partners, as staff see them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import row_number
from partners import selectors
from partners.filters.people import ContactFilterSet
from partners.forms.people import (
    ConsentForm,
    InsightForm,
    PeopleSettingsForm,
    StaffContactForm,
)
from partners.models import Contact, Occasion, Partner
from partners.selectors import people as people_selectors
from partners.selectors.contact_history import entry_rows
from partners.services import people as people_services
from partners.tables.people import ContactTable
from partners.told import told_of_consents
from partners.views.contact_steps import LeaveStep, ReturnStep
from tenancy.access import StaffMixin
from tenancy.history import history_of
from tenancy.once import OnceMixin
from tenancy.rights import Right

ENTRIES_SHOWN = 10
CHANGES_SHOWN = 5


class ContactListView(StaffMixin, ListView):
    """All people of all partners that the member may see."""

    required_right = Right.PARTNERS_VIEW
    required_function = "people"
    list_key = "contacts"
    table_class = ContactTable
    filterset_class = ContactFilterSet
    template_name = "partners/staff/people_list.html"
    default_sort = "name"
    sorts = {"name": Sort("name"), "joined_on": Sort("joined_on", descending=True)}
    default_columns = ["name", "partner", "role", "position", "mobile", "email", "left_on"]
    export_name = "people"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("Nobody is noted yet"),
        gettext_lazy("Note the first person, or bring them in from a sheet."),
        url_name="partners:contact_create",
        action=gettext_lazy("Add a person"),
        right=Right.CONTACTS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Contact]:
        return people_selectors.contact_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = people_selectors.special_days(self.member, timezone.localdate())
        waiting = [day for day in days if day.greeting is None]
        return super().get_context_data(
            title=days_title(len(waiting)) if waiting else _("Nobody has a special day this week or next"),
            can_edit=self.member.can(Right.CONTACTS_EDIT),
            **kwargs,
        )


def days_title(count: int) -> str:
    """How many people have a day to congratulate on."""
    return ngettext(
        "%(count)s person has a birthday or anniversary this week or next",
        "%(count)s people have a birthday or anniversary this week or next",
        count,
    ) % {"count": formats.number(count)}


class OneContactMixin(StaffMixin):
    """A page of one person whom the member may see."""

    required_function = "people"
    required_right = Right.CONTACTS_EDIT
    kwargs: dict[str, Any]

    @cached_property
    def contact(self) -> Contact:
        contacts = people_selectors.contacts_for(self.member).select_related("partner", "membership", "successor")
        return get_object_or_404(contacts, pk=self.kwargs["pk"])

    @property
    def done_url(self) -> str:
        return self.member.url("partners:contact", pk=self.contact.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, partner=self.contact.partner, **kwargs)  # type: ignore[misc]


class ContactView(OneContactMixin, TemplateView):
    """All about one person."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/people_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact, today = self.contact, timezone.localdate()
        return super().get_context_data(
            title=contact_title(contact),
            insight=people_selectors.insight_of(contact),
            consents=people_selectors.consents_of(contact),
            told=told_of_consents(self.member, contact),
            consent_form=ConsentForm(initial={"on": today}),
            favours=people_selectors.favours_of(contact),
            balance=people_selectors.favour_balance(contact, today),
            currency=self.member.manufacturer.currency,
            entries=entry_rows(self.member).filter(contact=contact).order_by("-at", "-pk")[:ENTRIES_SHOWN],
            changes=history_of(contact, limit=CHANGES_SHOWN),
            can_edit=self.member.can(Right.CONTACTS_EDIT),
            special=[
                (occasion, near)
                for occasion in Occasion
                if (near := people_selectors.special_day_of(contact, occasion, today))
            ],
            **kwargs,
        )


def contact_title(contact: Contact) -> str:
    """What matters of a person, as a sentence."""
    words = {"name": contact, "partner": contact.partner, "successor": contact.successor}
    if contact.left_on is not None and contact.successor is not None:
        return _("%(name)s has left %(partner)s; %(successor)s follows") % words
    if contact.left_on is not None:
        return _("%(name)s has left %(partner)s, and nobody follows yet") % words
    if contact.is_primary:
        return _("%(name)s is the first to ask at %(partner)s") % words
    return _("%(name)s works at %(partner)s") % words


class ContactFormView(StaffMixin, FormView):
    """A person is added or edited."""

    required_right = Right.CONTACTS_EDIT
    required_function = "people"
    form_class = StaffContactForm
    template_name = "partners/staff/people_form.html"

    @cached_property
    def contact(self) -> Contact:
        return Contact()

    @cached_property
    def partner(self) -> Partner | None:
        """The partner whose page one comes from."""
        key = row_number(self.request.GET.get("partner", ""))
        return selectors.partners_for(self.member).filter(pk=key).first() if key else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "member": self.member,
            "instance": self.contact,
            "partner": self.partner,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        contact = form.save(commit=False)
        if contact.pk:
            people_services.update_contact(contact, form.columns)
        else:
            people_services.add_contact(contact)
        messages.success(self.request, _("%(name)s is saved.") % {"name": contact})
        return redirect(self.member.url("partners:contact", pk=contact.pk))


class ContactCreateView(OnceMixin, ContactFormView):
    """A new person."""


class ContactEditView(OneContactMixin, ContactFormView):
    """A known person."""

    @cached_property
    def partner(self) -> Partner | None:
        return self.contact.partner

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return FormView.get_context_data(self, contact=self.contact, partner=self.partner, **kwargs)


class InsightView(OneContactMixin, FormView):
    """What staff alone know of a person."""

    form_class = InsightForm
    template_name = "partners/staff/people_step.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "member": self.member,
            "instance": people_selectors.insight_of(self.contact),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=pgettext("person", "What we know of %(name)s") % {"name": self.contact},
            explanation=_("Only staff read this; the partner does not see it."),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        people_services.save_insight(self.contact, form.save(commit=False), by=self.member)
        messages.success(self.request, _("%(name)s is saved.") % {"name": self.contact})
        return redirect(self.done_url)


class LeaveView(OneContactMixin, LeaveStep):
    """Somebody has left the partner."""

    template_name = "partners/staff/people_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("%(name)s has left") % {"name": self.contact},
            explanation=_(
                "Everything noted stays. Without a successor a task asks for one. Access to the portal is ended on its "
                "own page."
            ),
            **kwargs,
        )


class ReturnView(OneContactMixin, ReturnStep):
    """Somebody is there again."""


class ConsentView(OneContactMixin, View):
    """A person agrees to a channel, or no longer does."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        take_consent(request, self.contact, self.member)
        return redirect(f"{self.done_url}#consent")


def take_consent(request: HttpRequest, contact: Contact, member: Any) -> None:
    """Keep what the form says, or say what is missing."""
    form = ConsentForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for errors in form.errors.values() for text in errors))
        return
    said = form.cleaned_data
    if said["withdraw"]:
        people_services.withdraw_consent(contact, said["channel"], on=said["on"])
        messages.success(request, _("The consent is withdrawn."))
        return
    people_services.give_consent(contact, said["channel"], on=said["on"], source=said["source"], by=member)
    messages.success(request, _("The consent is kept."))


class PeopleSettingsView(StaffMixin, FormView):
    """How much one person may be given in a year."""

    required_right = Right.SETTINGS_EDIT
    required_function = "people"
    form_class = PeopleSettingsForm
    template_name = "partners/staff/people_settings.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": people_selectors.people_settings()}

    def form_valid(self, form: Any) -> HttpResponse:
        people_services.save_people_settings(form.save(commit=False))
        messages.success(self.request, _("The limits are saved."))
        return redirect(self.member.url("partners:people_settings"))
