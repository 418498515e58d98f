"""info: what is in any file that zkpipe knows. Private values are never among it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.authors.circuit_name import CircuitName, named
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import SHOWN, Answer, Fact, development_row, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.files.contents import JSON_READERS, READERS, nothing_more
from zkpipe.cli.files.contract_limit import warn_of_public_values
from zkpipe.cli.files.file_kind import Kind, kind_of
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem

# Their points are looked at, which kernels do.
WITH_POINTS = frozenset(
    {Kind.PROVING_KEY, Kind.VERIFYING_KEY, Kind.PROOF, Kind.SOLIDITY, Kind.DEPLOYMENT}
)
CONTRIBUTED = frozenset({Kind.PROVING_KEY, Kind.PTAU})


class FileType(click.ParamType["CircuitName | Piped"]):
    """The type of an argument that is any file, a circuit's with a name behind it perhaps."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> CircuitName | Piped:
        """Take the words apart; whether the file is there its reader says."""
        text = str(value)
        try:
            circuit = None if _is_there(text) else named(text)
        except ValueError as error:  # also of a text that no file can have as its name
            self.fail(str(error), param, ctx)
        if circuit is not None:
            return circuit
        found = SOURCE.convert(value, param, ctx)
        return CircuitName(found) if isinstance(found, Path) else found


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # a name that no file can have
        return False


@command("info", example="zkpipe info square.py\nzkpipe info build/square.r1cs")
@click.argument("file", metavar="FILE", type=FileType())
def info(file: CircuitName | Piped) -> Answer:
    """Say what a file is and what is in it.

    FILE is a circuit (FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs), a .sym, .wtns, .zkey or
    .ptau, a verifier's Solidity source, or JSON: a verifying key, proof, public values,
    deployment's record. JSON may come through a pipe, or from standard input, which is -.

    A key under which anyone could forge proofs is described too, and said to be unfit for use; all
    other commands refuse it.

    Of a circuit: its constraints, wires and inputs, and how large its key will be.
    """
    from zkpipe.ground.errors import FormatError
    from zkpipe.ground.files.reading import FileError

    path = file if isinstance(file, Piped) else file.path
    kind = kind_of(path)
    if isinstance(path, Path) and path.suffix == ".py" and kind is Kind.EMPTY:
        kind = Kind.CIRCUIT  # one without a circuit, as its reader says
    if kind is Kind.EMPTY:
        raise FormatError(f"{path} is empty.", "Make the file again.")
    if kind is None:
        raise FormatError(
            f"{path} is not a file that zkpipe knows.",
            "`zkpipe info --help` lists what it takes. A circuit's name ends in .py.",
        )
    if kind in WITH_POINTS:
        compile_kernels()
    if isinstance(path, Piped):
        if kind not in JSON_READERS:
            raise FileError(
                f"{path} is {kind.value}, which is not read from a pipe.", "Give the file itself."
            )
        rows, size = JSON_READERS[kind](path), path.size
    elif isinstance(file, CircuitName) and kind in (Kind.CIRCUIT, Kind.R1CS):
        return _circuit(file)
    else:
        with progress(f"reading {path}"):
            rows, size = READERS.get(kind, nothing_more)(path), path.stat().st_size
    facts = {label.replace(" ", "_"): _fact(value) for label, value in rows}
    text = [("file", f"{path}: {kind.value}, {size:,} bytes"), *((k, _text(v)) for k, v in rows)]
    if kind in CONTRIBUTED and isinstance(path, Path):
        facts["contributors"], listed = _contributors(path, kind)
        place = next((i for i, row in enumerate(text, 1) if row[0] == "contributions"), len(text))
        text[place:place] = listed
    if facts.get("development"):
        text = [row for row in text if row[0] != "development"] + development_row(True)
    return Answer({"kind": _word(kind), "bytes": size, **facts}, table(text))


def _contributors(path: Path, kind: Kind) -> tuple[list[Fact], list[tuple[str, object]]]:
    """Who contributed to a key or to powers of tau: as facts, and as rows."""
    from zkpipe.cli.commands.key import looking as keys
    from zkpipe.cli.commands.ptau import looking as powers

    found = keys.contributors if kind is Kind.PROVING_KEY else powers.contributors
    return found(path)


def _word(kind: Kind) -> str:
    return kind.name.lower()


def _fact(value: object) -> Fact:
    if isinstance(value, Mapping):
        return {str(key): _fact(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_fact(part) for part in value]
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        more = f" and {len(value) - SHOWN:,} more" if len(value) > SHOWN else ""
        return f"{len(value):,}: {', '.join(map(str, value[:SHOWN]))}{more}" if value else "none"
    return "unknown" if value is None else value


# --- circuits


def _circuit(circuit: CircuitName) -> Answer:
    from zkpipe.cli.authors.circuit_file import load_named_system
    from zkpipe.prover.groth16.setup import domain_size_for

    system = load_named_system(circuit)
    warn_of_public_values(system.name, system.public_count)
    domain_size = domain_size_for(system.constraint_count, system.public_count)
    key_bytes = _key_bytes(system, domain_size)
    names = names_by_kind(system)
    return Answer(
        {
            "kind": "circuit",
            "name": system.name,
            **counts(system),
            "domain_size": domain_size,
            "estimated_key_bytes": key_bytes,
            "names": names,
        },
        table(
            [
                ("circuit", system.name),
                ("constraints", f"{system.constraint_count:,}"),
                ("wires", f"{system.wire_count:,}"),
                ("outputs", _listed(system.output_count, names, "outputs")),
                ("public inputs", _listed(system.public_input_count, names, "public_inputs")),
                ("private inputs", _listed(system.private_input_count, names, "private_inputs")),
                ("domain", f"{domain_size:,} points"),
                ("proving key", f"about {key_bytes:,} bytes"),
            ]
        ),
    )


def _listed(count: int, names: dict[str, list[str]] | None, kind: str) -> str:
    if not count or names is None:
        return f"{count:,}"
    more = f" and {count - SHOWN:,} more" if count > SHOWN else ""
    return f"{count:,}: {', '.join(names[kind][:SHOWN])}{more}"


def _key_bytes(system: ConstraintSystem, domain_size: int) -> int:
    """Size of the .zkey, to within its headers: see prover.formats.zkey for the sections."""
    g1_points = 3 * system.wire_count + domain_size
    records = len(system.a.wires) + len(system.b.wires) + system.public_count + 1
    return 64 * g1_points + 128 * system.wire_count + 44 * records


def counts(system: ConstraintSystem) -> dict[str, int]:
    """How many constraints, wires, outputs and inputs a system has."""
    return {
        "constraints": system.constraint_count,
        "wires": system.wire_count,
        "outputs": system.output_count,
        "public_inputs": system.public_input_count,
        "private_inputs": system.private_input_count,
    }


def names_by_kind(system: ConstraintSystem) -> dict[str, list[str]] | None:
    """Names of outputs and inputs; None if the system came without names."""
    from zkpipe.circuits.r1cs.names import names_of

    if system.symbols is None:
        return None
    names = names_of(system.symbols, range(1, 1 + system.public_count))
    private = system.private_input_wires.tolist()
    by_label = dict(
        zip(system.labels[private].tolist(), names_of(system.symbols, private), strict=True)
    )
    by_label.update(system.dropped_inputs)
    return {
        "outputs": list(names[: system.output_count]),
        "public_inputs": list(names[system.output_count :]),
        "private_inputs": [by_label[label] for label in sorted(by_label)],
    }
