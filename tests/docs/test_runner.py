"""The reader of pages notices what a page gets wrong: a check that cannot fail checks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import Page
from tests.docs.reader import Reader
from tests.docs.shown import difference

SQUARE = """```python
# square.py
from zkpipe import Field, Private, Public, circuit


@circuit
def square(root: Private[Field]) -> Public[Field]:
    return root * root
```
"""
UNSOUND = """```python{}
from zkpipe import Field, Private, Public, circuit, hint


@circuit
def copied(x: Private[Field]) -> Public[Field]:
    return hint(lambda x: x, x, returns=Field)
```
"""


def read(source: str, folder: Path) -> None:
    Reader(Page(folder / "page.md", source), folder).read()


def block(text: str, language: str = "sh") -> str:
    return f"```{language}\n{text}\n```\n"


RIGHT = {
    "a command on a file that the page wrote": SQUARE + block("zkpipe info square.py"),
    "a program that goes on": block("import math", "python") + block("math.pi", "python"),
    "a program that says that it goes on": block("a = 1\nimport math", "python")
    + block("# continued\nimport math\nassert a == 1", "python"),
    "a program that imports what the page wrote": SQUARE
    + block("from square import square\nprint(square(3))", "python")
    + block("9", "text"),
    "what was printed, far below its program": block("print(1)", "python")
    + "\n# A heading\n\n"
    + block("1", "text"),
    "a fragment": "<!-- fragment: it takes hours -->\n" + block("zkpipe nothing"),
    "a no that is expected": SQUARE
    + block("zkpipe witness square.py none.json w.wtns # exit status 2: it is not there"),
    "a terminal": block("$ echo one\none\n$ true\n$ printf 'a\\nb'\na\nb", "console"),
    "a command on two lines": block("$ echo one \\\n    two\none two", "console"),
    "a redirection": SQUARE + block("zkpipe print square.py > rows.txt\ntest -s rows.txt"),
    "an unsound circuit that says so": UNSOUND.format(" unsound"),
}
WRONG = {
    "a command on a file from nowhere": (
        SQUARE + block("zkpipe info round.py"),
        "page.md:11: `zkpipe info round.py` ends with exit status 2",
    ),
    "a name from nowhere": (block("print(key)", "python"), "name 'key' is not defined"),
    "an import that is not there": (
        block("from zkpipe.prover import proof_of_all", "python"),
        "import",
    ),
    "a name of a program before, not imported again": (
        block("from zkpipe.circuits import check", "python")
        + block("import math\ncheck", "python"),
        "name 'check' is not defined",
    ),
    "a module of another page": (block("import square", "python"), "No module named 'square'"),
    "other output": (block("print(1)", "python") + block("2", "text"), "other lines"),
    "output that is not shown": (block("print(1)", "python"), "other lines"),
    "output of a command that is not shown": (block("$ echo 1", "console"), "other lines"),
    "output that is not printed": (block("$ true\n1", "console"), "other lines"),
    "the second command of a terminal": (
        block("$ echo 1\n1\n$ echo 2\n3", "console"),
        "md:4: other",
    ),
    "text from nowhere": (block("1", "text"), "text that no program or command above it prints"),
    "text below a fragment": (
        "<!-- fragment: why -->\n" + block("zkpipe nothing") + block("1", "text"),
        "text that no program",
    ),
    "a fragment without a reason": ("<!-- fragment: -->\n" + block("false"), "without a reason"),
    "a fragment of the block after": (
        "<!-- fragment: why -->\n\nWords.\n\n" + block("false"),
        "exit status 1",
    ),
    "a language that nobody reads": (block("1", "yaml"), "yaml: say how it runs"),
    "a block without a language": (block("1", ""), "a block without a language"),
    "an indented block": ("Run:\n\n    zkpipe info\n", "a block without a language"),
    "a block in a list": ("- Run:\n\n  ```sh\n  false\n  ```\n", "page.md:4: `false` ends"),
    "a block in a quotation": ("> ```sh\n> false\n> ```\n", "page.md:2: `false` ends"),
    "a block behind tildes": ("~~~sh\nfalse\n~~~\n", "page.md:2: `false` ends"),
    "a no that is not expected": (block("true # exit status 1"), "ends with exit status 0"),
    "the last of several commands": (block("true\n\ntrue\nfalse"), "page.md:5: `false` ends"),
    "a terminal without a command": (block("square", "console"), "begins with no command"),
    "a program that ends": (block("raise SystemExit(1)", "python"), "ends by itself"),
    "an unsound circuit": (UNSOUND.format(""), "copied: `<lambda>(...)` is not determined"),
    "a sound circuit that is called unsound": (
        UNSOUND.format(" unsound").replace("hint(lambda x: x, x, returns=Field)", "x"),
        "no circuit of it is refused",
    ),
    "an option that is not there": (SQUARE + block("zkpipe info square.py --all"), "status 2"),
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_a_page_that_does_what_it_says_passes(source: str, tmp_path: Path) -> None:
    read(source, tmp_path)


@pytest.mark.parametrize(("source", "says"), WRONG.values(), ids=WRONG)
def test_a_page_that_does_not_is_found(source: str, says: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, NameError, ImportError)) as found:
        read(source, tmp_path)
    assert says in str(found.value)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("1\n2\n", "1\n2"),
        ("...\n2", "1\n1\n2"),
        ("1\n...", "1"),
        ("1 ... 3", "1 2 3"),
        ("12 s and 3.45 ms", "1.2 s and 16 ms"),
        ("6 passed in 3.42s", "6 passed in 11.20s"),
        ("at 0x" + "a" * 40, "at 0x" + "B" * 40),
        ("digest " + "0" * 64, "digest " + "1f" * 32),
        ("692,682 gas", "692,694 gas"),
    ],
)
def test_what_differs_from_run_to_run_is_alike(shown: str, printed: str) -> None:
    assert difference(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("1\n2", "1"),
        ("1", "1\n2"),
        ("...\n2", "1"),
        ("1 ... 3", "1 2 4"),
        ("12 s", "12"),
        ("6 passed in 3.42s", "5 passed in 3.42s"),
        ("at 0x" + "a" * 40, "at 0x" + "a" * 39),
        ("digest " + "0" * 64, "digest " + "g" * 64),
        ("692,682 gas", "692,682 wei"),
        ("372 constraints", "373 constraints"),
        ("a.b", "acb"),
        (" a", "a"),
    ],
)
def test_all_else_is_a_difference(shown: str, printed: str) -> None:
    assert difference(shown, printed) is not None


def test_a_page_leaves_nothing_behind_in_this_process(tmp_path: Path) -> None:
    import sys

    before = set(sys.modules), Path.cwd(), list(sys.path), sys.modules["__main__"]
    read(SQUARE + block("from square import square\nassert square", "python"), tmp_path)
    assert "square" not in set(sys.modules) - before[0]
    assert (Path.cwd(), sys.path, sys.modules["__main__"]) == before[1:]
