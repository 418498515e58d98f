"""Circuits that a home knows: checked, kept with their keys, proposed, and compared with a chain.

sources      what a circuit is made of: one of the exchange's own, or a developer's file
checking     what a circuit says, and whether it may be proposed
store        Circuits: the checked circuits of a home, found by their id
proposing    a verifier on the chain, and the proposal
comparing    whether a verifier on the chain is what its key compiles to
"""

from zkpipe.exchange.clients.circuits.sources import CircuitSource, source_of
from zkpipe.exchange.clients.circuits.store import Circuits

__all__ = ["CircuitSource", "Circuits", "source_of"]
