"""Where the links of a campaign lead: the picture that tells of an open, the redirect, the page that answers.

Each address is signed and tells only whom it was sent to; a redirect leads nowhere but where the campaign's own text does.
"""

from base64 import b64decode
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.answers import ANSWERS
from campaigns.forms.responses import AnswerForm, WriteForm
from campaigns.links import Purpose, Ticket, ticket_of
from campaigns.machines import machine_by_request
from campaigns.models import ResponseKind
from campaigns.services.answering import Said, answer_words, reader_of, take_answer
from campaigns.services.responses import record
from tenancy.rls import staff_scope
from tenancy.views.public import PublicView

PICTURE = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One point that nobody sees."""
WRITE = "write"


def _ticket(purpose: Purpose, request: Any, token: str, extra: str = "") -> Ticket:
    ticket = ticket_of(purpose, request.manufacturer.pk, token, extra)
    if ticket is None:
        raise Http404
    return ticket


@login_not_required
@never_cache
@require_safe
def picture(request: Any, manufacturer: str, token: str) -> HttpResponse:
    """Tells that a mail was opened; once an hour at most."""
    ticket = _ticket(Purpose.OPEN, request, token)
    machine = machine_by_request(request.method, request.headers, is_picture=True)
    with staff_scope(request.manufacturer.pk):
        record(ticket.recipient, ResponseKind.OPEN, is_machine=bool(machine), key=f"{machine}{timezone.now():%Y%m%d%H}")
    return HttpResponse(PICTURE, content_type="image/gif")


@login_not_required
@never_cache
@require_safe
def click(request: Any, manufacturer: str, token: str) -> HttpResponse:
    """An address that was never given out: what was, `campaigns.middleware` has answered."""
    raise Http404


@method_decorator([login_not_required, never_cache], name="dispatch")
class AnswerView(PublicView):
    """An answer by one click, without signing in: GET shows a page and changes nothing, its button answers."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        code = kwargs["code"]
        ticket = _ticket(Purpose.ANSWER, request, kwargs["token"], code)
        if code not in ANSWERS and code != WRITE:
            raise Http404
        with staff_scope(self.manufacturer.pk), timezone.override(self.manufacturer.timezone):
            self.reader = reader_of(ticket.recipient)
            if self.reader is None:
                raise Http404
            with translation.override(self.reader.language):
                response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Language"] = self.reader.language
        return response

    def form(self, code: str, data: Any = None) -> AnswerForm:
        return (WriteForm if code == WRITE else AnswerForm)(data)

    def get(self, request: Any, code: str, **kwargs: Any) -> HttpResponse:
        return self.page(code, self.form(code))

    def post(self, request: Any, code: str, **kwargs: Any) -> HttpResponse:
        form = self.form(code, request.POST)
        if not form.is_valid():
            return self.page(code, form, status=400)
        assert self.reader is not None
        take_answer(self.reader, Said(code, form.cleaned_data["words"], form.cleaned_data["phone"]))
        return self.page(code, None)

    def page(self, code: str, form: AnswerForm | None, status: int = 200) -> HttpResponse:
        context = {
            "reader": self.reader,
            "manufacturer": self.manufacturer,
            "form": form,
            "answer": _("Write to us") if code == WRITE else answer_words(code),
            "is_refusal": code == "not_interested",
        }
        return render(self.request, "campaigns/public/answer.html", context, status=status)
