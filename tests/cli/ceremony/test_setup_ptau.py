"""setup --ptau: the key that a ceremony begins with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.workshop import CIRCUITS, done, refused
from tests.prover.ceremony.powers import write_powers
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.files.binfile import read_binfile, write_binfile
from zkpipe.prover import setup
from zkpipe.prover.ceremony.room import least_room


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CIRCUITS / "square.py", tmp_path)
    write_powers(Path("final.ptau"), 6)
    done("compile", "square.py", "--out", ".")


def test_the_key_is_that_of_the_python_call_and_tells_the_circuit_s_hash() -> None:
    expected = setup(ConstraintSystem.load("square.r1cs"), "final.ptau").save("expected.zkey")
    for circuit in ("square.py", "square.r1cs"):
        facts = json.loads(
            done("setup", circuit, "key.zkey", "--ptau", "final.ptau", "--force", "--json")
        )
        assert Path("key.zkey").read_bytes() == Path("expected.zkey").read_bytes()
        assert facts["circuit_hash"] == expected.hex()
        assert facts["development"] is False
        assert facts["bytes"] == Path("key.zkey").stat().st_size
    assert read_binfile(Path("key.zkey"), b"zkey", 1).cursor(10).rest()[:64] == expected


def test_people_are_told_that_the_key_is_not_for_use_yet() -> None:
    told = done("setup", "square.py", "key.zkey", "--ptau", "final.ptau")
    assert "An initial key: anyone can forge proofs under it" in told
    refused("export", "vkey", "key.zkey", "vkey.json", says="Nobody contributed")


def test_one_source_must_be_given() -> None:
    for options in ((), ("--dev", "--ptau", "final.ptau")):
        refused("setup", "square.py", "key.zkey", *options, says="what the key is made from")


def test_an_existing_key_and_the_powers_themselves_are_not_overwritten() -> None:
    done("setup", "square.py", "key.zkey", "--ptau", "final.ptau")
    refused("setup", "square.py", "key.zkey", "--ptau", "final.ptau", says="--force")
    refused("setup", "square.py", "final.ptau", "--ptau", "final.ptau", "--force", says="input")


def test_powers_that_do_not_serve_are_refused() -> None:
    file = read_binfile(Path("final.ptau"), b"ptau", 1)
    with write_binfile(Path("plain.ptau"), b"ptau", 1, 7) as writer:
        for kind in range(1, 8):
            writer.array(kind, file.section(kind))
    refused("setup", "square.py", "k", "--ptau", "plain.ptau", says="not prepared for phase 2")
    refused("setup", "square.py", "k", "--ptau", "square.r1cs", says="a compiled circuit")
    refused("setup", "square.py", "k", "--ptau", "none.ptau", says="none.ptau cannot be read")
    write_powers(Path("small.ptau"), 1)
    refused("setup", "square.py", "k", "--ptau", "small.ptau", says="small.ptau has 2^1")
    _spoil(Path("final.ptau"), 12)
    refused("setup", "square.py", "k", "--ptau", "final.ptau", says="is not on its curve")


def _spoil(path: Path, kind: int) -> None:
    """Change one bit of every point of a section."""
    extent = read_binfile(path, b"ptau", 1).extent(kind)
    data = bytearray(path.read_bytes())
    for at in range(extent.begin, extent.begin + extent.size, 64):
        data[at] ^= 1
    path.unlink()
    path.write_bytes(data)


def test_a_key_that_needs_more_memory_is_refused_before_anything_is_computed() -> None:
    short, enough = str(least_room()), str(least_room() + (1 << 20))
    refused(
        *("setup", "square.py", "key.zkey", "--ptau", "final.ptau", "--max-memory", short),
        says="The initial key of square, of a domain of",
    )
    assert not Path("key.zkey").exists()
    done("setup", "square.py", "key.zkey", "--ptau", "final.ptau", "--max-memory", enough)
    done("key", "contribute", "key.zkey", "next.zkey", "--max-memory", short)
    words = ("key", "verify", "next.zkey", "--circuit", "square.py", "--ptau", "final.ptau")
    refused(*words, "--max-memory", short, says="needs")
    done(*words, "--max-memory", enough)


def test_memory_is_not_bounded_for_development_keys() -> None:
    refused("setup", "square.py", "key.zkey", "--dev", "--max-memory", "1G", says="--ptau")


def test_progress_goes_to_all_points_of_the_key() -> None:
    told: list[tuple[int, int]] = []
    system = ConstraintSystem.load("square.r1cs")
    key = setup(system, "final.ptau")
    key.save("key.zkey", lambda done, total: told.append((done, total)))
    total = 4 * system.wire_count + key.domain_size
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 5
