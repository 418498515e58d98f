"""A key's points and records out of its prepared file, for the processor that it was made for.

They are mapped: nothing is copied, and processes that prove under one key share the pages.
"""

from __future__ import annotations

from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.linear.terms import Terms
from zkpipe.accel.msm.bases import Bases, bases_over
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.kinds import is_of
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.formats.prepared_key import TERMS, WORDS
from zkpipe.prover.proving_key import ProvingKey


@dataclass(frozen=True, slots=True)
class MappedKey:
    """What a prepared file has: what Processor.points and Processor.records made."""

    a: Bases
    b: Bases
    h_and_l: Bases
    records: Terms


def mapped_key(key: ProvingKey, on: Executor) -> MappedKey | None:
    """What was prepared of a key for an executor; None if nothing is there that can be used."""
    file = key.prepared_file
    if file is None or not is_of(on, Processor) or file.header.machine != on.name:
        return None
    wires, h_and_l = key.wire_count, key.domain_size + key.length("l_query")
    counts = dict(zip(WORDS, (wires, wires, h_and_l), strict=True))
    fields = dict(zip(WORDS, (on.curve.fp, on.curve.fp2, on.curve.fp), strict=True))
    try:
        found = file.arrays()
        points = {
            name: bases_over(
                found[name], found[f"finite {name}"], counts[name], fields[name], on.machine
            )
            for name in WORDS
        }
        records = Terms(**{name: found[name] for name in TERMS})
    except (FileError, ShapeError):  # it cannot be read, or its header is not ours
        key.forget_prepared()
        return None
    if key.prepared_file is not file:  # another thread has found that proofs from it do not verify
        return None
    _from_file(key).add(on.name)
    return MappedKey(**points, records=records)


def _from_file(key: ProvingKey) -> set[str]:
    """The executors whose points come out of the file."""
    names: set[str] = key.kept.setdefault("from file", set())
    return names


def is_mapped(key: ProvingKey, on: Executor) -> bool:
    """Whether proofs on an executor are made from the prepared file."""
    return on.name in _from_file(key)


def leave_mapped(key: ProvingKey, on: Executor) -> None:
    """From now on, make proofs from the key itself."""
    key.forget_prepared()
    if is_mapped(key, on):  # else another thread has done it
        _from_file(key).discard(on.name)
        for made in ("points", "records"):
            key.kept.get(made, {}).pop(on.name, None)
