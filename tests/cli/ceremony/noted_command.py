"""The command line, with its secrets noted under a mask: python noted_command.py NOTES WORD...

NOTES is a file that gets a line in hexadecimal for each secret: the seed and the scalars of a
contribution, Montgomery, and the secrets of a development key. Nothing but the command itself can
have left what a search for the unmasked ones finds.
"""

from __future__ import annotations

import sys
from pathlib import Path

MASK = bytes(range(1, 33))


def main(notes: Path, words: list[str]) -> None:
    import numpy as np

    from zkpipe.cli.main import main as command
    from zkpipe.prover.ceremony.chacha import ChaCha
    from zkpipe.prover.groth16 import setup

    begin, draw, waste_of = ChaCha.__init__, ChaCha.scalar, setup._draw
    seeds = 0

    def note(secret: bytes) -> None:
        with notes.open("a") as file:
            file.write(bytes(a ^ b for a, b in zip(secret, MASK, strict=True)).hex() + "\n")

    def begun(generator: ChaCha, seed: np.ndarray) -> None:  # type: ignore[type-arg]
        nonlocal seeds
        seeds += 1
        if seeds == 1:  # those of hashes are public
            note(seed.tobytes())
        begin(generator, seed)

    def drawn(generator: ChaCha) -> object:
        scalar = draw(generator)
        note(scalar.tobytes())
        return scalar

    def waste(domain_size: int, r: int) -> object:
        made = waste_of(domain_size, r)
        for secret in (made.tau, made.alpha, made.beta, made.delta):
            note(secret.to_bytes(32, "little"))
        return made

    ChaCha.__init__ = begun  # type: ignore[method-assign]
    ChaCha.scalar = drawn  # type: ignore[assignment,method-assign]
    setup._draw = waste  # type: ignore[assignment]
    sys.argv = ["zkpipe", *words]
    command()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
