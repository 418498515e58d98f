"""Arrays of field elements as hosts hold them and kernels take them.

    Elements(field, machine, n)         a kernel's own working memory: entries of one value or eight
    Rows(field, machine, words, count)  rows of `count` elements as they lie in files and results:
                                        (n, 4 * degree * count) words, Montgomery R = 2^256
    WorkRows(...)                       the same shape in the machine's own Montgomery form, below
                                        2p: what an algorithm keeps between its steps

What kernels do with them, accel.fields.arrays has.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arguments import Argument
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.type_names import elements_name, rows_name
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.memory import address_of, aligned_empty, aligned_zeros


class Elements(Argument):
    """Working memory of n field elements on a machine, rounded up to whole blocks; not cleared.

    words   (blocks, degree * limbs * width) uint64   the machine's own form
    bound   every value stored is below bound * p: a kernel that might store more does not compile
    among   so many arrays of one shape lie interleaved, entry by entry, and this is one of them
    """

    def __init__(self, field: Field, machine: Machine, n: int, bound: int = 2) -> None:
        self._describe(field, machine, bound)
        self._place(aligned_empty(-(-n // machine.width), self.block_words))

    def _describe(self, field: Field, machine: Machine, bound: int, among: int = 1) -> None:
        self.field, self.machine, self.bound, self.among = field, machine, bound, among
        self.type_name = elements_name(field, machine, bound, among)

    def _place(self, words: Words) -> None:
        self.words, self.length, self.address = words, len(words), address_of(words)

    def _make_type(self) -> Any:
        from zkpipe.accel.fields.arrays import elements_type

        return elements_type(self.field, self.machine, self.bound, self.among)

    @property
    def block_words(self) -> int:
        """64-bit words of one entry: 4 a component, or 8 x 5 in lanes."""
        return self.field.degree * self.machine.limbs * self.machine.width

    @classmethod
    def over(cls, field: Field, machine: Machine, words: Words) -> Elements:
        """Entries below 2p in memory that is there: (blocks, degree * limbs * width) words."""
        entries = cls.__new__(cls)
        entries._describe(field, machine, 2)
        width = entries.block_words
        in_order = words.flags.c_contiguous and words.flags.aligned
        if words.dtype != np.uint64 or words.shape[1:] != (width,) or not in_order:
            raise ShapeError(
                f"Entries of {field.name} on {machine.name} take {width} words each; this array "
                f"has shape {words.shape} and dtype {words.dtype}.",
                "Give an aligned C-contiguous uint64 array of that shape.",
            )
        entries._place(words)
        return entries

    @classmethod
    def interleaved(
        cls, field: Field, machine: Machine, n: int, bounds: Sequence[int]
    ) -> tuple[Elements, ...]:
        """Several arrays in one piece of memory: entry 0 of each, entry 1 of each, ...

        What is used together lies together; arrays apart may fall on one another's cache lines.
        """
        length = -(-n // machine.width)
        whole = cls(field, machine, length * machine.width * len(bounds))
        table = whole.words.reshape(length, len(bounds), whole.block_words)
        members = []
        for k, bound in enumerate(bounds):
            member = copy(whole)
            member._describe(field, machine, bound, len(bounds))
            member._place(table[:, k])
            members.append(member)
        return tuple(members)

    def below(self, bound: int) -> Elements:
        """The same memory as an array of values below a larger bound."""
        if bound < self.bound:
            raise RangeError(
                f"Values below {self.bound}p cannot be taken to be below {bound}p.",
                "Ask for a larger bound, or reduce the values.",
            )
        view = copy(self)
        view._describe(self.field, self.machine, bound, self.among)
        return view


class Rows(Argument):
    """Rows of packed field elements in Montgomery form R = 2^256, canonical: points, scalars.

    words   (n, 4 * degree * count) uint64; may be read-only, unaligned, a view of a mapped file
    """

    working = False

    def __init__(self, field: Field, machine: Machine, words: Words, count: int) -> None:
        width = 4 * field.degree * count
        if words.dtype != np.uint64 or words.shape[-1] != width or not words.flags.c_contiguous:
            raise ShapeError(
                f"Rows of {count} elements of {field.name} take {width} words each; this array has "
                f"shape {words.shape} and dtype {words.dtype}.",
                "Give a C-contiguous uint64 array of that shape.",
            )
        self.field, self.machine, self.count = field, machine, count
        self.type_name = rows_name(field, machine, count, self.working)
        self.words = words
        self.length = words.size // width
        self.address = address_of(words)

    def _make_type(self) -> Any:
        from zkpipe.accel.fields.arrays import RowsType

        return RowsType(self.field, self.machine, self.count, self.working)


class WorkRows(Rows):
    """Rows in the machine's own Montgomery form, values below 2p, not canonical."""

    working = True


def blank_rows(field: Field, machine: Machine, n: int, count: int) -> WorkRows:
    """Working rows of zeros: for points, the point at infinity."""
    words = aligned_zeros(n, 4 * field.degree * count)
    return WorkRows(field, machine, words, count)
