"""Compiling: the same bytes every time, in any thread; wires in circom's order; rows as arrays."""

from __future__ import annotations

import functools
import hashlib
import operator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Fixed,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    check,
    circuit,
    component,
    hint,
    select,
)
from zkpipe.circuits.gadgets import poseidon, to_bits
from zkpipe.circuits.language.values.engine import current_engine
from zkpipe.circuits.solve.explain import source_of_row


@component
def mix(x: Field, y: Field) -> Field:
    return (x + y) ** 5 + x


@circuit
def mixture(
    a: Public[UInt[8]], b: Private[Field], c: Public[Field], d: Private[Array[Bool, 2]]
) -> tuple[Public[Field], Public[Bool]]:
    """Some of everything."""
    q, r = divmod(a, 7)
    root = hint(lambda c: c % 3, c, returns=UInt[2], waive="any number below 3 serves")
    check(root < 3, "no remainder")
    h = poseidon([mix(b, c), q, select(d[0], r, root)])
    return h, (a < 100) & d[1]


def fingerprint(system: ConstraintSystem) -> str:
    digest = hashlib.sha256()
    for matrix in (system.a, system.b, system.c):
        for part in (matrix.starts, matrix.wires, matrix.values):
            digest.update(part.tobytes())
    digest.update(system.coefficients.tobytes())
    assert system.program is not None
    digest.update(system.program.tape.tobytes())
    digest.update("\n".join(system.symbols or ()).encode())
    return digest.hexdigest()


def test_compiling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = mixture.compile(), mixture.compile()
    assert fingerprint(first) == fingerprint(second)
    first.save(tmp_path / "a.r1cs")
    second.save(tmp_path / "b.r1cs")
    assert (tmp_path / "a.r1cs").read_bytes() == (tmp_path / "b.r1cs").read_bytes()


def test_circuits_compile_and_run_in_threads_as_alone() -> None:
    want = fingerprint(mixture.compile())
    with ThreadPoolExecutor(4) as pool:
        compiled = [pool.submit(mixture.compile) for _ in range(8)]
        plain = [pool.submit(mixture, 5, 6, 7, [1, 1]) for _ in range(8)]
        assert {fingerprint(future.result()) for future in compiled} == {want}
        assert len({future.result() for future in plain}) == 1
    assert current_engine.get() is None


def test_an_error_leaves_no_engine_behind() -> None:
    @circuit
    def broken(x: Private[Field]) -> None:
        raise ValueError("the author's own")

    with pytest.raises(ValueError, match="author"):
        broken.compile()
    with pytest.raises(ValueError, match="author"):
        broken(3)
    assert current_engine.get() is None


def test_wires_stand_in_circoms_order_with_their_names() -> None:
    system = mixture.compile()
    assert (system.output_count, system.public_input_count, system.private_input_count) == (2, 2, 3)
    assert list(system.symbols or ())[:8] == [
        "one", "mixture.out[0]", "mixture.out[1]", "mixture.a", "mixture.c", "mixture.b",
        "mixture.d[0]", "mixture.d[1]",
    ]  # fmt: skip
    assert system.symbols is not None
    assert [system.symbols[i] for i in range(len(system.symbols))] == list(system.symbols)
    assert system.symbols[-1] == list(system.symbols)[-1]
    witness = system.solve(a=5, b=6, c=7, d=[0, 1])
    assert ints_from_words(witness.values)[1:8] == [*witness.public, 6, 0, 1]
    assert witness.public == [*mixture(5, 6, 7, [0, 1]), 5, 7]
    assert mixture.__doc__ == "Some of everything."
    assert mixture.__name__ == mixture.name == "mixture"


def test_matrices_have_the_promised_shape() -> None:
    system = mixture.compile()
    for matrix in (system.a, system.b, system.c):
        assert matrix.starts.dtype == np.int64
        assert matrix.wires.dtype == matrix.values.dtype == np.uint32
        assert len(matrix.starts) == system.constraint_count + 1
        assert matrix.starts[-1] == len(matrix.wires) == len(matrix.values)
        assert int(matrix.wires.max()) < system.wire_count
        assert int(matrix.values.max()) < len(system.coefficients)
        for row in range(system.constraint_count):
            wires = matrix.wires[matrix.starts[row] : matrix.starts[row + 1]].astype(np.int64)
            assert (np.diff(wires) > 0).all()
    known = ints_from_words(system.coefficients)
    assert len(set(known)) == len(known)
    assert all(0 < value < R for value in known)
    used = np.concatenate([system.a.wires, system.b.wires, system.c.wires])
    assert set(used.tolist()) | {3, 4} >= set(range(1, system.wire_count))


@pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
def test_outputs_that_are_inputs_constants_or_each_other_get_their_own_wires() -> None:
    @circuit
    def same(x: Private[Field], bit: Private[UInt[3]]) -> Public[Array[Field, 9]]:
        y = x * x
        bits = to_bits(bit, 3)
        return [x, x, y, y, 5, 0, y + 1, *bits[1:]]

    system = same.compile()
    for x, bit in ((3, 6), (R - 1, 3)):
        y = x * x % R
        want = [x, x, y, y, 5, 0, y + 1, bit >> 1 & 1, bit >> 2]
        assert same(x, bit) == want
        witness = system.solve(x=x, bit=bit)
        assert witness.public == want
        assert ints_from_words(witness.values) == rows.solve(system, [x, bit])
        for wire in range(1, 10):
            lie = witness.values.copy()
            lie[wire] = words_from_ints([(want[wire - 1] + 1) % R])[0]
            with pytest.raises(UnsatisfiedError):
                system.check(Witness(lie, 9))


@pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
def test_hints_without_a_result_of_their_own_and_outputs_of_hints_work() -> None:
    @circuit
    def hinted(x: Private[Field]) -> Public[Array[Int[9], 4]]:
        return hint(lambda x: [x, -x, 1, 0], x, returns=Array[Int[9], 4], waive="only a test")

    assert hinted.compile().solve(x=5).public == [5, R - 5, 1, 0]
    assert hinted(5) == [5, -5, 1, 0]


def test_a_check_that_fails_before_a_hint_raises_is_the_one_that_is_named() -> None:
    @circuit
    def guarded(a: Private[UInt[8]], b: Private[UInt[8]], c: Private[UInt[8]]) -> None:
        check(a * a == c, "not the square")
        check(b != 0, "b is zero")
        q = hint(lambda a, b: a // b, a, b, returns=UInt[8], waive="any number up to a")
        check(q <= a)

    system = guarded.compile()
    system.solve(a=3, b=2, c=9)
    with pytest.raises(UnsatisfiedError, match="b is zero"):
        system.solve(a=3, b=0, c=9)
    with pytest.raises(UnsatisfiedError, match="not the square"):
        system.solve(a=3, b=0, c=8)


def test_a_circuit_without_rows_or_inputs_is_a_system() -> None:
    @circuit
    def nothing() -> None:
        pass

    @circuit
    def one_constant() -> Public[Int[8]]:
        return -3

    assert nothing.compile().solve().public == []
    assert nothing() is None
    assert one_constant.compile().solve().public == [R - 3]
    assert one_constant() == -3


def test_a_system_read_from_a_file_checks_but_does_not_solve(tmp_path: Path) -> None:
    system = mixture.compile()
    witness = system.solve(a=5, b=6, c=7, d=[0, 1])
    system.save(tmp_path / "c.r1cs")
    witness.save(tmp_path / "w.wtns")
    loaded, read = ConstraintSystem.load(tmp_path / "c.r1cs"), Witness.load(tmp_path / "w.wtns")
    loaded.check(read)
    assert read.public_for(loaded) == witness.public
    with pytest.raises(InputError, match="does not say how many values are public"):
        _ = read.public
    with pytest.raises(InputError, match=r"does not say how to find a witness"):
        loaded.solve(a=5, b=6, c=7, d=[0, 1])
    forged = Witness(read.values.copy(), None)
    forged.values[20] = words_from_ints([12345])[0]
    with pytest.raises(UnsatisfiedError, match=r"does not satisfy constraint \d+ of c\."):
        loaded.check(forged)


@pytest.mark.parametrize("wire", [0, 1, 5, -1])
@pytest.mark.parametrize("value", [R, R + 1, 2**256 - 1])
def test_values_not_below_r_are_no_witness(wire: int, value: int) -> None:
    system = mixture.compile()
    witness = system.solve(a=5, b=6, c=7, d=[0, 1])
    values = witness.values.copy()
    values[wire] = words_from_ints([value])[0]
    with pytest.raises(InputError, match="not below r"):
        system.check(Witness(values, 4))


def test_witnesses_of_another_length_or_without_the_one_are_refused() -> None:
    system = mixture.compile()
    witness = system.solve(a=5, b=6, c=7, d=[0, 1])
    for values in (witness.values[:-1], np.vstack([witness.values, witness.values[:1]])):
        with pytest.raises(InputError, match="wires"):
            system.check(Witness(values, 4))
    for one in (0, 2):
        values = witness.values.copy()
        values[0, 0] = one
        with pytest.raises(InputError, match="is not 1"):
            system.check(Witness(values, 4))


@pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
@given(st.lists(st.integers(0, R - 1), min_size=3, max_size=3), st.integers(0, 2**32))
def test_optimised_rows_accept_what_plain_ones_accept(xs: list[int], seed: int) -> None:
    """Each product and sum on a wire of its own, or merged: the same outputs."""

    def body(x: Any, y: Any, z: Any, wired: Any) -> Any:
        for i in range(6):
            kind = seed >> 5 * i & 7
            if kind < 3:
                x, y = wired(x * y + z), x
            elif kind < 5:
                y, z = wired(wired(x * x) * (y + kind) - x * 3), wired(y - x)
            else:
                x, z = wired(x * z + wired(y * kind)), wired(x + y + z)
        return [x, y, z]

    def own_wire(value: Any) -> Any:
        copied = hint(lambda v: v, value, returns=Field)
        check(copied == value)
        return copied

    @circuit
    def merged(x: Private[Field], y: Private[Field], z: Private[Field]) -> Public[Array[Field, 3]]:
        return body(x, y, z, lambda value: value)

    @circuit
    def apart(x: Private[Field], y: Private[Field], z: Private[Field]) -> Public[Array[Field, 3]]:
        return body(x, y, z, own_wire)

    systems = [merged.compile(), apart.compile()]
    inputs = dict(zip("xyz", xs, strict=True))
    want = merged(*xs)
    for system in systems:
        witness = system.solve(**inputs)
        assert witness.public == want
        assert rows.failing_rows(system, ints_from_words(witness.values)) == []
        lie = witness.values.copy()
        lie[1 + seed % 3] = words_from_ints([(want[seed % 3] + 1) % R])[0]
        with pytest.raises(UnsatisfiedError):
            system.check(Witness(lie, 3))


def test_local_names_in_postponed_annotations_are_found() -> None:
    width = 5
    kind = UInt[width]

    @circuit
    def local(x: Private[Array[kind, width]]) -> Public[kind]:
        return x[4]

    assert local([1, 2, 3, 4, 31]) == 31
    assert str(local.parameters[0].type) == "Array[UInt[5], 5]"


def test_a_constant_that_cannot_have_so_many_bits_is_refused() -> None:
    @component
    def byte(x: Field) -> Field:
        return to_bits(x, 8)[0]

    @circuit
    def never(x: Private[Field]) -> Public[Field]:
        @component
        def inner(y: Field, k: Field) -> Field:
            to_bits(k, 8)
            return y

        return inner(x, 256)

    assert byte(255) == 1
    with pytest.raises(UnsatisfiedError, match="8 bits"):
        byte(256)
    with pytest.raises(CompileError, match="never fits 8 bits"):
        never.compile()


def test_many_rows_are_checked_in_chunks() -> None:
    @circuit
    def chain(x: Private[Field]) -> Public[Field]:
        for _ in range(150_000):
            x = x * x + x
        return x

    system = chain.compile()
    assert system.constraint_count == 150_000
    witness = system.solve(x=3)
    x = 3
    for _ in range(150_000):
        x = (x * x + x) % R
    assert witness.public == [x]
    lie = witness.values.copy()
    lie[140_000, 0] ^= np.uint64(1)
    with pytest.raises(UnsatisfiedError, match="not what its line computes"):
        system.check(Witness(lie, 1))


def times(x: Any, y: Any) -> Any:
    return x * y


def squared(x: Any) -> Any:
    return x**2


def reduced(xs: Any) -> Any:
    return functools.reduce(operator.mul, xs)


@circuit
def products(xs: Private[Array[Field, 2]], u: Private[Fixed[16, 4]]) -> Public[Field]:
    a = times(*xs)
    b = squared(a)
    c = reduced([b, xs[0]])
    check(u * u == 1)
    return 3 * c * (a + 1)


def test_each_product_comes_from_the_innermost_line_of_the_user() -> None:
    system = products.compile()
    program = system.program
    assert program is not None
    lines = []
    for row, number in enumerate(program.origin_of_row.tolist()):
        source, _ = source_of_row(program, row)
        if program.origins[number].site.purpose == "product" and source is not None:
            lines.append(source.text)
    assert lines == [
        "return x * y",
        "return x**2",
        "return functools.reduce(operator.mul, xs)",
        "check(u * u == 1)",
        "return 3 * c * (a + 1)",
    ]
