"""A constraint system as data: rows, where they came from, how to solve, what wires are called."""
