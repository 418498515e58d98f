"""`type Age = UInt[8]`: a name for a type, as of Python 3.12, stands wherever the type may."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from zkpipe.circuits import CompileError

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="it is a syntax error here")

LANGUAGE = "from dataclasses import dataclass\nfrom circuits import *\n"
ROWS = """
type Byte = UInt[8]
type Short = Byte
type Bytes = Array[Byte, 3]
type Given = Private[Bytes]
type Answer = Public[UInt[10]]
type Answers = tuple[Answer, Public[Short]]

@dataclass
class Pair:
    a: Byte
    b: Short

def half(x):
    return x // 2

@component
def halved(x: Byte) -> Short:
    y = hint(half, x, returns=Short)
    check(y == x // 2)
    return narrow(y, Byte)

@circuit
def summed(xs: Given, pair: Private[Pair]) -> Answers:
    return sum(halved(x) for x in xs) + pair.a, pair.b
"""


@pytest.fixture(params=["", "from __future__ import annotations\n"], ids=["values", "texts"])
def names(request: pytest.FixtureRequest) -> Any:
    """What a text defines, with annotations as values or as texts."""

    def defined(text: str) -> dict[str, Any]:
        scope: dict[str, Any] = {"__name__": __name__}
        exec(compile(request.param + LANGUAGE + text, "<aliases>", "exec"), scope)  # noqa: S102
        return scope

    return defined


def test_a_name_stands_wherever_its_type_may(names: Any, traces: list[str]) -> None:
    scope = names(ROWS)
    given = {"xs": [3, 4, 255], "pair": {"a": 100, "b": 7}}
    system = scope["summed"].compile()
    assert [int(value) for value in system.solve(**given).public] == [1 + 2 + 127 + 100, 7]
    assert traces.count("halved") == 1  # the names are known when its trace is used again
    assert scope["summed"]([3, 4, 255], scope["Pair"](100, 7)) == (230, 7)


def test_a_name_may_be_local(names: Any) -> None:
    scope = names(
        "def made():\n"
        "    type Byte = UInt[8]\n"
        "    @circuit\n"
        "    def doubled(x: Private[Byte]) -> Public[UInt[9]]:\n"
        "        return x + x\n"
        "    return doubled\n"
    )
    assert scope["made"]()(255) == 510


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        ("A", "has TypeAliasType, which is not a type of a circuit"),
        ("Missing", "has the name `Missing`, which is not defined there"),
        ("int", "has int, which is not a type of a circuit"),
        ("Private[Field]", r"Private\[Field\] stands inside Private"),
    ],
)
def test_a_name_for_no_type_is_refused(names: Any, alias: str, says: str) -> None:
    with pytest.raises(CompileError, match=says):
        names(f"type A = {alias}\n@circuit\ndef f(x: Private[A]) -> None:\n    check(x == 1)\n")
