"""pytest finds the fixtures by itself, in a folder of someone else's."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

CIRCUIT = """
import math

from zkpipe.circuits import Public, UInt, check, circuit, hint


@circuit
def side_of(area: Public[UInt[16]]) -> Public[UInt[8]]:
    side = hint(math.isqrt, area, returns=UInt[8])
    check(side * side == area, "not a square")
    return side


@circuit
def unpinned(area: Public[UInt[16]]) -> Public[UInt[8]]:
    return hint(math.isqrt, area, returns=UInt[8])
"""
PASSING = """
from mine import side_of


def test_squares(accepts, rejects, costs):
    accepts(side_of, {"area": 144}, 12)
    rejects(side_of, {"area": 145}, because="not a square")
    costs(side_of, 25)


def test_provers(lies, mutations, deletions):
    assert lies(side_of, {"area": 144}).advice == 3
    assert mutations(side_of, {"area": 144}) > 50
    deletions(side_of, [{"area": 144}], [{"area": 145}], sample=20)


def test_plain_run(agrees):
    def draw(rng):
        return {"area": int(rng.integers(256)) ** 2}

    agrees(side_of, 50, draw=draw)
"""
ALONE = """
import sys


def test_it():
    ours = {name for name in sys.modules if name.partition(".")[0] == "zkpipe"}
    assert ours <= {"zkpipe", "zkpipe.lazy", "zkpipe.pytest_plugin"}
    assert not {"numpy", "numba"} & set(sys.modules)
"""
OPTION = """
def pytest_addoption(parser):
    parser.addoption("--circuit-seed", action="store_true")
"""
FIXTURE = """
import pytest


@pytest.fixture
def lies():
    return 5
"""
FAILING = """
from mine import unpinned


def test_unpinned(lies):
    lies(unpinned, {"area": 144})
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "mine.py").write_text(CIRCUIT)
    return subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_entry_point_names_the_plugin() -> None:
    (plugin,) = entry_points(group="pytest11", name="zkpipe")
    assert plugin.value == "zkpipe.pytest_plugin"


def test_a_run_without_circuits_imports_nothing_of_ours_but_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(ALONE)
    ended = pytest_in(tmp_path)
    assert ended.returncode == 0, ended.stdout


def test_options_and_fixtures_of_others_stay_theirs(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(OPTION)
    (tmp_path / "conftest.py").write_text(FIXTURE)
    (tmp_path / "test_mine.py").write_text("def test_it(lies):\n    assert lies == 5\n")
    ended = pytest_in(tmp_path, "-p", "theirs")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (tmp_path / "test_mine.py").write_text("def test_it(mutations):\n    mutations\n")
    assert pytest_in(tmp_path, "-p", "theirs").returncode == 0


def test_the_fixtures_test_circuits_of_another_folder(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(PASSING)
    ended = pytest_in(tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def test_a_failure_ends_in_the_test_of_the_user_with_the_lie(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(FAILING)
    ended = pytest_in(tmp_path, "--circuit-seed=3")
    assert ended.returncode == 1, ended.stdout
    assert 'lies(unpinned, {"area": 144})' in ended.stdout
    assert "unpinned accepts a lie" in ended.stdout
    assert "mine.py:16" in ended.stdout
    assert "circuits/testing" not in ended.stdout.replace("\\", "/")


def test_the_seed_is_an_option_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "def test_seed(lies):\n    assert lies.keywords == {'seed': 7}\n"
    )
    assert pytest_in(tmp_path, "--circuit-seed=7").returncode == 0
    assert pytest_in(tmp_path).returncode == 1


GIVEN = """
from hypothesis import given, settings, strategies as st
from mine import side_of


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 255))
def test_every_tool(accepts, rejects, lies, mutations, deletions, agrees, costs, side):
    accepts(side_of, {"area": side * side}, side)
    lies(side_of, {"area": side * side})
    mutations(side_of, {"area": side * side})
    rejects(side_of, {"area": side * side + 2}, because="not a square")
    costs(side_of, 25)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9))
def test_the_rest(agrees, deletions, seed):
    agrees(side_of, 5, draw=lambda rng: {"area": int(rng.integers(256)) ** 2})
"""


def test_the_fixtures_are_of_session_scope_so_that_hypothesis_takes_them(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(GIVEN)
    ended = pytest_in(tmp_path)
    assert ended.returncode == 0, ended.stdout


def test_a_seed_that_is_none_is_a_mistake_in_the_usage_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_seed(lies):\n    pass\n")
    for wrong in ("-1", "1.5", "x", ""):
        ended = pytest_in(tmp_path, f"--circuit-seed={wrong}")
        assert ended.returncode == 4, ended.stdout
        assert "a seed is a whole number from 0" in ended.stderr
