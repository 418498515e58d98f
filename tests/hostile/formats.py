"""Each kind of file that is read: how hostile ones are made, read, and judged if they are accepted.

A judge raises Unfit, or an AssertionError, for a file that should have been refused or is not read
as what it says. What was read is written again where we write such files, and then equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile import plain
from tests.hostile.binaries import of_all_kinds
from tests.hostile.plain import need
from tests.hostile.texts import json_cases, lines_cases

Case = tuple[str, bytes]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    seed    name of a right file in the folder of seeds; of containers also a small one
    read    what our readers make of a path, all that is in it
    judge   what must hold of bytes that were accepted, what was made of them, and a free path
    """

    seed: str
    read: Callable[[Path], Any]
    judge: Callable[[bytes, Any, Path], None]
    small: str = ""

    def cases(self, folder: Path, seed: int, count: int) -> Iterator[Case]:
        data = (folder / self.seed).read_bytes()
        if self.small:
            return of_all_kinds(data, (folder / self.small).read_bytes(), seed, count)
        return (json_cases if data[:1] in b"[{" else lines_cases)(data, seed, count)


def read_r1cs(path: Path) -> Any:
    from zkpipe.circuits.system import ConstraintSystem

    return ConstraintSystem.load(path)


def judge_r1cs(data: bytes, system: Any, free: Path) -> None:
    from tests.circuits.formats.test_r1cs import rows_of

    told = plain.r1cs(data)
    counts = (
        system.wire_count,
        system.output_count,
        system.public_input_count,
        system.private_input_count,
        system.label_count,
        system.constraint_count,
    )
    rows = [sorted(row.items()) for three in rows_of(system) for row in three]
    assert (counts, rows, system.labels.tolist()) == (told["counts"], told["rows"], told["labels"])
    system.save(free)
    assert plain.r1cs(free.read_bytes()) == told


def read_wtns(path: Path) -> Any:
    from zkpipe.circuits.witness import Witness

    return Witness.load(path)


def judge_wtns(data: bytes, witness: Any, free: Path) -> None:
    told = plain.wtns(data)
    witness.save(free)
    assert plain.wtns(free.read_bytes()) == told


def read_zkey(path: Path) -> Any:
    from zkpipe.prover import ProvingKey

    key = ProvingKey.load(path)
    for query in ("a_query", "b_g1_query", "b_g2_query", "l_query", "h_query"):
        key.rows(query, 0, None)  # a coordinate is looked at when it is read
    return key, key.verifying_key


def judge_zkey(data: bytes, read: Any, free: Path) -> None:
    from zkpipe.prover.contributions import DEVELOPMENT_HASH

    key, _ = read
    told = plain.zkey(data)
    key.save(free)
    again = plain.zkey(free.read_bytes())
    for kind in range(1, 10):
        assert again[kind] == told[kind], kind
    if 10 in told:
        assert again[10] == told[10]
    marked = 1001 in told or told.get(10, b"")[:64] == DEVELOPMENT_HASH
    assert key.development == marked
    names = told.get(1002)
    assert again.get(1002) == names
    assert (names is None) == (key.verifying_key.public_names is None)


def read_ptau(path: Path) -> Any:
    from zkpipe.prover.ceremony.ptau_file import LAGRANGE, POWERS, point_count
    from zkpipe.prover.ceremony.ptau_file import read_ptau as read

    file = read(path)
    points = {
        kind: file.points(kind, 0, point_count(kind, file.power))
        for kind in (*POWERS, *(LAGRANGE if file.prepared else ()))
    }
    return file, points


def judge_ptau(data: bytes, read: Any, _free: Path) -> None:
    from zkpipe.prover.ceremony.records import records_bytes

    file, points = read
    told = plain.ptau(data)
    for kind, words in points.items():
        assert words.astype("<u8").tobytes() == told[kind], kind
    shown = all("\ufffd" not in record.name for record in file.records)  # else no UTF-8
    assert not shown or records_bytes(file.records) == told[7]


def read_sym(path: Path) -> Any:
    from zkpipe.circuits.formats.sym import read_sym as read

    return read(path)


def judge_sym(data: bytes, symbols: Any, _free: Path) -> None:
    told = plain.sym(data)
    read = [(s.label, -1 if s.wire is None else s.wire, s.component, s.name) for s in symbols]
    assert read == told
    lines = "".join(f"{label},{wire},{component},{name}\n" for label, wire, component, name in read)
    assert lines.encode() == data


def read_vkey(path: Path) -> Any:
    from zkpipe.prover import VerifyingKey

    return VerifyingKey.load(path)


def judge_vkey(data: bytes, key: Any, free: Path) -> None:
    told = plain.strict_json(data, floats=False)
    key.save(free)
    again = json.loads(free.read_bytes())
    told.pop("vk_alphabeta_12", None)
    told.setdefault("curve", "bn128")
    for name, absent in (("zkpipe_development", False), ("zkpipe_public_names", None)):
        if told.get(name, absent) == absent:
            told.pop(name, None)
    assert again == told


def read_proof(path: Path) -> Any:
    from zkpipe.prover import Proof

    return Proof.load(path)


def judge_proof(data: bytes, proof: Any, free: Path) -> None:
    told = plain.strict_json(data)
    proof.save(free)
    assert json.loads(free.read_bytes()) == {"curve": "bn128", **told}


def read_public(path: Path) -> Any:
    from zkpipe.prover import load_public

    return load_public(path)


def judge_public(data: bytes, values: Any, _free: Path) -> None:
    assert [str(value) for value in values] == plain.strict_json(data)


def read_input(path: Path) -> Any:
    from zkpipe.cli.files.input_file import load_inputs

    return load_inputs(path, 16)


def judge_input(data: bytes, values: Any, _free: Path) -> None:
    told = plain.strict_json(data, floats=True)
    assert repr(values) == repr(told)


def read_deployment(path: Path) -> Any:
    from zkpipe.verifier_contracts import Deployment

    return Deployment.load(path)


def judge_deployment(data: bytes, record: Any, _free: Path) -> None:
    assert json.loads(json.dumps(record.to_json())) == plain.strict_json(data)


def read_begun(path: Path) -> Any:
    from zkpipe.verifier_contracts.deployment_file import DeploymentFile

    return DeploymentFile(path, lambda _begun: None)


def judge_begun(data: bytes, file: Any, _free: Path) -> None:
    if not data:
        return  # as where no file is
    need(file.begun is not None, "another record")
    assert file.begun.to_json() == plain.strict_json(data)


def read_trusted(path: Path) -> Any:
    from zkpipe.prover.provenance.trusted import TrustedList

    return TrustedList.load(path)


def judge_trusted(data: bytes, found: Any, _free: Path) -> None:
    contributions, keys = plain.trusted(data)
    assert set(found.contributions) == contributions
    assert found.keys == keys


def read_kind(path: Path) -> Any:
    """What tells one kind from another reads any file, of which it may know none."""
    from zkpipe.cli.files.file_kind import kind_of

    return kind_of(path)


def judge_kind(_data: bytes, _kind: Any, _free: Path) -> None:
    return None


FORMATS = {
    "r1cs": Format("bits.r1cs", read_r1cs, judge_r1cs, "bits.r1cs"),
    "wtns": Format("bits.wtns", read_wtns, judge_wtns, "bits.wtns"),
    "zkey": Format("bits.zkey", read_zkey, judge_zkey, "bits.zkey"),
    "named zkey": Format("named.zkey", read_zkey, judge_zkey, "bits.zkey"),
    "ptau": Format("6.ptau", read_ptau, judge_ptau, "small.ptau"),
    "prepared ptau": Format("final.ptau", read_ptau, judge_ptau, "small.ptau"),
    "sym": Format("bits.sym", read_sym, judge_sym),
    "vkey": Format("verification_key.json", read_vkey, judge_vkey),
    "named vkey": Format("named.vkey.json", read_vkey, judge_vkey),
    "proof": Format("proof.json", read_proof, judge_proof),
    "public": Format("public.json", read_public, judge_public),
    "input": Format("input.json", read_input, judge_input),
    "deployment": Format("deployment.json", read_deployment, judge_deployment),
    "begun deployment": Format("begun.json", read_begun, judge_begun),
    "trusted list": Format("trusted.txt", read_trusted, judge_trusted),
    "attestation": Format("attestation.txt", read_kind, judge_kind),
}
