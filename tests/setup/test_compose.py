import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
EXAMPLE = ROOT / "deploy" / "production.env.example"


def compose_command() -> list[str] | None:
    if (
        shutil.which("docker")
        and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    ):
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


@pytest.fixture
def filled_in(tmp_path):
    """The example of the settings file, with every empty line filled in."""
    lines = [line + "filled" if line.endswith("=") else line for line in EXAMPLE.read_text().splitlines()]
    path = tmp_path / "production.env"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.skipif(compose_command() is None, reason="there is no docker compose on this machine")
def test_compose_accepts_the_file_with_the_example_filled_in(filled_in):
    checked = subprocess.run(
        [*compose_command(), "--env-file", str(filled_in), "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(compose_command() is None, reason="there is no docker compose on this machine")
def test_compose_refuses_the_file_while_a_secret_is_missing():
    checked = subprocess.run(
        [*compose_command(), "--env-file", str(EXAMPLE), "config", "--quiet"], cwd=ROOT, capture_output=True, text=True
    )

    assert checked.returncode != 0


def test_only_the_web_address_is_open_to_the_outside():
    assert [name for name, service in COMPOSE["services"].items() if service.get("ports")] == ["web"]


def test_migrations_go_past_the_pooler_and_all_else_through_it():
    hosts = {
        name: service["environment"]["DATABASE_URL"].rsplit("@")[1].split(":")[0]
        for name, service in COMPOSE["services"].items()
        if "DATABASE_URL" in service.get("environment", {})
    }

    assert hosts == {"migrate": "db", "web": "pgbouncer", "worker": "pgbouncer", "beat": "pgbouncer"}


def test_files_that_services_mount_are_there():
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]

    assert [path for path in mounted if not (ROOT / path).exists()] == []
