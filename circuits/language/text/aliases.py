"""Types that a `type` statement names, as of Python 3.12: `type Age = UInt[8]`.

Source: PEP 695.
"""

from __future__ import annotations

import typing
from typing import Any, get_args, get_origin

ALIASES: tuple[Any, ...] = tuple(filter(None, [getattr(typing, "TypeAliasType", None)]))
_MOST = 100  # names of names; `type A = A` has no end


def meant(annotation: object) -> object:
    """What an annotation stands for: itself, unless it is such a name or a tuple of some.

    Raises what evaluating it raises: Python does that when it is first asked.
    """
    for _ in range(_MOST):
        if not isinstance(annotation, ALIASES):
            break
        annotation = annotation.__value__
    if get_origin(annotation) is tuple:
        return tuple[tuple(map(meant, get_args(annotation)))]  # type: ignore[misc]
    return annotation
