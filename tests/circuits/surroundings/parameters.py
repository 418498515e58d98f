"""Module of parameters that tests of surroundings change."""

LIMIT = 255
LIMITS = [255]
TABLE = {"limit": 255}


def limit() -> int:
    return LIMIT
