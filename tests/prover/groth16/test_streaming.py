"""A key that is set up straight into a file: the same bytes as one in memory, and less of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zkpipe.prover.groth16.queries as queries
import zkpipe.prover.groth16.records as records
import zkpipe.prover.groth16.setup as setting_up
from tests.oracles.qap import Waste
from tests.prover.groth16.statements import edge_statements
from zkpipe.accel.msm import fixed_base
from zkpipe.circuits import ConstraintSystem, Field, Private, Public, circuit
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup, setup_to_file, verify
from zkpipe.prover.groth16.queries import ToxicWaste


@pytest.fixture
def known_waste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setup gets the same toxic waste."""
    waste = Waste()
    known = ToxicWaste(waste.tau, waste.alpha, waste.beta, waste.delta)
    monkeypatch.setattr(setting_up, "_draw", lambda _size, _order: known)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small circuits take several chunks of everything, the last of them short."""
    monkeypatch.setattr(fixed_base, "CHUNK", 3)
    monkeypatch.setattr(queries, "NODES", 3)
    monkeypatch.setattr(records, "ROWS", 3)


def chain(steps: int) -> ConstraintSystem:
    @circuit
    def squares(start: Private[Field]) -> Public[Field]:
        x = start
        for _ in range(steps):
            x = x * x + x
        return x

    return squares.compile()


@pytest.mark.usefixtures("known_waste")
@pytest.mark.parametrize("name", edge_statements())
def test_both_ways_write_the_same_bytes_for_the_same_toxic_waste(name: str, tmp_path: Path) -> None:
    system = edge_statements()[name].system
    setup(system, DEVELOPMENT).save(tmp_path / "memory.zkey")
    setup_to_file(system, DEVELOPMENT, tmp_path / "file.zkey")
    assert (tmp_path / "memory.zkey").read_bytes() == (tmp_path / "file.zkey").read_bytes()


@pytest.mark.usefixtures("known_waste")
@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_size_of_chunks_and_the_threads_change_no_byte(
    threads: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    system = chain(20)
    setup_to_file(system, DEVELOPMENT, tmp_path / "one.zkey")
    request.getfixturevalue("small_chunks")
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    setup_to_file(system, DEVELOPMENT, tmp_path / "many.zkey")
    setup(system, DEVELOPMENT).save(tmp_path / "memory.zkey")
    one = (tmp_path / "one.zkey").read_bytes()
    assert (tmp_path / "many.zkey").read_bytes() == one
    assert (tmp_path / "memory.zkey").read_bytes() == one


def test_a_key_from_a_file_proves(tmp_path: Path) -> None:
    system = chain(100)
    setup_to_file(system, DEVELOPMENT, tmp_path / "key.zkey")
    key = ProvingKey.load(tmp_path / "key.zkey")
    assert key.development
    witness = system.solve(start=3)
    assert verify(key.verifying_key, prove(key, witness), witness.public)


def test_records_come_row_by_row_with_those_of_a_before_those_of_b() -> None:
    system = edge_statements()["points at infinity"].system
    order = setup(system, DEVELOPMENT).coefficients[["constraint", "matrix"]].tolist()
    assert order == sorted(order)


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        setup_to_file(chain(3), DEVELOPMENT, tmp_path / "nowhere" / "key.zkey")
    with pytest.raises(RangeError, match=r"zkpipe\.DEVELOPMENT"):
        setup_to_file(chain(3), 5, tmp_path / "key.zkey")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_setup_that_fails_half_way_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(queries.QueryScalars, "h", fail)
    with pytest.raises(MemoryError):
        setup_to_file(chain(3), DEVELOPMENT, tmp_path / "key.zkey")
    assert list(tmp_path.iterdir()) == []


GROWTH = """
import resource, sys
from zkpipe.circuits import ConstraintSystem
from zkpipe.prover import DEVELOPMENT, setup_to_file

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

small, large, key = sys.argv[1:]
setup_to_file(ConstraintSystem.load(small), DEVELOPMENT, key)
system = ConstraintSystem.load(large)
before = peak()
setup_to_file(system, DEVELOPMENT, key)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
def test_a_setup_into_a_file_takes_less_memory_than_the_key(tmp_path: Path) -> None:
    """Beyond the system: u, v, w and a basis, 128 bytes a row, where a row's key has 450."""
    chain(10).save(tmp_path / "small.r1cs")
    chain((1 << 17) - 2).save(tmp_path / "large.r1cs")
    names = ["small.r1cs", "large.r1cs", "key.zkey"]
    command = [sys.executable, "-c", GROWTH, *(str(tmp_path / name) for name in names)]
    grown = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    assert grown < (tmp_path / "key.zkey").stat().st_size
