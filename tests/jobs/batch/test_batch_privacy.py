"""No private value leaves a batch, in no encoding, whatever goes wrong with its row.

Searched are the answers, the reports, the results, the batch's own folder with its journal, and
what the system shows of the processes while they run.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.workshop import invoke
from tests.jobs.batch import shop
from tests.jobs.batch.test_batch_kill import workers_of
from zkpipe.accel.bn254 import R

pytestmark = pytest.mark.usefixtures("place")

SALTS = [987654321012345678909876543210 + 10**24 * n for n in range(8)]
RAISES = '''"""A circuit whose hint tells the value that it fails with, in every way that it can."""

import logging
import warnings

from zkpipe import Field, Private, Public, UInt, check, circuit, hint


def half(amount, salt):
    if amount == 1:
        raise ValueError(f"no half of {amount} with {salt}")
    if amount == 3:
        raise SystemExit(f"{salt}")
    if amount == 5:
        return salt
    if amount == 7:
        return f"{salt}"
    if amount == 9:
        raise type(f"E{salt}", (Exception,), {})(salt)
    return amount // 2


@circuit
def spend(
    account: Public[UInt[32]], amount: Private[UInt[16]], salt: Private[Field]
) -> Public[Field]:
    """The amount is even."""
    found = hint(half, amount, salt, returns=UInt[16])
    check(2 * found == amount, "the amount is odd")
    check(salt != 77, "the salt is 77")
    return amount * amount + account
'''


def encodings(value: int) -> dict[str, bytes]:
    """A value as it may lie somewhere."""
    little, big = value.to_bytes(32, "little"), value.to_bytes(32, "big")
    short = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return {
        "decimal": str(value).encode(),
        "hex": f"{value:x}".encode(),
        "hex, upper": f"{value:X}".encode(),
        "little endian": short[::-1],
        "big endian": short,
        "Montgomery": (value * 2**256 % R).to_bytes(32, "little"),
        "Base64, little endian": base64.b64encode(little)[:16],  # the rest are zeros
        "Base64, big endian": base64.b64encode(big)[-16:],
        "Base64, short": base64.b64encode(short)[:16],
        "a list of bytes": ", ".join(map(str, short[:6])).encode(),
    }


def found(data: bytes) -> list[tuple[int, str]]:
    """The salts in some bytes, and how they are written there."""
    return [
        (number, name)
        for number, salt in enumerate(SALTS)
        for name, text in encodings(salt).items()
        if text in data or (name == "hex" and text in data.lower())
    ]


def require_none(*places: Path, words: bytes = b"") -> None:
    assert found(words) == []
    for place in places:
        for path in [place, *place.rglob("*")]:
            assert found(str(path).encode()) == []
            if path.is_file():
                assert found(path.read_bytes()) == [], path


@contextmanager
def watched() -> Iterator[list[bytes]]:
    """What the system shows of this process and its workers, looked at all the time."""
    seen: list[bytes] = []
    stop, here = threading.Event(), Path.cwd()

    def look() -> None:
        while not stop.is_set():
            for number in workers_of(here):
                for name in ("cmdline", "environ", "comm"):
                    try:
                        seen.append(Path(f"/proc/{number}/{name}").read_bytes())
                    except OSError:
                        continue
            time.sleep(0.05)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def failing() -> None:
    """A table in which each salt's row fails in another way."""
    shop.make(Path(), RAISES)
    rows = [(f"A-{n}", n, 2 * n + 1, salt) for n, salt in enumerate(SALTS[:5])]
    table = shop.table(
        [
            *rows,
            ("A-5", 5, 11, SALTS[5]),
            ("A-6", 6, f"{SALTS[6]}", f"{SALTS[6]}"),
            ("A-7", f"-{SALTS[7]}x", 2, f"{SALTS[7]}y"),
            ("A-8", 8, 2, SALTS[1]),
            ("A-9", 9, f"{SALTS[2]}.5", SALTS[2]),
            ("A-10", 9, hex(SALTS[2]), f"{R + SALTS[2]}"),
        ]
    )
    with table.open("a") as file:
        file.write(f"A-11,{SALTS[3]},4\nA-12,4,4,{SALTS[4]},{SALTS[4]}\n")


OWN = (Path("proofs"), Path("proofs.batch"))


@pytest.mark.parametrize("name", ["local", "processes"])
@pytest.mark.parametrize("as_json", [True, False])
def test_rows_that_fail_tell_no_private_value(name: str, as_json: bool) -> None:
    failing()
    shop.job(more=shop.engine(name))
    with watched() as seen:
        result = invoke("batch", "run", "job.toml", *(["--json"] if as_json else []))
    assert result.exit_code == 1, result.output
    require_none(*OWN, words=(result.stdout + result.stderr).encode())
    require_none(words=b"\n".join(seen))
    assert shop.rows_there() == {8}
    for verb in ("status", "resume", "cancel"):
        told = shop.raw(verb=verb)
        require_none(*OWN, words=(told.stdout + told.stderr).encode())


def test_rows_that_fail_tell_no_private_value_in_a_dry_run() -> None:
    failing()
    shop.job()
    result = shop.raw("--dry-run")
    assert result.exit_code == 1
    require_none(words=(result.stdout + result.stderr).encode())


@pytest.mark.parametrize("name", ["local", "processes"])
def test_a_process_says_no_private_value_with_debug_either(name: str) -> None:
    failing()
    shop.job(more=shop.engine(name))
    process = shop.started("run", "job.toml", "--debug")
    answer, said = process.communicate(timeout=300)
    assert process.returncode == 1, said
    require_none(*OWN, words=(answer + said).encode())


@pytest.mark.parametrize("out", ["proofs", "proofs.parquet"])
def test_rows_that_are_proved_leave_no_private_value(out: str) -> None:
    Path("spend.py").write_text(
        shop.SPEND.replace("+ salt", "+ account").replace(
            "    check(", "    check(salt != 77, 'the salt is 77')\n    check("
        )
    )
    shop.make(Path(), Path("spend.py").read_text())
    shop.table([(f"A-{n}", n, 5, salt) for n, salt in enumerate(SALTS)])
    shop.job(out=out, more=shop.engine("processes"))
    with watched() as seen:
        result = shop.raw()
    assert result.exit_code == 0, result.output
    assert seen
    places = [path for path in Path().iterdir() if path.name.startswith("proofs")]
    assert len(places) >= 2
    require_none(*places, words=(result.stdout + result.stderr).encode())
    require_none(words=b"\n".join(seen))


@pytest.mark.parametrize("name", ["local", "processes"])
def test_values_that_are_asked_for_are_shown_in_the_answer_and_nowhere_else(name: str) -> None:
    shop.table([("A-0", 1, 1001, SALTS[0])])
    path = Path("spend.py")
    shop.make(Path(), path.read_text().replace("amount <= 1000", "amount + salt == 7"))
    shop.job(more=shop.engine(name))
    result = shop.raw("--show-values")
    assert (0, "decimal") in found(result.stdout.encode())
    require_none(*OWN)
    result = invoke("batch", "run", "job.toml", "--show-values")
    assert (0, "decimal") in found(result.stdout.encode())
    require_none(*OWN)


def test_the_search_finds_what_it_looks_for() -> None:
    for number, salt in enumerate(SALTS):
        for name, text in encodings(salt).items():
            assert (number, name) in found(b"x" + text + b"y")
        assert found(base64.b64encode(salt.to_bytes(32, "little")))
        assert found(base64.b64encode(salt.to_bytes(32, "big")))
