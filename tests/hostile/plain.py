"""The formats once more, read number by number: what a file holds, and that it has one form.

Oracles for what our readers accept. Each raises Unfit for what the formats do not allow. Nothing of
ours is used; it is slow, and for small files.
"""

from __future__ import annotations

import json
import re
import struct
from decimal import Decimal
from typing import Any

from tests.hostile.edges import P, R


class Unfit(Exception):
    """A file that should have been refused."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Unfit(what)


def container(data: bytes, magic: bytes, version: int) -> dict[int, bytes]:
    """The sections by type; they fill the file, and none comes twice."""
    need(len(data) >= 12, "too short")
    need(data[:4] == magic and struct.unpack_from("<I", data, 4)[0] == version, "another frame")
    found, at = {}, 12
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        need(at + 12 <= len(data), "the head of a section is cut short")
        kind, size = struct.unpack_from("<IQ", data, at)
        need(at + 12 + size <= len(data), "a section is cut short")
        need(kind not in found, "a section twice")
        found[kind] = data[at + 12 : at + 12 + size]
        at += 12 + size
    need(at == len(data), "trailing bytes")
    return found


class Numbers:
    """Little-endian numbers, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        need(self.at + size <= len(self.data), "a section is too short")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def prime(self, modulus: int) -> None:
        need(self.number(4) == 32 and self.number(32) == modulus, "another field")

    def end(self) -> None:
        need(self.at == len(self.data), "a section is too long")


def part(sections: dict[int, bytes], kind: int) -> Numbers:
    need(kind in sections, f"no section {kind}")
    return Numbers(sections[kind])


def r1cs(data: bytes) -> dict[str, Any]:
    sections = container(data, b"r1cs", 1)
    head = part(sections, 1)
    head.prime(R)
    wires, outputs, inputs, private = (head.number(4) for _ in range(4))
    label_count, constraints = head.number(8), head.number(4)
    head.end()
    need(wires >= 1 and 1 + outputs + inputs <= wires, "counts that do not fit")
    need(1 + outputs + inputs + private <= label_count, "more inputs than labels")
    body, rows = part(sections, 2), []
    for _ in range(3 * constraints):
        row = []
        for _ in range(body.number(4)):
            wire, value = body.number(4), body.number(32)
            need(wire < wires, "a wire that is not there")
            need(value < R, "a coefficient of r or more")
            row.append((wire, value))
        need(len({wire for wire, _ in row}) == len(row), "a wire twice in a row")
        rows.append(sorted(row))
    body.end()
    names = part(sections, 3)
    labels = [names.number(8) for _ in range(wires)]
    names.end()
    need(
        labels[: 1 + outputs + inputs] == [*range(1 + outputs + inputs)], "labels of public values"
    )
    need(len(set(labels)) == wires and max(labels) < label_count, "labels that are none")
    for kind in (4, 5):
        need(kind not in sections or part(sections, kind).number(4) == 0, "custom gates")
    counts = (wires, outputs, inputs, private, label_count, constraints)
    return {"counts": counts, "rows": rows, "labels": labels}


def wtns(data: bytes) -> list[int]:
    sections = container(data, b"wtns", 2)
    head = part(sections, 1)
    head.prime(R)
    count = head.number(4)
    head.end()
    body = part(sections, 2)
    values = [body.number(32) for _ in range(count)]
    body.end()
    need(count and values[0] == 1 and max(values) < R, "values that are none")
    return values


def zkey(data: bytes) -> dict[int, bytes]:
    """The sections; all of the small ones and of the records is looked at, of queries the size."""
    sections = container(data, b"zkey", 1)
    need(part(sections, 1).number(4) == 1 and len(sections[1]) == 4, "another protocol")
    head = part(sections, 2)
    head.prime(P)
    head.prime(R)
    wires, public, domain = (head.number(4) for _ in range(3))
    points = [head.number(32) for _ in range(3 * 2 + 3 * 4)]
    head.end()
    need(public < wires and domain & (domain - 1) == 0 and domain > public, "counts")
    ic = part(sections, 3)
    points += [ic.number(32) for _ in range(2 * (public + 1))]
    ic.end()
    need(max(points) < P, "a coordinate of p or more")
    sizes = {
        5: 64 * wires,
        6: 64 * wires,
        7: 128 * wires,
        8: 64 * (wires - public - 1),
        9: 64 * domain,
    }
    for kind, size in sizes.items():
        need(len(part(sections, kind).data) == size, f"the size of section {kind}")
    records = part(sections, 4)
    for _ in range(records.number(4)):
        matrix, row, wire, value = (records.number(size) for size in (4, 4, 4, 32))
        need(matrix < 2 and row < domain and wire < wires and value < R, "a coefficient")
    records.end()
    return sections


def ptau(data: bytes) -> dict[int, bytes]:
    """The sections; coordinates are below p."""
    sections = container(data, b"ptau", 1)
    head = part(sections, 1)
    head.prime(P)
    power, ceremony = head.number(4), head.number(4)
    head.end()
    need(1 <= power <= ceremony <= 28, "powers")
    n = 1 << power
    sizes = {2: 64 * (2 * n - 1), 3: 128 * n, 4: 64 * n, 5: 64 * n, 6: 128}
    lagrange = {
        12: 64 * (4 * n - 1),
        13: 128 * (2 * n - 1),
        14: 64 * (2 * n - 1),
        15: 64 * (2 * n - 1),
    }
    need(len(lagrange.keys() & sections.keys()) in (0, 4), "some of the Lagrange bases")
    sizes |= lagrange if 12 in sections else {}
    for kind, size in sizes.items():
        body = part(sections, kind).data
        need(len(body) == size, f"the size of section {kind}")
        coordinates = (body[at : at + 32] for at in range(0, size, 32))
        need(all(int.from_bytes(c, "little") < P for c in coordinates), "a coordinate of p or more")
    body = part(sections, 7)
    for _ in range(body.number(4)):
        coordinates = (body.number(32) for _ in range(2 * (3 + 6) + 4 * (2 + 3)))
        need(max(coordinates) < P, "a coordinate of p or more")
        body.take(216 + 64)
        need(body.number(4) in (0, 1), "a type that is none")
        body.take(body.number(4))
    body.end()
    return sections


def sym(data: bytes) -> list[tuple[int, int, int, str]]:
    need(data.endswith(b"\n"), "the last line is cut short")
    found = []
    for line in data.decode("utf-8").removesuffix("\n").split("\n"):
        label, wire, component, name = line.split(",")
        for number in (label, wire.removeprefix("-"), component):
            need(re.fullmatch("0|[1-9][0-9]*", number, re.ASCII), f"{number!a} for a number")
        need(wire[:1] != "-" or wire == "-1", "a negative wire")
        need(int(label) < 1 << 64 and int(wire) < 1 << 32 and int(component) < 1 << 32, "a number")
        need(name and name.isprintable() and len(line) < 1 << 16, "a name")
        found.append((int(label), int(wire), int(component), name))
    return found


def trusted(data: bytes) -> tuple[set[bytes], set[bytes]]:
    contributions, keys = set(), set()
    for line in data.decode("utf-8-sig").split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        is_key = words[0] == "vkey"
        digits = words[1].removeprefix("0x") if is_key else words[0]
        need(re.fullmatch(f"[0-9a-fA-F]{{{64 if is_key else 128}}}", digits), f"{digits!a}")
        (keys if is_key else contributions).add(bytes.fromhex(digits))
    return contributions, keys


def strict_json(data: bytes, floats: bool = False) -> Any:
    """The value by Python's reader, which is told to refuse what it would take."""

    def refuse(text: str) -> Any:
        raise Unfit(f"{text[:50]!a} in JSON")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "a name twice")
        return dict(pairs)

    value = json.loads(
        data.decode("utf-8"),
        parse_float=Decimal if floats else refuse,
        parse_constant=refuse,
        object_pairs_hook=members,
    )
    json.dumps(value, default=str, ensure_ascii=False).encode("utf-8")
    return value
