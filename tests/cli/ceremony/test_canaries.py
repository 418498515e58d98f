"""No secret of a ceremony, or of a development key, is in a file, a message or a word of a process.

The memory of a contributor is looked at in tests/prover/ceremony/secrecy.
"""

from __future__ import annotations

import base64
import os
import resource
import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.circuits.formats.hostile_files import section
from tests.cli.ceremony.noted_command import MASK
from tests.cli.workshop import CIRCUITS, done
from tests.exchange.canaries import Canaries, Sighting
from tests.long_form import IS_LONG
from tests.prover.ceremony.powers import write_powers
from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.sources import ROOT

CHECKOUT = Path(__file__).resolve().parents[3]
MONTGOMERY = 2**256
BACKENDS = ("", "scalar") if IS_LONG else ("",)  # the best one, and the plain one


@dataclass(frozen=True)
class Place:
    """A folder in which commands run, whose other folders are in it; and the notes beside it."""

    folder: Path
    notes: Path
    backend: str

    def run(self, *words: object, limit: int | None = None, status: int = 0) -> list[Sighting]:
        """Run a command; the secrets that were seen in its words, its output and all files.

        limit  bytes that a file may have: the writer of a larger one meets an error
        """
        self.notes.write_text("")
        chance = secrets.token_bytes(40)
        (self.folder / "dice").write_bytes(chance)
        command = [sys.executable, "-m", "tests.cli.ceremony.noted_command", self.notes, *words]
        process = subprocess.Popen(  # noqa: S603 # this interpreter, a program of the tests
            [str(word) for word in command],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=None if limit is None else lambda: limit_files(limit),
        )
        seen: set[bytes] = set()
        while True:
            with suppress(OSError):  # it may be gone
                seen.add(Path(f"/proc/{process.pid}/cmdline").read_bytes())
            with suppress(subprocess.TimeoutExpired):
                out, err = process.communicate(timeout=0.2)
                break
        assert process.returncode == status, err.decode()
        canaries = Canaries()
        canaries.plant("chance", chance)
        for number, line in enumerate(self.notes.read_text().split()):
            plant(canaries, f"secret {number}", bytes.fromhex(line))
        (self.folder / "stdout").write_bytes(out)
        (self.folder / "stderr").write_bytes(err)
        (self.folder / "words").write_bytes(b"\0".join(seen))
        found = canaries.in_folder(self.folder, but=[self.folder / "dice"])
        assert len(canaries.names) > 1, "the command drew no secret"
        self.control(canaries)
        return found

    def control(self, canaries: Canaries) -> None:
        """What is there is found."""
        assert canaries.in_bytes((self.folder / "dice").read_bytes(), "dice")
        first = bytes.fromhex(self.notes.read_text().split()[0])
        (self.folder / "planted").write_bytes(b"a" + base64.b64encode(b"bc" + unmasked(first)))
        assert canaries.in_folder(self.folder, but=[self.folder / "dice"])
        (self.folder / "planted").unlink()

    def environment(self) -> dict[str, str]:
        folders = {
            name: str(self.folder / name)
            for name in ("TMPDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
        }
        for folder in folders.values():
            Path(folder).mkdir(exist_ok=True)
        found = {**os.environ, **folders, "PYTHONPATH": f"{ROOT.parent}:{CHECKOUT}"}
        return {**found, "ZKPIPE_BACKEND": self.backend} if self.backend else found


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def unmasked(data: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, MASK, strict=True))


def plant(canaries: Canaries, name: str, masked: bytes) -> None:
    """A secret as it was noted, out of Montgomery form and into it, and the inverses of these."""
    secret = unmasked(masked)
    value = int.from_bytes(secret, "little")
    for factor in (1, MONTGOMERY, pow(MONTGOMERY, -1, R)):
        form = value * factor % R
        canaries.plant(f"{name} times {factor:#x}", form)
        inverse = pow(form, -1, R)
        canaries.plant(f"1 / ({name} times {factor:#x})", inverse)
    canaries.plant(f"{name} in bytes", secret)


@pytest.fixture(params=BACKENDS)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    shutil.copy(CIRCUITS / "square.py", folder)
    return Place(folder, tmp_path / "notes", request.param)


CONTRIBUTION = ("--entropy-file", "dice", "--name", "Alice", "--attestation", "said.txt")


def test_no_secret_of_a_contribution_to_the_powers_is_written(place: Place) -> None:
    done("ptau", "new", 4, "0.ptau")
    assert place.run("ptau", "contribute", "0.ptau", "1.ptau", *CONTRIBUTION) == []
    assert Path("said.txt").exists()
    failed = ("ptau", "contribute", "1.ptau", "2.ptau", "--debug", *CONTRIBUTION, "--force")
    assert place.run(*failed, limit=1 << 11, status=2) == []  # no room for more
    assert ", line " in Path("stderr").read_text()  # of a traceback
    data = bytearray(Path("1.ptau").read_bytes())
    data[section(bytes(data), 6).body] ^= 1  # the last point that is multiplied
    Path("1.ptau").write_bytes(data)
    assert place.run(*failed, status=1) == []
    assert "not on the curve" in Path("stderr").read_text()


def test_no_secret_of_a_contribution_to_a_key_is_written(place: Place) -> None:
    write_powers(Path("final.ptau"), 4)
    done("setup", "square.py", "0.zkey", "--ptau", "final.ptau")
    assert place.run("key", "contribute", "0.zkey", "1.zkey", *CONTRIBUTION) == []
    assert Path("said.txt").exists()
    failed = ("key", "contribute", "1.zkey", "2.zkey", "--debug", *CONTRIBUTION, "--force")
    assert place.run(*failed, limit=1 << 10, status=2) == []
    assert ", line " in Path("stderr").read_text()  # of a traceback


def test_no_secret_of_a_development_key_is_written(place: Place) -> None:
    """Whoever has tau, alpha, beta or delta can forge; what is made here says so."""
    assert place.run("setup", "square.py", "dev.zkey", "--dev") == []
    failed = ("setup", "square.py", "more.zkey", "--dev", "--debug")
    assert place.run(*failed, limit=1 << 10, status=2) == []
    assert ", line " in Path("stderr").read_text()  # of a traceback
