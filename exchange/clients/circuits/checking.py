"""What a circuit says of itself, and whether it may be proposed.

    checked = check(source_of("stats:schema.json:visits"), Path("stats.zkey"))
    checked.objections       what speaks against it; empty if nothing does

Checked are: that every value is determined by the inputs, without a waiver (SAFE); what lint finds;
that the key is the circuit's own, by its records of the matrices A and B: prover.groth16.matching
says what these show, and what only the transcript of the key's ceremony does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zkpipe.circuits.system import ConstraintSystem
from zkpipe.exchange.circuits import Template, findings
from zkpipe.exchange.circuits.template import columns_of
from zkpipe.exchange.clients.circuits.sources import CircuitSource
from zkpipe.exchange.errors import CircuitError, ExchangeError
from zkpipe.exchange.structs import Record
from zkpipe.exchange.tables.layout import Layout
from zkpipe.prover import ProvingKey
from zkpipe.prover.groth16.matching import is_key_of
from zkpipe.verifier_contracts import key_digest

OTHER_KEY = "the key is another circuit's: its rows are not those of this one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A circuit and its key, as `check` found them.

    columns     the numbers of the columns that it opens
    r1cs_hash   ConstraintSystem.digest, 32 bytes
    key_digest  of its verifying key, 32 bytes
    objections  what speaks against proposing it, in words; empty if nothing does
    """

    source: CircuitSource
    template: Template
    system: ConstraintSystem = field(repr=False)
    key: ProvingKey = field(repr=False)
    key_file: Path
    columns: tuple[int, ...]
    r1cs_hash: bytes
    key_digest: bytes
    objections: tuple[str, ...]

    @property
    def development(self) -> bool:
        """Whether whoever made the key could forge proofs."""
        return self.key.verifying_key.development

    def require_fine(self) -> None:
        """Raises CircuitError if something speaks against the circuit."""
        if self.objections:
            raise CircuitError(
                f"The circuit {self.system.name} is refused: {self.objections[0]}",
                "Correct it, and make its key again.",
            )


def check(source: CircuitSource, key_file: Path) -> Checked:
    """Check a circuit with its key. A developer's file is run: read it first.

    Raises CircuitError, CompileError for what is no circuit; FileError, FormatError,
    InsecureKeyError for the key.

    Cost: that of the proof that all values are determined: some 5 s for 10^5 rows.
    """
    template = source.template()
    system = template.circuit.trace()
    for warning in system.warnings:
        warning.report()
    key = ProvingKey.load(key_file)
    objections = [*_soundness(template, system), *_fits(system, template, key)]
    return Checked(
        source=source,
        template=template,
        system=system,
        key=key,
        key_file=key_file,
        columns=tuple(columns_of(template.record.columns)),
        r1cs_hash=bytes.fromhex(system.digest),
        key_digest=bytes.fromhex(key_digest(key.verifying_key)),
        objections=tuple(objections),
    )


def check_record(template: Template, record: Record) -> None:
    """Raises CircuitError unless a Record says of a circuit what the circuit is."""
    own = template.record
    for name in ("kind", "columns", "leak_bits", "shape", "results", "words", "floor_safe"):
        if getattr(own, name) != getattr(record, name):
            raise _other(record, name)
    if own.schema_hash != record.schema_hash:
        raise _other(record, "schema_hash")


def names_of(columns: Sequence[int], schema: Layout | None) -> list[str]:
    """Committed columns by what they hold; where the schema is not known, by their numbers.

    The numbers are those of the commitment: 0 is the cell, 1 the unit.
    """
    names = ["cell", "unit"]
    if schema is not None:
        names += ["unit"] * schema.is_keyed
        names += [column.name for column in schema.columns for _ in column.formats]
    found = [names[j] if j < len(names) else f"committed column {j}" for j in columns]
    return list(dict.fromkeys(found))


def _soundness(template: Template, system: ConstraintSystem) -> list[str]:
    """What lint finds. Raises UnderconstrainedError, which says where, if compiling would."""
    try:
        found = findings(system)
    except ExchangeError as error:
        template.circuit.compile()
        return [error.problem]
    return [f"lint finds {one.kind} ({', '.join(one.names)})." for one in found]


def _fits(system: ConstraintSystem, template: Template, key: ProvingKey) -> list[str]:
    record = template.record
    if not is_key_of(key, system):
        return [OTHER_KEY]
    if system.public_count != record.results + record.words:
        return ["its public values are not its results and words."]
    return []


def _other(record: Record, name: str) -> CircuitError:
    return CircuitError(
        f"The record of circuit 0x{record.circuit.hex()} says another {name} than the circuit.",
        "Do not use it: whoever proposed it described another circuit.",
    )
