"""doctor."""

from __future__ import annotations

from dataclasses import asdict

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import YES, Answer, one_line
from zkpipe.cli.console.progress import progress
from zkpipe.cli.failure import MISSING as MISSING_STATUS
from zkpipe.cli.machine.warm_up import compile_card_kernels, compile_kernels


@command(
    "doctor",
    example="zkpipe doctor",
    status="Exit status 3: something is missing that every proof needs. A warning is about what "
    "only some commands need.",
)
@click.option("--fix", is_flag=True, help="Download solc, if none is found; compile the kernels.")
def doctor(fix: bool) -> Answer:
    """Say what this machine offers: back end, kernel cache, solc, node, versions."""
    from zkpipe.cli.machine.diagnosis import MISSING, OK, back_end, compiler, findings

    if fix and not any(finding.state == MISSING for finding in back_end()):
        compile_kernels()
        compile_card_kernels()
    if fix and compiler().state != OK:
        from zkpipe.verifier_contracts import install_solc

        with progress("downloading solc"):
            install_solc()
    with progress("looking at this machine"):
        found = list(findings())
    width = max(len(finding.part) for finding in found) + 2
    lines = []
    for finding in found:
        mark = "" if finding.state == OK else f"{finding.state}: "
        lines.append(one_line(f"{finding.part:<{width}}{mark}{finding.what}"))
        if finding.fix:
            lines.append(" " * width + finding.fix)
    missing = any(finding.state == MISSING for finding in found)
    return Answer(
        {"works": not missing, "findings": [asdict(finding) for finding in found]},
        "\n".join(lines),
        MISSING_STATUS if missing else YES,
    )
