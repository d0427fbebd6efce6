"""One request: everything that a decision needs, and the steps one can take on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from approvals import selectors, services
from approvals.forms import AttachForm
from approvals.models import Attachment, Purpose, Request
from approvals.people import People
from approvals.registry import kind_label, subject_kind
from approvals.wording import shown_stages, standing_text
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.rights import Right


class OneRequestMixin(StaffMixin):
    """A request that the member may see."""

    required_right = Right.APPROVALS
    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def item(self) -> Request:
        return get_object_or_404(selectors.visible_to(self.member), pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        return self.member.url("approvals:request", pk=self.item.pk)


class RequestView(OneRequestMixin, TemplateView):
    """The page of a request: facts, line, comments, and for who decides the two buttons."""

    template_name = "approvals/staff/request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item, member, people, now = self.item, self.member, People.now(), timezone.now()
        steps = list(item.steps.select_related("member", "late_member", "decided_by", "on_behalf_of", "instead_of"))
        turns = [
            (step, capacity)
            for step in steps
            if item.is_open and step.is_open and (capacity := people.may_take(step, item, member, now)) is not None
        ]
        kind = subject_kind(item.kind)
        return super().get_context_data(
            item=item,
            kind=kind_label(item.kind),
            standing=standing_text(item, steps, people),
            facts=kind.describe(item) if kind else [],
            subject_url=kind.url(member, item) if kind else "",
            stages=shown_stages(item, steps, people),
            currency=member.manufacturer.currency,
            can_decide=bool(turns),
            is_opinion=bool(turns) and all(step.purpose == Purpose.AGREE for step, _capacity in turns),
            on_behalf=next((capacity.on_behalf_of for _step, capacity in turns if capacity.on_behalf_of), None),
            can_recall=item.is_open and services.may_recall(item, member),
            comments=item.comments.select_related("by"),
            attachments=item.attachments.select_related("by"),
            attach_form=AttachForm() if item.is_open else None,
            **kwargs,
        )


class RequestStepView(OneRequestMixin, View):
    """A step on a request, then back to its page. What is refused is said, not done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        url = self.own_url
        try:
            messages.success(request, self.take(request))
        except DomainError as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(url)

    def take(self, request: HttpRequest) -> str:
        """Take the step; returns what to say."""
        raise NotImplementedError


class DecideView(RequestStepView):
    """Yes or no, with one's reasons."""

    def take(self, request: HttpRequest) -> str:
        answer = request.POST.get("answer", "")
        if answer not in ("approve", "refuse"):
            raise services.ApprovalError(_("Choose one of the two buttons."))
        decided = services.decide(
            self.item, by=self.member, approve=answer == "approve", comment=request.POST.get("comment", "")
        )
        if decided.is_open:
            return _("Your answer is kept; the request goes on along its line.")
        return _("Approved: %(title)s") % {"title": decided} if answer == "approve" else _("Refused.")


class RecallView(RequestStepView):
    """Take back what one asked for."""

    def take(self, request: HttpRequest) -> str:
        services.recall(self.item, by=self.member, reason=request.POST.get("reason", ""))
        return _("Taken back. Nobody need decide it any more.")


class CommentView(RequestStepView):
    def take(self, request: HttpRequest) -> str:
        services.comment(self.item, by=self.member, text=request.POST.get("text", "")[:5000])
        return _("Your comment is there.")


class AttachView(RequestStepView):
    """Add a file."""

    def take(self, request: HttpRequest) -> str:
        form = AttachForm(request.POST, request.FILES)
        if not form.is_valid():
            raise services.ApprovalError(" ".join(str(error) for errors in form.errors.values() for error in errors))
        row = services.attach(self.item, form.cleaned_data["file"], by=self.member)
        return _("“%(name)s” is added.") % {"name": row.name}


class FileView(StaffMixin, View):
    """A file of a request that the member may see, as a download."""

    required_right = Right.APPROVALS
    http_method_names = ["get"]
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = get_object_or_404(Attachment, pk=self.kwargs["pk"], request__in=selectors.visible_to(self.member))
        return attachment_response(row.file, name=row.name, content_type=row.content_type)
