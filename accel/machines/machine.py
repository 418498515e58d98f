"""The machines that compute in a field, by their numbers: how elements lie in memory.

That is all that hosts need of a machine. Its instructions are its lowering, which is found by its
name (accel.machines.lowerings) where kernels are compiled.
"""

from __future__ import annotations


class Machine:
    """A kind of hardware.

    name          what ZKPIPE_BACKEND calls it
    width         values of one element: one, or one for each lane
    limbs         of one value
    limb_bits     of each limb
    montgomery    the R of its Montgomery form
    residue_bits  a known factor w is kept as w 2^bits for each of these: accel.fields.factors
    """

    __slots__ = ("limb_bits", "limbs", "montgomery", "name", "residue_bits", "width")

    def __init__(
        self,
        name: str,
        *,
        width: int,
        limbs: int,
        limb_bits: int,
        montgomery: int,
        residue_bits: tuple[int, ...],
    ) -> None:
        self.name, self.width, self.limbs, self.limb_bits = name, width, limbs, limb_bits
        self.montgomery, self.residue_bits = montgomery, residue_bits

    def __repr__(self) -> str:
        return f"Machine({self.name})"

    def __reduce__(self) -> str:
        return self.name.upper()  # there is one of each, below: numba pickles types of kernels


SCALAR = Machine("scalar", width=1, limbs=4, limb_bits=64, montgomery=1 << 256, residue_bits=(256,))
AVX512 = Machine(
    "avx512",
    width=8,
    limbs=5,
    limb_bits=52,
    montgomery=1 << 260,
    residue_bits=(52, 104, 156, 208, 260),
)
CUDA = Machine("cuda", width=1, limbs=8, limb_bits=32, montgomery=1 << 256, residue_bits=(256,))
