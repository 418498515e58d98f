"""Hostile versions of JSON files, and of files of lines."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.hostile.edges import ELEMENTS, P, R

Case = tuple[str, bytes]
BYTES = b'0123456789"[]{},:ab\\ \n\xff\0-.eE+x'
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 2**64, 10**77, "", " ", "0", "1", "-1", "+1", " 1", "1 "),
    *("01", "0x1", "0X1", "1e3", "1_0", "1.0", "١٢", "１", "1" * 78, "1" * 79, "9" * 5000, "\0"),
    *("\ud800", "é", "a" * 100_000, "NaN", "true"),
    *([], {}, [[]], [None], {"": 0}, [[[[[[[[1]]]]]]]]),
)
RAW = (
    *("NaN", "Infinity", "-Infinity", "1e400", "1E5", "-0", "01", "1.", ".5", "0x1", "+1", "'1'"),
    *("1" * 5000, "undefined", '"\\ud83d"', '"\\u0000"', '"\t"', "/* */ 1", "[1,]", "tru"),
)


def json_cases(data: bytes, seed: int, count: int) -> Iterator[Case]:
    """So many with a structure, half as many with bytes changed, whole texts, and truncations."""
    rng = random.Random(seed)  # noqa: S311 # test data that must come back the same
    yield from islice(structured_json(json.loads(data), rng), count)
    yield from bytes_changed(data, rng, count // 2)
    yield from whole_texts(data)
    if count >= 1000:
        yield from large_texts()
    yield from cut(data, rng, count)


def lines_cases(data: bytes, seed: int, count: int) -> Iterator[Case]:
    """The same of a file of lines, whose fields stand between commas or spaces."""
    rng = random.Random(seed)  # noqa: S311 # as above
    yield from islice(structured_lines(data, rng), count)
    yield from bytes_changed(data, rng, count // 2)
    yield from whole_texts(data)
    if count >= 1000:
        yield from large_texts()
    yield from cut(data, rng, count)


def cut(data: bytes, rng: random.Random, count: int) -> Iterator[Case]:
    """Cut at every byte; of a large one, or where count is low, at some."""
    sizes = range(len(data))
    most = 4000 if count >= 1000 else count // 4
    for size in sizes if len(sizes) <= most else sorted(rng.sample(sizes, most)):
        yield f"first {size} bytes", data[:size]


def bytes_changed(data: bytes, rng: random.Random, count: int) -> Iterator[Case]:
    """One to three bytes replaced, put in or taken out, or bits turned."""
    for index in range(count):
        text = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            match rng.randrange(5):
                case 0:
                    text[at] ^= 1 << rng.randrange(8)
                case 1:
                    del text[at : at + rng.choice((1, 2, 10))]
                case 2:
                    text[at:at] = bytes([rng.choice(BYTES)])
                case 3:
                    text[at:at] = text[at : at + rng.choice((1, 20, 300))]
                case _:
                    text[at] = rng.choice(BYTES)
            if len(text) < 8:
                break
        yield f"bytes {index}", bytes(text)


def whole_texts(data: bytes) -> Iterator[Case]:
    """What surrounds a text, and texts that are none."""
    yield "empty", b""
    yield "a byte order mark", b"\xef\xbb\xbf" + data
    yield "UTF-16", data.decode().encode("utf-16")
    yield "Latin-1", data + "é".encode("latin-1")
    for extra in (
        b"{}",
        b"\0",
        b",",
        b"]",
        b"\n\n",
        b" ",
        b"\xff",
        b"\x0c",
        b"\x85",
        b"\xe2\x80\xa8",
    ):
        yield f"with {extra!r} behind it", data + extra
        yield f"with {extra!r} before it", extra + data
    for text in (
        b"{}",
        b"[]",
        b"null",
        b"0",
        b'""',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\0" * 4096,
    ):
        yield f"{text[:20]!r}", text
    for magic in (b"r1cs", b"wtns", b"zkey", b"ptau", b"\0asm", b"\x1f\x8b", b"PK\3\4"):
        yield f"{magic!r}", magic + bytes(100)
    yield "carriage returns", data.replace(b"\n", b"\r\n")
    yield "one long line", data.replace(b"\n", b" ")


def large_texts() -> Iterator[Case]:
    """Small in the file, large in memory, if read carelessly."""
    yield "many values", b"[" + b"0," * 500_000 + b"0]"
    yield "many texts", b"[" + b'"0",' * 500_000 + b'"0"]'
    yield "many names", b"{" + b",".join(b'"%d":0' % i for i in range(200_000)) + b"}"
    yield "many lists", b"[" + b"[]," * 300_000 + b"[]]"
    yield "many lines", b"\n" * 1_000_000
    yield "spaces", b"[" + b" " * 3_000_000 + b"]"


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where values stand in a JSON value."""
    yield at
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*at, key))


def structured_json(document: Any, rng: random.Random) -> Iterator[Case]:
    """One value in place of another, missing, doubled, renamed, aliased; without end."""
    every = [place for place in places(document) if place]
    while True:
        place = rng.choice(every)
        changed = copy.deepcopy(document)
        parent = changed
        for step in place[:-1]:
            parent = parent[step]
        key, value = place[-1], parent[place[-1]]
        text = None
        match rng.randrange(8):
            case 0:
                parent[key] = rng.choice(WRONG)
            case 1:
                del parent[key]
            case 2 | 3 if isinstance(value, str) and value.isdigit():
                other = rng.choice([int(value) + P, int(value) + R, int(value) + 1, *ELEMENTS])
                parent[key] = rng.choice((str(other), f"0{other}", hex(other), other, str(-other)))
            case 4:
                other_place = rng.choice(every)
                other = document
                for step in other_place:
                    other = other[step]
                parent[key] = copy.deepcopy(other)
            case 5 if isinstance(parent, dict):
                name = rng.choice(
                    [f"{key} ", key.upper(), f"{key}\0", "x", "", "__proto__", "\ud800"]
                )
                parent[name] = value if rng.random() < 0.5 else parent.pop(key)
            case 5:
                parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(value))
            case 6 if isinstance(parent, dict):
                mark = "a name that is nowhere else"
                parent[mark] = rng.choice([value, None, rng.choice(WRONG)])
                name, twice = json.dumps(key), json.dumps(mark)
                text = json.dumps(changed, indent=rng.choice((None, 1))).replace(twice, name)
            case 6:
                rng.shuffle(parent)
            case _:
                mark = "a text that is nowhere else"
                parent[key] = mark
                text = json.dumps(changed).replace(json.dumps(mark), rng.choice(RAW))
        if text is None:
            text = json.dumps(changed, ensure_ascii=rng.random() < 0.8)
        yield f"{place} changed", text.encode("utf-8", "surrogatepass")


def structured_lines(data: bytes, rng: random.Random) -> Iterator[Case]:
    """A field or a line in place of another, missing, doubled or strange; without end."""
    numbers = (2**32 - 1, 2**32, 2**64 - 1, 2**64)
    fields = [
        *(b"", b"0", b"-1", b"-2", b"00", b"01", b"+1", b" 1", b"1 ", b"1e2", b"0x1", b"1_0"),
        *("١".encode(), *(b"%d" % number for number in numbers), b"9" * 21, b"9" * 5000),
        *(b"main.a", b"main.\xff", b"main.\0", b"\x1b[31m", b"a" * 65_530, b"a" * 65_536),
        *(b"a" * 70_000, "é".encode(), "\u2028".encode(), "\u202e".encode(), b"vkey", b"#"),
        *(b"f" * 128, b"F" * 128, b"0" * 127, b"0" * 129, b"0x" + b"1" * 64),
    ]
    while True:
        lines = data.split(b"\n")
        at = rng.randrange(len(lines))
        comma = b"," if b"," in lines[at] else b" "
        parts = lines[at].split(comma)
        match rng.randrange(7):
            case 0 | 1:
                parts[rng.randrange(len(parts))] = rng.choice(fields)
            case 2:
                i, j = rng.randrange(len(parts)), rng.randrange(len(parts))
                parts[i], parts[j] = parts[j], parts[i]
            case 3:
                parts.insert(rng.randrange(len(parts) + 1), rng.choice((*fields, *parts)))
            case 4:
                del parts[rng.randrange(len(parts))]
            case 5:
                other = rng.randrange(len(lines))
                lines.insert(other, lines[at])
            case _:
                lines[at], parts = rng.choice((b"", b" ", b"\r", b"\0", *fields)), []
        if parts:
            lines[at] = comma.join(parts)
        end = rng.choice((b"\n",) * 12 + (b"\r\n", b"\r", b"\x0b", "\x85".encode(), b"\n\n"))
        yield f"line {at} changed", end.join(lines)
