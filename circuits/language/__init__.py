"""The language of circuits: its types, its values, its functions, and the plain run.

types       Field, Bool, UInt, Int, Fixed, Array, records; Public and Private
structure   nests of lists, tuples and records
signal      a circuit's value and its operators
fixed       numbers with a binary point
functions   check, narrow, all_of, any_of, hint
choices     select, lookup, member, minimum, maximum
engine      what executes a body: the tracer of circuits.compile, or the plain run
plain       the plain run, on integers
inputs      arguments and INPUT.json to values of the declared types
outputs     what a circuit returns, as its declared types
circuit     @circuit, component  @component
signature   a function's parameters and annotations
source      places in the user's text
"""
