"""Steps of a ceremony in bounded memory: measured in processes of their own, at two sizes."""

from __future__ import annotations

import copy
import math
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import BEACON, POWER, twice, with_last_power, with_point
from tests.prover.formats.key_material import g1
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import from_montgomery, ints_from_words
from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony import (
    beacon_ptau,
    contribute_ptau,
    new_ptau,
    prepare_ptau,
    read_ptau,
    truncate_ptau,
    verify_ptau,
)
from zkpipe.prover.ceremony import room as of_ceremonies
from zkpipe.prover.ceremony.generators import beacon_generator
from zkpipe.prover.ceremony.phase1 import lagrange, verify
from zkpipe.prover.ceremony.progress import Progress
from zkpipe.prover.ceremony.ptau_file import LAGRANGE, point_count
from zkpipe.prover.ceremony.room import check_room, least_room, room
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.points import g1_words

SMALL, LARGE = 9, 18  # the larger file is larger than what any step takes
SLACK = 32 << 20  # of the allocator and the interpreter

# The first call, on a small file, compiles kernels and fills caches; the second one counts.
CHILD = """
import resource, sys
import zkpipe.prover.ceremony as c

def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

warm, large, out, most = sys.argv[1:]
step = {step}
step(warm, out + ".warm")
before = peak()
step(large, out)
print(peak() - before)
"""
STEPS = {"truncate": "lambda f, o: c.truncate_ptau(f, o, c.read_ptau(f).power - 1)"}
if IS_LONG:  # minutes of the processor
    STEPS |= {
        "contribute": "lambda f, o: c.contribute_ptau(f, o, max_memory=int(most))",
        "prepare": "lambda f, o: c.prepare_ptau(f, o, max_memory=int(most))",
        "verify": "lambda f, o: c.verify_ptau(f, max_memory=int(most))",
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("sizes")
    found = {power: folder / f"{power}.ptau" for power in (SMALL, LARGE)}
    for power, path in found.items():
        new_ptau(power, path)
        if IS_LONG:
            contribute_ptau(path, folder / "contributed", "Alice")
            (folder / "contributed").replace(path)
    return found


@pytest.mark.parametrize("name", STEPS)
def test_a_step_takes_no_more_memory_for_a_larger_file(
    files: dict[int, Path], tmp_path: Path, name: str
) -> None:
    most = least_room() + (4 << 20)  # so that the largest bases do not fit
    done = subprocess.run(  # noqa: S603 # this interpreter
        [
            *(sys.executable, "-c", CHILD.format(step=STEPS[name])),
            *(files[SMALL], files[LARGE], tmp_path / "out", str(most)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert files[LARGE].stat().st_size > 90 << 20
    assert int(done.stdout) < SLACK


@pytest.fixture(scope="module")
def prepared(transcript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "final.ptau"
    prepare_ptau(transcript, path)
    return path


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coefficients come piece by piece, of every basis."""
    monkeypatch.setattr(verify, "room", lambda *_: 0)


@pytest.mark.usefixtures("no_room")
def test_a_prepared_file_holds_piece_by_piece_too(prepared: Path, tmp_path: Path) -> None:
    assert verify_ptau(prepared).prepared
    truncate_ptau(prepared, tmp_path / "with the true last power", 2)
    assert verify_ptau(tmp_path / "with the true last power").prepared


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("kind", LAGRANGE)
def test_a_wrong_point_is_found_piece_by_piece(prepared: Path, tmp_path: Path, kind: int) -> None:
    file, count = read_ptau(prepared), point_count(kind, POWER)
    for index in (0, count // 2, count - 1):
        wrong = twice(file.points(kind, index, index + 1)[0])
        path = with_point(prepared, kind, index, wrong, tmp_path / "a.ptau")
        with pytest.raises(CeremonyError, match="with more memory it can be found which") as caught:
            verify_ptau(path)
        assert (caught.value.section, caught.value.index) == (kind, None)


@pytest.mark.usefixtures("no_room")
def test_the_last_power_is_not_free_piece_by_piece(prepared: Path, tmp_path: Path) -> None:
    path = with_last_power(prepared, g1_words(g1(123), BN254), tmp_path / "a.ptau")
    with pytest.raises(CeremonyError, match="Section 12"):
        verify_ptau(path)


@pytest.mark.parametrize("shift", [1, 25])
def test_coefficients_piece_by_piece_are_a_polynomials_values(shift: int) -> None:
    u, n, part = 123456789**8 % R, 16, 8
    nodes = [shift * pow(BN254.root_of_unity(part), j, R) % R for j in range(part)]
    found = ints_from_words(lagrange._at_nodes(u * shift % R, n, part, 2, 7))
    assert found == [sum(pow(u * x, i, R) for i in range(n)) % R for x in nodes[2:7]]


def basis_values(nodes: list[int], tau: int) -> list[int]:
    """Of each polynomial that is 1 at one node and 0 at the others, less its highest term, at tau.

    Its highest term has the product of 1 / (node - other) for a coefficient.
    """
    values = []
    for x in nodes:
        others = [y for y in nodes if y != x]
        over = pow(math.prod(x - y for y in others), -1, R)
        whole = math.prod(tau - y for y in others)
        values.append((whole - pow(tau, len(others), R)) * over % R)
    return values


@pytest.mark.parametrize("right", [True, False])
def test_the_basis_that_the_field_has_no_roots_for_is_that_of_two_cosets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: bool
) -> None:
    """As snarkjs makes it for 2^28 powers; here the field is taken to have roots of order 2."""
    new_ptau(1, tmp_path / "0")
    beacon_ptau(tmp_path / "0", tmp_path / "1", BEACON)
    prepare_ptau(tmp_path / "1", tmp_path / "2")
    generator = beacon_generator(BEACON.value, BEACON.exponent)
    tau = from_montgomery(generator.scalar(), R)[0]
    path = tmp_path / "2"
    for index, value in enumerate(basis_values([1, R - 1, 25, R - 25 if right else 5], tau)):
        path = with_point(path, 12, 3 + index, g1_words(g1(value), BN254), tmp_path / "3")
    small = copy.copy(BN254)
    object.__setattr__(small, "two_adicity", 1)
    monkeypatch.setattr(lagrange, "BN254", small)
    file, progress = read_ptau(path), Progress(100)
    if right:
        lagrange.check_lagrange(file, 12, progress, 1 << 30)
    else:
        with pytest.raises(CeremonyError, match="basis of the 4 powers"):
            lagrange.check_lagrange(file, 12, progress, 1 << 30)


def test_without_a_word_a_step_takes_half_of_the_machines_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_ceremonies, "memory_of_this_machine", lambda: 1 << 40)
    assert room("a step", None) == (1 << 40) // 2 - least_room()
    assert room("a step", "2G") == 2 * 10**9 - least_room()


def test_what_needs_more_memory_than_there_is_is_refused_with_the_amount() -> None:
    check_room("The key", 1000, 1000)
    with pytest.raises(RangeError, match=r"The key needs [\d,.]+ MB of memory, and [\d,.]+ MB"):
        check_room("The key", 10**9, 10**8)
