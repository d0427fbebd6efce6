"""The lists that are the manufacturer's own: kinds of partner, specialisations, own fields."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Model, ProtectedError, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from partners.forms.partners import CustomFieldForm, KindForm, SpecialisationForm
from partners.models import CustomField, PartnerKind, Specialisation
from tenancy.access import StaffMixin
from tenancy.rights import Right


class OwnListMixin(StaffMixin):
    """One of the lists: its model, its form, and what it is called."""

    required_right = Right.SETTINGS_EDIT
    model: type[Any]
    form_class: Any
    list_url: str
    create_url: str
    edit_url: str
    title: Any
    explanation: Any
    new_title: Any
    new_action: Any

    def texts(self) -> dict[str, Any]:
        return {
            "list_title": self.title,
            "explanation": self.explanation,
            "new_title": self.new_title,
            "new_action": self.new_action,
            "list_url": self.member.url(self.list_url),
            "create_url": self.member.url(self.create_url),
        }


class OwnListView(OwnListMixin, TemplateView):
    """All entries, in their order."""

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = [(entry, self.member.url(self.edit_url, pk=entry.pk)) for entry in self.get_queryset()]
        return super().get_context_data(entries=entries, **self.texts(), **kwargs)


class OwnEntryView(OwnListMixin, FormView):
    """One entry, new or known."""

    template_name = "partners/staff/entry.html"
    kwargs: dict[str, Any]

    @cached_property
    def entry(self) -> Model:
        return self.model()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.entry}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, **self.texts(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        entry = form.save()
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": entry})
        return redirect(self.member.url(self.list_url))


class OwnEntryEditView(OwnEntryView):
    """A known entry; it can be removed as long as nothing refers to it."""

    @cached_property
    def entry(self) -> Model:
        return get_object_or_404(self.model._default_manager.all(), pk=self.kwargs["pk"])

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.remove()
        except ProtectedError:
            messages.error(
                request,
                _("“%(entry)s” is in use. Retire it instead, or change the partners first.") % {"entry": self.entry},
            )
            return redirect(request.path)
        messages.success(request, _("“%(entry)s” is removed.") % {"entry": self.entry})
        return redirect(self.member.url(self.list_url))

    def remove(self) -> None:
        self.entry.delete()


class KindMixin(OwnListMixin):
    model = PartnerKind
    form_class: Any = KindForm
    list_url, create_url, edit_url = "partners:kinds", "partners:kind_create", "partners:kind_edit"
    title = gettext_lazy("Kinds of partner")
    explanation = gettext_lazy(
        "What a partner is to you. Programmes, filters and the portal's functions can differ by kind."
    )
    new_title = gettext_lazy("A new kind of partner")
    new_action = gettext_lazy("Add a kind")


class KindListView(KindMixin, OwnListView):
    template_name = "partners/staff/kinds.html"

    def get_queryset(self) -> QuerySet[Any]:
        return PartnerKind.objects.annotate(partner_count=Count("partners"))


class KindCreateView(KindMixin, OwnEntryView):
    pass


class KindEditView(KindMixin, OwnEntryEditView):
    pass


class SpecialisationMixin(OwnListMixin):
    model = Specialisation
    form_class: Any = SpecialisationForm
    list_url, create_url, edit_url = (
        "partners:specialisations",
        "partners:specialisation_create",
        "partners:specialisation_edit",
    )
    title = gettext_lazy("Specialisations")
    explanation = gettext_lazy("What partners can be good at. Partners choose theirs in their profile.")
    new_title = gettext_lazy("A new specialisation")
    new_action = gettext_lazy("Add a specialisation")


class SpecialisationListView(SpecialisationMixin, OwnListView):
    template_name = "partners/staff/specialisations.html"

    def get_queryset(self) -> QuerySet[Any]:
        return Specialisation.objects.annotate(partner_count=Count("partners"))


class SpecialisationCreateView(SpecialisationMixin, OwnEntryView):
    pass


class SpecialisationEditView(SpecialisationMixin, OwnEntryEditView):
    pass


class CustomFieldMixin(OwnListMixin):
    model = CustomField
    form_class: Any = CustomFieldForm
    list_url, create_url, edit_url = "partners:fields", "partners:field_create", "partners:field_edit"
    title = gettext_lazy("Own fields")
    explanation = gettext_lazy("What you want to know of each partner beyond the usual.")
    new_title = gettext_lazy("A new own field")
    new_action = gettext_lazy("Add a field")


class CustomFieldListView(CustomFieldMixin, OwnListView):
    template_name = "partners/staff/fields.html"


class CustomFieldCreateView(CustomFieldMixin, OwnEntryView):
    pass


class CustomFieldEditView(CustomFieldMixin, OwnEntryEditView):
    pass
