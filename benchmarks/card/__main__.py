"""Checks and timings of the card of this machine: `benchmarks/gpu.sh`.

    python -m zkpipe.benchmarks.card [--out FILE] [--sums 16 22] [--proofs 16 20] [--batches 12 14]
                                     [--minutes 6]

It takes numpy, numba and numba-cuda alone. Exit status 1 if a result of the card is wrong, 3 if
there is no card that can be used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zkpipe.accel.cuda.driver import NumbaCard
    from zkpipe.benchmarks.card.timings import Timing

SCHEMA = "zkpipe-card/1"


def main(words: Sequence[str] | None = None) -> int:
    """Check, measure, write the table to standard output and the figures to a file."""
    options = _options().parse_args(words)
    os.environ["ZKPIPE_BACKEND"] = "cuda"
    from zkpipe.accel.cuda.driver import open_card
    from zkpipe.ground.errors import MissingError

    try:
        card = open_card()
    except MissingError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    _say(f"{card.name}, compute capability {'.'.join(map(str, card.capability))}")
    wrong = _checked(card, options.check)
    made = [] if wrong else _measured(card, options)
    figures = {
        "schema": SCHEMA,
        "card": card.name,
        "capability": list(card.capability),
        "processors": os.cpu_count(),
        "wrong": wrong,
        "timings": [asdict(timing) for timing in made],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/gpu.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("build/card.json"))
    parser.add_argument("--check", type=int, default=12, help="log2 of the largest sizes checked")
    parser.add_argument(
        "--sums", type=int, nargs=2, default=(16, 22), help="log2 of sizes, both in"
    )
    parser.add_argument("--products", type=int, default=18, help="log2 of threads")
    parser.add_argument("--proofs", type=int, nargs=2, default=(16, 20))
    parser.add_argument("--batches", type=int, nargs="*", default=(12, 14))
    parser.add_argument("--minutes", type=float, default=6, help="after which nothing is begun")
    return parser


def _checked(card: NumbaCard, exponent: int) -> list[str]:
    """The names of checks that fail."""
    from zkpipe.benchmarks.card.checks import checks

    wrong = []
    for name, right in checks(card, exponent):
        good = right()
        _say(f"{'right' if good else 'WRONG'}  {name}")
        wrong += [] if good else [name]
    return wrong


def _measured(card: NumbaCard, options: Any) -> list[Timing]:
    from zkpipe.benchmarks.card.timings import products, timings

    sums, proofs = (range(low, high + 1, 2) for low, high in (options.sums, options.proofs))
    made = []
    _say(f"{'':16}{'size':>6}{'card':>12}{'processor':>12}{'ratio':>8}")
    found = timings(card, sums, proofs, tuple(options.batches), 60 * options.minutes)
    for timing in chain([products(card, options.products)], found):
        _say(_row(timing))
        made.append(timing)
    return made


def _row(timing: Timing) -> str:
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
