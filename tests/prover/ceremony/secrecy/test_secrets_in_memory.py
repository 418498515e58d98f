"""Nothing of a contribution's secrets is in the process's memory, its output or its files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prover.ceremony.powers import write_powers
from tests.prover.ceremony.secrecy.memory_image import MASK
from tests.prover.groth16.statements import chain
from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.sources import ROOT
from zkpipe.prover import setup
from zkpipe.prover.ceremony.phase1.create import new_ptau

CHECKOUT = Path(__file__).resolve().parents[4]


def forms(words: bytes) -> dict[str, bytes]:
    """How a scalar, given in Montgomery form, may stand somewhere."""
    value = int.from_bytes(words, "little") * pow(2**256, -1, R) % R
    canonical = value.to_bytes(32, "little")
    return {
        "Montgomery": words,
        "Montgomery, high byte first": words[::-1],
        "canonical": canonical,
        "canonical, high byte first": canonical[::-1],
        "half of it": canonical[:16],
        "the other half": canonical[16:],
        "its negative": (R - value).to_bytes(32, "little"),
        "decimal": str(value).encode(),
        "hexadecimal": f"{value:x}".encode(),
        "an integer of Python's": b"".join(
            (value >> 30 * i & (1 << 30) - 1).to_bytes(4, "little") for i in range(9)
        ),
    }


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
@pytest.mark.parametrize(("kind", "count"), [("ptau", 3), ("zkey", 1)])
def test_no_secret_is_left_when_a_contribution_is_made(
    kind: str, count: int, tmp_path: Path
) -> None:
    """Of a key's neither the secret nor its inverse, by which the points are multiplied."""
    if kind == "ptau":
        new_ptau(6, tmp_path / "0.ptau")
    else:
        setup(chain(30).system, write_powers(tmp_path / "p.ptau", 6)).save(tmp_path / "0.zkey")
    ran = subprocess.run(  # noqa: S603 # this interpreter, a program of the tests
        [sys.executable, "-m", "tests.prover.ceremony.secrecy.memory_image", tmp_path],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{ROOT.parent}:{CHECKOUT}"},
        capture_output=True,
        check=True,
        timeout=300,
    )
    image = (tmp_path / "image").read_bytes()
    masked = [bytes.fromhex(word) for word in ran.stdout.decode().split()]
    assert len(masked) == count
    assert b"typed by somebody" in image  # what was not overwritten is found
    made = (tmp_path / f"1.{kind}").read_bytes()
    places = {"memory": image, "file": made, "errors": ran.stderr}
    for data in masked:
        assert data in image
        secret = bytes(a ^ int(b) for a, b in zip(data, MASK, strict=True))
        for words in (secret, inverse(secret)):
            for form, pattern in forms(words).items():
                for place, content in places.items():
                    assert pattern not in content, f"{form}, in the {place}"


def inverse(words: bytes) -> bytes:
    """Of a scalar in Montgomery form its inverse in that form."""
    value = int.from_bytes(words, "little")
    return (pow(value, -1, R) * 2**512 % R).to_bytes(32, "little")
