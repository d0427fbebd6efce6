from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0022_plans"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0030_profile_questions")]

    operations = [
        Isolate("ProfileQuestion", staff_writes=["INSERT", "UPDATE"], is_target=False),
        IsolateHistory("ProfileQuestionEvent"),
    ]
