"""Whole cases of the exchange, on real data."""
