"""The other provers on this machine: found, or left out with the reason.

groth16py    arkworks in Rust, from PyPI; a library that uses one thread
snarkjs      from npm, run by node; a command
any program  by a path that the user gives, called as rapidsnark is:
             PATH KEY.zkey W.wtns PROOF.json PUBLIC.json

How many threads a command starts is its own affair, and nobody knows: the processor time of its
proofs is measured instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zkpipe.benchmarks.errors import PeerError
from zkpipe.benchmarks.provers.provers import Command, Library, Place, Prover, Running, Taken
from zkpipe.benchmarks.records.machine import ROOT
from zkpipe.benchmarks.records.programs import Program
from zkpipe.benchmarks.records.ranges import LIBRARY
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import Skipped
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.ground.files.ownership import program
from zkpipe.ground.files.strict_json import read_json
from zkpipe.prover import Proof

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
OURS = ("zkpipe", "groth16py", "snarkjs")  # names that a program of the user's cannot have


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers that are here, why others are not, and which ones they are.

    versions  of those that npm installs
    programs  that the user gave
    """

    provers: tuple[Prover, ...]
    missing: tuple[Skipped, ...]
    versions: Mapping[str, str]
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Groth16py:
    """groth16py, in a process that has the key."""

    name: str = "groth16py"
    backend: str = ""
    way: str = LIBRARY
    threads: int = 1

    @contextmanager
    def ready(self, workload: Workload) -> Iterator[Running]:
        """Start the process; proofs become snarkjs' JSON after its clock has stopped."""
        library = Library(self.name, "zkpipe.benchmarks.workers.groth16py_worker", self.threads)
        with library.ready(workload) as running:

            class Translated:
                def prove(self, place: Place, limit: float) -> Taken:
                    taken = running.prove(place, limit)
                    proof_of_calldata(place.proof.read_bytes()).save(place.proof)
                    shutil.copyfile(workload.public, place.public)
                    return taken

                def peak_bytes(self) -> int:
                    return running.peak_bytes()

            yield Translated()


def proof_of_calldata(data: bytes) -> Proof:
    """The proof in groth16py's eight words, in which x1 stands before x0.

    Raises PeerError for another length, ProofError for what is no proof.
    """
    if len(data) != 256:
        raise PeerError(
            f"groth16py gave {len(data)} bytes for a proof, not 256.",
            "Install the version of groth16py that requirements.lock names.",
        )
    words = [int.from_bytes(data[i : i + 32], "big") for i in range(0, 256, 32)]
    ax, ay, x1, x0, y1, y0, cx, cy = words
    return Proof((ax, ay), ((x0, x1), (y0, y1)), (cx, cy))


def find_peers(paths: Mapping[str, Path]) -> Peers:
    """The peers on this machine, and the programs that the user named.

    Raises PeerError for a name or a path that cannot be.
    """
    programs = [_given(name, path) for name, path in paths.items()]
    provers: list[Prover] = [Command(name, (str(path.absolute()),)) for name, path in paths.items()]
    missing: list[Skipped] = []
    versions: dict[str, str] = {}
    if importlib.util.find_spec("groth16py") is None:
        missing.append(Skipped("groth16py", "not installed: pip install groth16py"))
    else:
        provers.append(Groth16py())
    words = snarkjs_words()
    if words is None:
        missing.append(
            Skipped("snarkjs", "it needs node, and a checkout of zkpipe with `npm ci` run in it")
        )
    else:
        provers.append(Command("snarkjs", (*words, "groth16", "prove")))
        versions["snarkjs"] = _snarkjs_version(Path(words[-1])) or "unknown"
    if "rapidsnark" not in paths:
        missing.append(Skipped("rapidsnark", "no path given: --peer rapidsnark=PATH"))
    return Peers(tuple(provers), tuple(missing), versions, tuple(programs))


def _given(name: str, path: Path) -> Program:
    if not NAME.fullmatch(name) or name in OURS:
        raise PeerError(
            f"{name!r} cannot be the name of a peer.",
            "Give a name of small letters, digits, dots and dashes that is not "
            f"{', '.join(OURS)}: rapidsnark=PATH.",
        )
    if not path.is_file() or not os.access(path, os.X_OK):
        raise PeerError(
            f"{path} is not a program that can be run.",
            "Give the path of a prover that is called as PATH KEY.zkey W.wtns PROOF.json "
            "PUBLIC.json.",
        )
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Program(name, printable(path.name), file.tell(), digest)
    except OSError as error:
        raise PeerError(
            f"{path} cannot be read: {error.strerror}.",
            "Make the program readable: results name it by the SHA-256 digest of its file.",
        ) from error


def snarkjs_words() -> tuple[str, ...] | None:
    """Node and the script of snarkjs in the node_modules beside our packages; or None."""
    node = program("node")
    script = ROOT / "node_modules" / "snarkjs" / "build" / "cli.cjs"
    return (str(node), str(script.resolve())) if node and script.is_file() else None


def _snarkjs_version(script: Path) -> str | None:
    value = read_json(script.parents[1] / "package.json")
    version = value.get("version") if isinstance(value, dict) else None
    return version if isinstance(version, str) else None
