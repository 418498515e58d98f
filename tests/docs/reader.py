"""A reader who does what a page says, in order, in an empty folder.

Commands of zkpipe, and programs, run in this process; any other command in a shell, in which this
environment's programs and npm's come first. A node at the address that the pages name is started
when a page first needs it.
"""

from __future__ import annotations

import io
import linecache
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest

from tests.cli.workshop import invoke
from tests.docs.pages import LANGUAGES, ROOT, Block, Page
from tests.docs.shown import difference
from zkpipe import UnderconstrainedError
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.ground.errors import MissingError
from zkpipe.verifier_contracts import Node, find_anvil, find_solc

NODE_URL = "http://127.0.0.1:8545"  # where `make node` starts one
PROGRAMS = (Path(sys.executable).parent, ROOT / "node_modules" / ".bin")
STATUS = re.compile(r"#.*\bexit status (\d+)")
SHELL = re.compile(r"[|&;<>$`*?~]")  # what a shell would read more into than words
SECONDS = 300


class Reader:
    """Reads one page."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.module: ModuleType | None = None
        self.node: Node | None = None

    def read(self) -> None:
        """Do it all. AssertionError names the page and the line of what does not hold."""
        with _in(self.folder):
            try:
                for block, shown in _with_outputs(self._running()):
                    self._do(block, shown)
            finally:
                if self.node:
                    self.node.stop()

    def _running(self) -> Iterator[Block]:
        for block in self.page.blocks:
            if block.fragment is None:
                if block.language not in LANGUAGES:
                    what = block.language or "a block without a language"
                    self._fail(block.line, f"{what}: say how it runs, or why it is a fragment")
                yield block
            elif not block.fragment:
                self._fail(block.line, "a fragment without a reason")
            else:
                yield Block("fragment", "", block.line)

    def _do(self, block: Block, shown: str | None) -> None:
        if block.language == "text":
            self._fail(block.line, "text that no program or command above it prints")
        elif block.language.startswith("python"):
            self._program(block, shown)
        elif block.language == "sh":
            printed = "".join(self._command(n, line) for n, line in _commands(block))
            if shown is not None:
                self._compare(block.line, shown, printed)
        elif block.language == "console":
            self._terminal(block)

    def _program(self, block: Block, shown: str | None) -> None:
        file = self.folder / (block.file or f".block_{block.line}.py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(self._at_the_node(block.text), encoding="utf-8")
        if file.name.startswith("test_") or file.parent != self.folder:
            return
        linecache.checkcache()
        if self.module is None or not block.goes_on:
            self.module = ModuleType("__main__")
        before = set(map(id, vars(self.module).values()))
        with _as_main(self.module), _missing_skips(), redirect_stdout(io.StringIO()) as out:
            try:
                exec(compile(file.read_text(), file, "exec"), vars(self.module))  # noqa: S102
            except SystemExit:
                self._fail(block.line, "a program that ends by itself")
            made = [
                value
                for value in vars(self.module).values()
                if isinstance(value, Circuit) and id(value) not in before
            ]
            self._compile(block, [c for c in made if c.function.__module__ == "__main__"])
        self._compare(block.line, shown or "", out.getvalue())

    def _compile(self, block: Block, made: list[Circuit]) -> None:
        """Every circuit compiles, without a warning; of an unsound block one does not."""
        refused = []
        for circuit in made:
            try:
                circuit.compile()
            except UnderconstrainedError as error:
                refused.append(f"{circuit.name}: {error}")
        if bool(refused) != (block.language == "python unsound"):
            self._fail(block.line, "; ".join(refused) or "no circuit of it is refused")

    def _terminal(self, block: Block) -> None:
        """Commands after `$ `, each with what it prints."""
        parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        if parts[0].strip() or len(parts) < 2:
            self._fail(block.line, "a terminal that begins with no command")
        line = block.line + 1
        for part in parts[1:]:
            command, shown = re.fullmatch(r"((?:.*\\\n)*.*)\n?((?:.*\n)*)", part).groups()  # type: ignore[union-attr]
            self._compare(line, shown, self._command(line, command))
            line += part.count("\n")

    def _command(self, line: int, command: str) -> str:
        """Run a command; what it prints on both streams."""
        expected = STATUS.search(command)
        words = shlex.split(command, comments=True)
        bare = command.partition(" #")[0]
        linecache.checkcache()
        if words[0] == "zkpipe" and not SHELL.search(bare):
            status, printed = self._in_this_process(words[1:])
        else:
            status, printed = self._in_a_shell(words[0], command)
        if status == 3:
            _skip_if_missing()
        if status != (int(expected[1]) if expected else 0):
            self._fail(line, f"`{bare}` ends with exit status {status}:\n{printed}")
        return printed

    def _in_this_process(self, words: list[str]) -> tuple[int, str]:
        with _own_modules():
            result = invoke(*map(self._at_the_node, words))
        return result.exit_code, self._from_the_node(result.output)

    def _in_a_shell(self, program: str, command: str) -> tuple[int, str]:
        path = os.pathsep.join([*map(str, PROGRAMS), os.environ["PATH"]])
        if program in ("snarkjs", "node") and not shutil.which(program, path=path):
            pytest.skip(f"{program} is not on this machine: npm ci")
        ran = subprocess.run(  # noqa: S603 # the page's own text
            ["/bin/bash", "-c", self._at_the_node(command)],
            input="what a reader types\n",  # ceremonies ask for some random text
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
        return ran.returncode, self._from_the_node(ran.stdout)

    def _at_the_node(self, text: str) -> str:
        """The text with the address of a node that listens, which is started for it."""
        if NODE_URL in text and self.node is None:
            with _missing_skips():
                self.node = Node.start()
        return text.replace(NODE_URL, self.node.url) if self.node else text

    def _from_the_node(self, printed: str) -> str:
        return printed.replace(self.node.url, NODE_URL) if self.node else printed

    def _compare(self, line: int, shown: str, printed: str) -> None:
        differs = difference(shown, printed)
        if differs:
            self._fail(line, differs)

    def _fail(self, line: int, what: str) -> None:
        raise AssertionError(f"{self.page.place.name}:{line}: {what}")


def _with_outputs(blocks: Iterator[Block]) -> Iterator[tuple[Block, str | None]]:
    """Each block that runs, with the text that stands next below it."""
    above: Block | None = None
    for block in blocks:
        if above is None:
            above = block
        elif block.language == "text" and above.language in ("python", "python unsound", "sh"):
            yield above, block.text
            above = None
        else:
            yield above, None
            above = block
    if above is not None:
        yield above, None


def _commands(block: Block) -> Iterator[tuple[int, str]]:
    """The commands of a block of lines, each with its line of the page."""
    line = block.line + 1
    for command in re.findall(r"((?:.*\\\n)*.*\n)", block.text):
        if command.strip() and not command.startswith("#"):
            yield line, command.rstrip()
        line += command.count("\n")


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    """In the folder, from which programs import, with no trace of its modules afterwards."""
    with pytest.MonkeyPatch.context() as patch, _own_modules():
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))
        patch.delenv(
            "PYTEST_ADDOPTS", raising=False
        )  # meant for the suite, not for a page's pytest
        patch.setattr(sys, "dont_write_bytecode", True)
        yield


@contextmanager
def _own_modules() -> Iterator[None]:
    """A process of its own, as far as modules of the current folder go."""
    before = dict(sys.modules)
    try:
        yield
    finally:
        folder = Path.cwd()
        for name in set(sys.modules) - set(before):
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(folder):
                del sys.modules[name]


@contextmanager
def _as_main(module: ModuleType) -> Iterator[None]:
    """The module as the program that runs."""
    with pytest.MonkeyPatch.context() as patch, _own_modules():
        patch.setitem(sys.modules, "__main__", module)
        yield


@contextmanager
def _missing_skips() -> Iterator[None]:
    try:
        yield
    except MissingError as missing:
        _skip_if_missing()
        raise AssertionError(str(missing)) from missing


def _skip_if_missing() -> None:
    """Skip, if this machine has no compiler or no node."""
    try:
        find_solc()
        find_anvil()
    except MissingError as missing:
        pytest.skip(str(missing))
