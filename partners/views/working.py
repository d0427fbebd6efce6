"""Pages of working together that both sides have: each side's modules say whose they are."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages.paging import Sort, page_of
from pages.row_numbers import number_or_404
from partners.forms.working import (
    CommentEditForm,
    CommentForm,
    DropForm,
    FileEditForm,
    FileForm,
    StepForm,
    TaskForm,
    VersionForm,
)
from partners.functions import WORKING_TOGETHER
from partners.models import Comment, FileVersion, Partner, SharedFile, Task
from partners.selectors import cabinet as files
from partners.selectors import conversations, tasks
from partners.services import cabinet
from partners.services import conversations as talking
from partners.services import tasks as doing
from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.once import OnceMixin
from tenancy.rights import Right

PER_PAGE = 30
HISTORY_SHOWN = 20


class WorkingMixin(MemberRequiredMixin):
    """What the pages of both sides share. Stands after StaffMixin or PortalMixin; `names` is the side's own namespace."""

    required_function = WORKING_TOGETHER.key
    write_right: Right
    names: str
    kwargs: dict[str, Any]

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this subject on the member's side."""
        return self.member.url(f"{self.names}:{name}", **kwargs)

    def check_may_write(self) -> None:
        """403 for who may only look."""
        if not self.member.can(self.write_right):
            raise PermissionDenied

    def partner_of(self, pk: int) -> Partner:
        """A partner that the member may see; for a partner's people their own alone."""
        raise NotImplementedError

    @cached_property
    def task(self) -> Task:
        return get_object_or_404(tasks.tasks_for(self.member), pk=self.kwargs["pk"])

    @cached_property
    def file(self) -> SharedFile:
        found = SharedFile.objects.select_related("latest", "partner", "task")
        file = get_object_or_404(found, pk=self.kwargs["pk"])
        self.partner_of(file.partner_id)
        return file

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            names=self.names, can_write=self.member.can(self.write_right), **kwargs
        )

    def back(self, otherwise: str) -> str:
        """Where the member came from, if the form says so and it is one of our pages."""
        url = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return url if safe else otherwise


# --- Tasks ------------------------------------------------------------------------------------------------------------


class TaskView(WorkingMixin, TemplateView):
    """A task: what, until when, by whom, what was said about it, and its files."""

    template_name = "partners/working/task.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        task = self.task
        people = tasks.task_people([task])
        return super().get_context_data(
            task=task,
            due=tasks.due_of(task, timezone.localdate()) if task.is_open else "",
            owner=people.get(task.owner_id) if task.owner_id else None,
            giver=people.get(task.created_by_id) if task.created_by_id else None,
            finisher=people.get(task.finished_by_id) if task.finished_by_id else None,
            from_url=task.url_for(self.member),
            said=conversations.said(conversations.comments_of(task), self.member),
            files=SharedFile.objects.filter(task=task, comment=None, removed_at=None).select_related("latest"),
            may_finish=doing.may_finish(task, self.member),
            may_edit=doing.may_edit(task, self.member),
            comment_form=kwargs.pop("comment_form", None) or CommentForm(),
            mentions_url=f"{self.url('mentions')}?task={task.pk}",
            drop_form=DropForm(),
            history=history_of(task, limit=HISTORY_SHOWN) if self.member.is_staff else [],
            **kwargs,
        )


class TaskCommentView(TaskView):
    """Somebody says something about a task."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        form = CommentForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                comment = talking.add_comment(
                    partner=self.task.partner,
                    task=self.task,
                    body=form.cleaned_data["body"],
                    upload=form.cleaned_data["file"],
                    by=self.member,
                )
            except DomainError as error:
                form.add_error("body", str(error))
            else:
                return redirect(f"{self.url('task', pk=self.task.pk)}#comment-{comment.pk}")
        return self.render_to_response(self.get_context_data(comment_form=form), status=400)


class TaskStepView(WorkingMixin, View):
    """A task is done, dropped with a reason, opened again, taken, or shown to the partner."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        page = self.url("task", pk=self.task.pk)
        if request.POST.get("step") == "drop":
            form: Any = DropForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Say why this need not be done."))
                return redirect(page)
            reason = form.cleaned_data["reason"]
            self.take_step(
                lambda: doing.drop_task(self.task, reason=reason, by=self.member),
                _("“%(task)s” is dropped.") % {"task": self.task},
            )
            return redirect(page)
        form = StepForm(request.POST)
        if not form.is_valid():
            raise Http404
        run, done = {
            "done": (doing.finish_task, _("“%(task)s” is done.")),
            "reopen": (doing.reopen_task, _("“%(task)s” is open again.")),
            "take": (doing.take_task, _("“%(task)s” is yours now.")),
            "share": (doing.share_task, _("The partner sees “%(task)s” now.")),
        }[form.cleaned_data["step"]]
        if form.cleaned_data["step"] == "share" and not self.member.is_staff:
            raise PermissionDenied
        self.take_step(lambda: run(self.task, by=self.member), done % {"task": self.task})
        return redirect(self.back(page))


class TaskFormView(WorkingMixin, FormView):
    """A task is given or changed: a page, and over another page a dialog."""

    form_class = TaskForm
    known: Task | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        return super().post(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return [f"partners/working/task_form_{'dialog' if self.request.htmx else 'page'}.html"]

    def settled_partner(self) -> Partner | None:
        """The partner for which it is to be done, where that is settled."""
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "member": self.member,
            "partner": self.settled_partner(),
            "task": self.known,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        came = self.request.POST.get("next") or self.request.headers.get("HX-Current-URL", "")
        return super().get_context_data(
            task=self.known, partner=self.settled_partner(), action=self.request.path, next=came, **kwargs
        )


class TaskCreateView(OnceMixin, TaskFormView):
    """A new task."""

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.request.GET.get("title", "")[:200], "due_on": self.request.GET.get("due", "")[:10]}

    def form_valid(self, form: TaskForm) -> HttpResponse:
        cleaned = form.cleaned_data
        if form.partner is None:
            raise Http404
        try:
            task = doing.create_task(
                partner=form.partner,
                title=cleaned["title"],
                detail=cleaned["detail"],
                due_on=cleaned["due_on"],
                owner=form.owner,
                for_partner=form.for_partner,
                is_shared=cleaned.get("is_shared", not self.member.is_staff),
                kind="by_hand",
                by=self.member,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(task)s” is kept as a task.") % {"task": task})
        return redirect(self.back(self.url("task", pk=task.pk)))


class TaskEditView(TaskFormView):
    """A task is changed."""

    @property
    def known(self) -> Task:  # type: ignore[override]
        if not doing.may_edit(self.task, self.member):
            raise PermissionDenied
        return self.task

    def settled_partner(self) -> Partner:
        return self.task.partner

    def form_valid(self, form: TaskForm) -> HttpResponse:
        cleaned = form.cleaned_data
        page = self.url("task", pk=self.task.pk)
        try:
            doing.update_task(
                self.task,
                title=cleaned["title"],
                detail=cleaned["detail"],
                due_on=cleaned["due_on"],
                owner=form.owner,
                keeps_owner=form.keeps_owner,
                by=self.member,
            )
            if cleaned.get("is_shared"):
                doing.share_task(self.task, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(task)s” is saved.") % {"task": cleaned["title"]})
        return redirect(self.back(page))


# --- Conversation -----------------------------------------------------------------------------------------------------


class ConversationView(WorkingMixin, TemplateView):
    """What staff and partner write to each other, newest first."""

    template_name = "partners/working/conversation.html"

    @cached_property
    def partner(self) -> Partner:
        raise NotImplementedError

    @property
    def page_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        form = CommentForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                talking.add_comment(
                    partner=self.partner,
                    body=form.cleaned_data["body"],
                    upload=form.cleaned_data["file"],
                    by=self.member,
                )
            except DomainError as error:
                form.add_error("body", str(error))
            else:
                return redirect(self.back(self.page_url))
        return self.render_to_response(self.get_context_data(comment_form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        comments = conversations.conversation(self.partner)
        page = page_of(comments, Sort("pk", descending=True), size=PER_PAGE, after=self.request.GET.get("after", ""))
        return super().get_context_data(
            partner=self.partner,
            said=conversations.said(page.rows, self.member),
            older_url=f"?after={page.next_key}" if page.next_key else "",
            comment_form=kwargs.pop("comment_form", None) or CommentForm(),
            mentions_url=f"{self.url('mentions')}?partner={self.partner.pk}",
            page_url=self.page_url,
            **kwargs,
        )


class CommentView(WorkingMixin, FormView):
    """Own words are put right or taken back."""

    template_name = "partners/working/comment_form.html"
    form_class = CommentEditForm

    @cached_property
    def comment(self) -> Comment:
        comment = get_object_or_404(Comment.objects.select_related("task"), pk=self.kwargs["pk"], removed_at=None)
        self.partner_of(comment.partner_id)
        return comment

    @property
    def thread_url(self) -> str:
        if self.comment.task_id:
            return f"{self.url('task', pk=self.comment.task_id)}#comment-{self.comment.pk}"
        return self.conversation_url(self.comment.partner_id)

    def conversation_url(self, partner: int) -> str:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {"body": self.comment.body}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.comment.author_id == self.member.pk
        if not own:
            raise PermissionDenied
        return super().get_context_data(
            comment=self.comment,
            thread_url=self.thread_url,
            mentions_url=f"{self.url('mentions')}?partner={self.comment.partner_id}",
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.take_step(
            lambda: talking.remove_comment(self.comment, by=self.member),
            _("The comment is removed. That one stood here stays visible."),
        )
        return redirect(self.thread_url)

    def form_valid(self, form: CommentEditForm) -> HttpResponse:
        self.take_step(lambda: talking.edit_comment(self.comment, body=form.cleaned_data["body"], by=self.member))
        return redirect(self.thread_url)


class MentionsView(WorkingMixin, TemplateView):
    """The names that can be mentioned while one is typed."""

    template_name = "partners/working/mentions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, is_shared = self._about()
        names = conversations.mentionable(self.member, partner, is_shared=is_shared)
        typed = self.request.GET.get("q", "")[:60]
        return {"names": conversations.offered(names, typed, besides=self.member.pk)}

    def _about(self) -> tuple[Partner, bool]:
        key = number_or_404(self.request.GET.get("task") or self.request.GET.get("partner") or "")
        if "task" in self.request.GET:
            task = get_object_or_404(tasks.tasks_for(self.member), pk=key)
            return task.partner, task.is_shared
        return self.partner_of(key), True


# --- Files ------------------------------------------------------------------------------------------------------------


class FileView(WorkingMixin, TemplateView):
    """A file with all its versions; a newer one can be put in."""

    template_name = "partners/working/file.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        form = VersionForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                version = cabinet.add_version(
                    self.file, upload=form.cleaned_data["file"], note=form.cleaned_data["note"], by=self.member
                )
            except DomainError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, _("Version %(number)s is the latest now.") % {"number": version.number})
                return redirect(self.url("file", pk=self.file.pk))
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(files.versions_of(self.file))
        ids = [version.created_by_id for version in versions] + [self.file.removed_by_id]
        return super().get_context_data(
            file=self.file,
            versions=versions,
            people=tasks.people(ids),
            form=kwargs.pop("form", None) or VersionForm(),
            may_change=cabinet.may_change(self.file, self.member),
            history=history_of(self.file, limit=HISTORY_SHOWN) if self.member.is_staff else [],
            **kwargs,
        )


class FileVersionView(WorkingMixin, View):
    """A version as a download. Whether the member may have it is asked each time."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, number: int, **kwargs: Any) -> FileResponse:
        if self.file.removed_at is not None:
            raise Http404
        version = get_object_or_404(FileVersion, file=self.file, number=number)
        return attachment_response(version.stored, name=version.original_name, content_type=version.content_type)


class FileEditView(WorkingMixin, FormView):
    """What a file is called, and who sees it."""

    template_name = "partners/working/file_form.html"
    form_class = FileEditForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        file = self.file
        return {
            "name": file.name,
            "description": file.description,
            "tags": file.tags,
            "is_private": not file.is_shared,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not cabinet.may_change(self.file, self.member):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(file=self.file, **kwargs)

    def form_valid(self, form: FileEditForm) -> HttpResponse:
        self.check_may_write()
        cleaned = form.cleaned_data
        self.take_step(
            lambda: cabinet.update_file(
                self.file,
                name=cleaned["name"],
                description=cleaned["description"],
                tags=cleaned["tags"],
                is_shared=not cleaned.get("is_private", False),
                by=self.member,
            ),
            _("“%(file)s” is saved.") % {"file": cleaned["name"]},
        )
        return redirect(self.url("file", pk=self.file.pk))


class FileStepView(WorkingMixin, View):
    """A version is restored; a file is removed or brought back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        page, number = self.url("file", pk=self.file.pk), request.POST.get("restore", "")
        if number.isdecimal() and len(number) < 9:
            self.take_step(
                lambda: cabinet.restore_version(self.file, number=int(number), by=self.member),
                _("Version %(number)s is the latest again.") % {"number": number},
            )
        elif "remove" in request.POST:
            self.take_step(
                lambda: cabinet.remove_file(self.file, by=self.member),
                _("“%(file)s” is removed; it can be brought back.") % {"file": self.file},
            )
        elif "bring_back" in request.POST:
            self.take_step(
                lambda: cabinet.bring_back_file(self.file, by=self.member),
                _("“%(file)s” is back.") % {"file": self.file},
            )
        else:
            raise Http404
        return redirect(page)


class FilesView(WorkingMixin, TemplateView):
    """A partner's cabinet: its files, the latest first, found by name or tag; and a new one is put in."""

    template_name = "partners/working/files.html"

    @cached_property
    def partner(self) -> Partner:
        raise NotImplementedError

    @property
    def page_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        form = FileForm(request.POST, request.FILES, member=self.member)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        cleaned = form.cleaned_data
        file = cabinet.put_file(
            partner=self.partner,
            upload=cleaned["file"],
            name=cleaned["name"],
            description=cleaned["description"],
            tags=cleaned["tags"],
            is_shared=not cleaned.get("is_private", False),
            by=self.member,
        )
        messages.success(request, _("“%(file)s” is in the cabinet.") % {"file": file})
        return redirect(self.page_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search, tag = self.request.GET.get("q", "").strip()[:100], self.request.GET.get("tag", "")[:40]
        page = page_of(
            files.found(files.files_of(self.partner), search=search, tag=tag),
            Sort("updated_at", descending=True, nullable=False),
            size=PER_PAGE,
            after=self.request.GET.get("after", ""),
        )
        kept = {name: value for name, value in (("q", search), ("tag", tag)) if value}
        return super().get_context_data(
            partner=self.partner,
            files=page.rows,
            people=tasks.people(file.latest.created_by_id for file in page.rows if file.latest),
            older_url=f"?{urlencode(kept | {'after': page.next_key})}" if page.next_key else "",
            search=search,
            tag=tag,
            tags=files.tags_of(self.partner),
            removed=list(files.removed_files(self.partner)[:PER_PAGE]),
            form=kwargs.pop("form", None) or FileForm(member=self.member),
            page_url=self.page_url,
            **kwargs,
        )
