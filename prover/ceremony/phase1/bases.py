"""The Lagrange bases of powers, one after another, in the memory that there is.

A basis that fits is transformed at once. A larger one takes two passes: its points are read by
classes modulo a power of four, and each class is transformed and written to its place; then columns
of all classes are read back, joined and written (accel.points.transforms).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.points.transforms import PointTransforms
from zkpipe.accel.transforms.twiddles import bit_reversal
from zkpipe.ground.files.binfile import write_array
from zkpipe.prover.ceremony.phase1.challenge import CHUNK_BYTES, chunks

ORDER = 16  # bytes a point for the order in which they are read
MOST_RUNS = 256  # each reads all points of the basis
LEAST_ROOM = CHUNK_BYTES  # bytes that are there besides, where pieces are read

Read = Callable[[int, int], Words]  # points begin .. end - 1


def runs_for(n: int, words: int, room: int) -> int:
    """How many classes a transform of n points is done in: 1 if all of them fit, else 4, 16, ...

    room  bytes
    """
    runs = 1
    while 4 * runs <= n and n // runs * (8 * words + ORDER) > room:
        runs *= 4
    return runs


def least_for(n: int, words: int) -> int:
    """The least room, in bytes, in which a transform of n points is done: in MOST_RUNS classes."""
    return n // MOST_RUNS * (8 * words + ORDER)


class LagrangeBases:
    """Makes bases in one group.

    words  of a point: 8 or 16
    room   bytes for points
    """

    def __init__(self, words: int, room: int) -> None:
        self.words, self.room = words, room
        self.transforms = PointTransforms(words // 8, inverse=True)

    def write(self, read: Read, n: int, out: BinaryIO) -> None:
        """Write the basis of the first n powers to where a file is."""
        runs = runs_for(n, self.words, self.room)
        if runs == 1:
            write_array(out, self._class(read, n, 0, 1))
            return
        begin, length = out.tell(), n // runs
        for start in bit_reversal(runs):
            write_array(out, self._class(read, n, int(start), runs))
        width = 8 * self.words
        fit = max(1, self.room // (runs * (width + ORDER)))
        columns = min(length, 1 << fit.bit_length() - 1)
        for first in range(0, length, columns):
            table = np.empty((runs, columns, self.words), np.uint64)
            places = [begin + (run * length + first) * width for run in range(runs)]
            for run, place in enumerate(places):
                out.seek(place)
                data = np.frombuffer(out.read(columns * width), "<u8")
                table[run] = data.reshape(columns, self.words)
            points = table.reshape(runs * columns, self.words)
            self.transforms.join(points, first, runs, length, over=n)
            for run, place in enumerate(places):
                out.seek(place)
                write_array(out, table[run])
        out.seek(begin + n * width)

    def _class(self, read: Read, n: int, start: int, runs: int) -> Words:
        """The transform of the points number start, start + runs, ...; of the first over n."""
        points = np.empty((n // runs, self.words), np.uint64)
        order = bit_reversal(n // runs)
        for begin, end in chunks(n, self.words):
            first = begin + (start - begin) % runs
            if first < end:
                taken = read(begin, end)[first - begin :: runs]
                at = first // runs
                points[order[at : at + len(taken)]] = taken
        self.transforms.reversed(points, n if start == 0 else None)
        return points
