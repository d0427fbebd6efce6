"""`python -m bench [names ...] [--partners N --lines N --manufacturers N] [--json FILE]`

Without names all measurements run, on the network of the given size, which is built first unless it stands. Data lie in
`.prm-bench` (PRM_HOME changes it), apart from the demo's.
"""

import argparse
import json
import os
import platform
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

MEASUREMENTS = ["import_lines", "recompute", "notices", "pages"]


def main() -> int | str:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure a large network against its floors.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(MEASUREMENTS)}; all without")
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--manufacturers", type=int, default=20)
    parser.add_argument(
        "--json", type=Path, default=None, help="where the figures go; bench.json in the data folder without"
    )
    options = parser.parse_args()
    unknown = set(options.names) - set(MEASUREMENTS)
    if unknown:
        return f"There is no measurement named {', '.join(sorted(unknown))}."

    os.environ.setdefault("PRM_HOME", ".prm-bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm_portal.settings")
    import contextlib

    import django
    from django.conf import settings

    with settings.EMBEDDED_HOME.hold() if settings.EMBEDDED_HOME else contextlib.nullcontext():
        django.setup()
        return run(options, settings.PRM_HOME)


def run(options: argparse.Namespace, home: Path) -> int:
    """Bring the tables up to date, build what is missing, measure, write the figures."""
    from django.core.management import call_command

    from bench import network
    from bench.harness import say

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    sizes = [f"--{name}={getattr(options, name)}" for name in ("partners", "lines", "manufacturers")]
    figures = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "day": time.strftime("%Y-%m-%d"),
        "network": network.main(sizes),
    }
    for name in options.names or [name for name in MEASUREMENTS if find_spec(f"bench.{name}")]:
        say(f"== {name}")
        figures[name] = import_module(f"bench.{name}").main([])
    path = options.json or home / "bench.json"
    path.write_text(json.dumps(figures, indent=2, default=str) + "\n")
    say(f"Figures: {path}")
    over = [
        m["name"]
        for part in figures.values()
        if isinstance(part, dict)
        for m in part.get("measures", [])
        if not m["is_within"]
    ]
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
