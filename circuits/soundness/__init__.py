"""Whether the inputs of a constraint system determine its values.

analysis       from a system to a report
proof          whether the verdict would be SAFE, and no more
report         the verdict, and what it rests on
roles          which wires are given, which must be determined: all but `inverses`, or outputs
requirement    what compiling requires, and the error if it is not so
apply_lemmas   the lemmas and the work list, in turns

model/         a system's rows as equations, bits and products: `rows`, `coefficients`,
               `quadratics`, `scaling`; `cores` and `digits` add wires for what has digits;
               `incidence`: where each wire stands; `bounds`: their intervals, in `naturals`
rules/         `propagation` and `work_list`: what follows from what; `forms` of rows in Python, and
               what lemmas share: `cases`, `assumptions`, `elimination`, `orders`, `expressions`
lemmas/        what the work list leaves: `squares`, `factors`, `quotients`, `selectors`,
               `thresholds`, `comparators` and `zero_runs`, `linear_systems`, `nonsquares`,
               `vanishing`
integers/      of an unknown integer and what follows from it: `brackets`, `few_values`,
               `case_pairs`, `members`; of known and unknown order: `sorted_lists`, `symmetric`
search/        `contradictions`: rows that nothing satisfies, of which `no_witness` warns;
               `counterexamples`: two witnesses that differ (`first_witness`, `completion`,
               `draws`; `directions`: those in which a witness can move), and `examples` of
               them in a sentence
lint/          the verdict and `findings`: `connections`, `commitments`, `widths`, `names`;
               `open_divisions` where a proof stops; `before_setup`: what a key would prove nothing
               of
"""

from zkpipe.circuits.soundness.analysis import analyse, analyse_every_wire
from zkpipe.circuits.soundness.report import Counterexample, Report, Verdict

__all__ = ["Counterexample", "Report", "Verdict", "analyse", "analyse_every_wire"]
