from django.db import migrations, models

# Partner admins send the invitations of their colleagues again.
RESEND = "GRANT UPDATE (mail_tried_at, mail_sent_at, mail_refused) ON tenancy_invitation TO prm_partner"
NO_RESEND = "REVOKE UPDATE (mail_tried_at, mail_sent_at, mail_refused) ON tenancy_invitation FROM prm_partner"


def refused() -> models.CharField:
    return models.CharField(blank=True, default="", editable=False, max_length=500, verbose_name="mail refused")


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0004_places"),
    ]

    operations = [
        migrations.RunSQL(RESEND, NO_RESEND),
    ]
