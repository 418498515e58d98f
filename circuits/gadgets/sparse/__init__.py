"""Sparse Merkle trees in circomlib's format: keys with values, of which each is there or is not.

roots       the root above a key that is there, or that is not, in circuits and on integers
changes     the roots before and after a key is put in, taken out or changed
tree        the tree, with what a prover needs of a key
building    many keys changed at once, level by level
order       keys in the order of their bits
rows        nodes in arrays, and what stores of nodes take and give
node_table  nodes in memory
storage     a tree in a SQLite file
"""
