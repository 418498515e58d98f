"""key prepare."""

from __future__ import annotations

import time
from pathlib import Path

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels


@command("prepare", example="zkpipe key prepare square.zkey")
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.option("--remove", is_flag=True, help="Remove what was prepared of the key.")
def prepare(key: Path, remove: bool) -> Answer:
    """Prepare a key once, so that every later process proves sooner with it.

    The points are converted for this machine's processor, and kept in your cache folder: 320 bytes
    a wire, 5 to 37 a coefficient. `prove`, `fullprove`, batches and the service find them by the
    key's file itself: device, inode, size, time of change and owner. If the file is replaced,
    copied, moved or touched, they use the key, as they do on a card and with --max-memory. Then
    prepare it again. A proof that does not verify is made again from the key, and the prepared key
    is removed.

    What no command has used for a month is removed when another key is prepared, and what was not
    used for longest above 16 GiB in all.
    """
    expect((key, Kind.PROVING_KEY))
    return _remove(key) if remove else _prepare(key)


def _prepare(key: Path) -> Answer:
    from zkpipe.prover import prepare_key

    compile_kernels()
    begun = time.monotonic()
    with progress(f"preparing {key}"):
        made = prepare_key(key)
    seconds = time.monotonic() - begun
    return Answer(
        {
            "key": str(key),
            "sha256": made.sha256,
            "prepared": str(made.path),
            "bytes": made.size,
            "machine": made.machine,
            "milliseconds": round(1000 * seconds),
        },
        table(
            [
                ("key", key),
                ("SHA-256", made.sha256),
                ("prepared", f"{made.path}, {made.size:,} bytes"),
                ("for", f"zkpipe on this machine ({made.machine})"),
                ("took", f"{seconds:.1f} s"),
            ]
        ),
    )


def _remove(key: Path) -> Answer:
    from zkpipe.prover import remove_prepared

    gone = remove_prepared(key)
    text = "\n".join(f"removed {path}" for path in gone) or f"Nothing was prepared of {key}."
    return Answer({"key": str(key), "removed": [str(path) for path in gone]}, text)
