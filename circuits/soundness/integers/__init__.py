"""Lemmas of an unknown integer and what follows from it, and of lists in order."""
