from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
MEMBER = "tenancy_membership"

# A comment belongs to its task's partner, and a version to its file's partner and readers, whoever changes these.
TOGETHER = """
ALTER TABLE partners_sharedfile ADD CONSTRAINT partners_sharedfile_latest_id_own
    FOREIGN KEY (manufacturer_id, latest_id) REFERENCES partners_fileversion (manufacturer_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE partners_task ADD CONSTRAINT partners_task_with_partner UNIQUE (manufacturer_id, id, partner_id);
ALTER TABLE partners_comment ADD CONSTRAINT partners_comment_with_task
    FOREIGN KEY (manufacturer_id, task_id, partner_id) REFERENCES partners_task (manufacturer_id, id, partner_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE partners_sharedfile ADD CONSTRAINT partners_sharedfile_with_readers
    UNIQUE (manufacturer_id, id, partner_id, is_shared);
ALTER TABLE partners_fileversion ADD CONSTRAINT partners_fileversion_with_file
    FOREIGN KEY (manufacturer_id, file_id, partner_id, is_shared)
    REFERENCES partners_sharedfile (manufacturer_id, id, partner_id, is_shared)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
APART = """
ALTER TABLE partners_fileversion DROP CONSTRAINT partners_fileversion_with_file;
ALTER TABLE partners_sharedfile DROP CONSTRAINT partners_sharedfile_with_readers;
ALTER TABLE partners_comment DROP CONSTRAINT partners_comment_with_task;
ALTER TABLE partners_task DROP CONSTRAINT partners_task_with_partner;
ALTER TABLE partners_sharedfile DROP CONSTRAINT partners_sharedfile_latest_id_own;
"""

# A partner's people speak in their own name: what staff wrote they neither write nor change.
OF_OWN_PEOPLE = """manufacturer_id = current_setting('app.manufacturer')::bigint AND EXISTS (
    SELECT FROM tenancy_membership m WHERE m.id = {column} AND m.partner_id = current_setting('app.partner')::bigint
)"""
OWN_WORDS = "".join(
    f"CREATE POLICY partner_own_{command.lower()} ON {table} AS RESTRICTIVE FOR {command} TO prm_partner"
    f" {clause} ({OF_OWN_PEOPLE.format(column=column)});"
    for table, column, command, clause in (
        ("partners_comment", "author_id", "INSERT", "WITH CHECK"),
        ("partners_comment", "author_id", "UPDATE", "USING"),
        ("partners_sharedfile", "created_by_id", "INSERT", "WITH CHECK"),
        ("partners_fileversion", "created_by_id", "INSERT", "WITH CHECK"),
    )
)
ANYBODYS_WORDS = """
DROP POLICY partner_own_insert ON partners_comment;
DROP POLICY partner_own_update ON partners_comment;
DROP POLICY partner_own_insert ON partners_sharedfile;
DROP POLICY partner_own_insert ON partners_fileversion;
"""

# A partner cannot read the manufacturer's people; whoever looks after it or takes part in what it sees, it may know by name.
STAFF_KNOWN = """
CREATE FUNCTION partners_staff_known() RETURNS TABLE (id bigint, name text, title text, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    WITH own AS (
        SELECT current_setting('app.manufacturer')::bigint AS manufacturer_id,
            nullif(current_setting('app.partner', true), '')::bigint AS partner_id
    ),
    known (id) AS (
        SELECT p.channel_manager_id FROM own JOIN partners_partner p
            ON p.manufacturer_id = own.manufacturer_id AND p.id = own.partner_id
        UNION
        SELECT unnest(ARRAY[t.owner_id, t.created_by_id, t.finished_by_id]) FROM own JOIN partners_task t
            ON t.manufacturer_id = own.manufacturer_id AND t.partner_id = own.partner_id AND t.is_shared
        UNION
        SELECT unnest(ARRAY[c.author_id, c.removed_by_id]) FROM own JOIN partners_comment c
            ON c.manufacturer_id = own.manufacturer_id AND c.partner_id = own.partner_id AND c.is_shared
        UNION
        SELECT unnest(ARRAY[f.created_by_id, f.removed_by_id]) FROM own JOIN partners_sharedfile f
            ON f.manufacturer_id = own.manufacturer_id AND f.partner_id = own.partner_id AND f.is_shared
        UNION
        SELECT v.created_by_id FROM own JOIN partners_fileversion v
            ON v.manufacturer_id = own.manufacturer_id AND v.partner_id = own.partner_id AND v.is_shared
    )
    SELECT m.id, m.name, m.title, m.is_active
    FROM own JOIN tenancy_membership m ON m.manufacturer_id = own.manufacturer_id AND m.partner_id IS NULL
    WHERE m.id IN (SELECT known.id FROM known)
    ORDER BY m.name, m.id
$body$;
REVOKE ALL ON FUNCTION partners_staff_known() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_staff_known() TO prm_partner;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0016_duplicates"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0020_working_together")]

    operations = [
        Isolate(
            "Comment",
            partner_column="shown_to",
            partner_writes=["INSERT", "UPDATE (body, mentions, edited_at, removed_at, removed_by_id)"],
            keys=PARTNER | {"task_id": "partners_task", "author_id": MEMBER, "removed_by_id": MEMBER},
        ),
        IsolateHistory("CommentEvent"),
        Isolate(
            "SharedFile",
            partner_column="shown_to",
            partner_writes=[
                "INSERT",
                "UPDATE (name, description, tags, latest_id, updated_at, removed_at, removed_by_id)",
            ],
            keys=PARTNER
            | {
                "task_id": "partners_task",
                "comment_id": "partners_comment",
                "created_by_id": MEMBER,
                "removed_by_id": MEMBER,
            },
        ),
        IsolateHistory("SharedFileEvent"),
        Isolate(
            "FileVersion",
            partner_column="shown_to",
            partner_writes=["INSERT"],
            keys=PARTNER | {"file_id": "partners_sharedfile", "created_by_id": MEMBER},
        ),
        Isolate("StaffNote", partner_reads=False, keys=PARTNER | {"author_id": MEMBER}),
        IsolateHistory("StaffNoteEvent"),
        migrations.RunSQL(TOGETHER, APART),
        migrations.RunSQL(OWN_WORDS, ANYBODYS_WORDS),
        migrations.RunSQL(STAFF_KNOWN, "DROP FUNCTION partners_staff_known()"),
    ]
