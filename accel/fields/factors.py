"""Known factors as hosts hold them: accel.fields.prepared_constants multiplies by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arguments import Argument
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.fields.type_names import factors_name
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.ground.process.memory import address_of, aligned_zeros

_kernels = Kernels("zkpipe.accel.fields.prepared_constants")


class PreparedConstants(Argument):
    """Factors of a prime field, prepared for a machine.

    words   (n, 4) uint64   Montgomery, R = 2^256, below 2p
    """

    def __init__(self, field: Field, machine: Machine, words: Words) -> None:
        """Prepare the factors. Cost: 0.1 us each in lanes."""
        self.field, self.machine = field, machine
        self.type_name = factors_name(field, machine)
        self.length = len(words)
        shifts = words_from_ints(pow(2, bits, field.modulus) for bits in machine.residue_bits)
        self.words: Words = aligned_zeros(self.length, len(shifts) * machine.limbs)
        canonical = np.empty((len(shifts), 4), np.uint64)
        _kernels.prepare(
            Rows(field, SCALAR, np.ascontiguousarray(words), 1),
            Rows(field, SCALAR, shifts, 1),
            Rows(field, SCALAR, canonical, 1),
            canonical,
            machine.limb_bits,
            machine.limbs,
            self.words,
        )
        self.address = address_of(self.words)

    def _make_type(self) -> Any:
        from zkpipe.accel.fields.prepared_constants import FactorsType

        return FactorsType(self.field, self.machine)
