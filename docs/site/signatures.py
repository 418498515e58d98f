"""What stands behind a name: how it is called, as its author wrote it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


class _Shown:
    """Text that inspect puts into a signature without quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def signature(thing: Callable[..., Any], without_first: bool = False) -> str:
    """Parameters and result: annotations as in the source, `...` for a default without a text."""
    found = inspect.signature(thing)
    parameters = list(found.parameters.values())[1 if without_first else 0 :]
    shown = [
        p.replace(annotation=_annotation(p.annotation), default=_default(p.default))
        for p in parameters
    ]
    result = found.empty if isinstance(thing, type) else _annotation(found.return_annotation)
    return str(inspect.Signature(shown, return_annotation=result))


def _annotation(annotation: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return annotation
    return _Shown(
        annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    )


def _default(default: Any) -> Any:
    if default is inspect.Parameter.empty:
        return default
    text = repr(default)
    return _Shown("..." if text.startswith("<") else text)
