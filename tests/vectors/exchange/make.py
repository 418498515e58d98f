"""Writes commitments.json: tables by hand, and their digests by the oracle. Run it as a module:

python -m tests.vectors.exchange.make

Nothing of zkpipe.exchange is used. The codes are written here as section 3 of the design has them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from tests.oracles import exchange_commitments as oracle

SIZE = 1024
TOP = 2**62 - 1


def vector(
    name: str,
    schema: dict[str, Any],
    data: dict[str, list[Any]],
    columns: list[tuple[list[int], int, int, int]],
    key: bytes,
) -> dict[str, Any]:
    """columns  (codes, width, low, high) of each committed column, rows sorted"""
    text = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    word = int.from_bytes(keccak(text.encode()), "big") >> 8
    filled = [(codes + [0] * (SIZE - len(codes)), *rest) for codes, *rest in columns]
    digests, root = oracle.commitment(word, filled, key, 10)
    return {
        "name": name,
        "schema": schema,
        "data": data,
        "key": key.hex(),
        "schema_word": f"{word:#066x}",
        "cells": filled[0][0][:4],
        "digests": [f"{digest:#066x}" for digest in digests],
        "root": f"{root:#066x}",
    }


def numbers() -> dict[str, Any]:
    """Three rows in two cells; a null; a unit of two rows."""
    schema = {
        "format": "zkpipe schema 1",
        "columns": [
            {"name": "visits", "type": "int", "low": -5, "high": 100, "width": 15, "nulls": True,
             "listed": True},
            {"name": "plan", "type": "category", "values": ["base", "full"], "nulls": False},
            {"name": "cost", "type": "decimal", "low": "-1.00", "high": "10000.00", "width": 62,
             "places": 2, "nulls": False, "listed": True},
        ],
        "cell": ["plan"],
        "unit": {"name": "person", "type": "int"},
    }  # fmt: skip
    data = {
        "person": [9, 4, 9],
        "visits": [100, None, -5],
        "plan": ["full", "base", "full"],
        "cost": ["12.50", "-1.00", "0.01"],
    }
    columns = [
        ([2 * 1 + 1, 2 * 2 + 1, 2 * 2], 15, 0, 31),
        ([4, 9, 9], 62, 0, TOP),
        ([0, 106, 1], 15, -5, 100),
        ([1, 2, 2], 15, 0, 1),
        ([1, 1351, 102], 62, -100, 1_000_000),
    ]
    return vector("numbers", schema, data, columns, bytes(range(32)))


def digests() -> dict[str, Any]:
    """A text, a digest and a null of each: 123 bits in two columns."""
    schema = {
        "format": "zkpipe schema 1",
        "columns": [
            {"name": "town", "type": "text", "nulls": True},
            {"name": "deed", "type": "digest", "nulls": True},
        ],
        "cell": [],
        "unit": {"name": "person", "type": "int"},
    }
    data = {"person": [1, 2], "town": ["北京", None], "deed": [None, "0x" + "ab" * 32]}
    import hashlib

    town = int(hashlib.sha256(b"zkpipe.v1.TEXT" + "北京".encode()).hexdigest(), 16) >> 133
    deed = int("ab" * 32, 16) >> 133
    columns = [
        ([3, 3], 15, 0, 31),
        ([1, 2], 62, 0, TOP),
        ([1 + (town >> 62), 0], 62, 0, 2**61 - 1),
        ([town & TOP, 0], 62, 0, TOP),
        ([0, 1 + (deed >> 62)], 62, 0, 2**61 - 1),
        ([0, deed & TOP], 62, 0, TOP),
    ]
    return vector("digests", schema, data, columns, b"\xff" * 32)


if __name__ == "__main__":
    text = json.dumps([numbers(), digests()], indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_name("commitments.json").write_text(text, encoding="utf-8")
