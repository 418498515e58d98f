"""Sparse matrices over Fr times vectors, and the rows of a constraint system."""
