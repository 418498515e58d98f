"""What a field is, and what a machine must offer to compute in it.

Every machine's lowerings sit in one file (accel.scalar, accel.simd); accel.field turns them into
numba types with operators, and accel.backend chooses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from llvmlite import ir

from accel.bn254 import P, R

I1, I64 = ir.IntType(1), ir.IntType(64)
Limbs = list[Any]  # LLVM values, least significant limb first


@dataclass(frozen=True, slots=True)
class Field:
    """A prime field (degree 1), or its quadratic extension by u^2 = -1 (degree 2)."""

    name: str
    modulus: int
    degree: int = 1


FP = Field("Fp", P)
FP2 = Field("Fp2", P, 2)
FR = Field("Fr", R)


class Machine(Protocol):
    """Arithmetic of a degree 1 or 2 field on one kind of hardware, as LLVM instructions.

    Values are lists of limbs: `limbs` of them for each component. `montgomery` is the R of its
    Montgomery form. Bounds count multiples of p; each method's result has the bound that the
    method of the same name ending in `_bound` gives.
    """

    name: str
    width: int
    limbs: int
    montgomery: int
    limb_type: Any
    mask_type: Any

    def sum_bound(self, x: int, y: int) -> int: ...
    def product_bound(self, field: Field, x: int, y: int) -> int: ...
    def square_bound(self, field: Field, x: int) -> int: ...
    def reduced_bound(self) -> int: ...
    def constant(self, value: int) -> Limbs: ...
    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs: ...
    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs: ...
    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs: ...
    def square(self, b: Any, p: int, x: Limbs) -> Limbs: ...
    def multiply2(self, b: Any, p: int, x: Limbs, y: Limbs, bounds: int) -> Limbs: ...
    def square2(self, b: Any, p: int, x: Limbs, x_bound: int) -> Limbs: ...
    def reduce(self, b: Any, p: int, x: Limbs) -> Limbs: ...
    def canonical(self, b: Any, p: int, x: Limbs) -> Limbs: ...
    def select(self, b: Any, mask: Any, x: Limbs, y: Limbs) -> Limbs: ...
    def all_zero(self, b: Any, x: Limbs) -> Any: ...
    def any_lane(self, b: Any, mask: Any) -> Any: ...
    def first_words(self, b: Any, x: Limbs) -> Limbs: ...
    def splat_words(self, b: Any, words: Limbs) -> Limbs: ...
    def load_rows(self, b: Any, rows: list[Any], words: int, shift: int) -> list[Limbs]: ...
    def store_rows(self, b: Any, rows: list[Any], elements: list[Limbs]) -> None: ...
