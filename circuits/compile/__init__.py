"""From a circuit's body to a constraint system.

combinations  what rows are made of: combinations, long sums, known bits; growing arrays of rows
forgotten     comparisons and inputs that nothing uses, checks that always hold
tracer        products and equations as rows; which sums get a wire
sums          when long sums are read, and when they get a wire
conditions         comparisons, as values and as checks
payloads      what a traced value holds
flags         is-zero, conjunction, disjunction
bits          decomposition into bits, range checks, what known bits are good for
thresholds    known bits beside a constant
division      quotient and remainder
tables        lookup by a secret index, membership
lowering      the engine: what the language asks for, in terms of the above
template      a component's trace, and copies of it
assemble      the finished system
"""
