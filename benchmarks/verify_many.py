"""Times of verification: one proof, and a batch of one key, with wrong ones in it and without.

    python benchmarks/verify_many.py [PROOFS]      1000 if left out

On every back end here, on one thread and on two, in turn within each round; after a first of each
for compilation.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

from accel.backend import has_ifma
from circuits import Field, Private, Public, circuit
from prover import DEVELOPMENT, prove, setup, verify, verify_batch

ROUNDS = 7


@circuit
def product(x: Private[Field], y: Private[Field]) -> Public[Field]:
    """Two factors of a public number."""
    return x * y


def measure(count: int) -> dict[str, list[float]]:
    """Seconds by back end, threads and what was verified."""
    system = product.compile()
    key = setup(system, DEVELOPMENT)
    witnesses = [system.solve(x=i + 2, y=3) for i in range(count)]
    proofs, vk = [prove(key, witness) for witness in witnesses], key.verifying_key
    right = [witness.public for witness in witnesses]
    one, ten = ([list(public) for public in right] for _ in range(2))
    one[count * 2 // 3][0] += 1
    for i in range(0, count, max(1, count // 10)):
        ten[i][0] += 1
    times: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        for backend in [*(["avx512"] if has_ifma() else []), "scalar"]:
            for threads in ("1", "2"):
                os.environ |= {"ZKPIPE_BACKEND": backend, "ZKPIPE_THREADS": threads}
                for name, publics in (("all right", right), ("one wrong", one), ("ten wrong", ten)):
                    begin = time.perf_counter()
                    answers = verify_batch(vk, proofs, publics)
                    spent = time.perf_counter() - begin
                    if answers != [a == b for a, b in zip(publics, right, strict=True)]:
                        raise SystemExit(f"the {backend} back end names the wrong proofs")
                    times.setdefault(f"{backend:7} {threads}  {name}", []).append(spent)
                begin = time.perf_counter()
                for proof, public in zip(proofs[:10], right, strict=False):
                    verify(vk, proof, public)
                spent = (time.perf_counter() - begin) / 10
                times.setdefault(f"{backend:7} {threads}  one proof", []).append(spent)
        if number == 0:
            times.clear()
    return times


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.stdout.write(f"{count} proofs, {ROUNDS} rounds: back end, threads, ms (fastest)\n")
    for name, values in sorted(measure(count).items()):
        median, least = 1e3 * statistics.median(values), 1e3 * min(values)
        sys.stdout.write(f"  {name:24} {median:8.2f} ({least:.2f})\n")


if __name__ == "__main__":
    main()
