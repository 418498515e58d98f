"""Times of ceremonies, each step as the command that users run, from its start to its end.

    python -m zkpipe.benchmarks.ceremony [--beside 12] [--rounds 3] [--phase1 16 20] [--prepare 16]
                                         [--key 20] [--ptau FINAL.ptau] [--out TABLE.md]

Two tables. In the first, zkpipe and snarkjs take turns at a size that snarkjs can do, and medians
are told. In the second, zkpipe takes each step once at the sizes that the targets are for; of
contributions the median is told, of five to powers and of three to a key. All files are made by the
commands themselves. The powers that the key of 2^20 needs are made once, which takes most of the
time; --ptau gives the run powers that are there already, and a size of 0 leaves its part out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from zkpipe.benchmarks.processes import Usage, whole_command
from zkpipe.benchmarks.provers.peers import snarkjs_words
from zkpipe.benchmarks.provers.provers import zkpipe_command
from zkpipe.benchmarks.records.series import in_turn, median
from zkpipe.benchmarks.reports.table import NONE, Table, duration, megabytes, with_spread
from zkpipe.benchmarks.workloads.workloads import dense_chain

CONTRIBUTIONS = 5
TARGETS = {  # seconds on two cores: must, and aim
    "contribute to 2^16": (5, None),
    "contribute to 2^20": (60, 25),
    "prepare 2^16": (25, 12),
    "verify 2^16, five contributions": (6, None),
    "verify 2^16, prepared": (10, None),
    "initial key of 2^20": (15, None),
    "contribute to a key of 2^20": (12, 6),
    "verify a key of 2^20": (40, None),
}
Words = Sequence[str | Path | int]
Run = Callable[[Words], Usage]


def zkpipe(words: Words) -> Usage:
    """Run our command."""
    return whole_command([zkpipe_command(), *(str(word) for word in words)], {})


def snarkjs(program: Sequence[str], words: Words) -> Usage:
    """Run snarkjs."""
    return whole_command([*program, *(str(word) for word in words)], {})


def beside(folder: Path, power: int, rounds: int, program: Sequence[str] | None) -> Table:
    """Every step of both phases at one size, the two tools in turn."""
    at = partial(Path, folder)
    system, _ = dense_chain(1 << power)
    system.save(at("c.r1cs"))
    zkpipe(["ptau", "new", power, at("0.ptau")])
    zkpipe(["ptau", "contribute", at("0.ptau"), at("1.ptau")])
    zkpipe(["ptau", "prepare", at("1.ptau"), at("2.ptau")])
    zkpipe(["setup", at("c.r1cs"), at("0.zkey"), "--ptau", at("2.ptau")])
    zkpipe(["key", "contribute", at("0.zkey"), at("1.zkey")])
    said = ["--name=Alice", "-e=text of Alice"]
    ours: dict[str, Words] = {
        "contribute": ["ptau", "contribute", at("0.ptau"), at("a.ptau"), "--force"],
        "prepare": ["ptau", "prepare", at("1.ptau"), at("a.ptau"), "--force"],
        "verify, prepared": ["ptau", "verify", at("2.ptau")],
        "initial key": ["setup", at("c.r1cs"), at("a.zkey"), "--ptau", at("2.ptau"), "--force"],
        "contribute to a key": ["key", "contribute", at("0.zkey"), at("a.zkey"), "--force"],
        "verify a key": [
            *("key", "verify", at("1.zkey"), "--circuit", at("c.r1cs"), "--ptau", at("2.ptau")),
        ],
    }
    theirs: dict[str, Words] = {
        "contribute": ["powersoftau", "contribute", at("0.ptau"), at("s.ptau"), *said],
        "prepare": ["powersoftau", "prepare", "phase2", at("1.ptau"), at("s.ptau")],
        "verify, prepared": ["powersoftau", "verify", at("2.ptau")],
        "initial key": ["groth16", "setup", at("c.r1cs"), at("2.ptau"), at("s.zkey")],
        "contribute to a key": ["zkey", "contribute", at("0.zkey"), at("s.zkey"), *said],
        "verify a key": ["zkey", "verify", at("c.r1cs"), at("2.ptau"), at("1.zkey")],
    }
    rows = []
    for step, words in ours.items():
        runs: dict[str, Callable[[], float]] = {"zkpipe": partial(seconds, zkpipe, words)}
        if program is not None:
            runs["snarkjs"] = partial(seconds, partial(snarkjs, program), theirs[step])
        times = in_turn(rounds, runs)
        both = [times.get(name) for name in ("zkpipe", "snarkjs")]
        cells = [NONE if one is None else with_spread(one) for one in both]
        ratio = NONE
        if "snarkjs" in times:
            ratio = f"{median(times['snarkjs']) / median(times['zkpipe']):.1f}"
        rows.append((step, *cells, ratio))
    note = "Whole commands, in turn: the median, the fastest and the slowest."
    if program is None:
        note += " snarkjs was left out: it needs node, and a checkout with `npm ci` run in it."
    header = ("step", "zkpipe", "snarkjs", "times faster")
    return Table(f"Beside snarkjs, 2^{power}", note, header, tuple(rows))


def seconds(run: Run, words: Words) -> float:
    """The time of a command."""
    return run(words).seconds


def large(folder: Path, phase1: Sequence[int], prepared: int, key: int, ptau: Path | None) -> Table:
    """Every step at the sizes of the targets, ours alone."""
    found: dict[str, list[Usage]] = {}

    def take(step: str, words: Words) -> None:
        found.setdefault(step, []).append(zkpipe(words))

    at = partial(Path, folder)
    for power in sorted({*phase1, *([prepared] if prepared else [])}):
        chain = [at(f"{power}-{number}.ptau") for number in range(CONTRIBUTIONS + 1)]
        zkpipe(["ptau", "new", power, chain[0]])
        for before, after in pairwise(chain):
            take(f"contribute to 2^{power}", ["ptau", "contribute", before, after])
            before.unlink()
        if power == prepared:
            take(f"verify 2^{power}, five contributions", ["ptau", "verify", chain[-1]])
            take(f"prepare 2^{power}", ["ptau", "prepare", chain[-1], at("p.ptau")])
            take(f"verify 2^{power}, prepared", ["ptau", "verify", at("p.ptau")])
            at("p.ptau").unlink()
        chain[-1].replace(at(f"{power}.ptau"))
    if key:
        powers = ptau or _powers(folder, key, take)
        system, _ = dense_chain(1 << key)
        system.save(at("c.r1cs"))
        of: list[str | Path | int] = ["--circuit", at("c.r1cs"), "--ptau", powers]
        take(f"initial key of 2^{key}", ["setup", at("c.r1cs"), at("0.zkey"), "--ptau", powers])
        for number in range(3):
            before, after = at(f"{number}.zkey"), at(f"{number + 1}.zkey")
            take(f"contribute to a key of 2^{key}", ["key", "contribute", before, after])
            before.unlink()
        take(f"verify a key of 2^{key}", ["key", "verify", at("3.zkey"), *of])
    return Table(
        "At the sizes of the targets",
        "Whole commands; of contributions the median.",
        ("step", "zkpipe", "must", "aim", "peak memory"),
        tuple(_row(step, usages) for step, usages in found.items()),
    )


def _powers(folder: Path, power: int, take: Callable[[str, Words], None]) -> Path:
    """Prepared powers of the size of a key."""
    path, out = folder / f"{power}.ptau", folder / f"{power}-prepared.ptau"
    if not path.exists():
        zkpipe(["ptau", "new", power, folder / "new.ptau"])
        zkpipe(["ptau", "contribute", folder / "new.ptau", path])
        (folder / "new.ptau").unlink()
    take(f"prepare 2^{power}", ["ptau", "prepare", path, out])
    path.unlink()
    return out


def _row(step: str, usages: Sequence[Usage]) -> tuple[str, ...]:
    must, aim = TARGETS.get(step, (None, None))
    return (
        step,
        duration(median([usage.seconds for usage in usages])),
        *(NONE if limit is None else f"{limit} s" for limit in (must, aim)),
        megabytes(max(usage.peak_bytes for usage in usages)),
    )


def markdown(table: Table) -> str:
    """A table as Markdown, with its title as a heading."""
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    body = "\n".join(f"| {' | '.join(row)} |" for row in lines)
    return f"### {table.title}\n\n{table.note}\n\n{body}\n"


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m zkpipe.benchmarks.ceremony")
    parser.add_argument("--beside", type=int, default=12, metavar="POWER")
    parser.add_argument("--rounds", type=int, default=3, metavar="COUNT")
    parser.add_argument("--phase1", type=int, nargs="*", default=[16, 20], metavar="POWER")
    parser.add_argument("--prepare", type=int, default=16, metavar="POWER")
    parser.add_argument("--key", type=int, default=20, metavar="POWER")
    parser.add_argument("--ptau", type=Path, metavar="FINAL.ptau")
    parser.add_argument("--out", type=Path, metavar="TABLE.md")
    parser.add_argument("--folder", type=Path, help="for the files, 5 GB at 2^20; a temporary one")
    given = parser.parse_args(words)
    tables = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder, first = Path(name), Path(name, "beside")
        first.mkdir()
        zkpipe(["ptau", "new", 5, folder / "w.ptau"])
        zkpipe(["ptau", "contribute", folder / "w.ptau", folder / "v.ptau"])  # compiles kernels
        if given.beside:
            tables.append(beside(first, given.beside, given.rounds, snarkjs_words()))
        sizes = [power for power in given.phase1 if power]
        tables.append(large(folder, sizes, given.prepare, given.key, given.ptau))
    text = "\n".join(markdown(table) for table in tables if table.rows)
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
