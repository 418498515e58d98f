"""Hostile files, read one after another in a process that is bounded; what came of each.

    python -m tests.hostile.child FOLDER KIND SEED COUNT [KIND SEED COUNT ...]

Prints a JSON object by kind. The process may take the memory that it has after its warm-up, and
twice the file and 64 MB, in addresses and in pages; a file that takes more than 5 seconds ends it,
and leaves its name in FOLDER/now.
"""

from __future__ import annotations

import faulthandler
import json
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.hostile.formats import FORMATS, Case

SECONDS = 5
ROOM = 64 << 20  # bytes
THREADS = 1 << 28  # more addresses, no pages: stacks of threads and glibc's arenas


def status(field: str) -> int:
    """Bytes that the kernel has for this process under a name."""
    (found,) = re.findall(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    return int(found) << 10


def bounded(size: int, base: int) -> None:
    """From here on addresses for twice the size and ROOM more; the peak of pages begins anew."""
    most = base + 2 * size + ROOM + THREADS
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    Path("/proc/self/clear_refs").write_text("5")


def tried(
    cases: Iterable[Case],
    act: Callable[[bytes, Path], str],
    now: Path,
    name: str,
) -> dict[str, Any]:
    """What came of each case.

    act  given the bytes and a path that holds them, says in a word what came of them, and raises
         for what must not be
    """
    counted: Counter[str] = Counter()
    failures, slowest, peak = [], 0.0, 0
    base, began = status("VmSize"), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        for what, data in cases:
            path.write_bytes(data)
            now.write_text(f"{what}, {len(data)} bytes")
            bounded(len(data), base)
            before = status("VmRSS")
            begin = time.perf_counter()
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            try:
                counted[act(data, path)] += 1
            except BaseException as error:  # noqa: BLE001 # whatever it is, it is told
                text = "".join(traceback.format_exception(error)[-3:])
                failures.append(f"{what}: {text}"[:2000])
                (now.parent / f"failed-{len(failures)}").write_bytes(data)
            finally:
                faulthandler.cancel_dump_traceback_later()
            slowest = max(slowest, time.perf_counter() - begin)
            taken = status("VmHWM") - before - 2 * len(data)
            peak = max(peak, taken)
            if taken > ROOM:
                failures.append(f"{what}: {taken >> 20} MB more than twice its {len(data)} bytes")
            if path.read_bytes() != data or [*Path(folder).iterdir()] != [path]:
                failures.append(f"{what}: the folder was changed")
    return {
        "counted": counted,
        "failures": failures,
        "slowest": slowest,
        "peak": peak,
        "cpu": time.process_time() - began,
    }


def read(kind: str) -> Callable[[bytes, Path], str]:
    """Reads a file; a refusal is an error of ours with both sentences that names the file."""
    from zkpipe.ground.errors import ZkpipeError

    form = FORMATS[kind]

    def act(data: bytes, path: Path) -> str:
        try:
            value = form.read(path)
        except ZkpipeError as error:
            whole = error.problem.endswith(".") and error.fix.endswith(".")
            if not whole or len(error.problem) > 1000:
                raise AssertionError("an error without a sentence") from error
            if "--messages" in sys.argv:
                text = re.sub(r"'.*'|[0-9]+", "#", error.problem.replace(str(path), "F"))
                print(f"{kind}: {type(error).__name__}: {text}", file=sys.stderr)  # noqa: T201
            return type(error).__name__
        with tempfile.TemporaryDirectory() as other:
            form.judge(data, value, Path(other, path.name))
        return "accepted"

    return act


def main(folder: Path, wanted: list[tuple[str, int, int]]) -> None:
    """Read the right file of every kind first, so that what is loaded once counts for none."""
    found = {}
    for kind, seed, count in wanted:
        form = FORMATS[kind]
        right = folder / form.seed
        no_limit = resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (no_limit, no_limit))
        for _ in range(2):
            assert read(kind)(right.read_bytes(), right) == "accepted", kind
        cases = form.cases(folder, seed, count)
        found[kind] = tried(cases, read(kind), folder / "now", form.seed)
    print(json.dumps(found))  # noqa: T201 # to the test


if __name__ == "__main__":
    words = [word for word in sys.argv[2:] if word != "--messages"]
    main(
        Path(sys.argv[1]),
        [(words[i], int(words[i + 1]), int(words[i + 2])) for i in range(0, len(words), 3)],
    )
