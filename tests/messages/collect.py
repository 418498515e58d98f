"""The texts of all errors and warnings in the sources.

A text is what is given to one of our error classes, or to a function that makes one. Python's own
classes are left out, since no user sees those. A value in a text stands in braces as the source
has it. The files beside this one hold the texts, one file for each layer, so that a change of a
message is read by whoever reads the change. To write them: python -m tests.messages.collect
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

from tests.layers import LAYERS

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
MAKERS = {"refused", "misuse", "wrong_type", "fail", "_error", "_failure", "_wrong", "Finding"}
ENDINGS = ("Error", "Warning")
OURS = "It is imported as zkpipe."  # of a layer under another name


def texts(layer: str) -> list[str]:
    """`module: text | text` for each error that a layer may raise, in the order of its files."""
    found = []
    for path in sorted((ROOT / layer).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            said = list(_said(call))
            if said and not said[0].startswith(OURS):
                found.append(f"{module}: {' | '.join(said)}")
    return found


def _said(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func).rpartition(".")[2]
    if hasattr(builtins, name) or (name not in MAKERS and not name.endswith(ENDINGS)):
        return
    for argument in call.args:
        text = _template(argument)
        if text is not None and " " in text:
            yield text.replace("\n", "\\n")


def _template(node: ast.expr) -> str | None:
    """A text with its values in braces; None for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = _template(node.left), _template(node.right)
        return "".join(side or "{...}" for side in sides) if any(sides) else None
    return None


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        asked = "!r" if node.conversion == ord("r") else ""
        form = f":{_template(node.format_spec)}" if node.format_spec else ""
        return f"{{{ast.unparse(node.value)}{asked}{form}}}"
    return str(_template(node))


def main() -> None:
    """Write the files."""
    for layer in LAYERS:
        (HERE / f"{layer}.txt").write_text("\n".join(texts(layer)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
