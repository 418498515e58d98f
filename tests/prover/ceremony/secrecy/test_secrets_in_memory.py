"""Nothing of a contribution's secrets is in the process's memory, its output or its files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.prover.ceremony.powers import write_powers
from tests.prover.ceremony.secrecy.memory_image import MASK
from tests.prover.groth16.statements import chain
from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.sources import ROOT
from zkpipe.prover import setup
from zkpipe.prover.ceremony import generators
from zkpipe.prover.ceremony.blake2b import Blake2b
from zkpipe.prover.ceremony.phase1 import contribute as phase1
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase2.contribute import contribute_key
from zkpipe.prover.ceremony.points import multiplied

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
@pytest.mark.parametrize(("kind", "count"), [("ptau", 4), ("zkey", 2)])
def test_no_secret_is_left_when_a_contribution_is_made(
    kind: str, count: int, tmp_path: Path
) -> None:
    """Nor the seed. Of a key's neither the secret nor its inverse, which multiplies the points."""
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


def noting(noted: list[NDArray[Any]], make: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose results are noted; none is zero when it is made."""

    def made(*arguments: Any) -> Any:
        noted.append(make(*arguments))
        assert noted[-1].any()
        return noted[-1]

    return made


@pytest.mark.parametrize("kind", ["ptau", "zkey"])
def test_what_is_made_of_secrets_is_overwritten(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scalars of points, and the factors with which a section goes on."""
    noted: list[NDArray[Any]] = []
    if kind == "ptau":
        new_ptau(3, tmp_path / "0")
        for name in ("product", "to_the_power"):
            monkeypatch.setattr(phase1, name, noting(noted, getattr(phase1, name)))
    else:
        setup(chain(3).system, write_powers(tmp_path / "p.ptau", 3)).save(tmp_path / "0")
    progression = noting(noted, multiplied.canonical_progression)
    monkeypatch.setattr(multiplied, "canonical_progression", progression)
    make = phase1.contribute_ptau if kind == "ptau" else contribute_key
    make(tmp_path / "0", tmp_path / "1")
    assert len(noted) >= 3
    assert not any(array.any() for array in noted)


def test_what_a_seed_is_made_of_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's chance, its hash, the hash's state and the seed: whoever has one has all."""
    noted: list[NDArray[Any]] = []
    hashes: list[Blake2b] = []
    begin = Blake2b.__init__
    monkeypatch.setattr(generators, "_chance", noting(noted, generators._chance))
    monkeypatch.setattr(generators, "seed_of", noting(noted, generators.seed_of))
    monkeypatch.setattr(Blake2b, "digest_array", noting(noted, Blake2b.digest_array))
    monkeypatch.setattr(Blake2b, "__init__", lambda self: hashes.append(self) or begin(self))
    generators.fresh_generator(b"typed by somebody")
    assert len(noted) == 3
    held = [value for hash_ in hashes for value in vars(hash_).values()]
    arrays = [*noted, *(value for value in held if isinstance(value, np.ndarray))]
    assert len(arrays) > len(noted)
    assert not any(array.any() for array in arrays)
