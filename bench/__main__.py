"""`python -m bench [names ...] [--partners N --lines N --leads N --manufacturers N] [--json FILE]`

Without names all measurements run, each in a process of its own, on the network of the given size, which is built first
unless it stands. Data lie in `.prm-bench` (PRM_HOME changes it), apart from the demo's.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

MEASUREMENTS = [
    "import_lines",
    "recompute",
    "notices",
    "pages",
    "sum_pages",
    "timeline",
    "audiences",
    "duplicates",
    "leads_pages",
    "leads_create",
    "leads_intake",
    "leads_batch",
    "leads_offer",
    "programme_assignment",
    "quiz_answers",
    "training_pages",
    "campaign_send",
    "campaign_click",
    "library",
    "campaign_freeze",
]


def main() -> int | str:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure a large network against its floors.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(MEASUREMENTS)}; all without")
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--manufacturers", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where the figures go; without, bench.json in the data folder")
    parser.add_argument("--part", type=Path, help=argparse.SUPPRESS)  # only measure, and write the figures there
    options, rest = parser.parse_known_args()
    unknown = set(options.names) - set(MEASUREMENTS)
    if unknown:
        return f"There is no measurement named {', '.join(sorted(unknown))}."

    os.environ.setdefault("PRM_HOME", ".prm-bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm_portal.settings")
    import django
    from django.conf import settings

    with settings.EMBEDDED_HOME.hold() if settings.EMBEDDED_HOME else contextlib.nullcontext():
        django.setup()
        if options.part:
            figures = import_module(f"bench.{options.names[0]}").main(rest)
            options.part.write_text(json.dumps(figures, default=str))
            return 0
        return run(options, rest, settings.PRM_HOME)


def run(options: argparse.Namespace, rest: list[str], home: Path) -> int:
    """Bring the tables up to date, build what is missing, measure, write the figures."""
    from django.core.management import call_command

    from bench import network
    from bench.harness import say

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    sizes = [f"--{name}={getattr(options, name)}" for name in ("partners", "lines", "leads", "manufacturers")]
    figures = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "day": time.strftime("%Y-%m-%d"),
        "network": network.main(sizes),
    }
    for name in options.names or MEASUREMENTS:
        say(f"== {name}")
        part = home / f"bench-{name}.json"
        subprocess.run([sys.executable, "-m", "bench", name, "--part", str(part), *rest], check=True)
        figures[name] = json.loads(part.read_text())
        part.unlink()
    path = options.json or home / "bench.json"
    path.write_text(json.dumps(figures, indent=2) + "\n")
    say(f"Figures: {path}")
    measured = [measure for name in MEASUREMENTS for measure in figures.get(name, {}).get("measures", [])]
    return 0 if all(measure["is_within"] for measure in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
