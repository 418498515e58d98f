"""Tests of circuits: for anyone's circuits, and ours. Each function asserts; pytest is not needed.

spec           accepts, rejects: what inputs do; costs: how many constraints
lies           advice answered falsely
mutations      wires changed alone
deletions      constraints deleted in turn
draws          agrees: comparison with the plain run on random and boundary inputs

falsehoods     the ways to lie
fitting        lies that rows ask for
conspiracies   lies that make up for one another
proofs         what only the analysis tells, and witnesses by search
given          what a test gives, held against what the circuit declares
reasons        why inputs were refused
subject        a circuit, traced for one call
wording        what a failure says
plugin         the same functions as fixtures of pytest
"""

from zkpipe.circuits.testing.deletions import Deletions, deletions
from zkpipe.circuits.testing.draws import Agreement, agrees
from zkpipe.circuits.testing.lies import Lies, lies
from zkpipe.circuits.testing.mutations import mutations
from zkpipe.circuits.testing.spec import accepts, costs, rejects

__all__ = [
    "Agreement",
    "Deletions",
    "Lies",
    "accepts",
    "agrees",
    "costs",
    "deletions",
    "lies",
    "mutations",
    "rejects",
]
