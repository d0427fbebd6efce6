"""Congratulations: whose day is near, the card before it goes out, and what cards say."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from pages import formats
from partners.forms.people import CountryTextForm, GreetingForm, GreetingTextForm
from partners.held_out import is_held_out
from partners.models import Contact, Greeting, GreetingText, Occasion
from partners.models.people import OF_THE_COMPANY
from partners.refused_mail import refused_among
from partners.selectors import people as people_selectors
from partners.services import greetings as greeting_services
from partners.services import people as people_services
from partners.views.staff.people import OneContactMixin
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class SpecialDaysView(StaffMixin, TemplateView):
    """Birthdays and anniversaries of this week and the next."""

    required_right = Right.PARTNERS_VIEW
    required_function = "people"
    template_name = "partners/staff/people_days.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        days = people_selectors.special_days(self.member, today, with_rises=True)
        return super().get_context_data(
            title=ngettext(
                "%(count)s person to congratulate this week or next",
                "%(count)s people to congratulate this week or next",
                len(days),
            )
            % {"count": formats.number(len(days))}
            if days
            else _("Nobody has a special day this week or next"),
            days=days,
            today=today,
            can_edit=self.member.can(Right.CONTACTS_EDIT),
            **kwargs,
        )


class GreetingView(OneContactMixin, FormView):
    """A greeting, prepared in the person's language, before it goes out."""

    form_class = GreetingForm
    template_name = "partners/staff/people_greeting.html"

    @cached_property
    def occasion(self) -> Occasion:
        if self.kwargs["occasion"] not in Occasion.values:
            raise Http404
        return Occasion(self.kwargs["occasion"])

    @cached_property
    def near(self) -> tuple[Any, int]:
        found = people_selectors.special_day_of(self.contact, self.occasion, timezone.localdate())
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        subject, text = greeting_services.prepare(self.contact, self.occasion, years=self.near[1], by=self.member)
        return {"subject": subject, "text": text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent = people_selectors.greetings_of(self.contact, self.occasion, self.near[0])
        form = kwargs.get("form") or self.get_form()
        shown = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
        return super().get_context_data(
            headline=greeting_services.card_words(self.occasion, self.contact, self.member.manufacturer),
            card_text=shown.get("text", ""),
            **greeting_services.card_head(self.contact, self.member.manufacturer),
            title=greeting_title(self.contact, self.occasion, self.near[1]),
            occasion=self.occasion,
            day=self.near[0],
            **self.ways(),
            greeting=sent.select_related("by").first(),
            **kwargs,
        )

    def ways(self) -> dict[str, Any]:
        """Whether a mail may go today, and where it may not, why."""
        is_held = is_held_out(self.contact.partner_id, timezone.localdate())
        may_mail = people_selectors.may_mail(self.contact)
        is_refused = bool(refused_among([self.contact.email]))
        reason = ""
        if is_refused:
            reason = people_services.REFUSED % {"name": self.contact}
        elif is_held:
            reason = greeting_services.HELD_OUT % {"name": self.contact.partner}
        return {"may_mail": may_mail and not is_held, "has_agreed": may_mail or is_refused, "held_out": reason}

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        way = Greeting.Way.OTHER if "other" in self.request.POST else Greeting.Way.MAIL
        try:
            greeting_services.greet(
                self.contact, self.occasion, way=way, by=self.member, today=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if way == Greeting.Way.MAIL:
            messages.success(self.request, _("The greeting to %(name)s is on its way.") % {"name": self.contact})
        else:
            messages.success(self.request, _("%(name)s is noted as congratulated.") % {"name": self.contact})
        return redirect(self.member.url("partners:special_days"))


def greeting_title(contact: Contact, occasion: str, years: int) -> str:
    """Why somebody is congratulated."""
    if occasion == Occasion.BIRTHDAY:
        return _("%(name)s has a birthday") % {"name": contact}
    if occasion == Occasion.PROMOTION:
        return _("%(partner)s has a higher grade") % {"partner": contact.partner}
    if occasion in OF_THE_COMPANY:
        words = {"partner": contact.partner, "years": years}
        if occasion == Occasion.COMPANY:
            return (
                ngettext(
                    "%(partner)s has had a contract for %(years)s year",
                    "%(partner)s has had a contract for %(years)s years",
                    years,
                )
                % words
            )
        return (
            ngettext(
                "%(partner)s first ordered %(years)s year ago", "%(partner)s first ordered %(years)s years ago", years
            )
            % words
        )
    return ngettext(
        "%(name)s has been at %(partner)s for %(years)s year",
        "%(name)s has been at %(partner)s for %(years)s years",
        years,
    ) % {"name": contact, "partner": contact.partner, "years": years}


class GreetingTextListView(StaffMixin, TemplateView):
    """What greetings say, by occasion and language."""

    required_right = Right.SETTINGS_EDIT
    required_function = "people"
    template_name = "partners/staff/people_texts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        greeting_services.ensure_texts()
        return super().get_context_data(texts=GreetingText.objects.all(), **kwargs)


class GreetingTextEditView(StaffMixin, FormView):
    """What one greeting says; words for one country are new, or can be removed."""

    required_right = Right.SETTINGS_EDIT
    required_function = "people"
    form_class = GreetingTextForm
    template_name = "partners/staff/entry.html"
    kwargs: dict[str, Any]

    @cached_property
    def entry(self) -> GreetingText:
        if "pk" not in self.kwargs:
            return GreetingText()
        return get_object_or_404(GreetingText, pk=self.kwargs["pk"])

    def get_form_class(self) -> Any:
        return GreetingTextForm if self.entry.pk else CountryTextForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.entry}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST or not self.entry.pk:
            return super().post(request, *args, **kwargs)
        self.take_step(
            lambda: greeting_services.remove_text(self.entry), _("“%(entry)s” is removed.") % {"entry": self.entry}
        )
        return redirect(self.member.url("partners:greeting_texts"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            entry=self.entry,
            new_title=_("Words for one country"),
            list_title=_("Greetings"),
            explanation=_("What is sent on birthdays, anniversaries and higher grades, with the person's consent."),
            list_url=self.member.url("partners:greeting_texts"),
            cannot_remove=not self.entry.country,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        saved = greeting_services.save_text(form.save(commit=False))
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": saved})
        return redirect(self.member.url("partners:greeting_texts"))
