"""What hosts give to kernels besides numbers and numpy's arrays: an address, a length, and a type.

A kernel is compiled for the type, which `type_name` names, and takes the other two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from zkpipe.accel.curve import Field
from zkpipe.accel.machines.machine import Machine

_types: dict[str, Any] = {}  # numba's, by name: to make one takes longer than a call


class Argument(ABC):
    """An array of a field's elements, as a machine has them."""

    field: Field
    machine: Machine
    type_name: str
    address: int
    length: int

    @property
    def _numba_type_(self) -> Any:
        """What numba asks each argument for, before every call."""
        try:
            return _types[self.type_name]
        except KeyError:
            made = _types[self.type_name] = self._make_type()
            return made

    @abstractmethod
    def _make_type(self) -> Any:
        """Make numba's type; only here may a host import one."""
