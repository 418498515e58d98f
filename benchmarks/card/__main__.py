"""Checks and timings of the card of this machine: `benchmarks/gpu.sh`.

    python -m zkpipe.benchmarks.card [--out FILE] [--sums 16 22] [--proofs 16 20] [--batches 12 14]
                                     [--minutes 6]

`zkpipe bench report FILE REPORT.html REPORT.md` makes a page of the figures. It takes numpy, numba
and numba-cuda alone. What a card cannot do fails here: the processor does not
step in. Exit status 1 if a result of the card is wrong, or it fails; 2 if the file cannot be
written; 3 if there is no card that can be used. The figures so far are written in any case.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zkpipe.accel.cuda.driver import NumbaCard
    from zkpipe.benchmarks.records.card_run import CardTiming

ROOT = Path(__file__).resolve().parents[2]


def main(words: Sequence[str] | None = None) -> int:
    """Check, measure, write the table to standard output and the figures to a file."""
    options = _options().parse_args(words)
    os.environ["ZKPIPE_BACKEND"] = "cuda"
    from zkpipe.accel.cuda.driver import open_card
    from zkpipe.benchmarks.records.records import printable
    from zkpipe.ground.errors import CardError, CardWarning, MissingError

    try:
        card = open_card()
        figures = _about()
    except (MissingError, CardError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        _write(options.out, figures)
    except OSError as error:
        sys.stderr.write(f"{options.out} cannot be written: {error.strerror}.\n")
        return 2
    _say(f"{card.name}, compute capability {'.'.join(map(str, card.capability))}")
    with warnings.catch_warnings():
        warnings.simplefilter("error", CardWarning)
        try:
            _compile(card, figures)
            _check(card, options.check, figures)
            if not figures["wrong"]:
                _measure(card, options, figures)
        except (CardError, CardWarning) as error:
            figures["failed"] = printable(str(error))
            sys.stderr.write(f"{error}\n")
        finally:
            _write(options.out, figures)
    return 1 if figures["wrong"] or figures["failed"] else 0


def _write(out: Path, figures: dict[str, Any]) -> None:
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _about() -> dict[str, Any]:
    """What the figures are of, and their places: a records.card_run.CardRun."""
    from zkpipe.benchmarks.records.machine import commit, describe, describe_card
    from zkpipe.benchmarks.records.records import as_json
    from zkpipe.benchmarks.records.schemas import CARD_SCHEMA

    return {
        "schema": CARD_SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": as_json(describe({}, describe_card())),
        "text_seconds": None,
        "compile_seconds": None,
        "wrong": [],
        "failed": None,
        "timings": [],
        "left_out": [],
    }


def _compile(card: NumbaCard, figures: dict[str, Any]) -> None:
    """Every kernel, before anything is timed: zkpipe makes its text, the driver its code."""
    from zkpipe.accel.cuda.kernels.all_kernels import all_kernels

    started = time.perf_counter()
    kernels = list(all_kernels())
    texts = [kernel.ptx for kernel in kernels]
    written = time.perf_counter()
    for text in texts:
        card.compile(text)
    figures["text_seconds"] = written - started
    figures["compile_seconds"] = time.perf_counter() - written
    _say(
        f"{len(kernels)} kernels: texts in {figures['text_seconds']:.1f} s, compiled by the driver "
        f"in {figures['compile_seconds']:.1f} s"
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/gpu.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "card.json")
    parser.add_argument("--check", type=int, default=12, help="log2 of the largest sizes checked")
    parser.add_argument(
        "--sums", type=int, nargs=2, default=(16, 22), help="log2 of sizes, both in"
    )
    parser.add_argument("--products", type=int, default=18, help="log2 of threads")
    parser.add_argument("--proofs", type=int, nargs=2, default=(16, 20))
    parser.add_argument("--batches", type=int, nargs="*", default=(12, 14))
    parser.add_argument("--minutes", type=float, default=6, help="after which nothing is begun")
    return parser


def _check(card: NumbaCard, exponent: int, figures: dict[str, Any]) -> None:
    """The names of checks that fail, as `wrong`."""
    from zkpipe.benchmarks.card.checks import checks
    from zkpipe.ground.errors import CardWarning

    for name, right in checks(card, exponent):
        try:
            good = right()
        except CardWarning as error:
            good = False
            _say(str(error))
        _say(f"{'right' if good else 'WRONG'}  {name}")
        figures["wrong"] += [] if good else [name]


def _measure(card: NumbaCard, options: Any, figures: dict[str, Any]) -> None:
    """Timings, as `timings`, and what there was no time for, as `left_out`."""
    from zkpipe.benchmarks.card.timings import tasks

    sums, proofs = (range(low, high + 1, 2) for low, high in (options.sums, options.proofs))
    end = time.monotonic() + 60 * options.minutes
    _say(f"{'':16}{'size':>6}{'card':>12}{'processor':>12}{'ratio':>8}")
    for name, task in tasks(card, options.products, sums, proofs, options.batches):
        if time.monotonic() > end:
            figures["left_out"].append(name)
            continue
        timing = task()
        _say(_row(timing))
        figures["timings"].append(asdict(timing))
    if figures["left_out"]:
        _say(f"No time was left for: {', '.join(figures['left_out'])}.")


def _row(timing: CardTiming) -> str:
    text = f"{timing.what:16}{f'2^{timing.exponent}':>6}{timing.card * 1000:>9.2f} ms"
    if timing.rate is not None:
        return f"{text}   {timing.rate / 1e9:.1f} thousand million a second"
    if timing.processor is None:
        return text
    return f"{text}{timing.processor * 1000:>9.1f} ms{timing.processor / timing.card:>8.1f}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
