"""Whether the inputs of a constraint system determine its values.

analysis           from a system to a report
proof              whether the verdict would be SAFE, and no more
report             the verdict, and what it rests on
roles              which wires are given, which must be determined: all but `inverses`, or outputs
requirement        what compiling requires, and the error if it is not so

equations          a system's rows as equations, bits and products: `rows`, `coefficients`,
                   `quadratics`, `scaling`; `cores` and `digits` add wires for what has digits
incidence          where each wire stands
bounds             intervals of wires; `naturals` are their numbers
propagation        the work list: what follows from what

lemmas             what the work list leaves: `squares`, `factors`, `quotients`, `selectors`,
                   `thresholds` and `comparators`, `linear_systems`, `nonsquares`, `vanishing`;
                   of an unknown integer and what follows from it (`expressions`, `polynomials`):
                   `brackets`, `few_values`, `case_pairs`, `members`; of known and unknown order
                   (`orders`, `ascents`): `sorted_lists`, `symmetric`
forms              rows in Python for them; `cases`, `assumptions`, `elimination`, `roots`

contradictions     rows that nothing satisfies; `no_witness` warns of them, and of none found
counterexamples    two witnesses that differ: `first_witness`, `completion`, `draws`
jacobian           directions in which a witness can move
examples           a counterexample in a sentence

before_setup       what a key would prove nothing of
lint               the verdict and `findings`: `connections`, `commitments`, `widths`; `names`;
                   `open_divisions` where a proof stops
"""

from zkpipe.circuits.soundness.analysis import analyse, analyse_every_wire
from zkpipe.circuits.soundness.report import Counterexample, Report, Verdict

__all__ = ["Counterexample", "Report", "Verdict", "analyse", "analyse_every_wire"]
