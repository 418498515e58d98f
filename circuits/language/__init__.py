"""The language of circuits: its types, its values, its functions, and the plain run.

types       Field, Bool, UInt, Int, Array; Public and Private
signal      a circuit's value and its operators
functions   check, hint, select, narrow, minimum, maximum, all_of, any_of
engine      what executes a body: the tracer of circuits.compile, or the plain run
plain       the plain run, on integers
inputs      arguments and INPUT.json to values of the declared types
circuit     @circuit, component  @component
source      places in the user's text
"""
