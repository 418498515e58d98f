"""mypy reads circuits: `mypy --strict` passes on ours and a user's, and finds wrong names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, Page

CONFIG = '[tool.mypy]\nplugins = ["zkpipe.mypy_plugin"]\n'

USERS = """
from dataclasses import dataclass

from zkpipe import (
    Array, Bool, Decimal, Field, Fixed, Int, Private, Public, Rounded, UFixed, UInt,
    check, circuit, component, hint, lookup, maximum, narrow, select,
)
from zkpipe.circuits.gadgets import MerkleTree, poseidon, to_bits


@dataclass
class Order:
    amount: UInt[16]
    price: Fixed[32, 2]
    flags: Array[Bool, 4]


@component
def larger(a: UInt[16], b: UInt[16]) -> UInt[16]:
    return maximum(a, b)


@component
def first(values: Array[Field, ...]) -> Field:
    return values[0]


@circuit
def total(
    orders: Private[Array[Order, 3]],
    limit: Public[UInt[16]],
    table: Private[Array[UInt[8], 2, 3]],
    rate: Private[Rounded[Fixed[32, 2]]],
    change: Private[Int[8]],
) -> tuple[Public[UInt[32]], Public[Array[Bool, 8]]]:
    highest = orders[0].amount
    for order in orders:
        highest = larger(highest, order.amount)
        check(order.flags[0] | ~order.flags[1])
    check(highest <= limit, "too high")
    half = hint(lambda x: x // 2, highest, returns=UInt[16])
    check(2 * half <= highest)
    check(highest <= 2 * half + 1)
    entry = lookup(table, narrow(change, UInt[1]), 0)
    return select(half > 3, highest * 2, highest), to_bits(entry, 8)


order = Order(amount=3, price=2.5, flags=[True, False, True, False])
witness = total.compile().solve(
    orders=[order] * 3, limit=5, table=[[1, 2, 3], [4, 5, 6]], rate=0.25, change=1
)
print(witness.public, poseidon([1, 2]), MerkleTree(2, [[1], [2]]).root)
"""
WRONG = """
from dataclasses import dataclass

from zkpipe import Array, Private, Public, UInt, circuit


@dataclass
class Order:
    amount: UInt[16]


@circuit
def total(
    orders: Private[Array[Order, 3]], x: Private, y: Private[Array[UInt[8]]]
) -> Public[UInt[32]]:
    return orders[0].amont + orders.amount
"""


def mypy(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").write_text(CONFIG)
    return subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-m", "mypy", "--strict", *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_readmes_example_and_a_users_circuit_pass(tmp_path: Path) -> None:
    readme = [block for block in Page.load(ROOT / "README.md").blocks if block.file]
    for block in readme:
        (tmp_path / str(block.file)).write_text(block.text)
    (tmp_path / "users.py").write_text(USERS)
    done = mypy(tmp_path, "users.py", *(str(block.file) for block in readme))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"in {len(readme) + 1} source files" in done.stdout
    assert len(readme) >= 2


def test_the_users_circuit_is_one(tmp_path: Path) -> None:
    (tmp_path / "users.py").write_text(USERS)
    done = subprocess.run(  # this interpreter
        [sys.executable, "users.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_wrong_names_and_types_without_brackets_are_found(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    done = mypy(tmp_path, "wrong.py")
    assert done.returncode == 1, done.stdout + done.stderr
    found = re.findall(r"error: (.*?)  \[", done.stdout)
    assert found == [
        "Private takes one type in brackets",
        "Array takes a type and its lengths",
        '"Order" has no attribute "amont"; maybe "amount"?',
        '"list[Order]" has no attribute "amount"',
    ]
