"""What a home can prove: the segments that it holds, and the circuits that it has checked."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.circuits import ConstraintSystem
from zkpipe.exchange.circuits import Template
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import CircuitError, DamagedError, UnknownSubjectError
from zkpipe.exchange.home import Home
from zkpipe.exchange.tables import Commitment
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import ProvingKey
from zkpipe.prover.errors import InsecureKeyError

DAMAGE = (DamagedError, FormatError, FileError, InsecureKeyError)


@dataclass(frozen=True, slots=True)
class Tools:
    """A circuit, compiled, with its key."""

    template: Template
    system: ConstraintSystem
    key: ProvingKey


class Material:
    """The segments and circuits of a home. Circuits are compiled once.

    A circuit whose files are damaged is tried again when they were changed.
    """

    def __init__(self, home: Home, circuits: Circuits | None = None) -> None:
        self._holdings, self._circuits = Holdings(home), circuits or Circuits(home)
        self._held: dict[bytes, tuple[tuple[object, ...], ZkpipeError]] = {}

    def segment(self, root: bytes) -> Commitment | None:
        """A segment that the home holds; None for another. Raises DamagedError."""
        try:
            return self._holdings.segment(root)
        except UnknownSubjectError:
            return None

    def tools(self, circuit: bytes) -> Tools | None:
        """A circuit that the home has checked, and whose file is still the one that was.

        None for another. Raises DamagedError if a file of it is damaged, or the key is another's.
        """
        circuits = self._circuits
        try:
            stamp = circuits.stamp(circuit)
            held = self._held.get(circuit)
            if held is not None and held[0] == stamp:
                raise _damaged(circuit, held[1])
            self._held.pop(circuit, None)
            return Tools(circuits.template(circuit), circuits.system(circuit), self._key(circuit))
        except CircuitError:
            return None
        except DAMAGE as error:
            self.hold(circuit, error)
            raise _damaged(circuit, error) from error

    def hold(self, circuit: bytes, error: ZkpipeError) -> None:
        """Make no proofs of a circuit until its files are others: the key has shown to be bad."""
        self._held[circuit] = self._circuits.stamp(circuit), error
        self._circuits.forget_key(circuit)

    def _key(self, circuit: bytes) -> ProvingKey:
        key = self._circuits.key(circuit)
        try:
            key.check_unchanged()
        except FileError:
            self._circuits.forget_key(circuit)
            key = self._circuits.key(circuit)
        return key


def _damaged(circuit: bytes, error: ZkpipeError) -> DamagedError:
    return DamagedError(
        f"A file of circuit 0x{circuit.hex()} in the home is damaged: {error.problem}",
        "Check the circuit again, with its key: zkpipe catalogue circuit check.",
    )
