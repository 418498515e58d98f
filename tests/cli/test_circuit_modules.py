"""Circuits named by their modules, and files of circuits in packages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workshop import done, refused

CIRCUIT = """from zkpipe import Private, Public, UInt, check, circuit
{imports}

@circuit
def order_limit(amount: Private[UInt[16]]) -> Public[UInt[17]]:
    check(amount <= {limit})
    return amount + {limit}
"""
BESIDE = "from .rates import LIMIT\nfrom mybank import rates\n"
FILES = {
    "mybank/__init__.py": "",
    "mybank/rates.py": "LIMIT = 5000\n",
    "mybank/limits.py": CIRCUIT.format(imports=BESIDE, limit="LIMIT + rates.LIMIT"),
    "mybank/deep/__init__.py": "",
    "mybank/deep/er.py": CIRCUIT.format(imports="from ..rates import LIMIT", limit="LIMIT"),
}
NAMES = (
    "mybank.limits:order_limit",
    "mybank.limits",
    "mybank/limits.py:order_limit",
    "mybank/limits.py",
    "mybank.deep.er",
    "mybank/deep/er.py",
)


@pytest.fixture
def bank(shop: Path) -> Iterator[Path]:
    """A folder with a package; what was imported of it is forgotten."""
    written(shop, FILES)
    before = list(sys.path)
    yield shop
    assert sys.path == before
    for name in [name for name in sys.modules if name.partition(".")[0] == "mybank"]:
        del sys.modules[name]


def written(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize("name", NAMES)
def test_a_circuit_in_a_package_imports_what_lies_beside_it(bank: Path, name: str) -> None:
    assert json.loads(done("info", name, "--json"))["name"] == "order_limit"
    assert not list(bank.rglob("__pycache__"))


def test_a_module_serves_every_command(bank: Path) -> None:
    name = "mybank.limits:order_limit"
    Path("in.json").write_text('{"amount": 9999}')
    done("compile", name, "--out", "made")
    assert Path("made/order_limit.r1cs").exists()
    done("lint", name)
    assert "limits.py:" in done("print", name)
    done("setup", name, "limit.zkey", "--dev")
    done("witness", name, "in.json", "limit.wtns")
    done("check", name, "limit.wtns")


def test_a_package_may_import_the_circuit_itself(bank: Path) -> None:
    Path("mybank/__init__.py").write_text("from .limits import order_limit\n")
    for name in ("mybank.limits", "mybank/limits.py", "mybank:order_limit", "mybank/__init__.py"):
        assert json.loads(done("info", name, "--json"))["name"] == "order_limit"


def test_a_folder_without_init_is_a_package_for_who_names_a_module(bank: Path) -> None:
    Path("mybank/__init__.py").unlink()
    assert json.loads(done("info", "mybank.limits", "--json"))["name"] == "order_limit"


def test_the_working_folder_is_on_the_path_last(bank: Path) -> None:
    written(bank, {"shared_rates.py": "LIMIT = 7\n", "json.py": "1 // 0\n"})
    text = CIRCUIT.format(imports="import json\nfrom shared_rates import LIMIT\n", limit="LIMIT")
    written(bank, {"apart/limits.py": text})
    assert json.loads(done("info", "apart/limits.py", "--json"))["name"] == "order_limit"
    del sys.modules["shared_rates"]


def test_modules_of_a_package_hide_none_of_pythons(bank: Path) -> None:
    """With the file's own folder first, `import token` in a library would take the package's."""
    text = CIRCUIT.format(imports="import colorsys\nassert colorsys.rgb_to_hls\n", limit="5")
    written(bank, {"mybank/limits.py": text, "mybank/colorsys.py": "1 // 0\n"})
    assert json.loads(done("info", "mybank/limits.py", "--json"))["name"] == "order_limit"


def test_a_package_whose_name_is_taken_is_told(bank: Path) -> None:
    written(bank, {"click/__init__.py": "", "click/limits.py": "x = 5\n"})
    message = refused("info", "click/limits.py", says="in a package named click")
    assert "another name" in message


@pytest.mark.parametrize("name", ["mybank.nothing", "nothing:it", "a..b", ".mybank", "mybank."])
def test_a_module_that_is_not_there_is_told(bank: Path, name: str) -> None:
    refused("lint", name, says="nor a module that Python finds")


def test_a_circuit_that_is_not_in_the_module_is_told(bank: Path) -> None:
    message = refused("lint", "mybank.limits:order_limits", says="has no circuit")
    assert "Did you mean mybank.limits:order_limit?" in message
    refused("lint", "mybank.limits:5", says="'5' is not the name of a circuit")


BROKEN = {
    "of the package": ("__init__", "x = 5 // 0\n", "__init__.py:1     x = 5 // 0"),
    "of a neighbour": ("rates", "\nLIMIT = undefined\n", "rates.py:2     LIMIT = undefined"),
    "in a neighbour's syntax": ("rates", "LIMIT = (\n", "rates.py:1     LIMIT = ("),
    "a name that a neighbour lacks": ("rates", "LIMITS = 5\n", "Did you mean `LIMITS`?"),
    "a module that the package lacks": ("limits", "from .rate import X\n", "you mean `rates`?"),
    "a module of old": ("limits", "import prover\n", "from zkpipe import prover."),
    "a body": (
        "limits",
        CIRCUIT.format(imports="", limit="{}[3]"),
        "`python -m mybank.limits` or --debug",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("name", ["mybank.limits", "mybank/limits.py"])
def test_an_error_is_told_with_the_authors_line(bank: Path, name: str, case: str) -> None:
    file, text, says = BROKEN[case]
    written(bank, {f"mybank/{file}.py": text})
    refused("info", name, says=says)


def test_a_package_goes_before_a_file_of_its_name_as_in_python(bank: Path) -> None:
    written(
        bank, {"mybank/two.py": "1 // 0\n", "mybank/two/__init__.py": FILES["mybank/deep/er.py"]}
    )
    assert json.loads(done("info", "mybank.two", "--json"))["name"] == "order_limit"


@pytest.mark.parametrize(
    "text", ["from . import two\n", "import sys\nsys.modules[__name__ + '.two'] = 5\n"]
)
def test_a_file_that_its_package_takes_for_another_is_refused(bank: Path, text: str) -> None:
    circuit = FILES["mybank/deep/er.py"]
    written(
        bank,
        {"mybank/two.py": circuit.replace("..rates", ".rates"), "mybank/two/__init__.py": circuit},
    )
    written(bank, {"mybank/__init__.py": text})
    refused("info", "mybank/two.py", says="is not what its package takes for mybank.two")


def test_a_file_with_points_in_its_name_is_one_of_its_own(bank: Path) -> None:
    written(bank, {"limit.v2.py": CIRCUIT.format(imports="", limit="5")})
    assert json.loads(done("info", "limit.v2.py", "--json"))["name"] == "order_limit"
