"""Run the case: in this process on an embedded chain, or on a node with a process a party."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from zkpipe.exchange.cases.open_data.places import apart, fund, here
from zkpipe.exchange.cases.open_data.report import report
from zkpipe.exchange.cases.open_data.story import Stage, Story, Told
from zkpipe.exchange.cases.parties import Party
from zkpipe.exchange.errors import CaseError
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.files.writing import write_file
from zkpipe.verifier_contracts import Chain

REPORT, RECORD, BUNDLE = "report.html", "case.json", "bundle"


def run(folder: Path, stage: Stage, rpc: str | None = None, depth: int = 0) -> Told:
    """Run the case in a folder, which gets the report, a record and the auditor's bundle.

    folder  new, or empty
    stage   is entered for each part, with its title
    rpc     of a development node; without it, the embedded chain
    depth   blocks above one that is final; 0 unless a node mines by itself

    Raises CaseError if anything is accepted that must be refused, or the other way round;
    FileError, NodeMissingError, CompilerMissingError.

    Cost: 60 s of two processors, most of it for three keys and for the proofs that three circuits
    are sound.
    """
    started = time.perf_counter()
    _make(folder)
    chain = Chain.embedded() if rpc is None else Chain.connect(rpc)
    parties: Mapping[str, Party] = here(folder, chain) if rpc is None else apart(folder, rpc)
    try:
        story = Story(parties, folder, stage)
        fund(chain, story.accounts())
        told = story.run(depth)
    finally:
        for party in parties.values():
            party.close()
    seconds = time.perf_counter() - started
    write_file(folder / REPORT, report(told, seconds).encode())
    record = json.dumps(asdict(told), indent=1, sort_keys=True)
    write_file(folder / RECORD, record.encode() + b"\n")
    return told


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise file_failure("made", folder, error) from error
    if not is_empty:
        raise CaseError(f"{folder} is there, and is not empty.", "Give a place where nothing is.")
