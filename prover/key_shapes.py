"""What the arrays of a proving key must be, whether they lie in memory or in a file.

Kernels take the arrays' lengths for what the key's counts say, so the two are held together here,
wherever a key comes from. The wires and rows that coefficient records name are checked where they
are used, in accel.linear.constraint_products.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.kinds import shown_number
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.points import refuse_aliases

COEFFICIENT = np.dtype(
    [("matrix", "<u4"), ("constraint", "<u4"), ("wire", "<u4"), ("value", "<u8", 4)]
)  # one record of a .zkey's section 4: 44 bytes; value carries R twice: v R^2 mod r

Coefficients = NDArray[Any]  # of dtype COEFFICIENT

BULK = ("coefficients", "a_query", "b_g1_query", "b_g2_query", "l_query", "h_query")
MAX_DOMAIN = 1 << (BN254.two_adicity - 1)
MAX_WIRES = 1 << 31  # bit 31 of an index is a sign to kernels
_FIX = "Take the key as setup or ProvingKey.load gave it."


class Counts(Protocol):
    """The counts of a key's header."""

    @property
    def domain_size(self) -> int:
        """Points of the domain."""
        ...

    @property
    def wire_count(self) -> int:
        """Wires, the constant one among them."""
        ...

    @property
    def public_count(self) -> int:
        """Public values."""
        ...


class Form(Protocol):
    """What an array is, its entries aside."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, and words of a row."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of an entry."""
        ...


@dataclass(frozen=True, slots=True)
class StoredForm:
    """An array in a file: where it begins, what it is, and how errors name its section."""

    begin: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    where: str


@dataclass(frozen=True, slots=True, eq=False)
class StoredArrays:
    """Arrays in a file that is open, by name."""

    file: OpenFile
    forms: Mapping[str, StoredForm]

    def rows(self, name: str, begin: int, end: int | None) -> NDArray[Any]:
        """A copy of some rows.

        Raises FileError, see OpenFile.read; FormatError for a point with a coordinate of p or more.
        """
        form = self.forms[name]
        begin, end, _ = slice(begin, end).indices(form.shape[0])
        size = form.dtype.itemsize
        for extent in form.shape[1:]:
            size *= extent
        data = self.file.read(form.begin + begin * size, max(end - begin, 0) * size)
        rows = data.view(form.dtype).reshape(-1, *form.shape[1:])
        if form.dtype != COEFFICIENT:  # whose values are looked at when the key is loaded
            refuse_aliases(form.where, rows, BN254.p, begin)
        return rows


def count_problem(domain_size: int, wire_count: int, public_count: int) -> str | None:
    """What is wrong with the counts of a key; None if nothing is."""
    domain, wires, public = map(shown_number, (domain_size, wire_count, public_count))
    if not 0 <= public_count < wire_count:
        return f"claims {public} public values among {wires} wires, one of them the constant"
    if wire_count > MAX_WIRES:
        return f"claims {wires} wires; at most 2^31 are possible"
    if domain_size & (domain_size - 1) or not 0 < domain_size <= MAX_DOMAIN:
        return f"has a domain of {domain} points, not a power of two up to 2^27"
    if domain_size <= public_count:
        return f"has a domain of {domain} points, too few for {public} public values"
    return None


def bulk_shapes(wires: int, public: int, domain: int) -> dict[str, tuple[int, ...]]:
    """The shape that each query must have."""
    return {
        "a_query": (wires, 8),
        "b_g1_query": (wires, 8),
        "b_g2_query": (wires, 16),
        "l_query": (wires - public - 1, 8),
        "h_query": (domain, 8),
    }


def check_header(key: Any) -> None:
    """Check counts and points of a key's header: their kinds, shapes, and coordinates below p.

    Raises RangeError or ShapeError.
    """
    counts = (key.domain_size, key.wire_count, key.public_count)
    if any(type(count) is not int for count in counts) or type(key.development) is not bool:
        raise RangeError("A key's counts are not integers, or its mark is not a bool.", _FIX)
    problem = count_problem(*counts)
    if problem is not None:
        raise RangeError(f"The key {problem}.", _FIX)
    shapes: dict[str, tuple[int, ...]] = {"ic": (key.public_count + 1, 8)}
    shapes |= dict.fromkeys(("alpha_g1", "beta_g1", "delta_g1"), (8,))
    shapes |= dict.fromkeys(("beta_g2", "gamma_g2", "delta_g2"), (16,))
    for name, shape in shapes.items():
        array: Words = getattr(key, name)
        _check_array(name, array, shape, np.dtype(np.uint64))
        if first_not_below(array.reshape(-1, 4), key.curve.p) is not None:
            raise RangeError(f"A coordinate in {name} of the key is not below p.", _FIX)


def check_bulk(key: Counts, forms: Mapping[str, Form]) -> None:
    """Check that the queries and the coefficients have the shapes that the counts say.

    Raises ShapeError.
    """
    shapes = bulk_shapes(key.wire_count, key.public_count, key.domain_size)
    for name, shape in shapes.items():
        _check_array(name, forms[name], shape, np.dtype(np.uint64))
    _check_array("coefficients", forms["coefficients"], None, COEFFICIENT)


def _check_array(
    name: str, array: Form, shape: tuple[int, ...] | None, dtype: np.dtype[Any]
) -> None:
    """The shape None stands for rows of any number."""
    if not isinstance(array, np.ndarray | StoredForm):
        raise ShapeError(f"{name} of the key is a {type(array).__name__}, not a numpy array.", _FIX)
    fits = len(array.shape) == 1 if shape is None else array.shape == shape
    if not fits or array.dtype != dtype:
        raise ShapeError(
            f"{name} of the key has shape {array.shape} and dtype {array.dtype}, not "
            f"{'(n,)' if shape is None else shape} and {dtype}.",
            _FIX,
        )
