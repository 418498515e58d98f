"""Examples have no deadline, as a first call compiles a kernel, and are the same in every run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

from zkpipe.circuits.define.component import Component

settings.register_profile("kernels", deadline=None, derandomize=True, database=None)
settings.load_profile("kernels")


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of components in the order in which they are traced."""
    names: list[str] = []
    trace = Component._trace

    def counted(self: Component, *arguments: Any) -> Any:
        names.append(self.name)
        return trace(self, *arguments)

    monkeypatch.setattr(Component, "_trace", counted)
    return names
