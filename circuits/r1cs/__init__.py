"""A constraint system as data: rows, where they came from, how to solve, what wires are called.

matrix, r1cs            sparse matrices; the system, and the order of its wires
rules                   what a system must be, wherever it comes from
record, program         what a trace keeps beside its rows: origins, the solver's tape
program_rules           whether a program belongs to its system
names, public_names     names of wires; those that keys and contracts carry
identity                which circuit a system, a key or a witness belongs to
"""
