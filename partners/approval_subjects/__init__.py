"""What of this app can go along an approval line: a module a subject."""

from partners.approval_subjects import agreements as agreements
from partners.approval_subjects import applications as applications
from partners.approval_subjects import favours as favours
from partners.approval_subjects import plans as plans
