"""export vkey, verifier, calldata, wtns-json, r1cs-json."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.onchain import MOST_VALUES
from zkpipe.cli.console.answer import Answer, Fact, development_row, names_row, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect, kind_of
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.files.told import names_of_key
from zkpipe.cli.files.verifier_file import ACCEPT, standing_rows
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.prover import Provenance, VerifyingKey


DEVELOPMENT_ONLY = "development chains only; --accept-unverified REASON opens others"
NAMES = click.option(
    "--sym",
    "names",
    metavar="C.sym",
    type=FILE,
    help="Names of the public values, of a key that has none: its circuit's file.",
)


@click.group("export")
def export() -> None:
    """Write a verifying key, a Solidity verifier, the arguments of a call to it, or JSON."""


@command("vkey", example="zkpipe export vkey square.zkey vkey.json")
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.argument("vkey", metavar="VKEY.json", type=FILE)
@NAMES
def export_vkey(key: Path, vkey: Path, names: Path | None) -> Answer:
    """Write the verifying key of a proving key, in snarkjs' JSON."""
    from zkpipe.prover import ProvingKey

    expect((key, Kind.PROVING_KEY))
    inputs = [key, *([names] if names else [])]
    with outputs((vkey, Kind.VERIFYING_KEY), inputs=inputs) as [place]:
        compile_kernels()
        verifying_key = _named(ProvingKey.load(key).verifying_key, names)
        verifying_key.save(place)
    return Answer(
        {
            "vkey": str(vkey),
            "public_count": verifying_key.public_count,
            "public_names": verifying_key.public_names,
            "development": verifying_key.development,
        },
        table(
            [
                ("verifying key", vkey),
                ("public values", verifying_key.public_count),
                *names_row(verifying_key.public_names),
                *names_of_key(key, names),
                *development_row(verifying_key.development),
            ]
        ),
    )


@command(
    "verifier", example="zkpipe export verifier square.zkey verifier.sol --name SquareVerifier"
)
@click.argument("key", metavar="KEY.zkey|VKEY.json", type=SOURCE)
@click.argument("verifier", metavar="VERIFIER.sol", type=FILE)
@click.option("--name", default="Groth16Verifier", show_default=True, help="Of the contract.")
@click.option(
    "--batch",
    is_flag=True,
    help="For many proofs in one call: one pairing for each, and three for all.",
)
@click.option(
    "--hash-inputs",
    is_flag=True,
    help="For a circuit whose one public value is the Keccak digest of all values.",
)
@NAMES
@ACCEPT
def export_verifier(
    key: Path | Piped,
    verifier: Path,
    name: str,
    batch: bool,
    hash_inputs: bool,
    names: Path | None,
    accept_unverified: str | None,
) -> Answer:
    """Write a Solidity contract that verifies proofs under a key, a proving or a verifying one.

    Its comments name the public values where the key does, or the file of --sym.

    If the key is a development key, or you have not verified that it is from a ceremony (`zkpipe
    key verify`), the contract can be deployed on development chains only: its constructor reverts
    elsewhere. With a REASON it does not. Everybody can read the reason in the contract.
    """
    if batch and hash_inputs:
        raise click.UsageError(
            "--batch and --hash-inputs do not go together. Give the batch verifier the digests: "
            "they are the proofs' public values.",
            click.get_current_context(),
        )
    from zkpipe.ground.files.writing import write_file
    from zkpipe.verifier_contracts import Form, key_digest, solidity_verifier
    from zkpipe.verifier_contracts.solidity.generator import standing_of

    form = Form.BATCH if batch else Form.HASHED if hash_inputs else Form.SINGLE

    expect((key, (Kind.PROVING_KEY, Kind.VERIFYING_KEY)))
    inputs = [key, *([names] if names else [])]
    with outputs((verifier, Kind.SOLIDITY), inputs=inputs) as [place]:
        compile_kernels()
        read, provenance = _verifying_key(key)
        verifying_key = _named(read, names)
        source = solidity_verifier(
            verifying_key,
            name,
            form=form,
            provenance=provenance,
            accept_unverified=accept_unverified,
        )
        write_file(place, source.encode())
    standing = standing_of(verifying_key, provenance, accept_unverified)
    digest = key_digest(verifying_key)
    return Answer(
        {
            "verifier": str(verifier),
            "contract": name,
            "form": form.value,
            "public_count": verifying_key.public_count,
            "public_names": verifying_key.public_names,
            "key_digest": digest,
            "development": verifying_key.development,
            "provenance": provenance.word,
            "unverified_reason": standing.reason,
        },
        table(
            [
                ("verifier", f"{verifier}: contract {name}"),
                ("public values", verifying_key.public_count),
                *names_row(verifying_key.public_names),
                *names_of_key(key, names),
                ("digest of the key", digest),
                *standing_rows(standing),
                *([] if standing.is_for_all_chains else [("chains", DEVELOPMENT_ONLY)]),
                *development_row(verifying_key.development),
            ]
        ),
    )


def _named(key: VerifyingKey, names: Path | None) -> VerifyingKey:
    """The key with the names of a .sym file, if one is given."""
    from zkpipe.circuits.formats.sym import read_public_names

    if names is None:
        return key
    expect((names, Kind.SYM))
    return replace(key, public_names=read_public_names(names, key.public_count))


def _verifying_key(path: Path | Piped) -> tuple[VerifyingKey, Provenance]:
    """The key, and the provenance of the very file."""
    from zkpipe.ground.files.reading import FileError
    from zkpipe.prover import ProvingKey, VerifyingKey

    kind = kind_of(path)
    is_vkey = kind in (Kind.VERIFYING_KEY, Kind.INPUT)  # an object that lacks what tells it
    if isinstance(path, Path) and not is_vkey:
        key = ProvingKey.load(path)
        return key.verifying_key, key.provenance
    if kind is Kind.PROVING_KEY:
        raise FileError(
            f"{path} is a proving key, which is not read from a pipe.", "Give the file itself."
        )
    verifying_key = VerifyingKey.load(path)
    return verifying_key, verifying_key.provenance


@command("calldata", example="zkpipe export calldata public.json proof.json")
@click.argument("public", metavar="PUBLIC.json", type=SOURCE)
@click.argument("proof", metavar="PROOF.json", type=SOURCE)
def export_calldata(public: Path | Piped, proof: Path | Piped) -> Answer:
    """Print the arguments of verifyProof, as snarkjs prints them.

    With --json they are named: a, b, c, input.
    """
    from zkpipe.prover import Proof, load_public
    from zkpipe.verifier_contracts import calldata

    expect((public, Kind.PUBLIC), (proof, Kind.PROOF))
    compile_kernels()
    arguments = calldata(Proof.load(proof), load_public(public, MOST_VALUES))
    words = [_words(argument) for argument in arguments]
    names = ("a", "b", "c", "input")
    return Answer(dict(zip(names, words, strict=False)), ",".join(_listed(word) for word in words))


def _words(value: object) -> Fact:
    """Integers as words of 32 bytes in hexadecimal, nested as they are."""
    return [_words(part) for part in value] if isinstance(value, tuple) else f"0x{value:064x}"


def _listed(value: object) -> str:
    return f"[{','.join(map(_listed, value))}]" if isinstance(value, list) else f'"{value}"'


@command("wtns-json", example="zkpipe export wtns-json square.wtns square.witness.json")
@click.argument("witness", metavar="W.wtns", type=FILE)
@click.argument("out", metavar="OUT.json", type=FILE)
def export_wtns_json(witness: Path, out: Path) -> Answer:
    """Write the values of a witness as `snarkjs wtns export json` does.

    They include the private ones: only its owner can read OUT.json.
    """
    from zkpipe.circuits.formats.snarkjs_listings import write_wtns_json
    from zkpipe.circuits.witness import Witness

    expect((witness, Kind.WITNESS))
    with outputs((out, Kind.WITNESS_JSON), inputs=[witness]) as [place]:
        values = Witness.load(witness).values
        with progress(f"writing {out}"):
            write_wtns_json(place, values)
    return Answer({"json": str(out), "values": len(values)}, f"{out}: {len(values):,} values")


@command("r1cs-json", example="zkpipe export r1cs-json build/square.r1cs square.r1cs.json")
@click.argument("circuit", metavar="C.r1cs", type=FILE)
@click.argument("out", metavar="OUT.json", type=FILE)
def export_r1cs_json(circuit: Path, out: Path) -> Answer:
    """Write the constraints of a compiled circuit as `snarkjs r1cs export json` does."""
    from zkpipe.circuits.formats.snarkjs_listings import write_r1cs_json
    from zkpipe.circuits.system import ConstraintSystem

    expect((circuit, Kind.R1CS))
    with outputs((out, Kind.R1CS_JSON), inputs=[circuit]) as [place]:
        compile_kernels()
        system = ConstraintSystem.load(circuit)
        with progress(f"writing {out}"):
            write_r1cs_json(place, system, circuit)
    count = system.constraint_count
    return Answer({"json": str(out), "constraints": count}, f"{out}: {count:,} constraints")


export.add_command(export_vkey)
export.add_command(export_verifier)
export.add_command(export_calldata)
export.add_command(export_wtns_json)
export.add_command(export_r1cs_json)
