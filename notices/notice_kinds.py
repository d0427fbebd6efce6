from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind

JOB_DONE = register_kind(NoticeKind("notices.job_done", label=_("Work you started is done"), sides={STAFF}))
