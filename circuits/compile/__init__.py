"""From a circuit's body to a constraint system.

combination  linear combinations of wires
rows         growing arrays of rows, and the dictionary of coefficients
record       what is kept beside the rows: origins, the solver's tape, names
tracer       products and equations as rows; which sums get a wire
sums         long sums, as what they are made of, and when they get a wire
facts        comparisons, as values and as checks
flags        is-zero, conjunction, disjunction
bits         decomposition into bits, range checks, what known bits are good for
thresholds   known bits beside a constant
division     quotient and remainder
tables       lookup by a secret index, membership
lowering     the engine: what the language asks for, in terms of the above
template     a component's trace, and copies of it
assemble     the finished system
"""
