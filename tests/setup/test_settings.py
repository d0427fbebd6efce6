import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPLETE = {
    "PRM_MODE": "production",
    "PUBLIC_URL": "https://prm.example.com",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://prm_app:secret@db:5432/prm",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail:587",
    "DEFAULT_FROM_EMAIL": "PRM <prm@example.com>",
}
SHOW = """
from django.conf import settings
for name in NAMES:
    print(getattr(settings, name))
"""


def load(environment: dict[str, str], tmp_path: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", SHOW.replace("NAMES", repr(names or ["SECRET_KEY"]))],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PRM_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "prm_portal.settings",
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_production_starts_when_all_is_set(tmp_path):
    loaded = load(COMPLETE, tmp_path, "DEBUG", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS")

    assert loaded.stdout.split("\n")[:4] == ["False", "True", "True", "['prm.example.com']"], loaded.stderr


@pytest.mark.parametrize("missing", sorted(COMPLETE.keys() - {"PRM_MODE"}))
def test_production_refuses_to_start_without(missing, tmp_path):
    loaded = load({name: value for name, value in COMPLETE.items() if name != missing}, tmp_path)

    assert loaded.returncode != 0
    assert f"- {missing} is not set" in loaded.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DEBUG": "1"}, "DEBUG must be off in production"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"PUBLIC_URL": "http://prm.example.com"}, "PUBLIC_URL must begin with https://"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name hosts"),
        ({"SMS_GATEWAY_URL": "https://sms.example.com"}, "SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN belong together"),
        ({"SCORM_ORIGIN": "https://*.prm.example.com"}, "SCORM_ORIGIN must not be a host of the portal"),
        ({"SCORM_ORIGIN": "https://prm.example.com/scorm"}, "SCORM_ORIGIN must be an origin"),
        ({"SCORM_ORIGIN": "https://*.content.example.net?x"}, "SCORM_ORIGIN must be an origin"),
        (
            {"SCORM_ORIGIN": "https://*.scorm.example.com", "ALLOWED_HOSTS": ".Example.com"},
            "SCORM_ORIGIN must not be a host of the portal",
        ),
        ({"PRM_MODE": "prodution"}, "PRM_MODE is 'prodution'"),
    ],
)
def test_production_refuses_to_start_half_configured(change, said, tmp_path):
    loaded = load({**COMPLETE, **change}, tmp_path)

    assert loaded.returncode != 0
    assert said in loaded.stderr


def test_production_names_everything_that_is_missing_at_once(tmp_path):
    loaded = load({"PRM_MODE": "production"}, tmp_path)

    assert loaded.stderr.count("is not set") == len(COMPLETE) - 1


def test_the_demo_answers_on_local_names_only_and_keeps_its_secret(tmp_path):
    first, again = (load({}, tmp_path, "ALLOWED_HOSTS", "SECRET_KEY").stdout for _ in range(2))

    hosts, secret, _end = first.split("\n")
    assert set(eval(hosts)) == {"127.0.0.1", "localhost", "[::1]", ".scorm.localhost"}
    assert len(secret) > 50
    assert first == again


def test_packages_have_the_origin_that_browsers_write_and_show_at_every_host_of_the_portal(tmp_path):
    more = {"SCORM_ORIGIN": "https://*.Content.example.net:443/", "ALLOWED_HOSTS": "partners.example.com,.example.org"}
    loaded = load({**COMPLETE, **more}, tmp_path, "SCORM_ORIGIN", "SCORM_HOSTS", "PORTAL_ORIGINS")

    assert loaded.stdout.split("\n")[:3] == [
        "https://*.content.example.net",
        "['.content.example.net']",
        "['https://prm.example.com', 'https://partners.example.com']",
    ], loaded.stderr


def test_clearing_the_cache_leaves_the_queue_alone(tmp_path):
    loaded = load(COMPLETE, tmp_path, "CELERY_BROKER_URL", "CACHES")

    assert "redis://redis:6379/0" in loaded.stdout.split("\n")[0]
    assert "redis://redis:6379/1" in loaded.stdout.split("\n")[1]
