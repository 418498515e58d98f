"""Ceremonies that make keys which can be trusted: the powers of tau, and what comes after them."""
