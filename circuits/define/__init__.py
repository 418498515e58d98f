"""@circuit and @component: what is checked of a body, and its way to a system.

circuit       @circuit; a circuit compiles, and runs on plain values
component     @component: traced once for each shape of its arguments, then copied
outputs       what a circuit returns, as its declared types
bodies        the text and the code of a body, and of the functions that it calls
unrun, local_types, set_order   what Python would not run, not read, or go through in any order
raised, attributes              exceptions that a circuit's value brings about, as CompileErrors
retrace       a circuit that traces differently each time
"""
