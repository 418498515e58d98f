"""A process that contributes, and then writes down all its memory: python memory_image.py FOLDER.

It contributes to the key 0.zkey of the folder, or to its 0.ptau if there is no key.

It notes the secrets under a mask, so that nothing but the contribution itself can have left them;
the masked ones, in hexadecimal, are its output, in the order in which they were drawn.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MASK = np.arange(1, 33, dtype=np.uint8)
PIECE = 1 << 20


def main(folder: Path) -> None:
    from zkpipe.prover.ceremony import contribute_key
    from zkpipe.prover.ceremony.chacha import ChaCha
    from zkpipe.prover.ceremony.phase1.contribute import contribute_ptau

    masked: list[bytes] = []
    draw = ChaCha.scalar

    def noted(generator: ChaCha) -> object:
        scalar = draw(generator)
        masked.append((scalar.view(np.uint8) ^ MASK).tobytes())
        return scalar

    ChaCha.scalar = noted  # type: ignore[assignment,method-assign]
    if (folder / "0.zkey").exists():
        contribute_key(folder / "0.zkey", folder / "1.zkey", "somebody", b"typed by somebody")
    else:
        contribute_ptau(folder / "0.ptau", folder / "1.ptau", "somebody", b"typed by somebody")
    with (folder / "image").open("wb") as out:
        for data in memory():
            out.write(data)
    sys.stdout.write(" ".join(data.hex() for data in masked))


def memory() -> Iterator[bytes]:
    """The writable memory of this process, but for pages of zeros."""
    regions = Path("/proc/self/maps").read_text().splitlines()
    with Path("/proc/self/mem").open("rb", buffering=0) as image:
        for line in regions:
            begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()  # type: ignore[union-attr]
            if not rights.startswith("rw"):
                continue
            for at in range(int(begin, 16), int(end, 16), PIECE):
                try:
                    image.seek(at)
                    data = image.read(min(PIECE, int(end, 16) - at))
                except (OSError, OverflowError, ValueError):  # a device, or a guard
                    continue
                if data.strip(b"\0"):
                    yield data


if __name__ == "__main__":
    main(Path(sys.argv[1]))
