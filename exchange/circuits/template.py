"""A circuit of the data exchange, and what CircuitRegistry must know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import GenericAlias
from typing import Any

from zkpipe.circuits import Circuit, Private, Public, circuit
from zkpipe.exchange import structs
from zkpipe.exchange.answers import Answers
from zkpipe.exchange.words import ZERO

REGISTER, UPDATE, PRESENT, STATS, QUERY, SCORE, BAND = range(1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The part of CircuitRegistry's Record that a circuit itself decides.

    kind         1 register, 2 update, 4 stats, 5 query
    columns      bit j: it opens column j
    leak_bits    of one answer
    shape        of a score; 0 for others
    results      how many results a proof has, before its words
    words        how many public words
    floor_safe   whether it answers only of so many units as the floor asks
    schema_hash  of the schema that its columns are of; zeros for kinds 1, 2, 3 and 7
    """

    kind: int
    columns: int = 0
    leak_bits: int = 0
    shape: int = 0
    results: int
    words: int
    floor_safe: bool = False
    schema_hash: bytes = ZERO

    def registered(self, **others: Any) -> structs.Record:
        """The whole Record, as CircuitRegistry takes it.

        others  the fields that the circuit does not decide: its verifier, its key, its digests

        Raises StructError.
        """
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return structs.Record(**own, **others)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Template:
    """A circuit for certain sizes.

    circuit        compiles, runs on plain values
    record         for CircuitRegistry
    segment_class  of the segments that it opens
    answers        what it seals; None for kinds 1 and 2
    """

    circuit: Circuit
    record: Record
    segment_class: int
    answers: Answers | None = None


def circuit_of(
    function: Callable[..., Any],
    public: Mapping[str, Any],
    private: Mapping[str, Any],
    returns: tuple[Any, ...],
) -> Circuit:
    """A function as a circuit, whose types depend on sizes.

    public, private  the types of the function's parameters, in their order
    returns          the types of its public outputs
    """
    types = {
        **{name: Public[type_] for name, type_ in public.items()},
        **{name: Private[type_] for name, type_ in private.items()},
    }
    outputs = GenericAlias(tuple, tuple(Public[type_] for type_ in returns))
    function.__annotations__ = {**types, "return": outputs}
    return circuit(function)


def columns_mask(columns: list[int]) -> int:
    """Record.columns: bit j for column j."""
    return sum(1 << j for j in columns)


def columns_of(mask: int) -> list[int]:
    """The numbers of the columns that a mask names."""
    return [j for j in range(mask.bit_length()) if mask >> j & 1]
