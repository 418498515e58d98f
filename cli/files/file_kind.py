"""What a file is, told by what it holds: what commands read and write, and are given by mistake.

A command says with `expect` what it takes its files for, before it reads them, so that a wrong one
is named for what it is. Names of files do not count, but for Python's, which has no other mark.
Only the beginning of a file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.ground.files.containers import CONTAINERS

if TYPE_CHECKING:
    from zkpipe.ground.files.reading import Source

HEAD = 1 << 16  # bytes that tell: the names in a JSON object stand near its beginning
GROTH16, PLONK, FFLONK = 1, 2, 10  # protocols in a .zkey, as snarkjs numbers them


class Kind(Enum):
    """A kind of file, in words."""

    EMPTY = "an empty file"
    CIRCUIT = "a Python file"
    R1CS = CONTAINERS[b"r1cs"]
    R1CS_JSON = "a compiled circuit in JSON"
    SYM = "a file of signals' names (.sym)"
    WASM = "a WebAssembly program (.wasm)"
    CIRCOM = "a source of circom (.circom)"
    CIRCOM_JS = "a script that circom wrote for node"
    INPUT = "a JSON object"
    WITNESS = CONTAINERS[b"wtns"]
    WITNESS_JSON = "a witness in JSON"  # which nothing tells from a list of public values
    PTAU = CONTAINERS[b"ptau"]
    ATTESTATION = "an attestation of a contribution"
    PROVING_KEY = CONTAINERS[b"zkey"]
    PLONK_KEY = "a PLONK proving key (.zkey)"
    FFLONK_KEY = "a FFLONK proving key (.zkey)"
    OTHER_KEY = "a proving key (.zkey) of a protocol that is not known"
    CIRCUIT_RECORD = "the record of a key's circuit"
    VERIFYING_KEY = "a verifying key"
    OTHER_VERIFYING_KEY = "a verifying key of another protocol than Groth16"
    PROOF = "a proof"
    OTHER_PROOF = "a proof of another protocol than Groth16"
    PUBLIC = "a list of public values"
    CALLDATA = "the arguments of a call"
    SOLIDITY = "a Solidity source"
    DEPLOYMENT = "a deployment's record"
    KEYSTORE = "an encrypted account"
    BACKUP = "a backup of an exchange home"
    MANIFEST = "a manifest of an exchange"
    ACTION = "an action to be signed"
    SIGNATURE = "a signature of an action"
    SEGMENTS = "a description of segments"
    ANSWER = "an answer that was opened"
    RESULTS = "a benchmark's results"
    PAGE = "a benchmark's report (HTML)"
    TABLES = "a benchmark's report (Markdown)"


PRECIOUS = (
    Kind.PTAU,
    Kind.ATTESTATION,
    Kind.PROVING_KEY,
    Kind.CIRCUIT_RECORD,
    Kind.DEPLOYMENT,
    Kind.BACKUP,
    Kind.MANIFEST,
)  # written over only with --force
_OF_ANOTHER_PROTOCOL = "zkpipe knows Groth16 only: make it with `snarkjs groth16 setup`."
USES = {  # what to do with a file that the command at hand does not take
    Kind.CIRCUIT: "`zkpipe compile`, `witness` and `setup` take it.",
    Kind.R1CS: "`zkpipe setup`, `lint` and `info` take it.",
    Kind.R1CS_JSON: "It is for scripts: commands take the .r1cs that it was made from.",
    Kind.SYM: "It goes beside its .r1cs, under the same name.",
    Kind.WASM: "`zkpipe witness` and `fullprove` take it; `zkpipe setup` takes the .r1cs that "
    "circom wrote with it.",
    Kind.CIRCOM: "Compile it: `circom C.circom --r1cs --wasm --sym`. `zkpipe setup` takes the "
    ".r1cs, `zkpipe witness` and `fullprove` take the .wasm.",
    Kind.CIRCOM_JS: "zkpipe needs no node: `zkpipe witness` and `fullprove` take the .wasm beside "
    "it.",
    Kind.INPUT: "`zkpipe witness` takes inputs by name: CIRCUIT INPUT.json W.wtns.",
    Kind.WITNESS: "`zkpipe prove` takes it: KEY.zkey W.wtns PROOF.json PUBLIC.json.",
    Kind.PTAU: "`zkpipe ptau` takes it, and when it is prepared `zkpipe setup C.r1cs KEY.zkey "
    "--ptau POT.ptau`.",
    Kind.ATTESTATION: "It is for people: publish it.",
    Kind.PROVING_KEY: "`zkpipe prove`, `export` and `key` take it; `zkpipe export vkey KEY.zkey "
    "VKEY.json` writes its verifying key.",
    Kind.CIRCUIT_RECORD: "It goes beside its KEY.zkey, as KEY.zkey.circuit.json.",
    Kind.PLONK_KEY: _OF_ANOTHER_PROTOCOL,
    Kind.FFLONK_KEY: _OF_ANOTHER_PROTOCOL,
    Kind.OTHER_KEY: _OF_ANOTHER_PROTOCOL,
    Kind.OTHER_VERIFYING_KEY: _OF_ANOTHER_PROTOCOL,
    Kind.OTHER_PROOF: _OF_ANOTHER_PROTOCOL,
    Kind.VERIFYING_KEY: "`zkpipe verify` takes it: VKEY.json PUBLIC.json PROOF.json.",
    Kind.PROOF: "`zkpipe verify` takes it: VKEY.json PUBLIC.json PROOF.json.",
    Kind.PUBLIC: "`zkpipe verify` takes it: VKEY.json PUBLIC.json PROOF.json.",
    Kind.SOLIDITY: "`zkpipe deploy` and `zkpipe verify-onchain` take a verifier.",
    Kind.DEPLOYMENT: "`zkpipe verify-onchain` takes it.",
    Kind.KEYSTORE: "`zkpipe deploy --keystore` takes it.",
    Kind.BACKUP: "`zkpipe exchange restore` takes it.",
    Kind.MANIFEST: "`zkpipe exchange deploy` compares it with the chain.",
    Kind.ACTION: "`zkpipe exchange sign` takes it.",
    Kind.SEGMENTS: "`zkpipe catalogue publish` and `update` take it.",
    Kind.SIGNATURE: "The command that sends the action takes it.",
    Kind.ANSWER: "It is for your eyes; no command takes it.",
    Kind.RESULTS: "`zkpipe bench report` takes it.",
}

_NAMES = {  # of files in the usage of commands, beside CIRCUIT
    Kind.INPUT: "INPUT.json",
    Kind.WITNESS: "W.wtns",
    Kind.PROVING_KEY: "KEY.zkey",
    Kind.WASM: "C.wasm",
    Kind.PTAU: "FINAL.ptau",
}
_OBJECTS = {  # kinds of which a JSON object that lacks something may be one
    Kind.INPUT,
    Kind.VERIFYING_KEY,
    Kind.PROOF,
    Kind.DEPLOYMENT,
    Kind.KEYSTORE,
    Kind.BACKUP,
    Kind.MANIFEST,
    Kind.RESULTS,
}
_FORMATS = {  # of our own files, by the beginning of their `format`
    "zkpipe action ": Kind.ACTION,
    "zkpipe circuit of a key ": Kind.CIRCUIT_RECORD,
    "zkpipe segments ": Kind.SEGMENTS,
    "zkpipe signature ": Kind.SIGNATURE,
    "zkpipe answer ": Kind.ANSWER,
}
_OF_R1CS = {"n8", "prime", "nConstraints", "constraints"}  # members that snarkjs writes first
_MAGIC = {b"r1cs": Kind.R1CS, b"wtns": Kind.WITNESS, b"ptau": Kind.PTAU, b"\0asm": Kind.WASM}
_KEYS = {GROTH16: Kind.PROVING_KEY, PLONK: Kind.PLONK_KEY, FFLONK: Kind.FFLONK_KEY}
_TEXTS = (  # patterns are compiled when they are used: it takes 0.1 ms each
    (r"\s*[0-9]{1,20},(-1|[0-9]{1,10}),[0-9]{1,10},[^,\n]+\n", Kind.SYM),
    (r"# zkpipe( \S*)?: measured on ", Kind.TABLES),
    ("zkpipe attestation of a contribution\n", Kind.ATTESTATION),
    (r"(?s)<!doctype html>.{0,200}<title>zkpipe( \S*)?: measured on ", Kind.PAGE),
)
_SOLIDITY = r"(?m)^[ \t]*pragma\s+solidity\b"
_CIRCOM = r"(?m)^[ \t]*pragma\s+(circom|custom_templates)\b"
_CIRCOM_JS = r"(module\.exports = async function builder|const wc\s+= require)\("
_WORD = r'(?s)"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s"\[\]{}:,]++'


def kind_of(path: Source) -> Kind | None:
    """What a file is; None if it is nothing that zkpipe knows.

    Raises FileError if it cannot be read, or is no regular file.
    """
    from zkpipe.ground.files.reading import read_head

    data = read_head(path, HEAD)
    if not data:
        return Kind.EMPTY
    if data[:4] == b"zkey":
        return _KEYS.get(_protocol(path), Kind.OTHER_KEY)
    if data[:4] in _MAGIC:
        return _MAGIC[data[:4]]
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        return _kind_of_json(text)
    if isinstance(path, Path) and path.suffix == ".py":
        return Kind.CIRCUIT
    for pattern, kind in _TEXTS:
        if re.match(pattern, text):
            return kind
    searched = ((_SOLIDITY, Kind.SOLIDITY), (_CIRCOM, Kind.CIRCOM), (_CIRCOM_JS, Kind.CIRCOM_JS))
    return next((kind for pattern, kind in searched if re.search(pattern, text)), None)


def _protocol(path: Source) -> int:
    """The protocol of a .zkey; Groth16's of one that is damaged: its reader says more."""
    if not isinstance(path, Path):
        return GROTH16
    from zkpipe.ground.errors import ZkpipeError
    from zkpipe.ground.files.binfile import read_binfile

    try:
        return read_binfile(path, b"zkey", 1).cursor(1).integer(4)
    except ZkpipeError:
        return GROTH16


def _kind_of_json(text: str) -> Kind | None:
    words = (match.group() for match in re.finditer(_WORD, text))
    if next(words) == "[":
        return _kind_of_list(words)
    members = dict(_members(words))
    protocol = members.get("protocol")
    if members.get("format", "").startswith("zkpipe ") and "deployment" in members["format"]:
        return Kind.DEPLOYMENT
    if members.get("format", "").startswith("zkpipe exchange backup "):
        return Kind.BACKUP
    if re.match("zkpipe exchange [0-9]", members.get("format", "")):
        return Kind.MANIFEST
    for start, kind in _FORMATS.items():
        if members.get("format", "").startswith(start):
            return kind
    if members.get("schema", "").startswith(("zkpipe-bench/", "zkpipe-card/")):
        return Kind.RESULTS
    if "crypto" in map(str.lower, members) and "version" in members:
        return Kind.KEYSTORE
    if protocol is None:
        return Kind.R1CS_JSON if members.keys() >= _OF_R1CS else Kind.INPUT
    if "nPublic" in members or "vk_alpha_1" in members:
        return Kind.VERIFYING_KEY if protocol == "groth16" else Kind.OTHER_VERIFYING_KEY
    if "pi_a" in members:
        return Kind.PROOF if protocol == "groth16" else Kind.OTHER_PROOF
    return Kind.INPUT if protocol == "groth16" else Kind.OTHER_PROOF


def _kind_of_list(words: Iterator[str]) -> Kind | None:
    """Public values; or one list after another, as `export calldata` prints them."""
    first = next(words, "]")
    depth = 1 + (first == "[") - (first == "]")
    while depth and (word := next(words, "")):
        depth += (word in ("[", "{")) - (word in ("]", "}"))
    if next(words, "") == ",":
        return Kind.CALLDATA
    return Kind.PUBLIC if first[0] in '[]"-0123456789' else None


def _members(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The names in the outermost object, each with its value if that is a text."""
    depth, name, is_value = 1, "", False
    for word in words:
        if depth == 1 and is_value:
            yield name, word[1:-1] if word[0] == '"' else ""
            is_value = False
        elif depth == 1 and word[0] == '"':
            name = word[1:-1]
        is_value = is_value or (depth == 1 and word == ":")
        depth += (word in ("[", "{")) - (word in ("]", "}"))
        if depth == 0:
            return


def expect(*files: tuple[Source, Kind | tuple[Kind, ...]]) -> None:
    """Refuse files that are another kind than the command takes them for.

    Files of no known kind, damaged or unreadable ones pass: their readers say what is wrong.

    Raises FormatError that says what the file is, and which command or order was meant.
    """
    from zkpipe.ground.errors import FormatError
    from zkpipe.ground.files.reading import FileError

    taken = [(path, kinds if isinstance(kinds, tuple) else (kinds,)) for path, kinds in files]
    known = {kind for _, kinds in taken for kind in kinds}
    for path, kinds in taken:
        try:
            kind = kind_of(path)
        except FileError:
            continue
        if kind is None or kind in (Kind.EMPTY, *kinds):
            continue
        if kind is Kind.INPUT and not _OBJECTS.isdisjoint(kinds):
            continue
        fix = order() if kind in known else _option_for(kind) or USES.get(kind, order())
        raise FormatError(f"{path} is {kind.value}, not {_either(kinds)}.", fix)


def _either(kinds: tuple[Kind, ...]) -> str:
    return " or ".join(kind.value for kind in kinds)


def advice(kind: Kind | None) -> str:
    """Where the command that runs takes such a file, else what does; empty if that is unknown."""
    if kind is None:
        return ""
    is_argument = any(_is_for(kind, p) for p in _parameters() if isinstance(p, click.Argument))
    return order() if is_argument else _option_for(kind) or USES.get(kind, "")


def _option_for(kind: Kind) -> str:
    """The option of the command that runs that takes such a file; empty if it has none."""
    for parameter in _parameters():
        if isinstance(parameter, click.Option) and _is_for(kind, parameter):
            command = click.get_current_context().command_path
            return f"`{command}` takes it as {parameter.opts[0]} {parameter.metavar}."
    return ""


def _is_for(kind: Kind, parameter: click.Parameter) -> bool:
    return _NAMES.get(kind) in str(parameter.metavar).strip("[]").split("|")


def _parameters() -> list[click.Parameter]:
    context = click.get_current_context(silent=True)
    return context.command.params if context else []


def order() -> str:
    """Which files the command that runs takes, in which order."""
    names = [str(p.metavar) for p in _parameters() if isinstance(p, click.Argument)]
    if not names:
        return "Give the file that is meant here."
    command = click.get_current_context().command_path
    return f"`{command}` takes {' '.join(names)}, in this order."
