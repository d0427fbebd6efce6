"""What this app tells people: a module a subject."""

from partners.notice_kinds import agreements as agreements
from partners.notice_kinds import markets as markets
from partners.notice_kinds import matches as matches
from partners.notice_kinds import partners as partners
from partners.notice_kinds import plans as plans
from partners.notice_kinds import qualifications as qualifications
from partners.notice_kinds import tiers as tiers
from partners.notice_kinds import working as working
