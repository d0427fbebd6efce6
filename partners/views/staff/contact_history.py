"""Contacts with partners: noted in two clicks, listed, and read."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.places import parts_of
from pages.row_numbers import row_number
from partners import selectors
from partners.filters.people import EntryFilterSet
from partners.forms.contact_history import CodeForm, EntryForm, LetterForm
from partners.models import CodeList, ContactCode, ContactEntry, Partner
from partners.selectors import contact_history as history_selectors
from partners.services import contact_history as history_services
from partners.services.contact_codes import ensure_codes
from partners.tables.people import EntryTable
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.once import OnceMixin
from tenancy.rights import Right


class EntryListView(StaffMixin, ListView):
    """All contacts that the member may see, the latest first."""

    required_right = Right.PARTNERS_VIEW
    required_function = "people"
    list_key = "contact_entries"
    table_class = EntryTable
    filterset_class = EntryFilterSet
    template_name = "partners/staff/contacts_list.html"
    default_sort = "-at"
    sorts = {"at": Sort("at", descending=True)}
    default_columns = ["title", "at", "partner", "channel", "subject", "outcome", "by", "next_step_on"]
    export_name = "contact-history"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No contact has been noted yet"),
        gettext_lazy("Note a call, a visit or a mail; it takes a line."),
        url_name="partners:entry_create",
        action=gettext_lazy("Note a contact"),
        right=Right.CONTACTS_EDIT,
    )

    def get_queryset(self) -> QuerySet[ContactEntry]:
        return history_selectors.entry_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = kwargs["list"].page.rows if "list" in kwargs else []
        title = _("Contact history")
        if rows and not kwargs["list"].is_filtered:
            title = _("Last contact: %(title)s, %(partner)s") % {"title": rows[0].title, "partner": rows[0].partner}
        return super().get_context_data(title=title, can_edit=self.member.can(Right.CONTACTS_EDIT), **kwargs)


class EntryFormView(StaffMixin, FormView):
    """A contact is noted or corrected; in the page's dialog, or on a page of its own."""

    required_right = Right.CONTACTS_EDIT
    required_function = "people"
    form_class = EntryForm

    @cached_property
    def entry(self) -> ContactEntry:
        return ContactEntry()

    @cached_property
    def partner(self) -> Partner | None:
        """The partner whose page one comes from."""
        key = row_number(self.request.GET.get("partner", ""))
        return selectors.partners_for(self.member).filter(pk=key).first() if key else None

    def get_template_names(self) -> list[str]:
        is_dialog = self.request.headers.get("HX-Target") == "dialog"
        return ["partners/staff/contacts_dialog.html" if is_dialog else "partners/staff/contacts_form.html"]

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("contact", "")
        return {} if row_number(asked) is None else {"contact": asked}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.entry, "partner": self.partner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            entry=self.entry,
            partner=self.partner,
            back=self.back(),
            form_url=self.request.get_full_path(),
            **kwargs,
        )

    def back(self) -> str:
        """Where to go on: the page that the dialog was opened over."""
        current = parts_of(self.request.headers.get("HX-Current-URL", ""))
        asked = self.request.POST.get("next") or (f"{current.path}?{current.query}" if current.path else "")
        return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""

    def form_valid(self, form: Any) -> HttpResponse:
        entry = form.save(commit=False)
        files = [form.cleaned_data["file"]] if form.cleaned_data.get("file") else []
        try:
            self.write(entry, files)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(title)s” is noted.") % {"title": entry.title})
        return redirect(self.back() or self.member.url("partners:entry", pk=entry.pk))

    def write(self, entry: ContactEntry, files: list[Any]) -> None:
        raise NotImplementedError


class EntryCreateView(OnceMixin, EntryFormView):
    """A new contact."""

    def write(self, entry: ContactEntry, files: list[Any]) -> None:
        history_services.log_contact(entry, by=self.member, files=files)


class OneEntryMixin(StaffMixin):
    """A page of one contact that the member may see."""

    required_function = "people"
    kwargs: dict[str, Any]

    @cached_property
    def entry(self) -> ContactEntry:
        return get_object_or_404(history_selectors.entry_rows(self.member), pk=self.kwargs["pk"])


class EntryEditView(OneEntryMixin, EntryFormView):
    """A contact that was noted already."""

    @cached_property
    def partner(self) -> Partner | None:
        return self.entry.partner

    def write(self, entry: ContactEntry, files: list[Any]) -> None:
        history_services.update_entry(entry, by=self.member, files=files)


class EntryView(OneEntryMixin, TemplateView):
    """One contact, with its files and the text in them."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/contacts_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            entry=self.entry,
            partner=self.entry.partner,
            files=self.entry.files.order_by("pk"),
            can_edit=self.member.can(Right.CONTACTS_EDIT),
            **kwargs,
        )


class FileView(StaffMixin, View):
    """A file of a contact, as a download."""

    required_right = Right.PARTNERS_VIEW
    required_function = "people"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> FileResponse:
        file = get_object_or_404(history_selectors.files_for(self.member), pk=pk)
        return attachment_response(file.file, name=file.original_name, content_type=file.content_type)


class LetterView(StaffMixin, FormView):
    """A mail or a scan that came in is filed."""

    required_right = Right.CONTACTS_EDIT
    required_function = "people"
    form_class = LetterForm
    template_name = "partners/staff/contacts_letter.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        return {"partner_code": self.request.GET.get("partner_code", "")[:64]}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            entry = history_services.file_letter(
                form.cleaned_data["file"],
                partner=form.cleaned_data["partner_code"],
                by=self.member,
                visible=selectors.partners_for(self.member),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("“%(title)s” is filed with %(partner)s.") % {"title": entry.title, "partner": entry.partner},
        )
        return redirect(self.member.url("partners:entry", pk=entry.pk))


class CodeMixin(OwnListMixin):
    model = ContactCode
    form_class: Any = CodeForm
    required_function = "people"
    list_url, create_url, edit_url = (
        "partners:contact_codes",
        "partners:contact_code_create",
        "partners:contact_code_edit",
    )
    title = gettext_lazy("Codes for contacts")
    explanation = gettext_lazy("Channels, subjects and outcomes that contacts with partners are noted with.")
    new_title = gettext_lazy("A new code")
    new_action = gettext_lazy("Add a code")


class CodeListView(CodeMixin, OwnListView):
    template_name = "partners/staff/contact_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ensure_codes()
        used = {
            name: dict(ContactEntry.objects.order_by().values_list(name).annotate(count=Count("pk")))
            for name in CodeList.values
        }
        groups = [
            (
                name.label,
                [
                    (code, depth, self.member.url(self.edit_url, pk=code.pk), used[name].get(code.pk, 0))
                    for code, depth in history_selectors.codes_of(name, with_retired=True)
                ],
            )
            for name in CodeList
        ]
        return super().get_context_data(groups=groups, **kwargs)


class CodeCreateView(CodeMixin, OwnEntryView):
    pass


class CodeEditView(CodeMixin, OwnEntryEditView):
    pass
