"""What is in a file of each kind, as labels and values: for `zkpipe info`.

Private values are never among it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.cli.files.file_kind import FFLONK, PLONK, Kind

if TYPE_CHECKING:
    from zkpipe.ground.errors import ZkpipeError
    from zkpipe.ground.files.reading import Source
    from zkpipe.prover import VerifyingKey

MOST_INPUTS = 1 << 19  # that an INPUT.json is read for
SECONDS = 60.0  # that a .wasm may take to say what it is

Rows = list[tuple[str, object]]


def _sym(path: Path) -> Rows:
    from zkpipe.circuits.formats.sym import read_sym

    symbols = read_sym(path)
    wires = sum(symbol.wire is not None for symbol in symbols)
    return [("signals", len(symbols)), ("wires", wires)]


def _wasm(path: Path) -> Rows:
    """A program is compiled, to ask it; one that is not circom's is only named."""
    from zkpipe.circuits.circom.calculator import WitnessCalculator
    from zkpipe.circuits.circom.sandbox import Limits
    from zkpipe.ground.errors import ZkpipeError

    try:
        found = WitnessCalculator.load(path, Limits(SECONDS))
    except ZkpipeError as error:
        return [("runs here", False), ("why", error.problem), ("what to do", error.fix)]
    return [
        ("runs here", True),
        ("circom", found.version),
        ("wires", found.wire_count),
        ("input values", found.input_count),
        ("inputs", found.input_names() or None),
    ]


def _witness(path: Path) -> Rows:
    from zkpipe.circuits.witness import Witness

    return [("values", len(Witness.load(path).values))]


def _refused(error: ZkpipeError) -> Rows:
    """Of a key that every other command refuses: it is described, and said to be for no use."""
    return [("fit for use", False), ("why", error.problem), ("what to do", error.fix)]


def _key(path: Path) -> Rows:
    from zkpipe.cli.files.told import told_facts
    from zkpipe.prover import ProvingKey
    from zkpipe.prover.errors import InsecureKeyError
    from zkpipe.prover.formats.circuit_record import told_of
    from zkpipe.prover.formats.zkey import read_counts, read_head

    facts = told_facts(told_of(read_head(path)))
    told = [(label.replace("_", " "), value) for label, value in facts.items()]
    try:
        key = ProvingKey.load(path)
    except InsecureKeyError as error:
        counts, contributions = read_counts(path)
        return [
            ("protocol", "groth16"),
            *told,
            ("wires", counts["wire_count"]),
            ("public values", counts["public_count"]),
            ("domain size", counts["domain_size"]),
            ("contributions", contributions),
            *_refused(error),
        ]
    contributions = int.from_bytes(key.history[64:68], "little")
    return [
        ("protocol", "groth16"),
        *told,
        ("wires", key.wire_count),
        *_of_verifying_key(key.verifying_key),
        ("provenance", key.provenance.word),
        ("domain size", key.domain_size),
        ("contributions", contributions),
    ]


def _of_verifying_key(key: VerifyingKey) -> Rows:
    from zkpipe.verifier_contracts import key_digest
    from zkpipe.verifier_contracts.solidity.generator import MOST_PUBLIC_VALUES

    return [
        ("public values", key.public_count),
        ("public names", None if key.public_names is None else list(key.public_names)),
        ("fits a contract", key.public_count <= MOST_PUBLIC_VALUES),
        ("digest", key_digest(key)),
        ("development", key.development),
    ]


def _other_key(path: Path) -> Rows:
    from zkpipe.ground.files.binfile import read_binfile

    protocol = read_binfile(path, b"zkey", 1).cursor(1).integer(4)
    return [("protocol", {PLONK: "plonk", FFLONK: "fflonk"}.get(protocol, f"number {protocol}"))]


def _ptau(path: Path) -> Rows:
    from zkpipe.prover.ceremony.ptau_file import read_ptau

    file = read_ptau(path)
    return [
        ("power", file.power),
        ("ceremony power", file.ceremony_power),
        ("contributions", len(file.records)),
        ("beacons", sum(record.beacon is not None for record in file.records)),
        ("prepared for phase 2", file.prepared),
    ]


def _vkey(path: Source) -> Rows:
    from zkpipe.prover import VerifyingKey
    from zkpipe.prover.errors import InsecureKeyError

    try:
        key = VerifyingKey.load(path)
    except InsecureKeyError as error:
        return [("protocol", "groth16"), *_refused(error)]
    return [
        ("protocol", "groth16"),
        *_of_verifying_key(key),
        ("provenance", key.provenance.word),
    ]


def _proof(path: Source) -> Rows:
    from zkpipe.prover import Proof

    Proof.load(path)
    return [("protocol", "groth16"), ("points", "on their curves")]


def _public(path: Source) -> Rows:
    from zkpipe.prover import load_public

    values = load_public(path)
    if values[:1] == [1]:  # private values are shown only where a person asks for them
        note = "not shown: the first is 1, so this may be a witness in JSON"
        return [("count", len(values)), ("values", note)]
    return [("values", [str(value) for value in values])]


def _solidity(path: Path) -> Rows:
    from zkpipe.cli.files.verifier_file import read_verifier
    from zkpipe.prover.errors import InsecureKeyError
    from zkpipe.verifier_contracts.solidity.source_key import standing_of_key

    try:
        source, key = read_verifier(path)
    except InsecureKeyError as error:
        return _refused(error)
    standing = standing_of_key(source)
    return [
        *_of_verifying_key(key),
        ("says of its key", None if standing is None else standing.provenance.word),
        ("unverified reason", None if standing is None else standing.reason),
    ]


DEPLOYMENT_FIELDS = {
    "state": "state",
    "contract": "contract",
    "address": "address",
    "chainId": "chain",
    "account": "account",
    "nonce": "nonce",
    "transactionHash": "transaction",
    "blockNumber": "block",
    "gasUsed": "gas",
    "keyDigest": "digest of the key",
    "provenance": "says of its key",
    "unverifiedReason": "accepted in writing",
}


def _deployment(path: Source) -> Rows:
    return _members(path, DEPLOYMENT_FIELDS)


def _keystore(path: Source) -> Rows:
    return _members(path, {"address": "address", "version": "version"})


def _backup(path: Source) -> Rows:
    return _members(path, {"made": "made"})


def _manifest(path: Source) -> Rows:
    return _members(path, {"chainId": "chain", "deployer": "deployer", "depth": "depth"})


def _action(path: Source) -> Rows:
    return _members(path, {"contract": "contract", "function": "function", "chainId": "chain"})


def _signature(path: Source) -> Rows:
    return _members(path, {"signer": "signer", "action": "action"})


def _members(path: Source, names: Mapping[str, str]) -> Rows:
    """Some members of a JSON object, by the labels that they get."""
    from zkpipe.ground.files.strict_json import read_json

    value = read_json(path)
    members = value if isinstance(value, dict) else {}
    return [
        (label, str(found) if isinstance(found := members[name], int) else found)
        for name, label in names.items()
        if isinstance(members.get(name), int | str)
    ]


def _record(path: Source) -> Rows:
    from zkpipe.prover.formats.circuit_record import read_record

    if not isinstance(path, Path):
        return nothing_more(path)
    found = read_record(path)
    names = found.public_names
    return [
        ("circuit", found.circuit.name),
        ("circuit digest", found.circuit.digest),
        ("fingerprint of the key", found.key),
        ("public names", None if names is None else list(names)),
    ]


def _results(path: Path) -> Rows:
    from zkpipe.benchmarks.records.reading import read_run
    from zkpipe.benchmarks.reports.report import subject

    found = read_run(path)
    return [("about", subject(found)), ("date", found.date), ("commit", found.commit)]


def _input(path: Source) -> Rows:
    """Names only: the values may be private."""
    from zkpipe.cli.files.input_file import load_inputs

    return [("names", list(load_inputs(path, MOST_INPUTS)))]


def nothing_more(_path: Source) -> Rows:
    """Of a file that is known by its kind alone."""
    return []


JSON_READERS: Mapping[Kind, Callable[[Source], Rows]] = {
    Kind.VERIFYING_KEY: _vkey,
    Kind.PROOF: _proof,
    Kind.PUBLIC: _public,
    Kind.CIRCUIT_RECORD: _record,
    Kind.DEPLOYMENT: _deployment,
    Kind.BACKUP: _backup,
    Kind.MANIFEST: _manifest,
    Kind.ACTION: _action,
    Kind.SIGNATURE: _signature,
    Kind.KEYSTORE: _keystore,
    Kind.INPUT: _input,
    Kind.OTHER_VERIFYING_KEY: nothing_more,
    Kind.OTHER_PROOF: nothing_more,
    Kind.CALLDATA: nothing_more,
    Kind.R1CS_JSON: nothing_more,
}
READERS: Mapping[Kind, Callable[[Path], Rows]] = {
    Kind.SYM: _sym,
    Kind.WASM: _wasm,
    Kind.WITNESS: _witness,
    Kind.PROVING_KEY: _key,
    Kind.PLONK_KEY: _other_key,
    Kind.FFLONK_KEY: _other_key,
    Kind.OTHER_KEY: _other_key,
    Kind.PTAU: _ptau,
    Kind.SOLIDITY: _solidity,
    Kind.RESULTS: _results,
    **JSON_READERS,
}
