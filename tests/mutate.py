"""Break the sources on purpose and see the tests go red: `make mutants`.

    python tests/mutate.py [NAME ...]      all of tests/mutations.toml, or those named

A mutation is a small break, a text of one file for another, with the tests that must notice it. It
is made in a copy of the tree under build/mutants, never in the tree itself. First the named tests
run there unbroken and must pass; then each mutation is applied, its tests run, and it is undone.
Kernels compile into a cache beside the copies, so a second run is quicker than the first. There is
one copy per processor, and as many mutations are tried at a time.

Exit status 1 if a mutation survives, no longer applies, or its tests could not be run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
LEFT_OUT = {".git", ".venv", "build", "node_modules"}
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", ".benchmarks")
TIMEOUT = 300  # seconds; a mutation that makes a kernel run for ever is seen, too
PASSED, FAILED = 0, 1  # pytest's exit statuses


@dataclass(frozen=True, slots=True)
class Mutation:
    """One break: `before`, which occurs once in the file, becomes `after`."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    why: str
    backend: str = "scalar"


def mutations() -> list[Mutation]:
    """All of tests/mutations.toml."""
    listed = tomllib.loads((ROOT / "tests" / "mutations.toml").read_text(encoding="utf-8"))
    return [Mutation(**{**entry, "tests": tuple(entry["tests"])}) for entry in listed["mutation"]]


def objection(mutation: Mutation, tree: Path = ROOT) -> str | None:
    """Why a mutation cannot be applied to a tree, None if it can."""
    path = tree / mutation.file
    if not path.is_file():
        return "its file is gone"
    count = path.read_text(encoding="utf-8").count(mutation.before)
    if count != 1:
        return f"its text occurs {count} times"
    if mutation.before == mutation.after:
        return "it changes nothing"
    for test in mutation.tests:
        file, _, function = test.partition("::")
        name = function.partition("[")[0]
        if not (tree / file).is_file() or f"def {name}(" not in (tree / file).read_text("utf-8"):
            return f"the test {test} is gone"
    return None


def say(text: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def copied_tree(name: str) -> Path:
    """A fresh copy, with the times of the files, by which numba knows its kernels."""
    tree = WORK / name
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for path in ROOT.iterdir():
        if path.name in LEFT_OUT or path.name.endswith("_cache"):
            continue
        if path.is_dir():
            shutil.copytree(path, tree / path.name, ignore=CACHES, symlinks=True)  # src has links
        else:
            shutil.copy2(path, tree / path.name)
    if (ROOT / "node_modules").is_dir():
        (tree / "node_modules").symlink_to(ROOT / "node_modules")
    return tree


@contextmanager
def applied(mutation: Mutation, tree: Path) -> Iterator[None]:
    """The mutation in the copy, undone afterwards. Times stay, so that its kernels are kept."""
    path = tree / mutation.file
    text, times = path.read_text(encoding="utf-8"), path.stat()
    try:
        path.write_text(text.replace(mutation.before, mutation.after), encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        yield
    finally:
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def run_tests(
    tree: Path, tests: Iterable[str], backend: str, *, stop: bool
) -> tuple[int | None, str]:
    """pytest's exit status in the copy (None: it took too long), and what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",  # compiled files are known by size and time alone
        "XDG_CACHE_HOME": str(WORK / "cache"),
        "ZKPIPE_BACKEND": backend,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", *tests]
    try:
        done = subprocess.run(  # noqa: S603 # this interpreter, tests of this project
            [*command, *(["-x"] if stop else ["-n", "auto"])],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT if stop else None,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def verdict(status: int | None, output: str) -> str:
    """What a run says of its mutation: red, survived, skipped, or broken."""
    if status is None or status < 0 or status == FAILED:
        return "red"  # failed, crashed, or ran for ever
    if status != PASSED:
        return "broken"
    return "survived" if re.search(r"\d+ passed", output) else "skipped"


def unbroken(chosen: list[Mutation], tree: Path) -> bool:
    """Whether all tests pass in the copy as it is; without that, red would say nothing."""
    fine = True
    for backend in sorted({m.backend for m in chosen}):
        tests = sorted({test for m in chosen if m.backend == backend for test in m.tests})
        status, output = run_tests(tree, tests, backend, stop=False)
        say(f"unbroken, {backend}: {output.strip().splitlines()[-1]}")
        if status != PASSED:
            say(output)
            fine = False
    return fine


def tried(mutation: Mutation, trees: SimpleQueue[Path]) -> tuple[Mutation, str]:
    """The verdict on one mutation, in the next copy that is free."""
    tree = trees.get()
    start = time.monotonic()
    try:
        with applied(mutation, tree):
            status, output = run_tests(tree, mutation.tests, mutation.backend, stop=True)
    finally:
        trees.put(tree)
    said = verdict(status, output)
    say(f"{said:9} {mutation.name} ({time.monotonic() - start:.0f} s)")
    if said == "broken":
        say(output)
    return mutation, said


def without_lanes(chosen: list[Mutation]) -> list[Mutation]:
    """The mutations whose machine is here."""
    from zkpipe.accel.machines.backend import has_ifma

    kept = [m for m in chosen if m.backend != "avx512" or has_ifma()]
    if len(kept) < len(chosen):
        say(f"{len(chosen) - len(kept)} mutations of lanes left out: no AVX-512 IFMA here")
    return kept


def main(names: list[str]) -> int:
    """Run the mutations; 0 if every one was seen."""
    chosen = [m for m in mutations() if not names or m.name in names]
    if unknown := set(names) - {m.name for m in chosen}:
        say(f"no such mutation: {', '.join(sorted(unknown))}")
        return 1
    chosen = without_lanes(chosen)
    jobs = max(1, min(len(os.sched_getaffinity(0)), len(chosen)))
    copies = [copied_tree(f"tree-{number}") for number in range(jobs)]
    stale = {m.name: why for m in chosen if (why := objection(m, copies[0])) is not None}
    for name, why in stale.items():
        say(f"{'stale':9} {name}: {why}")
    chosen = [m for m in chosen if m.name not in stale]
    if not unbroken(chosen, copies[0]):
        return 1
    trees: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        trees.put(copy)
    counts: dict[str, list[str]] = {"red": [], "survived": [], "broken": [], "skipped": []}
    with ThreadPoolExecutor(jobs) as pool:
        for mutation, said in pool.map(lambda each: tried(each, trees), chosen):
            counts[said].append(mutation.name)
    summary = ", ".join(f"{len(found)} {said}" for said, found in counts.items() if found)
    say(f"{len(chosen)} mutations: {summary}")
    return 1 if stale or counts["survived"] or counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
