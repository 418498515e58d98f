"""The reference: a page a public module, from the signatures and docstrings of its public names.

A name is described on one page. What `zkpipe` exports is described with its layer, and errors have
a page of their own; other pages that export them link there.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib import import_module
from itertools import pairwise
from types import FunctionType, ModuleType
from typing import Any

from docs.site.docstrings import markdown
from docs.site.signatures import signature

MODULES = (
    "zkpipe",
    "zkpipe.circuits",
    "zkpipe.circuits.gadgets",
    "zkpipe.circuits.gadgets.author",
    "zkpipe.circuits.gadgets.baby_jubjub",
    "zkpipe.circuits.circom",
    "zkpipe.circuits.testing",
    "zkpipe.circuits.soundness",
    "zkpipe.prover",
    "zkpipe.prover.ceremony",
    "zkpipe.verifier_contracts",
    "zkpipe.accel",
    "zkpipe.exchange.deployment",
    "zkpipe.exchange.home",
    "zkpipe.exchange.tables",
    "zkpipe.exchange.circuits",
    "zkpipe.exchange.sender",
    "zkpipe.exchange.index",
    "zkpipe.exchange.clients.circuits",
    "zkpipe.exchange.loop",
    "zkpipe.exchange.evidence",
    "zkpipe.exchange.page",
    "zkpipe.benchmarks",
)
ERRORS = (
    "zkpipe.ground.errors",
    "zkpipe.ground.files.reading",
    "zkpipe.circuits.errors",
    "zkpipe.circuits.soundness.errors",
    "zkpipe.prover.errors",
    "zkpipe.verifier_contracts.errors",
    "zkpipe.jobs.errors",
    "zkpipe.exchange.errors",
    "zkpipe.benchmarks.errors",
)
FOLDER = "reference"


@dataclass(frozen=True)
class Entry:
    """A public name.

    module  where it is imported from
    path    its name there; `Class.name` for a member
    thing   as a class has it in its dictionary, if it is a member
    """

    module: str
    path: str
    thing: Any

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]

    @property
    def is_member(self) -> bool:
        """Whether it is a method or property of a class."""
        return "." in self.path

    @cached_property
    def kind(self) -> str:
        """What it is in Sphinx' domain of Python."""
        if isinstance(self.thing, property | cached_property):
            return "property"
        if self.is_member:
            return "method"
        if inspect.isclass(self.thing):
            is_error = issubclass(self.thing, BaseException)
            return "exception" if is_error else "class"
        return "function" if inspect.isroutine(self.thing) else "data"

    @cached_property
    def signature(self) -> str:
        """How it is called; empty for what is not."""
        if self.kind == "property":
            made: Any = self.thing.fget if isinstance(self.thing, property) else self.thing.func
            return signature(made, without_first=True).removeprefix("()")
        if self.kind == "data" or self._is_written():
            return ""
        if isinstance(self.thing, staticmethod):
            return signature(self.thing.__func__)
        if isinstance(self.thing, classmethod):
            return signature(self.thing.__func__, without_first=True)
        return signature(self.thing, without_first=self.is_member)

    def _is_written(self) -> bool:
        """Whether one writes it instead of calling it: `Array[T, n]`, `Verdict.SAFE`."""
        is_type = (self.docstring or "").startswith(f"{self.path}[")
        return is_type or (inspect.isclass(self.thing) and issubclass(self.thing, Enum))

    @property
    def docstring(self) -> str | None:
        """Its own, cleaned; of a value what stands below its definition."""
        if self.kind == "data":
            return _below(type(self.thing).__module__, self.name)
        text = self.thing.__doc__
        return inspect.cleandoc(text) if text and text.strip() else None

    def members(self) -> list[Entry]:
        """Of a class: its public methods and properties, and those of bases that are not public."""
        found: dict[str, Any] = {}
        for base in inspect.getmro(self.thing) if inspect.isclass(self.thing) else ():
            if not base.__module__.startswith("zkpipe.") or (
                base is not self.thing and _is_public(base)
            ):
                continue
            for name, thing in vars(base).items():
                if not name.startswith("_") and isinstance(thing, _MEMBERS):
                    found.setdefault(name, thing)
        return [Entry(self.module, f"{self.path}.{name}", thing) for name, thing in found.items()]


_MEMBERS = (FunctionType, classmethod, staticmethod, property, cached_property)


@cache
def _below(module: str, name: str) -> str | None:
    """The string below the statement that gives a module's variable its value."""
    body = ast.parse(inspect.getsource(import_module(module))).body
    for statement, after in pairwise(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if name in [t.id for t in targets if isinstance(t, ast.Name)]:
            match after:
                case ast.Expr(ast.Constant(str(text))):
                    return inspect.cleandoc(text)
    return None


def public_names(module: ModuleType) -> list[str]:
    """What a module exports; without a list of it, what it defines."""
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not name.startswith("_")]
    defined = vars(module).items()
    return [
        n for n, t in defined if n[0] != "_" and getattr(t, "__module__", "") == module.__name__
    ]


def _is_error(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, BaseException)


@cache
def entries() -> dict[str, list[Entry]]:
    """The names that each page describes, by module; those of errors under `errors`."""
    found: dict[str, list[Entry]] = {name: [] for name in (*MODULES[1:], "errors")}
    for module in MODULES[1:]:
        loaded = import_module(module)
        for name in public_names(loaded):
            thing = getattr(loaded, name)
            if not _is_error(thing):
                found[module].append(Entry(module, name, thing))
    for module in ERRORS:
        for name, thing in vars(import_module(module)).items():
            if _is_error(thing) and thing.__module__ == module:
                found["errors"].append(Entry(_exporting(name, thing) or module, name, thing))
    return found


def _exporting(name: str, thing: object) -> str | None:
    """The first public module that exports it."""
    loaded = (import_module(module) for module in MODULES)
    return next(
        (m.__name__ for m in loaded if name in public_names(m) and getattr(m, name) is thing), None
    )


def _is_public(thing: object) -> bool:
    return any(entry.thing is thing for page in entries().values() for entry in page)


def undocumented() -> list[str]:
    """Complaints: modules, names and members without a docstring, and names without a page."""
    described = [entry for page in entries().values() for entry in page]
    named = [found for entry in described for found in (entry, *entry.members())]
    exported = [(m, name) for m in MODULES for name in public_names(import_module(m))]
    return [
        *(f"{m}: no docstring" for m in MODULES if not import_module(m).__doc__),
        *(f"{e.module}.{e.path}: no docstring" for e in named if not e.docstring),
        *(
            f"{module}.{name}: on no page of the reference"
            for module, name in exported
            if not _is_public(getattr(import_module(module), name))
        ),
    ]


def pages() -> dict[str, str]:
    """Markdown for MyST by file name, in the order of the navigation."""
    made = {f"{FOLDER}/{module}.md": _page(module) for module in MODULES}
    made[f"{FOLDER}/errors.md"] = _errors_page()
    return made


def _page(module: str) -> str:
    loaded = import_module(module)
    here = entries().get(module, [])
    things = [entry.thing for entry in here]
    elsewhere = [
        n for n in public_names(loaded) if not any(getattr(loaded, n) is t for t in things)
    ]
    parts = [
        f"# {module}",
        markdown(inspect.cleandoc(loaded.__doc__ or "")),
        _table(loaded, elsewhere),
    ]
    return _text(parts + [_entry(entry) for entry in here])


def _errors_page() -> str:
    first = "Every error that zkpipe raises on purpose is a `ZkpipeError`."
    parts = ["# Errors", first]
    for module in ERRORS:
        text = inspect.cleandoc(import_module(module).__doc__ or "")
        parts += [f"## {module}", markdown(text)]
        parts += [_entry(e) for e in entries()["errors"] if e.thing.__module__ == module]
    return _text(parts)


def _text(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(module: ModuleType, names: list[str]) -> str:
    """Names that are described on other pages."""
    if not names:
        return ""
    rows = []
    for name in names:
        entry = _described(getattr(module, name))
        first = markdown((entry.docstring or "").partition("\n\n")[0].replace("\n", " "))
        rows.append(f"{{py:obj}}`{name} <{entry.module}.{entry.path}>`\n: {first}")
    return "\n\n".join(["Described on other pages:", *rows])


def _described(thing: object) -> Entry:
    return next(e for page in entries().values() for e in page if e.thing is thing)


def _entry(entry: Entry) -> str:
    return f"```{{py:currentmodule}} {entry.module}\n```\n\n{_directive(entry, 8)}"


def _directive(entry: Entry, fence: int) -> str:
    """A name, its docstring and, within the fence, its members."""
    name = f"{entry.path}{entry.signature}" if entry.kind != "property" else entry.path
    lines = [f"{'`' * fence}{{py:{entry.kind}}} {name}", *_options(entry)]
    parts = [markdown(entry.docstring or ""), *_bases(entry), *_imported(entry)]
    parts += [_directive(member, fence - 2) for member in entry.members()]
    return "\n".join([*lines, "", "\n\n".join(parts), "`" * fence])


def _options(entry: Entry) -> Iterator[str]:
    for kind in (classmethod, staticmethod):
        if isinstance(entry.thing, kind):
            yield f":{kind.__name__}:"
    if entry.kind == "property" and entry.signature:
        yield f":type: {entry.signature.removeprefix(' -> ')}"


def _bases(entry: Entry) -> Iterator[str]:
    """The public classes that a class is made from."""
    if inspect.isclass(entry.thing):
        shown = [_described(base) for base in entry.thing.__bases__ if _is_public(base)]
        if shown:
            yield "Bases: " + ", ".join(f"{{py:obj}}`{base.path}`" for base in shown)


def _imported(entry: Entry) -> Iterator[str]:
    """Where else it can be imported from: the package itself."""
    top = import_module(MODULES[0])
    if entry.path in public_names(top) and getattr(top, entry.path) is entry.thing:
        yield f"`from zkpipe import {entry.path}`"
