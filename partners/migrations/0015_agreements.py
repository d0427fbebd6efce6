from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
TYPE = {"type_id": "partners_agreementtype"}

ANSWER = """
    UPDATE (state, reason, accepted_at, accepted_by_id, accepted_name, accepted_role, accepted_address, ends_on, notice_on,
    notice_by_id, closed_at)
"""

ISOLATED = [
    Isolate("AgreementType"),
    IsolateHistory("AgreementTypeEvent"),
    Isolate("AgreementTypeKind", keys=TYPE | {"kind_id": "partners_partnerkind"}, is_target=False),
    Isolate("AgreementTemplate", partner_reads=False, keys=TYPE | {"published_by_id": "tenancy_membership"}),
    IsolateHistory("AgreementTemplateEvent"),
    Isolate(
        "Agreement",
        partner_column="partner_id",
        partner_writes=[ANSWER],
        staff_writes=["INSERT", "UPDATE"],
        keys=PARTNER
        | TYPE
        | {
            "template_id": "partners_agreementtemplate",
            "first_id": "partners_agreement",
            "created_by_id": "tenancy_membership",
            "accepted_by_id": "tenancy_membership",
            "notice_by_id": "tenancy_membership",
            "job_id": "jobs_job",
        },
    ),
    IsolateHistory("AgreementEvent"),
    Isolate("PaperType"),
    Isolate(
        "PaperTypeKind",
        keys={"type_id": "partners_papertype", "kind_id": "partners_partnerkind"},
        is_target=False,
    ),
    Isolate(
        "Paper",
        partner_column="partner_id",
        partner_writes=["INSERT"],
        staff_writes=["INSERT", "UPDATE"],
        keys=PARTNER
        | {
            "type_id": "partners_papertype",
            "uploaded_by_id": "tenancy_membership",
            "reviewed_by_id": "tenancy_membership",
        },
    ),
    migrations.RunSQL(
        # A partner hears of an agreement when it is sent.
        """
        ALTER POLICY partner_select ON partners_agreement USING (
            manufacturer_id = current_setting('app.manufacturer')::bigint
            AND partner_id = current_setting('app.partner')::bigint AND state <> 'draft'
        );
        ALTER POLICY partner_update ON partners_agreement USING (
            manufacturer_id = current_setting('app.manufacturer')::bigint
            AND partner_id = current_setting('app.partner')::bigint AND state <> 'draft'
        );
        """,
        migrations.RunSQL.noop,
    ),
    # What a partner has before its eyes and accepts stays as it is, whoever writes: the text and its terms from the
    # moment it is sent, the acceptance and its PDF once they are there. The database makes the hash of the text, and knows
    # the steps. Its partner is not held: when two records of one company are merged, its agreements go along.
    migrations.RunSQL(
        """
        CREATE FUNCTION partners_agreement_guard() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, public, pg_temp AS $body$
        BEGIN
            IF TG_OP = 'INSERT' OR OLD.state = 'draft' THEN
                NEW.text_sha256 := encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex');
            END IF;
            IF TG_OP = 'INSERT' THEN
                RETURN NEW;
            END IF;
            IF OLD.state <> 'draft' AND (
                NEW.text, NEW.text_sha256, NEW.language, NEW.title, NEW.type_id, NEW.template_id, NEW.first_id,
                NEW.version, NEW.starts_on, NEW.term_months, NEW.renewal, NEW.notice_months, NEW.sent_at
            ) IS DISTINCT FROM (
                OLD.text, OLD.text_sha256, OLD.language, OLD.title, OLD.type_id, OLD.template_id, OLD.first_id,
                OLD.version, OLD.starts_on, OLD.term_months, OLD.renewal, OLD.notice_months, OLD.sent_at
            ) THEN
                RAISE check_violation USING MESSAGE = 'An agreement that was sent cannot be changed',
                    CONSTRAINT = 'agreement_frozen';
            END IF;
            IF OLD.accepted_at IS NOT NULL AND (
                NEW.accepted_at, NEW.accepted_by_id, NEW.accepted_name, NEW.accepted_role, NEW.accepted_address
            ) IS DISTINCT FROM (
                OLD.accepted_at, OLD.accepted_by_id, OLD.accepted_name, OLD.accepted_role, OLD.accepted_address
            ) OR (OLD.pdf <> '' AND NEW.pdf <> OLD.pdf) THEN
                RAISE check_violation USING MESSAGE = 'An acceptance cannot be changed', CONSTRAINT = 'agreement_frozen';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('draft', 'sent'), ('draft', 'withdrawn'), ('sent', 'accepted'), ('sent', 'refused'),
                ('sent', 'withdrawn'), ('accepted', 'ended'), ('accepted', 'terminated')
            ) THEN
                RAISE check_violation USING MESSAGE = 'An agreement cannot take this step', CONSTRAINT = 'agreement_step';
            END IF;
            -- A partner answers what was sent, and gives notice of what runs; everything else is the manufacturer's.
            IF current_user = 'prm_partner' AND (
                NEW.state <> OLD.state AND NEW.state NOT IN ('accepted', 'refused')
                OR NEW.state = OLD.state AND OLD.state <> 'accepted'
                OR NEW.ends_on IS DISTINCT FROM OLD.ends_on AND (OLD.notice_on IS NOT NULL OR NEW.notice_on IS NULL)
            ) THEN
                RAISE check_violation USING MESSAGE = 'A partner cannot take this step', CONSTRAINT = 'agreement_step';
            END IF;
            RETURN NEW;
        END $body$;
        CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_agreement
            FOR EACH ROW EXECUTE FUNCTION partners_agreement_guard();

        CREATE FUNCTION partners_agreementtemplate_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp AS $body$
        BEGIN
            IF EXISTS (
                SELECT FROM partners_agreement
                WHERE manufacturer_id = OLD.manufacturer_id AND template_id = OLD.id
            ) THEN
                RAISE check_violation USING MESSAGE = 'A text that an agreement uses cannot be changed',
                    CONSTRAINT = 'agreement_template_frozen';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $body$;
        CREATE TRIGGER frozen BEFORE DELETE OR UPDATE OF texts, version, type_id ON partners_agreementtemplate
            FOR EACH ROW EXECUTE FUNCTION partners_agreementtemplate_frozen();

        CREATE FUNCTION partners_paper_guard() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, public, pg_temp AS $body$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF current_user = 'prm_partner' AND (NEW.state <> 'waiting' OR NEW.reviewed_at IS NOT NULL) THEN
                    RAISE check_violation USING MESSAGE = 'A partner does not review its own papers',
                        CONSTRAINT = 'paper_step';
                END IF;
            ELSIF (NEW.file, NEW.sha256, NEW.original_name, NEW.content_type, NEW.size, NEW.type_id, NEW.uploaded_by_id,
                NEW.uploaded_at) IS DISTINCT FROM (OLD.file, OLD.sha256, OLD.original_name, OLD.content_type, OLD.size,
                OLD.type_id, OLD.uploaded_by_id, OLD.uploaded_at)
            THEN
                RAISE check_violation USING MESSAGE = 'A paper stays as it was handed in', CONSTRAINT = 'paper_frozen';
            END IF;
            RETURN NEW;
        END $body$;
        CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_paper
            FOR EACH ROW EXECUTE FUNCTION partners_paper_guard();
        """,
        """
        DROP TRIGGER guard ON partners_agreement;
        DROP FUNCTION partners_agreement_guard();
        DROP TRIGGER frozen ON partners_agreementtemplate;
        DROP FUNCTION partners_agreementtemplate_frozen();
        DROP TRIGGER guard ON partners_paper;
        DROP FUNCTION partners_paper_guard();
        """,
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_isolate"),
        ("partners", "0014_tasks"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0018_agreements")]

    operations = [
        *ISOLATED,
    ]
