"""Recruiting for staff: the board, the list, one prospect and the steps it takes."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from approvals.standing import standing_of
from pages import formats
from pages.boards import BoardMixin, marked
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from partners.countries import country_name
from partners.filters.recruiting import ProspectFilterSet
from partners.forms.recruiting import ApproveForm, CommentForm, MoveForm, OwnerForm, ProspectForm, RefuseForm
from partners.models import Prospect, ProspectFile, ProspectStage
from partners.models.recruiting import APPLICATION_SUBJECT, OPEN_STAGES
from partners.selectors import recruiting as selectors
from partners.services import recruiting as services
from partners.tables.recruiting import PROSPECT_TONES, ProspectTable
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right

CHANGES_SHOWN = 10


class RecruitingMixin(StaffMixin):
    """Pages of who recruits."""

    required_right = Right.RECRUITING
    required_function: str | None = "recruiting"
    kwargs: dict[str, Any]


def moved_sentence(count: int, stage: str) -> str:
    """What a move did, in words."""
    label = ProspectStage(stage).label
    if not count:
        return _("Nothing moved: all chosen stand at “%(stage)s” already or are decided.") % {"stage": label}
    return ngettext(
        "%(count)s company is now at “%(stage)s”.", "%(count)s companies are now at “%(stage)s”.", count
    ) % {
        "count": formats.number(count),
        "stage": label,
    }


def refused_sentence(count: int) -> str:
    """What a refusal did, in words."""
    return ngettext("%(count)s company is refused.", "%(count)s companies are refused.", count) % {
        "count": formats.number(count)
    }


def move(member: Membership, prospects: QuerySet[Prospect], cleaned: dict[str, Any]) -> str:
    """The bulk action: move prospects to a stage."""
    count = services.move_prospects(prospects, cleaned["stage"], by=member, note=cleaned["note"])
    return moved_sentence(count, cleaned["stage"])


def refuse(member: Membership, prospects: QuerySet[Prospect], cleaned: dict[str, Any]) -> str:
    """The bulk action: refuse prospects."""
    return refused_sentence(
        services.refuse_prospects(
            prospects, cleaned["reason"], by=member, note=cleaned["note"], with_mail=cleaned["with_mail"]
        )
    )


def assign(member: Membership, prospects: QuerySet[Prospect], cleaned: dict[str, Any]) -> str:
    """The bulk action: make somebody responsible."""
    owner = cleaned["owner"]
    count = services.assign_prospects(prospects, owner)
    if owner is None:
        return ngettext(
            "Nobody is responsible for %(count)s company now.",
            "Nobody is responsible for %(count)s companies now.",
            count,
        ) % {"count": formats.number(count)}
    return ngettext("%(count)s company went to %(name)s.", "%(count)s companies went to %(name)s.", count) % {
        "count": formats.number(count),
        "name": owner.name,
    }


class BoardView(RecruitingMixin, BoardMixin, TemplateView):
    """All prospects by stage; what is chosen moves with one button, by mouse or keyboard."""

    template_name = "partners/staff/recruiting_board.html"
    board_stages = ProspectStage

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = selectors.board(selectors.prospect_rows(), self.pages())
        counts = {column.stage: column.count for column in columns}
        return super().get_context_data(
            columns=self.turned(columns),
            title=self.title(counts),
            is_empty=not any(counts.values()),
            stages=[(stage.value, stage.label) for stage in OPEN_STAGES],
            has_form=selectors.published_form() is not None,
            can_edit_form=self.member.can(Right.SETTINGS_EDIT),
            tones=PROSPECT_TONES,
            **kwargs,
        )

    def title(self, counts: dict[Any, int]) -> str:
        waiting = counts[ProspectStage.APPLIED]
        if waiting:
            return ngettext(
                "%(count)s application waits to be reviewed", "%(count)s applications wait to be reviewed", waiting
            ) % {"count": formats.number(waiting)}
        underway = sum(counts[stage] for stage in OPEN_STAGES)
        if underway:
            return ngettext(
                "%(count)s company is on its way to being a partner",
                "%(count)s companies are on their way to being partners",
                underway,
            ) % {"count": formats.number(underway)}
        return _("Nobody is on the way to being a partner")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move one card by its own button, or all that are marked."""
        one, _colon, stage = request.POST.get("one", "").partition(":")
        keys = [one] if one else request.POST.getlist("selected")
        form = MoveForm({"stage": stage or request.POST.get("stage", "")})
        chosen = marked(keys)
        if not chosen:
            messages.error(request, _("Mark the companies first that are to move."))
        elif not form.is_valid():
            messages.error(request, _("Choose a stage from the list."))
        else:
            to = form.cleaned_data["stage"]
            count = services.move_prospects(Prospect.objects.filter(pk__in=chosen), to, by=self.member)
            messages.success(request, moved_sentence(count, to))
        return redirect(request.get_full_path())


class ProspectListView(RecruitingMixin, ListView):
    """All prospects as a list."""

    list_key = "prospects"
    table_class = ProspectTable
    filterset_class = ProspectFilterSet
    template_name = "partners/staff/recruiting_list.html"
    default_sort = "-created_at"
    sorts = {
        "company": Sort("company"),
        "score": Sort("score", descending=True),
        "due_on": Sort("due_on"),
        "stage_since": Sort("stage_since"),
        "created_at": Sort("created_at", descending=True),
    }
    default_columns = ["company", "stage", "score", "source", "country", "city", "owner", "next_step", "due_on"]
    export_name = "prospects"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction("move", gettext_lazy("Move to a stage"), Right.RECRUITING, move, form_class=MoveForm),
        BulkAction("assign", gettext_lazy("Make somebody responsible"), Right.RECRUITING, assign, form_class=OwnerForm),
        BulkAction(
            "refuse",
            gettext_lazy("Refuse"),
            Right.RECRUITING,
            refuse,
            form_class=RefuseForm,
            explanation=gettext_lazy("Those that are partners already stay as they are."),
            is_dangerous=True,
        ),
    ]
    empty = Empty(
        gettext_lazy("No prospects yet"),
        gettext_lazy("Enter the first by hand, bring in a list, or publish the application form."),
        url_name="partners:prospect_create",
        action=gettext_lazy("Add a prospect"),
        right=Right.RECRUITING,
    )

    def get_queryset(self) -> QuerySet[Prospect]:
        return selectors.prospect_rows()


class OneProspectMixin(RecruitingMixin):
    """A page of one prospect."""

    @cached_property
    def prospect(self) -> Prospect:
        return get_object_or_404(
            Prospect.objects.select_related(
                "source",
                "owner",
                "refusal_reason",
                "introduced_by_partner",
                "introduced_by_member",
                "partner",
                "invitation",
                "form",
            ),
            pk=self.kwargs["pk"],
        )

    def back(self) -> HttpResponse:
        return redirect(self.member.url("partners:prospect", pk=self.kwargs["pk"]))


class ProspectView(OneProspectMixin, TemplateView):
    """All about one prospect: answers and score, possible duplicates, history, comments."""

    template_name = "partners/staff/prospect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        prospect = self.prospect
        standing = standing_of(APPLICATION_SUBJECT, prospect.pk, self.member) if prospect.is_open else None
        return super().get_context_data(
            prospect=prospect,
            standing=standing,
            title=headline(prospect, in_approval=standing is not None and standing.is_open),
            tone=PROSPECT_TONES.get(prospect.stage, ""),
            answers=selectors.answers_of(prospect),
            duplicates=selectors.duplicates_of(prospect) if prospect.partner_id is None else [],
            moves=prospect.moves.select_related("by").order_by("-at", "-pk"),
            comments=prospect.comments.select_related("author"),
            mails=list(prospect.mails.all()),
            place=", ".join(
                part
                for part in (
                    prospect.address,
                    prospect.city,
                    prospect.region,
                    country_name(prospect.country) if prospect.country else "",
                )
                if part
            ),
            made=self.made(),
            entries=history_of(prospect, limit=CHANGES_SHOWN),
            comment_form=CommentForm(),
            stages=[(stage.value, stage.label) for stage in OPEN_STAGES if stage != prospect.stage],
            **kwargs,
        )

    def made(self) -> list[tuple[str, str, str]]:
        """What an approval made: what it is, how it stands, and where."""
        partner, invitation = self.prospect.partner, self.prospect.invitation
        if partner is None:
            return []
        found = [
            (
                _("Partner %(code)s") % {"code": partner.code},
                partner.get_stage_display(),
                self.member.url("partners:detail", pk=partner.pk),
            )
        ]
        agreement, journey = selectors.made_of(self.prospect)
        if agreement is not None:
            found.append(
                (agreement.title, agreement.get_state_display(), self.member.url("partners:agreement", pk=agreement.pk))
            )
        if journey is not None:
            detail = _("%(done)s of %(count)s steps done") % {
                "done": formats.number(journey.done),
                "count": formats.number(journey.steps),
            }
            found.append((_("Onboarding"), detail, self.member.url("partners:journey", pk=journey.pk)))
        if invitation is not None:
            found.append(
                (
                    _("Invitation of %(email)s") % {"email": invitation.email},
                    _("accepted")
                    if invitation.accepted_at
                    else _("by mail, as %(role)s") % {"role": invitation.get_role_display()},
                    self.member.url("tenancy:invitations"),
                )
            )
        return found


class ProspectFormView(RecruitingMixin, FormView):
    """A prospect is entered or edited."""

    form_class = ProspectForm
    template_name = "partners/staff/prospect_form.html"

    @cached_property
    def prospect(self) -> Prospect:
        return Prospect()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.prospect}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(prospect=self.prospect, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        prospect = form.save(commit=False)
        if prospect.pk:
            services.update_prospect(prospect, fields=form.columns)
            messages.success(self.request, _("%(company)s is saved.") % {"company": prospect})
        else:
            services.create_prospect(prospect, by=self.member)
            messages.success(self.request, _("%(company)s is on the board.") % {"company": prospect})
        return redirect(self.member.url("partners:prospect", pk=prospect.pk))


class ProspectCreateView(OnceMixin, ProspectFormView):
    """A new prospect, by hand."""


class ProspectEditView(OneProspectMixin, ProspectFormView):
    """What is known of a prospect changes."""


class ProspectMoveView(OneProspectMixin, View):
    """A prospect goes to another stage."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = MoveForm(request.POST)
        prospect = self.prospect
        if form.is_valid():
            to = form.cleaned_data["stage"]
            count = services.move_prospects(
                Prospect.objects.filter(pk=prospect.pk), to, by=self.member, note=form.cleaned_data["note"]
            )
            messages.success(request, moved_sentence(count, to))
        else:
            messages.error(request, _("Choose a stage from the list."))
        return self.back()


class ProspectCommentView(OneProspectMixin, View):
    """A comment for colleagues."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CommentForm(request.POST)
        prospect = self.prospect
        if form.is_valid():
            services.comment_on(prospect, form.cleaned_data["text"], by=self.member)
        else:
            messages.error(request, _("Write something first, at most 4,000 characters."))
        return redirect(self.member.url("partners:prospect", pk=prospect.pk) + "#comments")


class ProspectRefuseView(OneProspectMixin, FormView):
    """Why it is a no."""

    form_class = RefuseForm
    template_name = "partners/staff/prospect_refuse.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(prospect=self.prospect, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        sentence = refuse(self.member, Prospect.objects.filter(pk=self.prospect.pk), form.cleaned_data)
        messages.success(self.request, sentence)
        return self.back()


class ProspectApproveView(OneProspectMixin, FormView):
    """One step makes all that a new partner needs."""

    form_class = ApproveForm
    template_name = "partners/staff/prospect_approve.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        code = "" if self.request.method == "POST" else services.propose_code()
        return super().get_form_kwargs() | {"member": self.member, "prospect": self.prospect, "code": code}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            prospect=self.prospect,
            duplicates=selectors.duplicates_of(self.prospect),
            along_a_line=services.goes_along_a_line(),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            prospect = services.accept_prospect(self.prospect, form.approval(), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        sentence = (
            _("%(company)s is in approval. The last approval makes it a partner.")
            if prospect.is_open
            else _("%(company)s is a partner now, and all below was made.")
        )
        messages.success(self.request, sentence % {"company": prospect})
        return self.back()


class ProspectFileView(RecruitingMixin, View):
    """A file of an application, as a download, for those who recruit."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        row = get_object_or_404(ProspectFile, pk=self.kwargs["pk"])
        return attachment_response(row.file, name=row.original_name, content_type=row.content_type)


def headline(prospect: Prospect, *, in_approval: bool = False) -> str:
    """The sentence over a prospect's page: where it stands."""
    facts = {"company": prospect, "score": formats.number(prospect.score, 0) if prospect.score is not None else ""}
    match prospect.stage:
        case ProspectStage.REFUSED:
            return _("%(company)s was refused") % facts
        case ProspectStage.ONBOARDING:
            return _("%(company)s is being onboarded") % facts
        case ProspectStage.ACTIVE:
            return _("%(company)s has become a partner") % facts
    if in_approval:
        return _("%(company)s waits to be approved") % facts
    if prospect.is_knocked_out:
        return _("%(company)s gave an answer that rules it out") % facts
    if prospect.score is not None:
        return _("%(company)s has applied, with %(score)s of 100 points") % facts
    if prospect.is_overdue:
        return _("%(company)s waits for a step that is overdue") % facts
    return _("%(company)s may become a partner") % facts
