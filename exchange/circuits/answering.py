"""Circuits that answer of a segment's columns, kinds 4 and 5: what they have in common.

    results  lock E.y ct ..    words  ctx root ask floor recipient auditor

They open columns under the root, compute values of a return type, and seal them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zkpipe.circuits import Array, Field, UInt, check, narrow
from zkpipe.exchange.answers import FIRST_CIPHERTEXT, Answers
from zkpipe.exchange.circuits.openings import Opening
from zkpipe.exchange.circuits.sealing import Recipients, Secrets, sealed
from zkpipe.exchange.circuits.template import (
    Record,
    Template,
    circuit_of,
    columns_mask,
    columns_of,
)
from zkpipe.exchange.tables.commitment import Commitment

Slots = Mapping[int, Sequence[Any]]
Told = Callable[[Slots, Any, Any], tuple[Any, ...]]
WORDS = ("ctx", "root", "ask", "floor", "recipient", "auditor")
FLOOR = UInt[16]


def answering(
    name: str, kind: int, opening: Opening, types: tuple[Any, ...], told: Told, *, keeps_floor: bool
) -> Template:
    """A circuit that answers values of a segment.

    name         of the circuit
    kind         4 or 5
    opening      the columns
    types        of the values
    told         the values, of the opened slots, ask and floor
    keeps_floor  whether it answers of at least `floor` units only, a UInt[16]; else a Field
    """
    answers = Answers(types if len(types) > 1 else types[0])

    def answer(
        ctx: Any, root: Any, ask: Any, floor: Any, recipient: Any, auditor: Any,
        slots: Any, salts: Any, siblings: Any, seal: Any,
    ) -> Any:  # fmt: skip
        opened = {j: opening.slots(slots, j) for j in opening.columns}
        check(opening.root(opened, salts, siblings) == root, "the root opens otherwise")
        values = told(opened, ask, floor)
        narrowed = tuple(narrow(value, type_) for value, type_ in zip(values, types, strict=True))
        messages = answers.messages(narrowed)
        lock, ephemeral, *ciphertexts = sealed(messages, recipient, auditor, seal)
        return lock, ephemeral, ciphertexts

    answer.__name__ = name
    public = {**dict.fromkeys(WORDS, Field), "floor": FLOOR if keeps_floor else Field}
    private = {
        "slots": opening.slots_type,
        "salts": opening.salts_type,
        "siblings": opening.siblings_type,
        "seal": Secrets,
    }
    returns = Field, Field, Array[Field, answers.message_count]
    record = Record(
        kind=kind,
        columns=columns_mask(opening.columns),
        leak_bits=answers.bits,
        results=FIRST_CIPHERTEXT + answers.message_count,
        words=len(WORDS),
        floor_safe=keeps_floor,
        schema_hash=opening.schema.hash,
    )
    made = circuit_of(answer, public, private, returns)
    return Template(made, record, opening.segment_class, answers)


def answer_inputs(
    template: Template,
    commitment: Commitment,
    recipients: Recipients,
    *,
    ctx: int,
    ask: int = 0,
    floor: int = 0,
) -> dict[str, Any]:
    """The inputs by which a circuit of kind 4 or 5 answers of a segment.

    template    of the commitment's schema and class
    recipients  whom it is for
    ctx         Context.word, for the action step
    ask         the question, a field element; 0 for stats and for a query that takes none
    floor       the lineage's for stats; 0 for a query
    """
    columns = columns_of(template.record.columns)
    opening = Opening(commitment.table.schema, columns, template.segment_class)
    return {
        "ctx": ctx,
        "root": commitment.root,
        "ask": ask,
        "floor": floor,
        **recipients.inputs,
        **opening.inputs(commitment),
    }
