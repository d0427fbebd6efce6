"""Two tiers in the portal: our shops, one of them, several side by side, and who belongs to whom."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from pages import charts, formats
from pages.row_numbers import row_numbers
from partners.custom_fields import all_custom_fields
from partners.forms.agreements import PaperForm
from partners.forms.tiers import DeclareForm, OptionalReasonForm, ShopProfileForm
from partners.models import Agreement, AgreementState, PaperType, Partner, Relation, RelationState, Task, TaskState
from partners.profile import profile_sections
from partners.selectors import agreements as agreement_reading
from partners.selectors import related_names
from partners.selectors import tiers as reading
from partners.services import tiers as services
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.errors import DomainError
from tenancy.models import DataKind
from tenancy.once import OnceMixin
from tenancy.rights import Right

STEPS_SHOWN = 10


class TiersMixin(OwnPartnerMixin):
    """A page about the partners above and below the member's own."""

    required_right = Right.PORTAL_PROFILE_VIEW
    required_function: str | None = "sub_partners"
    kwargs: dict[str, Any]

    @property
    def shows_figures(self) -> bool:
        return self.member.can(Right.PORTAL_FIGURES) and self.member.has_function("sales")

    @cached_property
    def shop(self) -> reading.Shop:
        shop = reading.shop_of(self.kwargs["pk"])
        if shop is None:
            raise Http404
        return shop


class ShopsView(TiersMixin, TemplateView):
    """The partners that belong to this one, with what each shows, and declarations that wait."""

    template_name = "partners/portal/shops.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shops = reading.own_shops()
        return super().get_context_data(
            title=shops_title(shops),
            shops=shops,
            waiting=reading.open_lines(self.partner),
            shows_figures=self.shows_figures,
            can_compare=self.shows_figures and sum(shop.shows(DataKind.SALES) for shop in shops) > 1,
            can_edit=self.member.can(Right.PORTAL_PROFILE_EDIT),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )


def shops_title(shops: list[reading.Shop]) -> str:
    """How many partners belong to this one, and how many of them show their figures."""
    if not shops:
        return _("No shop belongs to you yet")
    words = {
        "count": formats.number(len(shops)),
        "shared": formats.number(sum(shop.shows(DataKind.SALES) for shop in shops)),
    }
    return (
        ngettext(
            "%(count)s shop belongs to you; %(shared)s shows its figures",
            "%(count)s shops belong to you; %(shared)s show their figures",
            len(shops),
        )
        % words
    )


class ShopsCompareView(TiersMixin, TemplateView):
    """Shops that show their figures, side by side."""

    required_right = Right.PORTAL_FIGURES
    template_name = "partners/portal/shops_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = [shop for shop in reading.own_shops() if shop.summary is not None]
        known.sort(key=lambda shop: -(shop.summary.revenue if shop.summary else 0))
        asked = set(row_numbers(self.request.GET.getlist("shop")))
        chosen = [shop for shop in known if shop.id in asked] or known
        chosen = chosen[: reading.COMPARED_AT_MOST]
        currency, language = self.member.manufacturer.currency, get_language()
        chart = charts.ranked(
            [
                charts.Bar(
                    str(shop),
                    shop.summary.revenue,
                    tier=shop.summary.tier_colour,
                    url=self.member.url("partners_portal:shop", pk=shop.id),
                )
                for shop in chosen
                if shop.summary is not None
            ],
            tell=lambda value: formats.money_short(value, currency, language),
            head=(_("Shop"), _("Purchases, 12 months")),
        )
        return super().get_context_data(
            title=compare_title(chosen),
            known=known,
            chosen=chosen,
            chosen_ids={shop.id for shop in chosen},
            most=reading.COMPARED_AT_MOST,
            chart=chart,
            currency=currency,
            **kwargs,
        )


def compare_title(shops: list[reading.Shop]) -> str:
    """Which of the shops grows most, as a sentence."""
    growing = [(shop.summary.change, shop) for shop in shops if shop.summary and shop.summary.change is not None]
    if not growing:
        return _("No shop shows figures that can be compared yet")
    change, shop = max(growing, key=lambda pair: pair[0])
    words = {"shop": shop, "change": formats.percent(abs(change or Decimal(0)))}
    if change > 0:
        return _("%(shop)s grows most: %(change)s more than last year") % words
    return _("No shop grows; %(shop)s falls least, by %(change)s") % words


class ShopView(TiersMixin, TemplateView):
    """One shop, as far as it shows itself."""

    template_name = "partners/portal/shop.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shop, member = self.shop, self.member
        sees_papers = member.can(Right.PORTAL_AGREEMENTS) and member.has_function("agreements")
        return super().get_context_data(
            title=self.title(),
            shop=shop,
            kinds=[(kind.label, shop.shows(kind)) for kind in DataKind],
            sections=profile_sections(shop.partner, all_custom_fields()) if shop.partner else [],
            needs=agreement_reading.paper_needs(self.as_partner, day=timezone.localdate())
            if sees_papers and shop.shows(DataKind.PAPERS)
            else None,
            agreements=list(
                Agreement.objects.filter(partner=shop.id).exclude(state=AgreementState.DRAFT).order_by("-pk")[:20]
            )
            if sees_papers and shop.shows(DataKind.AGREEMENTS)
            else None,
            tasks=list(Task.objects.filter(partner=shop.id, state=TaskState.OPEN).order_by("due_on", "pk")[:20])
            if shop.shows(DataKind.TASKS) and member.has_function("working_together")
            else None,
            steps=list(reading.steps_for(shop.id)[:STEPS_SHOWN]),
            shows_figures=self.shows_figures,
            can_edit=member.can(Right.PORTAL_PROFILE_EDIT) and shop.may_act,
            can_hand_in=sees_papers and shop.may_hand_in,
            can_end=member.can(Right.PORTAL_PROFILE_EDIT),
            currency=member.manufacturer.currency,
            today=timezone.localdate(),
            **kwargs,
        )

    @property
    def as_partner(self) -> Any:
        """The shop's row, or as much of it as is known where its profile is not shown."""
        return self.shop.partner or Partner(pk=self.shop.id, manufacturer_id=self.member.manufacturer_id)

    def title(self) -> str:
        """What the shop shows, as a sentence."""
        if not self.shop.shared:
            return _("%(shop)s shows you nothing") % {"shop": self.shop}
        return _("%(shop)s shows you: %(kinds)s") % {"shop": self.shop, "kinds": ", ".join(self.shop.labels)}


class ShopEditView(TiersMixin, FormView):
    """A shop's profile, put right in its place where it has agreed to that."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = ShopProfileForm
    template_name = "partners/portal/shop_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.shop.may_act or self.shop.partner is None:
            raise Http404
        return super().get_form_kwargs() | {"member": self.member, "instance": self.shop.partner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(shop=self.shop, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        changed = [name for name in form.changed_columns if name in form.changed_data]
        own_fields = any(name not in form.changed_columns and name != "specialisations" for name in form.changed_data)
        partner = form.save(commit=False)
        services.edit_for(
            self.shop,
            partner,
            fields=[*changed, *(["custom"] if own_fields else [])],
            specialisations=form.cleaned_data["specialisations"],
            by=self.member,
        )
        messages.success(self.request, _("The profile of %(shop)s is saved. It is told.") % {"shop": self.shop})
        return redirect(self.member.url("partners_portal:shop", pk=self.shop.id))


class ShopPaperView(TiersMixin, FormView):
    """A compliance paper of a shop, handed in in its place where it has agreed to that."""

    required_right = Right.PORTAL_AGREEMENTS
    form_class = PaperForm
    template_name = "partners/portal/shop_paper.html"

    @cached_property
    def kind(self) -> PaperType:
        if not self.shop.may_hand_in or not self.member.has_function("agreements"):
            raise Http404
        return get_object_or_404(PaperType.objects.filter(is_retired=False), pk=self.kwargs["type"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(shop=self.shop, kind=self.kind, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.hand_in_for(self.shop, self.kind, upload=form.cleaned_data["file"], by=self.member, **form.read)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        messages.success(self.request, _("It is handed in for %(shop)s, which is told.") % {"shop": self.shop})
        return redirect(self.member.url("partners_portal:shop", pk=self.shop.id))


class DeclareView(OnceMixin, TiersMixin, FormView):
    """The partner says who belongs to it, or to whom it belongs."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = DeclareForm
    template_name = "partners/portal/relation_form.html"

    @property
    def side(self) -> str:
        return "below" if self.request.GET.get("side") == "below" else "above"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(side=self.side, back=self.back, **kwargs)

    @property
    def back(self) -> str:
        return self.member.url("partners_portal:sharing" if self.side == "below" else "partners_portal:shops")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.declare_relation(self.partner, side=self.side, by=self.member, **form.cleaned_data)
        except DomainError as error:
            form.add_error("given", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("It is sent. It takes effect when they, or we, have confirmed it."))
        return redirect(self.back)


class RelationView(TiersMixin, FormView):
    """A declaration: the other's to answer, one's own to withdraw."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = OptionalReasonForm
    template_name = "partners/portal/relation.html"

    @cached_property
    def line(self) -> reading.RelationLine:
        lines = reading.relation_lines(self.partner, Relation.objects.filter(pk=self.kwargs["pk"]))
        if not lines:
            raise Http404
        return lines[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = next((name for name in related_names() if name.is_above), None)
        return super().get_context_data(
            line=self.line,
            relation=self.line.relation,
            title=self.title(),
            above=None if self.line.is_above else above,
            **kwargs,
        )

    def title(self) -> str:
        """What is said and what became of it, as a sentence."""
        words = {"partner": self.line.other}
        if self.line.is_to_answer:
            if self.line.is_above:
                return _("%(partner)s says that it belongs to you") % words
            return _("%(partner)s says that you belong to it") % words
        sentences = {
            RelationState.WAITING: (
                _("You say that %(partner)s belongs to you"),
                _("You say that you belong to %(partner)s"),
            ),
            RelationState.CONFIRMED: (_("%(partner)s belongs to you"), _("You belong to %(partner)s")),
            RelationState.REFUSED: (_("%(partner)s does not belong to you"), _("You do not belong to %(partner)s")),
            RelationState.WITHDRAWN: (
                _("Withdrawn: %(partner)s belongs to you"),
                _("Withdrawn: you belong to %(partner)s"),
            ),
            RelationState.ENDED: (_("%(partner)s no longer belongs to you"), _("You no longer belong to %(partner)s")),
        }
        above, below = sentences[RelationState(self.line.relation.state)]
        return (above if self.line.is_above else below) % words

    def form_valid(self, form: Any) -> HttpResponse:
        relation, step = self.line.relation, self.request.POST.get("step", "")
        try:
            if step == "confirm":
                services.confirm_relation(relation, by=self.member)
                messages.success(self.request, _("Confirmed. What you show each other stays your own decision."))
            elif step == "withdraw":
                services.withdraw_relation(relation, by=self.member)
                messages.success(self.request, _("Your declaration is withdrawn."))
            else:
                services.refuse_relation(relation, by=self.member, reason=form.cleaned_data["reason"])
                messages.success(self.request, _("Refused. They are told."))
        except DomainError as error:
            messages.error(self.request, str(error))
        return redirect(self.member.url("partners_portal:shops" if self.line.is_above else "partners_portal:sharing"))


class EndView(TiersMixin, FormView):
    """A shop no longer belongs to this partner; without a shop named, this partner leaves the one above it."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = OptionalReasonForm
    template_name = "partners/portal/relation_end.html"

    @cached_property
    def other(self) -> Any:
        if "pk" in self.kwargs:
            return self.shop
        above = next((name for name in related_names() if name.is_above), None)
        if above is None:
            raise Http404
        return above

    @property
    def back(self) -> str:
        return self.member.url("partners_portal:shops" if "pk" in self.kwargs else "partners_portal:sharing")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(other=self.other, is_above="pk" in self.kwargs, back=self.back, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        below = self.other.id if "pk" in self.kwargs else self.partner.pk
        name = str(self.other)
        self.take_step(
            lambda: services.end_relation(below, by=self.member, reason=form.cleaned_data["reason"]),
            _("Ended. You and %(partner)s see nothing of each other any more.") % {"partner": name},
        )
        return redirect(self.back)
