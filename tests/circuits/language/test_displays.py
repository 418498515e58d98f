"""Which functions, libraries and streams show the text of a circuit's value, and which do not."""

# Texts as authors write them.
# ruff: noqa: T201, T203, UP031

from __future__ import annotations

import argparse
import contextlib
import dis
import functools
import io
import locale
import logging
import pprint
import subprocess
import sys
import textwrap
import threading
import traceback
import unittest.mock
import urllib.parse
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import info as log_info
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from tests.circuits.language.test_texts import KIND, REFUSED, Body, of
from zkpipe.circuits import CompileError, UInt, check, component
from zkpipe.circuits.language.suggestions.displayers import is_display
from zkpipe.circuits.language.text import listings
from zkpipe.circuits.language.text.listings import listing_of
from zkpipe.ground.errors import ZkpipeError

LOG = logging.getLogger("zkpipe.tests.displays")
LOG.propagate = False


class Blocklist:
    """A class of an author's whose methods are called as displays are."""

    def __init__(self) -> None:
        self.texts = io.StringIO()

    def check(self, text: str) -> bool:
        return text in {"7", "9"}

    def info(self, text: str) -> int:
        return len(text)

    def error(self, text: str) -> int:
        return len(text)


class Stop(Exception):
    pass


class Bad(Exception):
    def __init__(self, value: Any) -> None:
        self.text = f"bad {value}"
        super().__init__(self.text)


class Counted(Exception):
    def __init__(self, value: Any) -> None:
        super().__init__(len(f"{value}"))


class Worse(Bad):
    def __init__(self, value: Any) -> None:
        super().__init__(f"{value}, worse")


BLOCKLIST = Blocklist()
OPTIONS: dict[str, Any] = {"file": BLOCKLIST.texts}


def log(text: str) -> int:
    return len(text)


def to_error(text: str) -> int:
    return len(text)


parse_Error = to_error
also_log = log
say = click.secho
info = len


def caught(raising: Callable[[], object]) -> Exception | None:
    try:
        raising()
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    return None


def raise_(error: Callable[[], Exception]) -> None:
    raise error()


def redirected(x: Any, y: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        print(x)
    check(y > len(kept.getvalue()))


def redirected_errors(x: Any, y: Any) -> None:
    with contextlib.redirect_stderr(io.StringIO()):
        sys.stderr.write(f"{x}")


def redirected_pprint(x: Any, y: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        pprint.pprint([x])


@component
def printing(x: UInt[8]) -> UInt[8]:
    print(x)
    return x


def redirected_component(x: Any, y: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        printing(x)
    check(y > len(kept.getvalue()))


def stopped(x: Any, y: Any) -> None:
    try:
        raise Stop(len(str(x)))
    except Stop as stop:
        check(y > stop.args[0])


def pooled(x: Any, y: Any) -> list[str]:
    with ThreadPoolExecutor(1) as pool:
        return list(pool.map(str, [x, y]))


def numbered(x: Any, y: Any) -> int:
    return 5 if BLOCKLIST.check(str(x)) else 7


def blocked(x: Any, y: Any) -> None:
    BLOCKLIST.check(str(x))


def mocked(x: Any, y: Any) -> int:
    function = unittest.mock.Mock()
    function(x)
    return len(str(function.call_args))


COMPUTED: dict[str, Body] = {
    # libraries that make texts for those who call them
    "urlencode": lambda x, y: urllib.parse.urlencode({"x": x}),
    "a namespace": lambda x, y: len(str(argparse.Namespace(a=x))),
    "a format of the locale": lambda x, y: locale.format_string("%s", (x,)),
    "a record of a log": lambda x, y: logging.makeLogRecord(
        {"msg": "%s", "args": (x,)}
    ).getMessage(),
    "a traceback's text": lambda x, y: traceback.format_exception_only(ValueError(x)),
    "savetxt": lambda x, y: np.savetxt(io.StringIO(), np.array([x, y], object), fmt="%s"),
    "texts of numpy": lambda x, y: np.char.mod("%s", np.array([x, y], object)),
    "a pool of threads": pooled,
    "calls of a mock": mocked,
    # functions of the author's with names of displays
    "a method check": numbered,
    "a method check alone": blocked,
    "a method info": lambda x, y: y + BLOCKLIST.info(f"{x}"),
    "a method error": lambda x, y: y + Blocklist().error(f"{x}"),
    "a function log": lambda x, y: y + log(f"{x}"),
    "a function named as an error": lambda x, y: y + parse_Error(str(x)),
    "a partial of a function": lambda x, y: y + functools.partial(log)(f"{x}"),
    # exceptions
    "a length that is raised": stopped,
    "an exception's text": lambda x, y: len(str(ValueError(f"{x}"))),
    "an exception's text in a text": lambda x, y: len(f"{ValueError(str(x))}"),
    "an exception's argument": lambda x, y: len(ValueError(f"{x}").args[0]),
    "a text of an exception of one's own": lambda x, y: len(str(Bad(x))),
    "an exception that counts": lambda x, y: raise_(lambda: Counted(x)),
    # what print writes, and where
    "print to an attribute": lambda x, y: print(x, file=BLOCKLIST.texts),
    "click to a text": lambda x, y: click.echo(f"{x}", BLOCKLIST.texts),
    "click of a value to a text": lambda x, y: click.secho(x, BLOCKLIST.texts),
    "an alias of a function": lambda x, y: y + also_log(f"{x}"),
    "an alias of a function alone": lambda x, y: also_log(f"{x}"),
    "a function under a display's name": lambda x, y: y + info(f"{x}"),
    "print with options": lambda x, y: print(x, **OPTIONS),
    "pprint to a text": lambda x, y: pprint.pprint([x], BLOCKLIST.texts),
    "a partial print to a text": lambda x, y: functools.partial(print, file=BLOCKLIST.texts)(x),
    "print that is redirected": redirected,
    "a component's print that is redirected": redirected_component,
    "pprint that is redirected": redirected_pprint,
    "a stream that is redirected": redirected_errors,
    "a text that decides what is printed": lambda x, y: print("a" if str(x) else "b"),
    "a text that is an index": lambda x, y: print({"a": 1}[str(x)]),
}


@pytest.mark.parametrize("body", COMPUTED.values(), ids=COMPUTED)
def test_a_text_that_something_else_than_a_display_takes_is_refused(body: Body) -> None:
    with pytest.raises(CompileError, match=REFUSED):
        of(body).compile()
    with pytest.raises(CompileError, match=REFUSED):
        of(body)(3, 4)  # the plain run refuses what the circuit refuses


class Handler(logging.Handler):
    """A log of an author's own."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"{record.levelname}: {self.format(record)}")


def handled(x: Any, y: Any) -> None:
    handler = Handler()
    LOG.addHandler(handler)
    LOG.warning("%s and %r", x, [y])
    LOG.removeHandler(handler)


def of_own_classes(x: Any, y: Any) -> None:
    for error in (Bad, Worse):
        assert isinstance(caught(lambda error=error: raise_(lambda: error(x))), error)


def of_a_method(x: Any, y: Any) -> None:
    note = LOG.debug
    note(f"{x}")


def to_a_file(x: Any, y: Any) -> None:
    with Path("/dev/null").open("w") as file:
        print(x, file=file)
        with contextlib.redirect_stdout(file):
            print(x)


def from_a_thread(x: Any, y: Any) -> None:
    thread = threading.Thread(target=print, args=(x,))
    thread.start()
    thread.join()


SHOWN: dict[str, Body] = {
    "% of a tuple": lambda x, y: print("x is %s" % (x,), "%s-%r" % (x, y)),
    "% of a tuple of expressions": lambda x, y: print("%s-%r" % (min([x]), [x, y][0])),
    "part of a text": lambda x, y: print(str(x)[:10]),
    "texts in a dict": lambda x, y: print({name: str(v) for name, v in (("x", x), ("y", y))}),
    "pformat": lambda x, y: print(pprint.pformat([x]), textwrap.fill(f"{x}")),
    "map": lambda x, y: list(map(print, [x, y])),
    "a partial": lambda x, y: functools.partial(print, "x =")(x),
    "click": lambda x, y: (click.echo(f"{x}"), click.secho(f"{y}", fg="red"), click.echo(x)),
    "click to a stream": lambda x, y: click.echo(f"{x}", sys.__stderr__),
    "functions under other names": lambda x, y: (log_info(f"{x}"), say(f"{y}")),
    "a method under another name": of_a_method,
    "a log of one's own": handled,
    "exceptions of one's own": of_own_classes,
    "a file": to_a_file,
    "a thread": from_a_thread,
    "an argument that is no text": lambda x, y: print(x, file=None),
    "an exception for another": lambda x, y: [].append(KeyError(str(y))),
}


@pytest.mark.parametrize("body", SHOWN.values(), ids=SHOWN)
def test_what_shows_a_text_says_the_kind(body: Body) -> None:
    of(body).compile()
    assert of(body)(3, 4) == 7


def test_print_shows_on_a_stream_that_was_put_there_before_the_body() -> None:
    circuit = of(lambda x, y: print(x))
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        circuit.compile()
        circuit(3, 4)
    assert kept.getvalue() == f"{KIND}\n{KIND}\n"


def test_streams_that_people_read() -> None:
    kept = io.StringIO()
    assert is_display(sys.__stdout__, ())
    assert is_display(kept, (kept,))
    assert not is_display(kept, ())
    assert not is_display(io.TextIOWrapper(io.BytesIO()), ())
    assert not is_display("stdout", ())


WITHOUT_PLACES: dict[str, bool] = {  # a line of a body, and whether it only shows texts
    "print(x)": True,
    "print(f'x = {x} {y!r:>9}', '%s %s' % (x, y), str(x), sep='-')": True,
    "print([x, (y, str(x))], x + y)": True,
    "print('{} {}'.format(x, y), ', '.join([str(x), repr(y)]))": True,
    "[print(v) for v in (x, y)]": True,
    "LOG.warning(f'{x}'); LOG.warning('%s', x)": True,
    "sys.exc_info(); KeyError; print(KeyError(f'{x}'))": True,
    "check(x >= 0); len(str(x))": False,
    "print(len(f'{x}'))": False,
    "BLOCKLIST.check(f'{x}')": False,
    "y + BLOCKLIST.info(f'{x}')": False,
    "print(x, file=BLOCKLIST.texts)": False,
    "pprint.pprint(x, BLOCKLIST.texts)": False,
    "click.echo(f'{x}', BLOCKLIST.texts)": False,
    "click.echo(f'{x}')": True,
    "log_info(f'{x}')": True,
    "text = f'{x}'; print(text)": False,
    "len(str(ValueError(f'{x}')))": False,
    "len(f'{ValueError(str(x))}')": False,
    "3 if str(x) == 'a' else 4": False,
    "print(str(x) == str(y))": False,
    "print(*map(str, [x, y]))": False,  # not followed
}


def without_places(line: str) -> Body:
    names: dict[str, Any] = dict(globals())
    exec(f"def body(x, y):\n    {line}", names)  # noqa: S102 - code that has no text
    return names["body"]  # type: ignore[no-any-return]  # a function


@pytest.mark.parametrize(("line", "is_shown"), WITHOUT_PLACES.items())
def test_without_a_text_the_instructions_say_what_is_shown(line: str, is_shown: bool) -> None:
    circuit = of(without_places(line))
    if is_shown:
        circuit.compile()
    else:
        with pytest.raises(CompileError, match="becomes a text"):
            circuit.compile()


def test_an_error_that_is_raised_without_a_text_is_shown() -> None:
    with pytest.raises(ValueError, match=KIND):
        of(without_places("raise ValueError(f'bad {x}')")).compile()
    with pytest.raises(CompileError, match="becomes a text"):
        of(without_places("raise ValueError(len(f'{x}'))")).compile()


PROGRAM = """
import warnings
from zkpipe.circuits import CompileError, Private, Public, UInt, check, circuit

@circuit
def shows(x: Private[UInt[8]]) -> Public[UInt[8]]:
    check(x > 3)
    print(x, f"{x}")
    warnings.warn(UserWarning(x))
    return x

@circuit
def computes(x: Private[UInt[8]]) -> Public[UInt[16]]:
    check(x > 3)
    return x + len(str(x))

shows.compile()
try:
    computes.compile()
except CompileError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("way", ["standard input", "no places"])
def test_a_program_without_places_computes_with_no_text(way: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    is_input = way == "standard input"
    options = ["-"] if is_input else ["-X", "no_debug_ranges", str(path)]
    run = subprocess.run(  # noqa: S603 - a program of this test
        [sys.executable, *options],
        input=PROGRAM if is_input else None,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == f"{KIND} {KIND}\nCompileError\n"
    assert f"UserWarning: {KIND}" in run.stderr


def test_a_thread_that_makes_a_text_is_not_told_to_choose() -> None:
    error = caught(lambda: of(pooled).compile())
    assert isinstance(error, ZkpipeError)
    assert "select()" not in str(error)
    assert "Compute with the value itself." in str(error)


PLACES = "@circuit\ndef body(x: Private[UInt[8]]) -> Public[UInt[8]]:\n    check(x > 3)\n"


def readings(body: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How often a compilation parses or compiles a whole text, and lists instructions."""
    path.write_text(f"from zkpipe.circuits import *\n{PLACES}{body}    return x\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - of this test
    counted: Counter[str] = Counter()

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            counted[name] += options.get("mode") != "eval"
            return function(*arguments, **options)

        return called

    with monkeypatch.context() as patch:
        patch.setattr(listings, "module_of", counting("read", listings.module_of))
        patch.setattr(listings, "code_of", counting("read", listings.code_of))
        patch.setattr(dis, "get_instructions", counting("listed", dis.get_instructions))
        names["body"].compile()
    return counted["read"], counted["listed"]


@pytest.mark.parametrize("line", ['print(f"{x}")', "print(x, y := x)"])
def test_a_text_at_each_of_many_places_reads_the_file_once(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = readings(f"    {line}\n" * 2, tmp_path / "few.py", monkeypatch)
    assert readings(f"    {line}\n" * 40, tmp_path / "many.py", monkeypatch) == few
    loop = f"    for _ in range(40):\n        {line}\n"
    assert readings(loop, tmp_path / "loop.py", monkeypatch) == few


def test_a_text_without_places_lists_the_instructions_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed: list[object] = []
    list_ = dis.get_instructions
    circuit = of(without_places("; ".join(["print(x); print(f'{y}', [str(x)])"] * 40)))
    monkeypatch.setattr(dis, "get_instructions", lambda code: listed.append(code) or list_(code))
    circuit.compile()
    assert sum(code.co_filename == "<string>" for code in listed) <= 2  # type: ignore[attr-defined]


def test_equal_code_of_two_files_keeps_its_own_file(tmp_path: Path) -> None:
    """Python compares code without the names of its files."""
    text = "def body(x, y):\n    print(f'{x}')\n"
    bodies = []
    for name, written in (("edited.py", "def body(x, y):\n    y < (f'{x}')\n"), ("kept.py", text)):
        (tmp_path / name).write_text(written)
        names: dict[str, Any] = {}
        exec(compile(text, str(tmp_path / name), "exec"), names)  # noqa: S102 - of this test
        bodies.append(names["body"])
    edited, kept = bodies
    assert edited.__code__ == kept.__code__
    for _ in range(2):
        of(edited).compile()
        of(kept).compile()
    assert listing_of(edited.__code__).code is edited.__code__
    assert listing_of(kept.__code__).code is kept.__code__


OWN = ("log", "debug", "info", "warning", "warn", "error", "critical", "exception", "fail", "print")
OWN += ("pprint", "display", "echo", "TooBigError", "MyException", "AWarning")


@pytest.mark.parametrize("name", [*OWN, "show", "note", "trace", "append"])
def test_ones_own_function_takes_a_text_if_it_has_a_name_that_the_page_gives(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.py"
    path.write_text(f"def body(x, y):\n    def {name}(text):\n        pass\n    {name}(f'{{x}}')\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - of this test
    if name in OWN:
        of(names["body"]).compile()
    else:
        with pytest.raises(CompileError, match="becomes a text"):
            of(names["body"]).compile()


@pytest.mark.parametrize("stream", ["[sys.stderr][0]", "(None or sys.stderr)"])
def test_a_stream_that_cannot_be_followed_is_not_said_to_be_in_memory(
    stream: str, tmp_path: Path
) -> None:
    path = tmp_path / "streams.py"
    path.write_text(f"import sys\ndef body(x, y):\n    print(x, file={stream})\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - of this test
    with pytest.raises(CompileError, match="may be able to read it") as caught:
        of(names["body"]).compile()
    assert "given by its name" in caught.value.fix
