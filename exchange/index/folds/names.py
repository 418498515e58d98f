"""A struct's fields as an event names them, in Python's spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CAPITAL = re.compile("([A-Z])")


def snake(said: Mapping[str, Any]) -> dict[str, Any]:
    """maxUses becomes max_uses."""
    return {_CAPITAL.sub(r"_\1", name).lower(): value for name, value in said.items()}
