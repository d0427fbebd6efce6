from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

# A partner reads an announcement that is addressed to it, while it is out; files and comments are read with it.
FOR_PARTNERS = """
GRANT SELECT ON communication_announcement, communication_announcementfile, communication_announcementcomment TO prm_partner;
CREATE POLICY partner_select ON communication_announcement FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND state = 'published' AND (ends_at IS NULL OR ends_at > statement_timestamp())
    AND EXISTS (
        SELECT FROM communication_addressee a
        WHERE a.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND a.announcement_id = communication_announcement.id
        AND a.partner_id = current_setting('app.partner')::bigint
    )
);
CREATE POLICY partner_select ON communication_announcementfile FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM communication_announcement a WHERE a.id = announcement_id)
);
CREATE POLICY partner_select ON communication_announcementcomment FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint AND hidden_at IS NULL
    AND EXISTS (SELECT FROM communication_announcement a WHERE a.id = announcement_id AND a.comments_on)
);
"""
FOR_PARTNERS_BACK = """
DROP POLICY partner_select ON communication_announcementcomment;
DROP POLICY partner_select ON communication_announcementfile;
DROP POLICY partner_select ON communication_announcement;
REVOKE SELECT ON communication_announcement, communication_announcementfile, communication_announcementcomment
    FROM prm_partner;
"""
OF = {"announcement_id": "communication_announcement"}
PARTNER = {"partner_id": "partners_partner"}


class Migration(migrations.Migration):
    dependencies = [
        ("communication", "0001_announcements"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        Isolate(
            "Announcement",
            partner_reads=False,
            keys={
                "audience_id": "partners_audience",
                "snapshot_id": "partners_audiencesnapshot",
                "published_by_id": "tenancy_membership",
                "owner_id": "tenancy_membership",
            },
        ),
        IsolateHistory("AnnouncementEvent"),
        Isolate(
            "Addressee",
            partner_column="partner_id",
            is_target=False,
            keys=OF | PARTNER | {"confirmed_by_id": "tenancy_membership"},
        ),
        Isolate(
            "Reading",
            partner_column="partner_id",
            is_target=False,
            keys=OF | PARTNER | {"member_id": "tenancy_membership"},
        ),
        Isolate("AnnouncementFile", partner_reads=False, is_target=False, keys=OF | {"by_id": "tenancy_membership"}),
        Isolate("AnnouncementComment", partner_reads=False, keys=OF | {"hidden_by_id": "tenancy_membership"}),
        Isolate(
            "CommentAuthor",
            partner_column="partner_id",
            is_target=False,
            keys=PARTNER | {"comment_id": "communication_announcementcomment", "member_id": "tenancy_membership"},
        ),
        migrations.RunSQL(FOR_PARTNERS, FOR_PARTNERS_BACK),
    ]
