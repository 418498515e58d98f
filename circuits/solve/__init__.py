"""Witnesses: solved from inputs by a tape of operations, and checked against every row."""
