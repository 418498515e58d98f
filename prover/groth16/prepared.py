"""A proving key as an executor wants it, made once for all proofs under the key.

The queries' points are copied into the executor's own form, and of a key in a file no other copy
stays. L and H become one query, whose points share their buckets, with H in the order in which the
quotient comes. On the processor the copy takes 320 bytes a wire. What is made is kept with the key,
and goes with it. Of a key that was prepared (groth16.prepare_key) the file is mapped, and nothing
copied.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from zkpipe.accel.executors.choice import executor, processor
from zkpipe.accel.executors.executor import Executor
from zkpipe.ground.errors import CardError, RangeError
from zkpipe.ground.kinds import require
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.sizes import allowed, needed, size_of
from zkpipe.prover.proving_key import ProvingKey


@dataclass(frozen=True, slots=True)
class PreparedKey:
    """The points of a key's queries: A and B2 by wire, and H with the private wires' L after it.

    Each with its multiples, where they were asked for.
    """

    a: Any
    b: Any
    h_and_l: Any


_PARTS = ("a", "b", "h_and_l")


def is_prepared(key: ProvingKey, on: Executor) -> bool:
    """Whether the executor has the key's points."""
    return on.name in key.kept.get("points", {})


def points_of(key: ProvingKey, on: Executor, name: str) -> Any:
    """A copy of the points of PreparedKey.a, .b or .h_and_l on an executor."""
    if name == "a":
        return on.points([(key.a_query, None)])
    if name == "b":
        return on.points([(key.b_g2_query, None)])
    order = on.quotient_order(key.domain_size)
    return on.points([(key.h_query, order), (key.l_query, None)])


def prepared_key(key: ProvingKey, on: Executor) -> PreparedKey:
    """The key's points on an executor; kept with the key.

    With those of a prepared file come its records.
    """
    kept: dict[str, PreparedKey] = key.kept.setdefault("points", {})
    made = kept.get(on.name)  # another thread may leave the file, and take it away
    if made is None:
        made = _mapped(key, on) or PreparedKey(*(points_of(key, on, p) for p in _PARTS))
        kept[on.name] = made
    return made


def _mapped(key: ProvingKey, on: Executor) -> PreparedKey | None:
    if key.prepared_file is None:
        return None
    from zkpipe.prover.groth16.mapped_key import mapped_key  # here: most keys are not prepared

    found = mapped_key(key, on)
    if found is None:
        return None
    key.kept.setdefault("records", {})[on.name] = found.records
    return PreparedKey(found.a, found.b, found.h_and_l)


def prepared_records(key: ProvingKey, on: Executor) -> Any:
    """The key's coefficients on an executor; kept with the key.

    Of the processor they are accel.linear.terms, which are not much.
    """
    kept: dict[str, Any] = key.kept.setdefault("records", {})
    made = kept.get(on.name)
    if made is None:
        made = kept[on.name] = records_of(key, on)
    return made


def records_of(key: ProvingKey, on: Executor) -> Any:
    """A key's coefficients, as an executor has them."""
    count = key.length("coefficients")
    return on.records(partial(key.rows, "coefficients"), count, key.domain_size)


def precompute(key: ProvingKey, max_memory: int | str | None = None) -> None:
    """Compute multiples of the key's points, which make every later proof under it faster.

    They are kept as long as the key. For the many proofs of a batch: measured, proofs of 2^10,
    2^14, 2^16 rows take 58, 25 to 33, 18 to 23 % less time, which 5, 40, 65 of them make good.

    max_memory  bytes that they may take, or a text such as "1.5G"

    Raises RangeError if they would take more: 5 to 8 KB a wire.
    Cost: 254 doublings of three points in G1 and one in G2 for each wire; threads share them.
    """
    require("precompute", "key", key, ProvingKey, "ProvingKey.load reads a .zkey.")
    most = None if max_memory is None else size_of("precompute", "max_memory", max_memory)
    try:
        _precompute(key, most, executor(key.curve, key.domain_size))
    except CardError:  # `prove` says so
        _precompute(key, most, processor(key.curve))


def pays_for_multiples(key: ProvingKey, proofs: int) -> bool:
    """Whether this many proofs under a key make good what `precompute` takes.

    Measured: 5 proofs of 2^10 rows do, 40 of 2^14, 65 of 2^16; some ten more for each doubling.
    """
    return proofs >= max(5, 10 * (key.domain_size.bit_length() - 11))


def _precompute(key: ProvingKey, most: int | None, on: Executor) -> None:
    wires, h_and_l = key.wire_count, key.domain_size + key.length("l_query")
    size = sum(on.multiples_size(*pair) for pair in ((wires, 1), (wires, 2), (h_and_l, 1)))
    if most is not None and size > most:
        raise RangeError(
            f"The multiples of this key's points take {needed(size)}; {allowed(most)} are allowed.",
            "Prove without them, or allow more memory.",
        )
    plain = prepared_key(key, on)
    if not on.has_multiples(plain.a):
        key.kept["points"][on.name] = PreparedKey(
            a=on.with_multiples(plain.a),
            b=on.with_multiples(plain.b),
            h_and_l=on.with_multiples(plain.h_and_l),
        )
