"""What an author's file raises is told with their line, and with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkpipe.circuits import CompileError
from zkpipe.cli.authors.circuit_file import load_system
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.console.signals import Ended

HEAD = "from zkpipe.circuits import Array, Private, UInt, check, circuit\n"
BODY = HEAD + "@circuit\ndef f(a: Private[Array[UInt[8], 3]]):\n    check(a[0] == 1)\n    "

CASES: dict[str, tuple[str, int, str]] = {  # the file, the line that is told, the advice
    "nearest": (BODY + "my_total = 1\n    my_totl", 6, "Did you mean `my_total`?"),
    "import": (BODY + "select(a[0] == 1, a[0], 0)", 5, "from zkpipe import select."),
    "gadget": (BODY + "poseidon(a)", 5, "from zkpipe.circuits.gadgets import poseidon."),
    "a type with its width": (BODY.replace("UInt[8]", "uint8"), 3, "Write UInt[8]."),
    "undefined": (BODY + "zzzzqqqq", 5, "Define the name above this line"),
    "misspelt import": ("from zkpipe.circuits import circut\n", 1, "Did you mean `circuit`?"),
    "module": ("import no_such_module_at_all\n", 1, "Install no_such_module_at_all"),
    "relative import": ("from .rates import LIMIT\n", 1, "Put an empty __init__.py into the file"),
    "syntax": ("def f(:\n", 1, "Correct the line"),
    "end": ("import sys\nsys.exit(3)\n", 2, "__main__"),
    "file": ("open('no such file')\n", 1, "Path(__file__).parent"),
    "attribute": (BODY + "a.appendd(1)", 5, "Did you mean `append`?"),
    "method of a signal": (BODY + "a[0].bit_length()", 5, "The width stands in its type"),
    "mean": (BODY + "import statistics; statistics.mean(a)", 5, "sum(values) // n"),
    "json": (BODY + "import json; json.dumps(a)", 5, "the circuit's outputs"),
    "endless": (HEAD + "def g(): g()\n" + BODY + "g()", 2, "calls itself without end"),
    "other": ("X = 1 // 0\n", 1, "--debug"),
    "of a library": ("import statistics\nstatistics.mean([])\n", 2, "--debug"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_authors_line_is_told_with_advice(name: str, tmp_path: Path) -> None:
    text, line, fix = CASES[name]
    path = tmp_path / "made.py"
    path.write_text(text)
    with pytest.raises(CompileError) as caught:
        load_system(CircuitName(path, None))
    assert caught.value.source is not None
    assert (caught.value.source.file, caught.value.source.line) == ("made.py", line)
    assert fix in caught.value.fix


def test_a_librarys_line_stands_beside_the_authors(tmp_path: Path) -> None:
    path = tmp_path / "made.py"
    path.write_text(CASES["mean"][0])
    with pytest.raises(CompileError) as caught:
        load_system(CircuitName(path, None))
    assert caught.value.evidence[0].startswith("made.py:5")
    assert caught.value.evidence[1].startswith("statistics.py:")


def test_a_neighbours_line_is_the_authors_too(tmp_path: Path) -> None:
    (tmp_path / "beside_the_circuit.py").write_text("def g(a):\n    return [][3]\n")
    path = tmp_path / "made.py"
    path.write_text("import beside_the_circuit\n" + BODY + "beside_the_circuit.g(a)\n")
    with pytest.raises(CompileError) as caught:
        load_system(CircuitName(path, None))
    assert caught.value.evidence[0].startswith("beside_the_circuit.py:2")


BY_HAND = {  # errors that no Python raises so: without a name, with odd ones, that cannot be told
    "import without a name": 'raise ImportError("cannot import name foo")',
    "module without a name": 'raise ModuleNotFoundError("no")',
    "bare syntax": "raise SyntaxError",
    "syntax without a text": 'raise SyntaxError("a", (b"f", 1, 2, None))',
    "number for a name": 'raise NameError("x", name=5)',
    "list for a name": 'raise NameError("x", name=[])',
    "number for an attribute": 'raise AttributeError("x", name=5, obj=3)',
    "text that raises": "class E(Exception):\n    __str__ = lambda self: 1 // 0\nraise E",
    "text that is none": "class E(Exception):\n    __str__ = lambda self: 5\nraise E",
    "no Exception": "raise BaseException('b')",
    "of a generator": "raise GeneratorExit",
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("inside", [False, True])
def test_whatever_an_author_raises_is_told_with_the_line(
    name: str, inside: bool, tmp_path: Path
) -> None:
    text = BY_HAND[name].replace("\n", "\n    ") if inside else BY_HAND[name]
    path = tmp_path / "made.py"
    path.write_text(BODY + text if inside else text)
    with pytest.raises(CompileError) as caught:
        load_system(CircuitName(path, None))
    assert caught.value.source is not None
    assert caught.value.source.file == "made.py"
    assert " raises " in caught.value.problem
    assert "None" not in caught.value.fix


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Ended])
def test_what_ends_the_command_is_no_error_of_the_authors(
    kind: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "made.py"
    path.write_text(f"from zkpipe.cli.console.signals import Ended\nraise {kind.__name__}\n")
    with pytest.raises(kind):
        load_system(CircuitName(path, None))
