#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it brings the embedded servers along."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm_portal.settings")
    from prm_portal.command_line import run

    sys.exit(run(sys.argv))
