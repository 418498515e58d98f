"""Other people's tools, and our keys and witnesses as files for them.

snarkjs runs in one process for the session; its ceremony has 2^8 points and is made once. Where a
tool is missing the tests that ask for it are skipped with the command that brings it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from tests.pairings import remembered_pairings
from tests.prover.groth16.statements import Statement, edge_statements, sum_of_powers
from zkpipe.accel.bn254 import R
from zkpipe.prover import (
    DEVELOPMENT,
    Proof,
    ProvingKey,
    VerifyingKey,
    load_public,
    save_public,
    setup,
)
from zkpipe.verifier_contracts import Chain, Contract, calldata, compile_solidity, find_solc
from zkpipe.verifier_contracts import solidity_verifier as verifier_source
from zkpipe.verifier_contracts.errors import CompilerMissingError

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node_modules"
CEREMONY_POWER = 8


class Snarkjs:
    """Calls of snarkjs' API, see snarkjs_worker.cjs."""

    def __init__(self, node: str) -> None:
        command = [node, HERE / "snarkjs_worker.cjs", MODULES / "snarkjs"]
        self._process = subprocess.Popen(  # noqa: S603 # npm's
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, call: str, *arguments: Any) -> Any:
        """The result of a call; a failure in snarkjs fails the test."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"call": call, "arguments": [plain(a) for a in arguments]}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert "error" not in answer, f"{call}: {answer['error']}"
        return answer.get("result")

    def accepts(self, key: VerifyingKey, proof: Proof, public: list[int], folder: Path) -> bool:
        """Whether groth16.verify takes a proof, all as the files that we write say it."""
        return bool(self("groth16.verify", *map(json.loads, as_json(key, public, proof, folder))))

    def proof(self, zkey: Path, wtns: Path, folder: Path) -> tuple[Proof, list[int]]:
        """A proof by groth16.prove and its public values, read from snarkjs' JSON."""
        answer = self("groth16.prove", zkey, wtns)
        files = folder / "snarkjs.proof.json", folder / "snarkjs.public.json"
        for file, part in zip(files, ("proof", "publicSignals"), strict=True):
            file.write_text(json.dumps(answer[part]))
        return Proof.load(files[0]), load_public(files[1])

    def close(self) -> None:
        self._process.communicate(timeout=20)


def proof_of_groth16py(groth16py: Any, zkey: Path, wtns: Path) -> Proof:
    """A proof by groth16py: eight words of calldata, in which x1 stands before x0."""
    key, _ = groth16py.import_zkey(str(zkey))
    data = groth16py.prove_wtns(key, str(wtns))
    assert len(data) == 256
    words = [int.from_bytes(data[i : i + 32], "big") for i in range(0, 256, 32)]
    ax, ay, x1, x0, y1, y0, cx, cy = words
    return Proof((ax, ay), ((x0, x1), (y0, y1)), (cx, cy))


def changed(public: list[int]) -> list[list[int]]:
    """The public values with each in turn one more."""
    return [[*public[:i], (public[i] + 1) % R, *public[i + 1 :]] for i in range(len(public))]


def as_json(key: VerifyingKey, public: list[int], proof: Proof, folder: Path) -> list[str]:
    """Key, public values and proof as the texts of the files that we write."""
    files = [folder / f"{name}.json" for name in ("key", "public", "proof")]
    key.save(files[0])
    save_public(files[1], public)
    proof.save(files[2])
    return [file.read_text() for file in files]


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def tool_of_npm(name: str) -> str:
    """Path of node, if it and the package are there; else skip."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: install Node.js 18 or newer, then `npm ci`")
    if not (MODULES / name).is_dir():
        pytest.skip(f"{name} is not installed: run `npm ci`")
    return node


@pytest.fixture(scope="session")
def snarkjs() -> Iterator[Snarkjs]:
    worker = Snarkjs(tool_of_npm("snarkjs"))
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def snarkjs_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs snarkjs as a user does, printing to a file: it ends before a pipe is empty."""
    node = tool_of_npm("snarkjs")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [node, MODULES / "snarkjs" / "build" / "cli.cjs", *arguments]
        with TemporaryFile("w+") as printed:
            ended = subprocess.run(  # noqa: S603 # npm's
                command, stdout=printed, stderr=subprocess.STDOUT, text=True, timeout=120
            )
            printed.seek(0)
            ended.stdout = printed.read()
        return ended

    return run


@pytest.fixture(scope="session")
def groth16py() -> Any:
    return pytest.importorskip(
        "groth16py", reason="groth16py is not installed: pip install groth16py"
    )


@pytest.fixture(scope="session")
def ceremony(snarkjs: Snarkjs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .ptau of 2^8 with one contribution, ready for phase 2."""
    folder = tmp_path_factory.mktemp("ceremony")
    first, second, final = (folder / f"{name}.ptau" for name in ("new", "contributed", "final"))
    snarkjs("powersOfTau.newAccumulator", CEREMONY_POWER, first)
    snarkjs("powersOfTau.contribute", first, second, "first", "entropy of a test")
    snarkjs("powersOfTau.preparePhase2", second, final)
    return final


@dataclass(frozen=True)
class Keyed:
    """A statement with a key for it, and the files of both."""

    statement: Statement
    key: ProvingKey
    r1cs: Path
    zkey: Path
    wtns: Path

    @property
    def public(self) -> list[int]:
        return self.statement.public


@pytest.fixture(scope="session")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Keyed]:
    """By a statement's name: it with a development key of ours, as files, made once."""
    statements = {"powers": sum_of_powers(), **edge_statements()}
    made: dict[str, Keyed] = {}

    def keyed(name: str) -> Keyed:
        if name not in made:
            statement = statements[name]
            folder = tmp_path_factory.mktemp("keyed")
            files = [folder / f"s.{kind}" for kind in ("r1cs", "zkey", "wtns")]
            key = setup(statement.system, DEVELOPMENT)
            for owner, file in zip((statement.system, key, statement.witness), files, strict=True):
                owner.save(file)
            made[name] = Keyed(statement, key, *files)
        return made[name]

    return keyed


@pytest.fixture(scope="session")
def contributed(
    snarkjs: Snarkjs, ceremony: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Path]:
    """By an .r1cs: a .zkey that snarkjs made from it, with one contribution to phase 2."""
    made: dict[Path, Path] = {}

    def contributed(r1cs: Path) -> Path:
        if r1cs not in made:
            folder = tmp_path_factory.mktemp("contributed")
            initial, final = folder / "initial.zkey", folder / "final.zkey"
            assert snarkjs("zKey.newZKey", r1cs, ceremony, initial) != -1
            snarkjs("zKey.contribute", initial, final, "first", "more entropy of a test")
            made[r1cs] = final
        return made[r1cs]

    return contributed


@dataclass(frozen=True)
class Circom:
    """What circom made of a circuit, and a witness that its calculator made."""

    r1cs: Path
    sym: Path
    wtns: Path
    wasm: Path


CIRCOM_INPUTS = {  # of circuits that fit the ceremony
    "hashed": {"a": "17", "b": "4242"},
    "unseen": {"x": "12", "y": "30"},
    "shift": {"area": "9", "unused": "5"},
}
LARGER_INPUTS: dict[str, dict[str, Any]] = {
    "merkle": {
        "leaf": "4242",
        "siblings": [str(R - 1 - i) for i in range(10)],
        "index": ["1", "0", "0", "1", "1", "1", "0", "1", "0", "1"],
    },
    # made by circomlibjs 0.1.7
    "eddsa": json.loads((HERE / "circom" / "eddsa.json").read_text()),
    "sha256": {"bits": [str(byte >> 7 - i & 1) for byte in range(3, 67) for i in range(8)]},
}


@pytest.fixture(scope="session")
def circom(snarkjs: Snarkjs, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Circom]:
    """By the name of a circuit in the folder circom: its files, and the .wtns of its inputs."""
    node = tool_of_npm("circom2")
    tool_of_npm("circomlib")
    made: dict[str, Circom] = {}

    def circom(name: str) -> Circom:
        if name not in made:
            out = tmp_path_factory.mktemp("circom")
            modules = MODULES.resolve()  # circom2 follows no links
            source = shutil.copy(HERE / "circom" / f"{name}.circom", out)
            # 240 constraints with --O2, which fit the ceremony; 517 without
            options = ["--O2", "--r1cs", "--sym", "--wasm", "-l", modules, "-o", out]
            subprocess.run(  # noqa: S603 # npm's
                [node, modules / "circom2" / "cli.js", source, *options],
                cwd=modules,  # it sees only folders above the one it runs in
                check=True,
                capture_output=True,
                timeout=400,  # SHA-256 takes 25 s of a processor that does nothing else
            )
            wasm, wtns = out / f"{name}_js" / f"{name}.wasm", out / f"{name}.wtns"
            snarkjs("wtns.calculate", {**CIRCOM_INPUTS, **LARGER_INPUTS}[name], wasm, wtns)
            made[name] = Circom(out / f"{name}.r1cs", out / f"{name}.sym", wtns, wasm)
        return made[name]

    return circom


@pytest.fixture(scope="session")
def chain() -> Iterator[Chain]:
    with remembered_pairings():
        yield Chain.embedded()


@pytest.fixture(scope="session")
def deployed(chain: Chain) -> Callable[[VerifyingKey], Callable[[Proof, list[int]], bool]]:
    """By a verifying key: what its contract on the embedded chain says of a proof."""
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(str(error))
    made: dict[VerifyingKey, Contract] = {}

    def deployed(key: VerifyingKey) -> Callable[[Proof, list[int]], bool]:
        if key not in made:
            compiled = compile_solidity(verifier_source(key, "Verifier"))
            made[key] = chain.deploy(compiled, "Verifier")
        return lambda proof, public: made[key].call("verifyProof", *calldata(proof, public))

    return deployed
