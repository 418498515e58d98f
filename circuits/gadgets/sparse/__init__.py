"""Sparse Merkle trees in circomlib's format: keys with values, of which each is there or is not.

roots   the root above a key that is there, and above one that is not, in circuits and on integers
tree    the tree, with what a prover needs of a key
"""
