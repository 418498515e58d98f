"""What a home can prove: the segments that it holds, and the circuits that it has checked."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.circuits import ConstraintSystem
from zkpipe.exchange.circuits import Template
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import CircuitError, UnknownSubjectError
from zkpipe.exchange.home import Home
from zkpipe.exchange.tables import Commitment
from zkpipe.prover import ProvingKey


@dataclass(frozen=True, slots=True)
class Tools:
    """A circuit, compiled, with its key."""

    template: Template
    system: ConstraintSystem
    key: ProvingKey


class Material:
    """The segments and circuits of a home. Circuits are compiled once."""

    def __init__(self, home: Home, circuits: Circuits | None = None) -> None:
        self._holdings, self._circuits = Holdings(home), circuits or Circuits(home)

    def segment(self, root: bytes) -> Commitment | None:
        """A segment that the home holds; None for another. Raises DamagedError."""
        try:
            return self._holdings.segment(root)
        except UnknownSubjectError:
            return None

    def tools(self, circuit: bytes) -> Tools | None:
        """A circuit that the home has checked, and whose file is still the one that was.

        None for another. Raises DamagedError.
        """
        circuits = self._circuits
        try:
            return Tools(
                circuits.template(circuit), circuits.system(circuit), circuits.key(circuit)
            )
        except CircuitError:
            return None
