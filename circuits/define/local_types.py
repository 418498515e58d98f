"""Types behind local names, `z: UInt[4] = a`: Python never reads them, so they check nothing.

Source: PEP 526, which does not evaluate the annotation of a function's local name.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType, GenericAlias, ModuleType
from typing import get_args, get_origin

from zkpipe.circuits.define.bodies import called_by_name, closure_of, codes_of, source_in, tree_of
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.plain.hint import hint
from zkpipe.circuits.language.text.aliases import meant
from zkpipe.circuits.language.text.parsing import expression_of
from zkpipe.circuits.language.text.syntax import shown
from zkpipe.circuits.language.values.functions import narrow
from zkpipe.circuits.language.values.types import (
    Array,
    ArrayType,
    Bool,
    Decimal,
    Field,
    FieldType,
    Fixed,
    Int,
    IntegerType,
    Private,
    Public,
    Rounded,
    UFixed,
    UInt,
    Visible,
)

_WRITTEN = (Array, Decimal, Fixed, Int, Private, Public, Rounded, UFixed, UInt)
_TYPES = {"Bool": Bool, "Field": Field, **{class_.__name__: class_ for class_ in _WRITTEN}}
_VISIBLE = ("Private", "Public")
_CHECKS = ("narrow", "hint", "Field")  # that make a value of the type behind its name
_TYPE_STATEMENTS = tuple(filter(None, [getattr(ast, "TypeAlias", None)]))  # as of Python 3.12
# A statement that begins with `x:` and goes on in its line, and a body in the line of its `def`.
_MAY_ANNOTATE = re.compile(
    r"(?:^|;)[ \t]*(?!(?:async[ \t]+)?def\b)(?:[^\W\d]|\()[^:;#\n]*:[ \t]*[^\s=#]"
    r"|^[ \t]*(?:async[ \t]+)?def\b.*\)[^()\n]*:[ \t]*[^\s#]"
    r"|^[ \t]*[\])][^:\n]*:[ \t]*[^\s=#]"  # a target over several lines
    r"|^[ \t]*[^\W\d][^:\n]*['\"][^\n]*:[ \t]*[^\s=#]"  # a key that is a text
    r"|^[ \t]*:|\f",  # a colon that begins its line, after a backslash; a form feed
    re.MULTILINE,
)


def refuse_local_types(function: FunctionType, names: Mapping[str, object]) -> None:
    """Raise CompileError if a local name of a body is annotated with a type of the language.

    names  of where the function was defined

    Cost: some us; some ms where a statement may have an annotation.
    """
    if not _MAY_ANNOTATE.search(_text(function)):
        return
    tree = tree_of(function)
    if tree is None:
        return
    known = {**function.__globals__, **names, **closure_of(function)}
    known |= _local_aliases(tree, known)
    known |= dict.fromkeys(_set_here(tree, _CHECKS))
    for node in _annotated(tree):
        annotation = _read(node.annotation)
        if _has_a_type(annotation, known) and not _is_checked(node.value, annotation, known):
            raise CompileError(
                f"`{_short(node)}` checks nothing: Python ignores the type of a local name.",
                _fix(node, annotation),
                source_in(function, node),
            )


def refuse_local_types_of_helpers(function: FunctionType) -> None:
    """The same of the functions that a body calls by name. Raises CompileError."""
    for helper, _ in called_by_name(function):
        if helper is not function:
            refuse_local_types(helper, {})


def _set_here(tree: ast.Module, names: Sequence[str]) -> set[str]:
    """Those of some names that the text gives another meaning: parameters, targets, functions."""
    found = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return found & set(names)


def _text(function: FunctionType) -> str:
    """The lines of a function's code; the last ones may be missing if nothing runs in them."""
    code = function.__code__
    lines = [line for part in codes_of(code) for _, _, line in part.co_lines() if line]
    text = linecache.getlines(code.co_filename, function.__globals__)
    return "".join(text[code.co_firstlineno - 1 : max(lines, default=0)])


def _annotated(node: ast.AST, in_function: bool = False) -> Iterator[ast.AnnAssign]:
    """Annotated names of functions, not the fields of a class, whose types Python reads."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            continue
        if in_function and isinstance(part, ast.AnnAssign):
            yield part
        is_function = isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        is_class = isinstance(part, ast.ClassDef)
        yield from _annotated(part, is_function or (in_function and not is_class))


def _is_checked(value: ast.expr | None, annotation: ast.expr, known: Mapping[str, object]) -> bool:
    """Whether it is of the type anyhow: `z: UInt[8] = narrow(a, UInt[8])`, and so of a hint."""
    if not isinstance(value, ast.Call):
        return False
    called = _value(value.func, known)
    words = {word.arg: word.value for word in value.keywords}
    if called is narrow:
        given = value.args[1] if len(value.args) > 1 else words.get("type_")
    elif called is hint:
        given = words.get("returns")
    else:
        given = value.func if called is Field else None
    return given is not None and ast.dump(given) == ast.dump(annotation)


def _local_aliases(tree: ast.Module, known: Mapping[str, object]) -> dict[str, object]:
    """What the text binds names to: types of the language (`Age = UInt[8]`), imports, classes."""
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = None  # whatever its name
        if isinstance(node, ast.Import):
            found |= {
                a.asname or a.name: sys.modules.get(a.name)
                for a in node.names
                if a.asname or "." not in a.name
            }
        if isinstance(node, ast.ImportFrom):
            home = vars(sys.modules.get(node.module or "", ast))
            found |= {a.asname or a.name: home.get(a.name, _TYPES.get(a.name)) for a in node.names}
        if isinstance(node, _TYPE_STATEMENTS):
            targets: list[ast.expr] = [node.name]
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Assign):
            targets = node.targets
        else:
            continue
        value = node.value
        if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            continue
        if _has_a_type(value, {**known, **found}):
            found |= {target.id: Field for target in targets if isinstance(target, ast.Name)}
    return found


def _read(annotation: ast.expr) -> ast.expr:
    """An annotation, of its text if that is one."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return expression_of(annotation.value.strip()) or annotation
    return annotation


def _has_a_type(annotation: ast.expr, known: Mapping[str, object]) -> bool:
    """Whether one of its names stands for a type of the language: list[UInt[8]] too.

    A `type[UInt]` and a `Callable` are no values of one.
    """
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value).rpartition(".")[2]
        if outer in ("type", "Type", "Callable"):
            return False
    return any(
        _is_a_type(_value(part, known))
        or (_read(part) is not part and _has_a_type(_read(part), known))
        for part in ast.walk(annotation)
        if isinstance(part, ast.expr)
    )


def _value(node: ast.AST, known: Mapping[str, object]) -> object:
    """What a name, or an attribute of a module or class, stands for; else what it says."""
    if isinstance(node, ast.Name):
        return known.get(node.id, _TYPES.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, known)
        if isinstance(owner, ModuleType) and owner.__name__.partition(".")[0] == "zkpipe":
            return getattr(owner, node.attr, None)  # loaded when it is first used
        members = vars(owner) if isinstance(owner, ModuleType | type) else {}
        return members.get(node.attr, _TYPES.get(node.attr))
    return None


def _is_a_type(value: object) -> bool:
    try:
        value = meant(value)
    except Exception:  # noqa: BLE001 - evaluating an alias may raise anything
        return False
    if isinstance(value, FieldType | IntegerType | ArrayType | Visible):
        return True
    if isinstance(value, GenericAlias) or get_origin(value) is not None:  # Ages = list[UInt[8]]
        return any(map(_is_a_type, get_args(value)))
    return any(value is class_ for class_ in _WRITTEN)


def _fix(node: ast.AnnAssign, annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript):
        word = ast.unparse(annotation.value).rpartition(".")[2]
        annotation = annotation.slice if word in _VISIBLE else annotation
    name, type_ = ast.unparse(node.target), ast.unparse(annotation)
    if node.value is None:
        return f"Leave it out, and write `{name} = narrow(..., {type_})` where it gets its value."
    return f"Write `{name} = narrow({shown(node.value) or '...'}, {type_})`."


def _short(node: ast.AnnAssign) -> str:
    head = f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
    return shown(node) or f"{head} = ..."
