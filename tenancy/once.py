"""A form that makes something is taken once, however often it is sent: by a double click, or by Back and the button again."""

import hashlib
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tenancy.files import digest

FIELD = "form_key"
KEPT_SECONDS = 24 * 60 * 60
OF_THE_PAGE = {FIELD, "csrfmiddlewaretoken", "do", "draft", "next", "send", "stay", "submit"}
"""What a page sends beside what was written in it: the names of its buttons say where it goes on, not what it makes."""


class OnceMixin:
    """Stands first among the bases of a form view that makes a new row. Its template includes `components/once.html`.

    The page carries a key. What is sent with a key that was taken leads to what came of it; where something else is
    written in the form by then, it is shown again as it is, with a new key, and may be sent as another one.
    """

    request: Any

    @property
    def makes_new(self) -> bool:
        """Whether a new row comes of it; no for a view that also edits known ones."""
        return True

    @cached_property
    def form_key(self) -> uuid.UUID:
        """The key of the page that was sent, else a new one."""
        try:
            return uuid.UUID(self.request.POST.get(FIELD, ""))
        except ValueError:
            return uuid.uuid4()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({FIELD: self.form_key} if self.makes_new else {}), **kwargs)  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        view: Any = super()
        if not self.makes_new or FIELD not in request.POST:
            return view.post(request, *args, **kwargs)
        name = f"once:{self.request.member.pk}:{self.form_key}"
        transaction_id = take_turn(name)
        known = cache.get(name)
        if known and not was_rolled_back(known["transaction"]):
            if known["said"] == digest_of(request):
                messages.info(request, _("You had sent this already. Nothing was made a second time."))
                return redirect(known["to"])
            return self.ask_again()
        response: HttpResponse = view.post(request, *args, **kwargs)
        if 300 <= response.status_code < 400:
            known = {"to": response["Location"], "said": digest_of(request), "transaction": transaction_id}
            cache.set(name, known, KEPT_SECONDS)
        return response

    def ask_again(self) -> HttpResponse:
        """The form as it was sent, since it says something else than what its page has made already."""
        self.form_key = uuid.uuid4()
        said = _("This form was sent already, and what it said then is kept. Send it again to add this as another one.")
        again = _("The files have to be chosen again.") if self.request.FILES else ""
        return self.show_again(f"{said} {again}".strip())

    def show_again(self, sentence: str) -> HttpResponse:
        """The form as it was sent, with a sentence above it."""
        view: Any = self
        form = view.get_form()
        form.add_error(None, sentence)
        return view.form_invalid(form)


def take_turn(name: str) -> str:
    """Wait until whoever sends the same page at the same time is done; the id of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)), pg_current_xact_id()::text", [name])
        return str(cursor.fetchone()[1])


def was_rolled_back(transaction_id: str) -> bool:
    """Whether nothing came of a transaction: the cache was told before it ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_xact_status(%s::xid8)", [transaction_id])
        return bool(cursor.fetchone()[0] == "aborted")


def digest_of(request: HttpRequest) -> str:
    """What a form says, and which files it brings, in few letters."""
    said = sorted((name, value) for name, values in request.POST.lists() if name not in OF_THE_PAGE for value in values)
    files = sorted((name, f"{file.name} {digest(file)}") for name, found in request.FILES.lists() for file in found)
    return hashlib.sha256(urlencode(said + files).encode()).hexdigest()
