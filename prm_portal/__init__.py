"""The project: settings, addresses, workers."""

import gc
import os

# Workers already share the processors: linear algebra of small matrices in threads of its own takes nearly twice as long.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# What is loaded at the start stays: looking through it for garbage at every 700 new objects took a quarter of each start.
gc.set_threshold(50_000, 10, 10)
