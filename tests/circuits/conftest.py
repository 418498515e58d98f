"""Examples have no deadline, as a first call compiles a kernel, and are the same in every run."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("kernels", deadline=None, derandomize=True, database=None)
settings.load_profile("kernels")
