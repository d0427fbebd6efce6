"""(a) Every owned table is under row-level security, and every key of it stays inside its manufacturer."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tenancy.fields import OwnedForeignKey
from tenancy.isolate import guard_name, key_name
from tenancy.models import OwnedModel, User
from tests.isolation.private_tables import PRIVATE

OWNED = [model for model in apps.get_models() if issubclass(model, OwnedModel)]
HISTORY = [model for model in apps.get_models() if model.__name__.endswith("Event") and hasattr(model, "pgh_obj_id")]
TABLES = sorted({model._meta.db_table for model in [*OWNED, *HISTORY]} | {"tenancy_manufacturer"})

NO_SCOPE_MAY_READ = {User._meta.db_table, "django_session", "mfa_authenticator", "account_emailaddress"}
BEFORE_SCOPE = {"tenancy_manufacturer": {"SELECT"}, "tenancy_membership": {"SELECT"}}
"""What the login itself may read: who asks is found out before there is a scope."""


def fetch(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_owned_tables_are_found() -> None:
    assert {"partners_partner", "commerce_salesline", "partners_partnerevent"} <= set(TABLES)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_row_level_security_is_forced(table: str) -> None:
    assert fetch(
        "SELECT relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class WHERE oid = %s::regclass",
        table,
    ) == [(True, True, "prm_owner")]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_each_role_has_a_policy_of_its_own_and_none_is_for_everybody(table: str) -> None:
    policies = fetch(
        "SELECT polname, polroles::regrole[]::text[], pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
        table,
    )
    roles = {role for _, for_roles, _ in policies for role in for_roles}
    if table in PRIVATE:
        assert roles == {"prm_owner", "prm_partner"}
    else:
        assert {"prm_owner", "prm_platform", "prm_staff"} <= roles <= {
            "prm_owner", "prm_platform", "prm_staff", "prm_partner", "prm_app"
        }  # fmt: skip
    for name, for_roles, condition in policies:
        if {"prm_staff", "prm_partner"} & set(for_roles) and condition is not None:
            assert "app.manufacturer" in condition, f"{name} of {table} does not ask for the manufacturer"


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_login_itself_may_not_touch_it(table: str) -> None:
    rights = {
        right
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        if fetch("SELECT has_table_privilege('prm_app', %s, %s)", table, right) == [(True,)]
    }
    assert rights == BEFORE_SCOPE.get(table, set())


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(PRIVATE))
@pytest.mark.parametrize("role", ["prm_staff", "prm_platform", "prm_app"])
def test_private_tables_are_the_partners_alone(table: str, role: str) -> None:
    assert fetch("SELECT has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')", role, table) == [(False,)]
    conditions = fetch(
        "SELECT coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy"
        " WHERE polrelid = %s::regclass AND 'prm_partner'::regrole = ANY (polroles)",
        table,
    )
    for (condition,) in conditions:
        assert "app.partner" in condition
        assert "transaction_read_only" in condition


@pytest.mark.django_db
@pytest.mark.parametrize("model", HISTORY, ids=lambda model: model._meta.label)
def test_history_is_written_by_nobody(model: Any) -> None:
    for role in ("prm_app", "prm_staff", "prm_partner", "prm_platform"):
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            assert fetch("SELECT has_table_privilege(%s, %s, %s)", role, model._meta.db_table, right) == [(False,)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_every_key_stays_inside_its_manufacturer(model: Any) -> None:
    table = model._meta.db_table
    keys = {
        name
        for (name,) in fetch("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'", table)
    }
    guards = "".join(text for (text,) in fetch("SELECT prosrc FROM pg_proc WHERE proname = %s", guard_name(table)))
    for field in model._meta.local_concrete_fields:
        if not field.is_relation or field.related_model is User or field.name == "manufacturer":
            continue
        if model in HISTORY or field.name == "pgh_obj":
            continue
        assert isinstance(field, OwnedForeignKey) or not field.db_constraint, f"{field} is a plain key"
        is_kept = key_name(table, field.column) in keys or f'"{field.column}" AS key' in guards
        assert is_kept, f"nothing keeps {table}.{field.column} inside its manufacturer"


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(NO_SCOPE_MAY_READ))
@pytest.mark.parametrize("role", ["prm_staff", "prm_partner"])
def test_passwords_and_sessions_cannot_be_read_in_a_scope(table: str, role: str) -> None:
    assert fetch("SELECT has_any_column_privilege(%s, %s, 'SELECT')", role, table) == [(False,)]


@pytest.mark.django_db
def test_partners_write_only_what_is_listed() -> None:
    """Readable on one screen: what a partner's login could change in the database, whatever the code does."""
    tables = fetch(
        "SELECT relname, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
        " FROM pg_class, aclexplode(relacl) WHERE relkind = 'r' AND grantee = 'prm_partner'::regrole"
        " AND privilege_type <> 'SELECT' GROUP BY 1 ORDER BY 1"
    )
    columns = fetch(
        "SELECT relname, string_agg(attname, ' ' ORDER BY attname)"
        " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl)"
        " WHERE relkind = 'r' AND grantee = 'prm_partner'::regrole AND privilege_type = 'UPDATE' GROUP BY 1 ORDER BY 1"
    )
    assert dict(tables) == {
        "campaigns_assetuse": "INSERT",
        "campaigns_initiativefile": "DELETE INSERT",
        "campaigns_libraryvisit": "INSERT",
        "campaigns_owncustomer": "DELETE INSERT",
        "campaigns_ownmessage": "INSERT",
        "campaigns_ownsuppression": "INSERT",
        "campaigns_partnerbrand": "INSERT",
        "campaigns_partnercampaign": "INSERT",
        "campaigns_partnerwords": "INSERT",
        "campaigns_sharelink": "INSERT",
        "campaigns_termsacceptance": "INSERT",
        "commerce_endcustomer": "INSERT",
        "jobs_job": "INSERT UPDATE",
        "leads_opportunity": "INSERT",
        "leads_opportunityactivity": "INSERT",
        "leads_opportunityline": "DELETE INSERT",
        "leads_opportunitymove": "INSERT",
        "notices_preference": "DELETE INSERT UPDATE",
        "notices_quiethours": "DELETE INSERT UPDATE",
        "partners_contact": "INSERT",
        "partners_contactconsent": "INSERT",
        "partners_onbehalf": "INSERT",
        "partners_paper": "INSERT",
        "partners_partnercard": "INSERT",
        "partners_comment": "INSERT",
        "partners_fileversion": "INSERT",
        "partners_partnerspecialisation": "DELETE INSERT",
        "partners_channelplan": "INSERT",
        "partners_initiativescore": "DELETE INSERT",
        "partners_planinitiative": "DELETE INSERT",
        "partners_planpromise": "DELETE INSERT",
        "partners_planstep": "INSERT",
        "partners_plantarget": "DELETE INSERT",
        "partners_sharedfile": "INSERT",
        "tenancy_invitation": "INSERT",
        "tenancy_sharing": "INSERT",
    }
    assert dict(columns) == {
        "campaigns_initiativepartner": "declined_at declined_by_id done_at done_by_id done_count moved_at next_due_on reason"
        " seen_at seen_by_id started_at started_by_id",
        "campaigns_initiativework": "done_at done_by_id note started_at started_by_id",
        "campaigns_libraryvisit": "before_at seen_at",
        "campaigns_owncustomer": "agreed_on country group language name",
        "campaigns_ownmessage": "answer answered_at attempts clicked_at customer_id due_at error name opened_at sent_at state"
        " unsubscribed_at",
        "campaigns_partnercampaign": "answered bounced clicked ended_at opened people sent started_at started_by_id state"
        " unsubscribed",
        "campaigns_partnerwords": "group words",
        "campaigns_partnerbrand": "address company contact email logo phone updated_at website",
        "campaigns_sharelink": "revoked_at",
        "commerce_endcustomer": "address business_number city contact_name contact_title country email kind language latitude"
        " local_name longitude name note phone postal_code region updated_at website",
        "leads_opportunity": "amount amount_base category_id closed_at currency customer_id due_on expected_close"
        " last_activity_at name next_step next_step_on note reason_id reason_note rep_id site_id stage_id stage_since stalled_at"
        " updated_at won_amount won_amount_base",
        "leads_staterequest": "answered_at answered_by_id",
        "notices_notice": "confirmed_at read_at",
        "partners_agreement": "accepted_address accepted_at accepted_by_id accepted_name accepted_role closed_at ends_on"
        " notice_by_id notice_on reason state",
        "partners_channelplan": "agreed_at agreed_by_id proposed_at proposed_by_id proposed_side state summary updated_at",
        "partners_initiativescore": "effect feasibility returns updated_at urgency",
        "partners_planinitiative": "detail due_on owner_id phase plan_year side title work",
        "partners_planpromise": "due_on owner_id title",
        "partners_plantarget": "is_sum label months quarter_1 quarter_2 quarter_3 quarter_4 spread",
        "partners_contact": "birthday department email is_primary joined_on language latin_name left_on messenger"
        " messenger_kind mobile moved_to name phone position role successor_id updated_at",
        "partners_contactconsent": "withdrawn_on",
        "partners_confirmationask": "answered_at",
        "partners_locatorentry": "about hours",
        "partners_partner": "address business_number city confirmed_at country crew_count custom email employees"
        " established_year languages lead_capacity local_name opening_hours phone postal_code region showroom_area updated_at website",
        "partners_partnercard": "country is_published kinds languages name offers region seeks specialisations updated_at",
        "partners_comment": "body edited_at mentions removed_at removed_by_id",
        "partners_sharedfile": "description latest_id name removed_at removed_by_id tags updated_at",
        "partners_task": "detail due_on finished_at finished_by_id owner_id reason state title updated_at",
        "tenancy_invitation": "expires_at mail_refused mail_sent_at mail_tried_at revoked_at secret_hash",
        "tenancy_joinrequest": "decided_at decided_by_id state",
        "tenancy_membership": "assigned_only is_active left_at phone role title",
        "tenancy_sharing": "withdrawn_at",
    }
