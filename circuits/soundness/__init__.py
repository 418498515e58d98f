"""Whether the inputs of a constraint system determine its values.

analysis      from a system to a report
report        the verdict, and what it rests on
roles         which wires are given, which must be determined
equations     a system's rows as equations, bits and products
quadratics    rows that leave a combination two values
rows          compressed rows
coefficients  their dictionary
incidence     where each wire stands
bounds        intervals of wires
propagation   the work list: what follows from what
naturals      exact numbers in kernels
roots         square roots in Fr
"""

from circuits.soundness.analysis import analyse, analyse_every_wire
from circuits.soundness.report import Counterexample, Report, Verdict

__all__ = ["Counterexample", "Report", "Verdict", "analyse", "analyse_every_wire"]
