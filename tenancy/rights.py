"""Roles and rights: the one table that says which role may do what (T-3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Channel manager")
    MARKETING = "marketing", _("Marketing")
    TRAINER = "trainer", _("Trainer")
    SERVICE = "service", _("Service agent")
    ANALYST = "analyst", _("Analyst")
    PARTNER_ADMIN = "partner_admin", _("Partner admin")
    PARTNER_REP = "partner_rep", _("Sales rep")
    PARTNER_TECHNICIAN = "partner_technician", _("Technician")
    PARTNER_VIEWER = "partner_viewer", _("Viewer")


PARTNER_ROLES = frozenset({Role.PARTNER_ADMIN, Role.PARTNER_REP, Role.PARTNER_TECHNICIAN, Role.PARTNER_VIEWER})
STAFF_ROLES = frozenset(Role) - PARTNER_ROLES


ROLE_EXPLANATIONS = {
    Role.OWNER: _("everything, with users, programmes and settings"),
    Role.MANAGER: _("looks after partners, brings in data, decides grades"),
    Role.MARKETING: _("campaigns, announcements, material and funds; sees all partners, and takes lists out"),
    Role.TRAINER: _("makes courses, says who learns what; sees all partners"),
    Role.SERVICE: _("sees and edits all partners"),
    Role.ANALYST: _("sees everything and takes lists out, changes nothing"),
    Role.PARTNER_ADMIN: _("everything of the partner, with its colleagues"),
    Role.PARTNER_REP: _("works leads, opportunities, deals and campaigns; sees figures, plan and agreements"),
    Role.PARTNER_TECHNICIAN: _("learns and does tasks; sees grade, material and profile"),
    Role.PARTNER_VIEWER: _("learns and does tasks; sees leads, grade, material and profile"),
}
"""What each role is for, in a few words, where one is chosen."""


class Right(models.TextChoices):
    """What one may do. A view names exactly one; no view is without."""

    HOME = "home"
    NOTICES = "notices"
    PARTNERS_VIEW = "partners_view"
    PARTNERS_VIEW_ALL = "partners_view_all"
    PARTNERS_EDIT = "partners_edit"
    PARTNERS_ASSIGN = "partners_assign"
    PARTNERS_EXPORT = "partners_export"
    PARTNERS_MERGE = "partners_merge"
    CONTACTS_EDIT = "contacts_edit"
    WORK = "work"
    RECRUITING = "recruiting"
    AGREEMENTS_EDIT = "agreements_edit"
    PLANS_EDIT = "plans_edit"
    MARKETS_EDIT = "markets_edit"
    AUDIENCES = "audiences"
    APPROVALS = "approvals"
    VIEW_AS = "view_as"
    SALES_VIEW = "sales_view"
    PRODUCTS_VIEW = "products_view"
    PRODUCTS_EDIT = "products_edit"
    IMPORTS_RUN = "imports_run"
    JOBS_VIEW = "jobs_view"
    GRADES_VIEW = "grades_view"
    GRADES_RUN = "grades_run"
    GRADES_DECIDE = "grades_decide"
    PROGRAMMES_VIEW = "programmes_view"
    PROGRAMMES_EDIT = "programmes_edit"
    CUSTOMERS_VIEW = "customers_view"
    CUSTOMERS_EDIT = "customers_edit"
    LEADS_VIEW = "leads_view"
    LEADS_EDIT = "leads_edit"
    LEADS_DISTRIBUTE = "leads_distribute"
    DEALS_VIEW = "deals_view"
    DEALS_DECIDE = "deals_decide"
    SITES_EDIT = "sites_edit"
    CONFLICTS = "conflicts"
    CAMPAIGNS_VIEW = "campaigns_view"
    CAMPAIGNS_EDIT = "campaigns_edit"
    CAMPAIGNS_SEND = "campaigns_send"
    CONTENT_VIEW = "content_view"
    CONTENT_EDIT = "content_edit"
    FUNDS_VIEW = "funds_view"
    FUNDS_DECIDE = "funds_decide"
    ANNOUNCEMENTS_EDIT = "announcements_edit"
    TRAINING_VIEW = "training_view"
    TRAINING_EDIT = "training_edit"
    TRAINING_ASSIGN = "training_assign"
    USERS_VIEW = "users_view"
    USERS_MANAGE = "users_manage"
    SETTINGS_EDIT = "settings_edit"
    VIEWS_SHARE = "views_share"

    PORTAL_HOME = "portal_home"
    PORTAL_PROFILE_VIEW = "portal_profile_view"
    PORTAL_PROFILE_EDIT = "portal_profile_edit"
    PORTAL_FIGURES = "portal_figures"
    PORTAL_GRADE = "portal_grade"
    PORTAL_COLLEAGUES_VIEW = "portal_colleagues_view"
    PORTAL_COLLEAGUES_MANAGE = "portal_colleagues_manage"
    PORTAL_WORK = "portal_work"
    PORTAL_AGREEMENTS = "portal_agreements"
    PORTAL_AGREEMENTS_ACCEPT = "portal_agreements_accept"
    PORTAL_PLAN = "portal_plan"
    PORTAL_LEADS = "portal_leads"
    PORTAL_LEADS_WORK = "portal_leads_work"
    PORTAL_DEALS = "portal_deals"
    PORTAL_CONTENT = "portal_content"
    PORTAL_CAMPAIGNS = "portal_campaigns"
    PORTAL_FUNDS = "portal_funds"
    PORTAL_TRAINING = "portal_training"
    PORTAL_TRAINING_MANAGE = "portal_training_manage"


_EVERY_STAFF = frozenset(
    {
        Right.HOME,
        Right.NOTICES,
        Right.PARTNERS_VIEW,
        Right.SALES_VIEW,
        Right.PRODUCTS_VIEW,
        Right.GRADES_VIEW,
        Right.PROGRAMMES_VIEW,
        Right.USERS_VIEW,
        Right.APPROVALS,
        Right.CONTENT_VIEW,
        Right.TRAINING_VIEW,
    }
)
_CAMPAIGN_WORK = frozenset(
    {
        Right.CAMPAIGNS_VIEW,
        Right.CAMPAIGNS_EDIT,
        Right.CAMPAIGNS_SEND,
        Right.CONTENT_EDIT,
        Right.FUNDS_VIEW,
        Right.FUNDS_DECIDE,
        Right.ANNOUNCEMENTS_EDIT,
    }
)
_PARTNER_WORK = frozenset(
    {
        Right.PARTNERS_VIEW_ALL,
        Right.PARTNERS_EDIT,
        Right.PARTNERS_ASSIGN,
        Right.PARTNERS_EXPORT,
        Right.PARTNERS_MERGE,
        Right.CONTACTS_EDIT,
        Right.WORK,
        Right.RECRUITING,
        Right.AGREEMENTS_EDIT,
        Right.PLANS_EDIT,
        Right.MARKETS_EDIT,
        Right.AUDIENCES,
        Right.VIEW_AS,
        Right.IMPORTS_RUN,
        Right.JOBS_VIEW,
        Right.GRADES_RUN,
        Right.GRADES_DECIDE,
        Right.VIEWS_SHARE,
        Right.CUSTOMERS_VIEW,
        Right.CUSTOMERS_EDIT,
        Right.LEADS_VIEW,
        Right.LEADS_EDIT,
        Right.LEADS_DISTRIBUTE,
        Right.DEALS_VIEW,
        Right.DEALS_DECIDE,
        Right.SITES_EDIT,
        Right.CONFLICTS,
        Right.TRAINING_ASSIGN,
    }
)
_EVERY_PARTNER = frozenset(
    {
        Right.PORTAL_HOME,
        Right.NOTICES,
        Right.PORTAL_PROFILE_VIEW,
        Right.PORTAL_GRADE,
        Right.PORTAL_WORK,
        Right.PORTAL_CONTENT,
        Right.PORTAL_TRAINING,
    }
)

ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: _EVERY_STAFF
    | _PARTNER_WORK
    | _CAMPAIGN_WORK
    | {
        Right.PRODUCTS_EDIT,
        Right.PROGRAMMES_EDIT,
        Right.TRAINING_EDIT,
        Right.USERS_MANAGE,
        Right.SETTINGS_EDIT,
    },
    Role.MANAGER: _EVERY_STAFF | _PARTNER_WORK | _CAMPAIGN_WORK,
    Role.MARKETING: _EVERY_STAFF
    | _CAMPAIGN_WORK
    | {
        Right.PARTNERS_VIEW_ALL,
        Right.PARTNERS_EXPORT,
        Right.CONTACTS_EDIT,
        Right.WORK,
        Right.MARKETS_EDIT,
        Right.AUDIENCES,
        Right.CUSTOMERS_VIEW,
        Right.LEADS_VIEW,
        Right.LEADS_EDIT,
        Right.DEALS_VIEW,
    },
    Role.TRAINER: _EVERY_STAFF
    | {
        Right.PARTNERS_VIEW_ALL,
        Right.WORK,
        Right.AUDIENCES,
        Right.TRAINING_EDIT,
        Right.TRAINING_ASSIGN,
    },
    Role.SERVICE: _EVERY_STAFF
    | {
        Right.PARTNERS_VIEW_ALL,
        Right.PARTNERS_EDIT,
        Right.PARTNERS_ASSIGN,
        Right.CONTACTS_EDIT,
        Right.WORK,
        Right.VIEW_AS,
        Right.CUSTOMERS_VIEW,
        Right.CUSTOMERS_EDIT,
        Right.LEADS_VIEW,
        Right.LEADS_EDIT,
        Right.DEALS_VIEW,
        Right.CAMPAIGNS_VIEW,
    },
    Role.ANALYST: _EVERY_STAFF
    | {
        Right.PARTNERS_VIEW_ALL,
        Right.PARTNERS_EXPORT,
        Right.JOBS_VIEW,
        Right.AUDIENCES,
        Right.LEADS_VIEW,
        Right.DEALS_VIEW,
        Right.CAMPAIGNS_VIEW,
        Right.FUNDS_VIEW,
    },
    Role.PARTNER_ADMIN: _EVERY_PARTNER
    | {
        Right.PORTAL_PROFILE_EDIT,
        Right.PORTAL_FIGURES,
        Right.PORTAL_COLLEAGUES_VIEW,
        Right.PORTAL_COLLEAGUES_MANAGE,
        Right.PORTAL_AGREEMENTS,
        Right.PORTAL_AGREEMENTS_ACCEPT,
        Right.PORTAL_PLAN,
        Right.PORTAL_LEADS,
        Right.PORTAL_LEADS_WORK,
        Right.PORTAL_DEALS,
        Right.PORTAL_CAMPAIGNS,
        Right.PORTAL_FUNDS,
        Right.PORTAL_TRAINING_MANAGE,
    },
    Role.PARTNER_REP: _EVERY_PARTNER
    | {
        Right.PORTAL_FIGURES,
        Right.PORTAL_COLLEAGUES_VIEW,
        Right.PORTAL_AGREEMENTS,
        Right.PORTAL_PLAN,
        Right.PORTAL_LEADS,
        Right.PORTAL_LEADS_WORK,
        Right.PORTAL_DEALS,
        Right.PORTAL_CAMPAIGNS,
    },
    Role.PARTNER_TECHNICIAN: _EVERY_PARTNER | {Right.PORTAL_COLLEAGUES_VIEW},
    Role.PARTNER_VIEWER: _EVERY_PARTNER | {Right.PORTAL_COLLEAGUES_VIEW, Right.PORTAL_LEADS},
}

ASSIGNED_ONLY_REMOVES = frozenset(
    {Right.PARTNERS_VIEW_ALL, Right.PARTNERS_ASSIGN, Right.PARTNERS_MERGE, Right.RECRUITING, Right.IMPORTS_RUN}
)
"""What a channel manager who sees only assigned partners does not have: a file can change any partner, and others say
who looks after which."""
