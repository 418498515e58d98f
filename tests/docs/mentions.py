"""Whether what a page names in its lines, `like.this`, is there: names, calls, commands, files.

Names are looked up in the text of the packages, without importing them: a class has the methods,
fields and properties of its body and of its bases, a function the parameters of its head. A
variable stands for an object of the class that VARIABLES names.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

import click

from tests.docs.pages import ROOT, Block, Page
from tests.layers import LAYERS
from zkpipe.cli.main import zkpipe

FILES = ("Makefile", "pyproject.toml", "package.json")
SUFFIXES = (".py", ".csv", ".json", ".sol")
VARIABLES = {
    "chain": "Chain",
    "contract": "Contract",
    "error": "ZkpipeError InexactError InputError UnsatisfiedError",
    "key": "ProvingKey VerifyingKey",
    "proof": "Proof",
    "system": "ConstraintSystem",
    "witness": "Witness",
    "x": "Signal",
}
PROGRAMS = ("make", "python", "zkpipe")
WORD = re.compile(r"[\w.-]*\w")
FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|lock|csv|json|sol|txt)|[\w.-]+/[\w./-]*")
OPTION = re.compile(r"(?<!\S)--[a-z][\w-]*")


@dataclass
class Thing:
    """A class, a function or a value of the packages.

    members  of a class
    bases    of a class, by name
    takes    what a function's head lists; None for what is no function
    """

    members: set[str] = field(default_factory=set)
    bases: list[str] = field(default_factory=list)
    takes: ast.arguments | None = None


@cache
def things() -> dict[str, list[Thing]]:
    """All that the packages define at the top of their modules, by name."""
    found: dict[str, list[Thing]] = defaultdict(list)
    for package in LAYERS:
        for path in (ROOT / package).rglob("*.py"):
            for name, thing in _defined(ast.parse(path.read_text(encoding="utf-8")).body):
                found[name].append(thing)
    return found


def _defined(body: list[ast.stmt]) -> Iterator[tuple[str, Thing]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, Thing(takes=node.args)
        elif isinstance(node, ast.ClassDef):
            bases = [ast.unparse(base).partition("[")[0] for base in node.bases]
            heads = [n.args for n in node.body if getattr(n, "name", None) == "__init__"]  # type: ignore[attr-defined]
            yield node.name, Thing(_members(node), bases, heads[0] if heads else None)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id, Thing()


def _members(node: ast.ClassDef) -> set[str]:
    inside = {name for name, _ in _defined(node.body)}
    ours = {
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    }
    return inside | ours


@cache
def sources() -> set[str]:
    """The words in the files of the packages and beside them, and the names of these files."""
    places = [ROOT / name for name in FILES]
    for folder in (*LAYERS, "src", "examples"):
        places += [p for p in (ROOT / folder).rglob("*.*") if p.suffix in SUFFIXES]
    found = set()
    for place in places:
        found |= {place.name, *place.relative_to(ROOT).parts}
        for word in WORD.findall(place.read_text(encoding="utf-8")):
            found |= {word, *re.split(r"[.-]", word)}
    return found


def commands(group: click.Group = zkpipe, prefix: str = "") -> dict[str, click.Command]:
    """All commands by their words: `bench run`."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[prefix + name] = command
    return found


def options(command: click.Command) -> set[str]:
    return {"--help"} | {o for p in command.params if isinstance(p, click.Option) for o in p.opts}


def wrong(text: str, page: Page) -> str | None:
    """What is wrong with a mention; None if all that it names is there."""
    parts = text.split()
    if len(parts) > 1 and parts[0] in PROGRAMS:
        return _command(parts)
    if OPTION.search(text):
        return _options(text)
    if re.fullmatch(FILE, text):
        return None if _is_file(text, page) else "no such file"
    if re.fullmatch(r"[A-Za-z_@][\w-]*", text):
        return None if _is_word(text.removeprefix("@"), page) else "no such name"
    return _expression(text, page)


def _module(name: str) -> list[str]:
    path = name.removeprefix("zkpipe.").replace(".", "/")
    return [f"{path}.py", f"{path}/__main__.py"]


def _command(parts: list[str]) -> str | None:
    program, first = parts[:2]
    if program == "make":
        made = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return None if first in made else "no such target"
    if program == "python":
        files = _module(parts[2]) if first == "-m" and len(parts) > 2 else [first]
        return None if any((ROOT / file).is_file() for file in files) else "no such program"
    known = commands()
    names = (" ".join(parts[1:end]) for end in (4, 3, 2))
    name = next((name for name in names if name in known), None)
    if name is None:
        return None if first in zkpipe.commands and len(parts) == 2 else "no such command"
    extra = set(OPTION.findall(" ".join(parts))) - options(known[name])
    return f"{name} has no {', '.join(sorted(extra))}" if extra else None


def _options(text: str) -> str | None:
    """Of one of our commands, named before them or not, or of pytest."""
    before = text.partition("--")[0].strip()
    if before == "pytest":
        return None if OPTION.findall(text)[0] in _plugins_options() else "no such option"
    if before:
        return _command(["zkpipe", *text.split()])
    known = set().union(*(options(command) for command in commands().values()))
    extra = set(OPTION.findall(text)) - known
    return f"no command has {', '.join(sorted(extra))}" if extra else None


@cache
def _plugins_options() -> set[str]:
    source = (ROOT / "src" / "zkpipe" / "pytest_plugin.py").read_text()
    return set(re.findall(r"\"(--[\w-]+)\"", source))


def _is_file(text: str, page: Page) -> bool:
    """In the repository, seen from the page, its layer or the top; or written by what is named."""
    if text.startswith("build/"):  # whether an earlier run has left it there or not
        return text in (ROOT / "Makefile").read_text() or _in_blocks(text, page)
    places = (page.place.parent, ROOT / page.place.stem, ROOT)
    if any((place / text).exists() or (place / f"{text}.py").exists() for place in places):
        return True
    written = {block.file for block in page.blocks}
    return "/" not in text and (text in written or text in sources() or _in_blocks(text, page))


def _is_word(text: str, page: Page) -> bool:
    """Of Python, of the sources, or of the page's own blocks."""
    if text.startswith("test_"):
        return text in _tests()
    python = keyword.iskeyword(text) or hasattr(builtins, text) or text in sys.stdlib_module_names
    return python or text in sources() or _in_blocks(text, page)


@cache
def _tests() -> set[str]:
    """The names of all tests."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def _in_blocks(text: str, page: Page) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", b.text) for b in page.blocks)


def _expression(text: str, page: Page) -> str | None:
    """Each call and each dotted name in what Python can read; all else is no mention."""
    try:
        tree = ast.parse(text.rstrip("="), mode="eval")
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            root, *path = name.split(".")
            if name in text and root.isidentifier() and not _reaches(root, path, page):
                return f"{name} is not there"
        if isinstance(node, ast.Call):
            complaint = _called(node)
            if complaint:
                return complaint
    return None


def _reaches(root: str, path: list[str], page: Page) -> bool:
    """Whether a dotted name leads from a module, a class or a variable to something."""
    if root.isupper():  # stands for a word: FILE.py
        return True
    if root == "zkpipe" or root in sys.stdlib_module_names:
        return _imported(root, path)
    names = VARIABLES.get(root, root).split()
    classes = [thing for name in names for thing in things().get(name, [])]
    if any(path[0] in _all_members(thing) for thing in classes):
        return True
    modules = [p for layer in LAYERS for p in (ROOT / layer).rglob(f"{root}.py")]
    if not (root in VARIABLES or classes or modules):
        return _in_blocks(root, page)
    return any(
        path[0] == name
        for module in modules
        for name, _ in _defined(ast.parse(module.read_text(encoding="utf-8")).body)
    )


def _imported(root: str, path: list[str]) -> bool:
    found = import_module(root)
    for number, name in enumerate(path):
        if not hasattr(found, name):
            try:
                import_module(".".join([root, *path[: number + 1]]))
            except ImportError:
                return False
        found = getattr(found, name)
    return True


def _all_members(thing: Thing) -> set[str]:
    above = [t for base in thing.bases for t in things().get(base, [])]
    return thing.members.union(*(_all_members(t) for t in above))


def _called(node: ast.Call) -> str | None:
    """What is wrong with a call: a name that is not there, or what the function does not take."""
    name = ast.unparse(node.func)
    last = name.rpartition(".")[2]
    if hasattr(builtins, last):
        return None
    found = things().get(last, [])
    if not found and "." not in name and last not in sources():
        return f"{name} is not there"
    heads = [thing.takes for thing in found if thing.takes is not None]
    if heads and not any(_takes(head, node) for head in heads):
        return f"no {name} takes this"
    return None


def _takes(head: ast.arguments, node: ast.Call) -> bool:
    places = [a.arg for a in (*head.posonlyargs, *head.args) if a.arg != "self"]
    by_name = {k.arg for k in node.keywords}
    known = {*places, *(a.arg for a in head.kwonlyargs)}
    return (head.kwarg is not None or by_name <= known) and (
        head.vararg is not None or len(node.args) <= len(places)
    )


def not_run(block: Block, page: Page) -> Iterator[str]:
    """What is wrong with the commands of a fragment, which are read all the same."""
    for line in re.sub(r"\\\n", " ", block.text).splitlines():
        parts = shlex.split(line, comments=True)
        program = parts[0].rpartition("/")[2] if parts else ""
        complaint = _command([program, *parts[1:]]) if program in PROGRAMS and parts[1:] else None
        if complaint:
            yield f"{line}: {complaint}"
