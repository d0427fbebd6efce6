"""The project: settings, addresses, workers."""

import os

# Workers already share the processors: linear algebra of small matrices in threads of its own takes nearly twice as long.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
