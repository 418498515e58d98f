"""A circuit's author writes Python: what can be wrong with the file, and what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.workshop import contents, done, invoke, refused

ZKPIPE = Path(sys.executable).with_name("zkpipe")
HEAD = "from zkpipe.circuits import Field, Private, Public, UInt, check, circuit\n"

BROKEN: dict[str, tuple[str, str]] = {
    "no circuit": ("x = 1\n", "has no circuit"),
    "an empty file": ("", "has no circuit"),
    "a syntax error": ("def f(:\n", "mine.py:1"),
    "a name that is not defined": (HEAD + "y = undefined\n", "mine.py:2"),
    "a module that is not there": ("import no_such_module\n", "no_such_module"),
    "a division by zero": (HEAD + "y = 1 // 0\n", "mine.py:2"),
    "an exit": ("raise SystemExit(0)\n", "mine.py:1"),
    "endless recursion": ("def f():\n    f()\nf()\n", "RecursionError"),
    "a zero byte": ("x = '\0'\n", "mine.py"),
    "a failure while it is traced": (
        HEAD
        + "@circuit\ndef bad(x: Private[Field]) -> Public[Field]:\n    return {}['no such key']\n",
        "mine.py:4",
    ),
    "a parameter without a type": (
        HEAD + "@circuit\ndef bad(x) -> Public[Field]:\n    return x\n",
        "mine.py",
    ),
    "an if on a signal": (
        HEAD
        + "@circuit\ndef bad(x: Private[Field]) -> Public[Field]:\n"
        + "    if x == 1:\n        return x\n    return x + 1\n",
        "mine.py:4",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_does_not_compile_is_told_by_its_line(shop: Path, case: str) -> None:
    text, says = BROKEN[case]
    Path("mine.py").write_text(text)
    refused("compile", "mine.py", "--out", "new", says=says)
    refused("info", "mine.py", says=says)


def test_bytes_that_are_no_python_are_refused(shop: Path) -> None:
    Path("mine.py").write_bytes(b"x = '\xff'\n")
    refused("info", "mine.py", says="mine.py")


def test_one_of_two_circuits_must_be_named(shop: Path) -> None:
    message = refused("info", "two.py", says="has 2 circuits: double, triple")
    assert "two.py:double" in message
    assert json.loads(done("info", "two.py:triple", "--json"))["name"] == "triple"


def test_a_misspelt_circuit_is_told_the_nearest_name(shop: Path) -> None:
    assert "two.py:double" in refused("info", "two.py:duoble", says="has no circuit 'duoble'")


def test_a_file_that_is_named_without_its_ending_is_told(shop: Path) -> None:
    refused(
        "compile", "square", "--out", "build", says="'square' has no ending: square.py is there"
    )


def test_files_are_named_after_the_function(shop: Path) -> None:
    done("compile", "two.py:double", "--out", "new/deep")
    assert sorted(path.name for path in Path("new/deep").iterdir()) == ["double.r1cs", "double.sym"]
    sym = Path("new/deep/double.sym").read_text()
    assert "main.double.half" in sym


def test_compiling_twice_gives_the_same_bytes(shop: Path) -> None:
    for name in ("one", "other"):
        done("compile", "order.py", "--out", name)
    assert contents(shop / "one") == contents(shop / "other")
    assert contents(shop / "one") == {
        name: digest for name, digest in contents(shop / "build").items() if "order" in name
    }


def test_a_circuit_may_import_its_neighbours_and_a_folder_keeps_no_bytecode(shop: Path) -> None:
    folder = shop / "mine"
    folder.mkdir()
    (folder / "neighbour_of_mine.py").write_text("FACTOR = 3\n")
    (folder / "mine.py").write_text(
        HEAD + "from neighbour_of_mine import FACTOR\n"
        "@circuit\ndef mine(x: Private[Field]) -> Public[Field]:\n    return FACTOR * x * x\n"
    )
    before = list(sys.path)
    assert json.loads(done("info", "mine/mine.py", "--json"))["name"] == "mine"
    assert sys.path == before
    assert not list(folder.rglob("__pycache__"))
    sys.modules.pop("neighbour_of_mine")


def test_an_imported_circuit_is_not_the_files_own(shop: Path) -> None:
    Path("mine.py").write_text(
        HEAD + "from square import square\n"
        "@circuit\ndef mine(x: Private[Field]) -> Public[Field]:\n    return x * x * x\n"
    )
    assert json.loads(done("info", "mine.py", "--json"))["name"] == "mine"
    sys.modules.pop("square")


def test_what_a_circuit_prints_does_not_mix_with_the_answer(shop: Path) -> None:
    Path("mine.py").write_text(
        HEAD + "print('loading')\n"
        "@circuit\ndef mine(x: Private[Field]) -> Public[Field]:\n"
        "    print('tracing')\n    return x * x\n"
    )
    result = invoke("info", "mine.py", "--json")
    assert json.loads(result.stdout)["constraints"] >= 1
    assert "loading" in result.stderr
    assert "tracing" in result.stderr


@pytest.mark.parametrize("inside", [False, True])
def test_the_working_folder_of_a_circuit_is_not_the_commands(shop: Path, inside: bool) -> None:
    (shop / "data").mkdir()
    (shop / "data" / "number").write_text("5")
    text = "import os, pathlib\nos.chdir('data')\nN = int(pathlib.Path('number').read_text())\n"
    body = "@circuit\ndef moving(x: Private[Field]) -> Public[Field]:\n"
    body += f"    {'; '.join(text.splitlines())}\n" if inside else ""
    Path("moving.py").write_text(HEAD + ("" if inside else text) + body + "    return x + N\n")
    done("compile", "moving.py", "--out", "made")
    assert Path.cwd() == shop
    assert (shop / "made" / "moving.r1cs").exists()


def test_a_circuit_may_put_anything_in_the_place_of_the_streams(shop: Path) -> None:
    text = "import sys\nsys.stdout = sys.stderr = object()\n"
    Path("mute.py").write_text(text + Path("square.py").read_text())
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, "compile", "mute.py", "--out", "made"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "made/square.r1cs" in ran.stdout


def test_info_counts_what_the_files_hold(shop: Path) -> None:
    source = json.loads(done("info", "order.py", "--json"))
    compiled = json.loads(done("info", "build/order.r1cs", "--json"))
    assert source["names"]["outputs"]
    assert source["names"]["public_inputs"] == ["order.limit"]
    assert source["names"]["private_inputs"][:3] == [f"order.prices[{i}]" for i in range(3)]
    assert compiled == source  # its names from the .sym beside it
    assert source["outputs"] == 1
    assert source["public_inputs"] == 1
    assert source["private_inputs"] == 6


def test_the_estimate_of_a_key_is_its_size_but_for_the_headers(shop: Path) -> None:
    for name in ("square", "order"):
        estimate = json.loads(done("info", f"{name}.py", "--json"))["estimated_key_bytes"]
        assert 0 <= Path(f"{name}.zkey").stat().st_size - estimate < 1500


@pytest.mark.parametrize("options", ["", "1", "2"])
def test_an_assert_is_refused_also_where_python_would_drop_it(shop: Path, options: str) -> None:
    Path("mine.py").write_text(
        HEAD + "@circuit\ndef square(x: Private[Field]) -> Public[Field]:\n"
        "    assert x == 3\n    return x * x\n"
    )
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, "info", "mine.py"],
        env={**os.environ, "PYTHONOPTIMIZE": options},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "assert constrains nothing" in ran.stderr
