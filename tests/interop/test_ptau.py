"""The powers of tau: our files and snarkjs', and ceremonies in which both take turns."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.interop.conftest import HERE, MODULES, Snarkjs, tool_of_npm
from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import with_last_power
from tests.prover.formats.key_material import g1
from zkpipe.accel.bn254 import BN254
from zkpipe.prover.ceremony.blake2b import Blake2b
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.ptau_file import read_ptau
from zkpipe.prover.ceremony.records import Beacon
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.points import g1_words

BEACON = Beacon(bytes(range(1, 33)), 10)
POWERS = [1, 2, 5, 8, 15] if IS_LONG else [1, 5]


def test_a_state_is_what_blake2b_wasm_exports() -> None:
    """But for the bytes in the buffer that count for nothing."""
    node = tool_of_npm("blake2b-wasm")
    cases = [
        [secrets.token_bytes(size) for size in sizes]
        for sizes in ([0], [1], [64, 64], [128], [129], [64, 500, 96], [4096], [70_001, 128])
    ]
    lines = "\n".join(",".join(piece.hex() for piece in case) for case in cases)
    ran = subprocess.run(  # noqa: S603 # npm's
        [node, HERE / "blake2b_states.cjs", MODULES / "blake2b-wasm"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for case, line in zip(cases, ran.stdout.splitlines(), strict=True):
        state, digest = (bytes.fromhex(word) for word in line.split())
        hash_ = Blake2b()
        for piece in case:
            hash_.update(piece)
        ours, held = hash_.state(), state[200]
        assert ours[:held] == state[:held]
        assert ours[128:] == state[128:]
        assert hash_.digest() == digest
        assert Blake2b.from_state(state).digest() == digest


@pytest.mark.parametrize("power", POWERS)
def test_a_new_file_is_snarkjs_byte_for_byte(snarkjs: Snarkjs, tmp_path: Path, power: int) -> None:
    new_ptau(power, tmp_path / "ours")
    snarkjs("powersOfTau.newAccumulator", power, tmp_path / "theirs")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("power", POWERS)
def test_a_beacon_is_snarkjs_byte_for_byte(snarkjs: Snarkjs, tmp_path: Path, power: int) -> None:
    """On nothing, on a contribution of ours, and on one of snarkjs'; all that is random is theirs.

    From 2^15 on a section takes several of the pieces in which points are hashed.
    """
    first, ours, theirs = (tmp_path / name for name in ("first", "ours", "theirs"))
    new_ptau(power, first)
    for name, value in (("", BEACON), ("a beacon", Beacon(b"\0" * 255, 11))):
        beacon_ptau(first, ours, value, name)
        snarkjs("powersOfTau.beacon", first, theirs, name, value.value.hex(), value.exponent)
        assert ours.read_bytes() == theirs.read_bytes()
        shutil.copy(ours, first)


@pytest.fixture(scope="module")
def alternating(snarkjs: Snarkjs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ceremony of 2^4: ours, snarkjs', ours, snarkjs', and a beacon; each step is a file."""
    folder = tmp_path_factory.mktemp("alternating")
    new_ptau(4, folder / "0")
    contribute_ptau(folder / "0", folder / "1", "Ünal")
    snarkjs("powersOfTau.contribute", folder / "1", folder / "2", "second", "entropy of a test")
    contribute_ptau(folder / "2", folder / "3")
    snarkjs("powersOfTau.contribute", folder / "3", folder / "4", "x" * 64, "more of it")
    beacon_ptau(folder / "4", folder / "5", BEACON, "the last")
    snarkjs("powersOfTau.preparePhase2", folder / "5", folder / "prepared")
    return folder


@pytest.mark.parametrize("step", ["1", "2", "3", "4", "5", "prepared"])
def test_both_verify_every_step(alternating: Path, snarkjs: Snarkjs, step: str) -> None:
    found = verify_ptau(alternating / step)
    assert found.prepared is (step == "prepared")
    names = ["Ünal", "second", "", "x" * 64, "the last"]
    assert [one.name for one in found.contributions] == names[: len(found.contributions)]
    assert snarkjs("powersOfTau.verify", alternating / step) is True


def test_snarkjs_contributes_to_a_beacon_of_ours(
    alternating: Path, snarkjs: Snarkjs, tmp_path: Path
) -> None:
    snarkjs("powersOfTau.contribute", alternating / "5", tmp_path / "6", "late", "entropy")
    assert len(verify_ptau(tmp_path / "6").contributions) == 6


def test_a_truncated_file_is_snarkjs_byte_for_byte(
    alternating: Path, snarkjs: Snarkjs, tmp_path: Path
) -> None:
    snarkjs("powersOfTau.truncate", alternating / "prepared", f"{tmp_path}/theirs")
    for power in (1, 2, 3):
        ours, theirs = tmp_path / "ours", tmp_path / f"theirs0{power}.ptau"
        truncate_ptau(alternating / "prepared", ours, power)
        assert ours.read_bytes() == theirs.read_bytes()
        found = verify_ptau(theirs)
        assert (found.power, found.truncated, found.prepared) == (power, True, True)


@pytest.mark.parametrize("power", [1, 8])
def test_a_prepared_file_is_snarkjs_byte_for_byte(
    snarkjs: Snarkjs, tmp_path: Path, power: int
) -> None:
    new_ptau(power, tmp_path / "0")
    contribute_ptau(tmp_path / "0", tmp_path / "1")
    prepare_ptau(tmp_path / "1", tmp_path / "ours")
    snarkjs("powersOfTau.preparePhase2", tmp_path / "1", tmp_path / "theirs")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    assert verify_ptau(tmp_path / "ours").prepared


def test_snarkjs_leaves_the_last_power_of_the_largest_basis_open(
    alternating: Path, snarkjs: Snarkjs, tmp_path: Path
) -> None:
    """A point that whoever prepared the file chose: snarkjs takes it, and we do not.

    It would come into keys divided by delta, which nothing but the toxic waste should allow.
    """
    path = with_last_power(alternating / "prepared", g1_words(g1(123), BN254), tmp_path / "a")
    assert snarkjs("powersOfTau.verify", path) is True
    with pytest.raises(CeremonyError, match="Section 12"):
        verify_ptau(path)


def test_the_hash_of_a_contribution_is_what_snarkjs_shows(
    alternating: Path, snarkjs: Snarkjs, tmp_path: Path
) -> None:
    """It answers contribute with the bytes of the response's hash."""
    told = snarkjs(
        "powersOfTau.contribute", alternating / "4", tmp_path / "5", "", "entropy of a test"
    )
    told = bytes(told[str(i)] for i in range(64))
    assert read_ptau(tmp_path / "5").records[-1].response_hash() == told
