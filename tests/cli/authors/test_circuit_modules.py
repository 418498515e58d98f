"""Circuits named by their modules, and files of circuits in packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workshop import done, invoke, refused
from tests.long_form import in_turn

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


@pytest.mark.parametrize(
    "name", ["mybank.limit", "mybank.limits_", "mybnk.limits", "mybank.depe.er", "mybank.limit:x"]
)
def test_a_misspelt_module_is_corrected(bank: Path, name: str) -> None:
    told = refused("lint", name, says="nor a module that Python finds. Did you mean mybank.")
    right = "mybank.deep.er" if name == "mybank.depe.er" else "mybank.limits"
    assert f"Did you mean {right}?" in told


def test_in_a_wrong_folder_the_right_one_is_named(
    bank: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the package itself, where some of its modules can be named and cannot be imported."""
    monkeypatch.chdir("mybank")
    told = refused("lint", "mybank.limits", says="Run the command in the folder that contains")
    assert f"the folder that contains mybank: {bank}." in told
    text = CIRCUIT.format(imports="from mybank.rates import LIMIT", limit="LIMIT")
    Path("deep/er.py").write_text(text)
    told = refused("lint", "deep.er", says="No module named 'mybank'")
    assert (
        f"in the folder that contains mybank, {bank}, and name the circuit mybank.deep.er." in told
    )
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    refused("lint", "mybank.limits", says="Run the command in the folder that contains mybank.")


@pytest.mark.parametrize("name", ["mybank", "mybank/", "region.mybank"])
def test_a_folder_is_told_with_a_file_in_it(bank: Path, name: str) -> None:
    files = {"mybank/limits.py": "", "mybank/_own.py": "", "region/mybank/limits.py": ""}
    written(bank, files)
    refused("lint", name, says="is a folder. Name a file in it, such as ")
    (bank / "empty").mkdir()
    refused("lint", "empty", says="is a folder. Name a file in it.")


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


LIMITED = "def limit(a):\n    assert a < 3\n"
CALLS = CIRCUIT.format(imports="{imports}", limit="5").replace(
    "    check", "    limit(amount)\n    check"
)
ASSERTS = {  # the assert stands in a file that Python's own importer reads
    "in a neighbour": {
        "plain.py": CALLS.format(imports="from rules import limit"),
        "rules.py": LIMITED,
    },
    "in a package's module": {
        "pack/__init__.py": "",
        "pack/rules.py": LIMITED,
        "pack/limits.py": CALLS.format(imports="from .rules import limit"),
    },
    "in a file that its package imports first": {
        "pack/__init__.py": "from . import limits\n",
        "pack/limits.py": CALLS.format(imports=LIMITED),
    },
    "in a module of the working folder": {
        "shared_rules.py": LIMITED,
        "apart/limits.py": CALLS.format(imports="from shared_rules import limit"),
    },
}


@pytest.mark.parametrize(("case", "options"), in_turn(list(ASSERTS), ["", "1", "2"]))
def test_an_assert_is_refused_wherever_it_stands(shop: Path, case: str, options: str) -> None:
    """With PYTHONOPTIMIZE, Python's own importer drops it."""
    written(shop, ASSERTS[case])
    name = next(name for name in ASSERTS[case] if "limits" in name or "plain" in name)
    ran = subprocess.run(  # noqa: S603 # our own command
        [Path(sys.executable).with_name("zkpipe"), "lint", name],
        env={**os.environ, "PYTHONOPTIMIZE": options},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "assert constrains nothing" in ran.stderr


def test_a_hint_may_import_a_neighbour_when_it_runs(bank: Path) -> None:
    text = (
        "from zkpipe import Private, Public, UInt, check, circuit, hint\n"
        "def halved(a):\n    import halves\n    return halves.half(a)\n"
        "@circuit\ndef even(a: Private[UInt[8]]) -> Public[UInt[8]]:\n"
        "    b = hint(halved, a, returns=UInt[8])\n    check(2 * b == a)\n    return b\n"
    )
    written(bank, {"even.py": text, "halves.py": "def half(a):\n    return a // 2\n"})
    written(bank, {"in.json": '{"a": 12}'})
    assert "even.out  6" in done("witness", "even.py", "in.json", "even.wtns")
    del sys.modules["halves"]


@pytest.mark.parametrize("name", ["mybank.limits", "mybank/limits.py"])
def test_a_package_may_change_the_working_folder(bank: Path, name: str) -> None:
    written(bank, {"mybank/__init__.py": "import os\nos.chdir('/')\n"})
    done("compile", name, "--out", "made")
    assert (bank / "made" / "order_limit.r1cs").exists()


def test_a_link_is_the_module_that_it_is_named_as(bank: Path) -> None:
    written(bank, {"other/__init__.py": "", "other/rates.py": "LIMIT = 7\n"})
    Path("other/lim.py").write_text(FILES["mybank/deep/er.py"].replace("..rates", ".rates"))
    Path("other/linked.py").symlink_to("lim.py")
    assert json.loads(done("info", "other.linked", "--json"))["name"] == "order_limit"
    Path("mybank/linked.py").symlink_to("../other/lim.py")
    assert json.loads(done("info", "mybank.linked", "--json"))["name"] == "order_limit"
    for module in [module for module in sys.modules if module.partition(".")[0] == "other"]:
        del sys.modules[module]


def test_a_neighbour_named_as_what_errors_need_hides_nothing(bank: Path) -> None:
    written(bank, {"pkgutil.py": "raise RuntimeError\n", "mine.py": "x = undefined\n"})
    refused("info", "mine.py", says="mine.py:1")


TWICE = """from zkpipe import Private, Public, UInt, check, circuit

def make(limit):
    @circuit
    def limited(a: Private[UInt[8]]) -> Public[UInt[8]]:
        check(a < limit)
        return a
    return limited

"""


@pytest.mark.parametrize(
    ("names", "limits"),
    [
        ("strict = make(10)\nlax = make(200)\n", {"strict": 10, "lax": 200}),
        (
            "limited = make(10)\nstrict = limited\nlimited = make(200)\n",
            {"limited": 200, "strict": 10},
        ),
        ("limited = make(10)\nother = make(200)\n", {"limited": 10, "other": 200}),
    ],
)
def test_a_circuit_is_the_one_that_the_module_has_by_its_name(
    shop: Path, names: str, limits: dict[str, int]
) -> None:
    """A fixed fault: of two functions of one name, the last was taken for both."""
    (shop / "twice.py").write_text(TWICE + names)
    refused("info", "twice.py", says="has 2 circuits")
    for name, limit in limits.items():
        for value, status in ((limit - 1, 0), (limit, 1)):
            (shop / "in.json").write_text(json.dumps({"a": value}))
            words = ("witness", f"twice.py:{name}", "in.json", "w.wtns")
            assert invoke(*words).exit_code == status


def test_another_name_of_the_same_circuit_makes_no_second_one(shop: Path) -> None:
    (shop / "once.py").write_text(TWICE + "limited = make(10)\nalias = limited\n")
    assert json.loads(done("info", "once.py", "--json"))["name"] == "limited"
    (shop / "once.py").write_text(TWICE + "one = make(10)\ntwo = one\n")
    assert json.loads(done("info", "once.py", "--json"))["name"] == "limited"


HINTED = """import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from zkpipe import Private, Public, UInt, check, circuit, hint

def root(n):
    import tables_of_roots
    return tables_of_roots.root(n)

@circuit
def c(area: Public[UInt[16]]) -> Public[UInt[8]]:
    side = hint(root, area, returns=UInt[8])
    check(side * side == area, "no square")
    return side
"""


def test_a_hint_imports_from_where_its_file_has_put_on_the_path(shop: Path) -> None:
    before = list(sys.path)
    written(
        shop, {"hinted.py": HINTED, "lib/tables_of_roots.py": "def root(n): return round(n**0.5)\n"}
    )
    (shop / "in.json").write_text('{"area": 49}')
    done("witness", "hinted.py", "in.json", "w.wtns")
    assert sys.path == before
    sys.modules.pop("tables_of_roots", None)


ASSERTING = """from zkpipe import Private, Public, UInt, circuit

class Checks:
    @staticmethod
    def within(a):
        {inner}
        return a

@circuit
def c(a: Private[UInt[8]]) -> Public[UInt[8]]:
    {outer}
    return Checks.within(a)
"""


@pytest.mark.parametrize("where", ["inner", "outer"])
def test_an_assert_that_python_would_drop_is_refused_by_the_library(shop: Path, where: str) -> None:
    """A library loads no files as they are written; it looks at the text."""
    lines = {"inner": "pass", "outer": "pass"}
    plain, asserting = (
        ASSERTING.format(**lines),
        ASSERTING.format(**{**lines, where: "assert a < 10"}),
    )
    written(shop, {"plain.py": plain, "asserting.py": asserting})
    program = "import sys; print(__import__(sys.argv[1]).c.trace().constraint_count)"
    for module, is_refused in (("asserting", True), ("plain", False)):
        ran = subprocess.run(  # noqa: S603 # this interpreter
            [sys.executable, "-O", "-c", program, module],
            cwd=shop,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode != 0) == is_refused, ran.stderr
        assert ("which drops this `assert`" in ran.stderr) == is_refused
        assert ("asserting.py:" in ran.stderr) == is_refused
