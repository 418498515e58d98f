"""The command `zkpipe`: the group and its commands.

Nothing here or in the modules of the commands imports numpy, numba, web3 or rich at the top, so
that `zkpipe --help` answers at once: a command imports what it needs when it runs. The modules of
other commands are not imported: see late_commands.
"""

from __future__ import annotations

import gc
import os
import sys
import threading

import click

from zkpipe.cli.command import Commands
from zkpipe.cli.console import signals, streams
from zkpipe.cli.late_commands import LateCommands

BLAS_THREADS = "OPENBLAS_NUM_THREADS"
MOST_THREADS = 64  # of BLAS, as numpy is built
NO_CIRCUITS = ("prove", "verify", "export")  # these run no code but ours

COMMANDS = {  # of zkpipe.cli.commands, in an order in which each finds what it reads
    "compile": "circuit.compile_circuit",
    "witness": "circuit.make_witness",
    "info": "info.info",
    "print": "listing.print_rows",
    "lint": "lint.lint",
    "check": "check.check",
    "setup": "setup.setup",
    "prove": "proof.prove",
    "verify": "proof.verify",
    "fullprove": "fullprove.fullprove",
    "export": "export.export",
    "deploy": "deploy.deploy",
    "verify-onchain": "onchain.verify_onchain",
    "batch": "batch.group.batch",
    "bench": "bench.group.bench",
    "doctor": "doctor.doctor",
    "serve": "serve.serve",
    "key": "key.group.key",
    "ptau": "ptau.group.ptau",
    "exchange": "exchange.group.exchange",
    "identity": "exchange.registries.identity.identity",
    "catalogue": "exchange.catalogue.group.catalogue",
    "grant": "exchange.uses.granting.grant",
    "job": "exchange.uses.running.job",
    "ledger": "exchange.registries.ledger.ledger",
    "settle": "exchange.registries.settle.settle",
    "audit": "exchange.group.audit",
    "case": "exchange.group.case",
}

zkpipe = Commands(
    "zkpipe",
    commands=LateCommands("zkpipe.cli.commands", COMMANDS),
    help="""Prove a computation on private data; anyone checks the proof, off or on a chain.

    Exit status: 0 done, and the answer is yes; 1 the answer is no; 2 the input or the usage is
    wrong; 3 something is missing on this machine.
    """,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(package_name="zkpipe", message="%(prog)s %(version)s")(zkpipe)


def main() -> None:
    """Run the command that the words of the command line name, and exit."""
    streams.prepare()
    signals.listen()
    # Modules are two hundred thousand objects that all stay. To look for garbage among them every
    # 700 new ones, as Python does, and again at the end, takes 0.1 s.
    gc.set_threshold(1_000_000)
    _fit_to_numbas_settings()
    if sys.argv[1:2] and sys.argv[1] in NO_CIRCUITS:
        _spare_what_others_use()
    elif not _has_threads():
        os.environ.setdefault(BLAS_THREADS, "1")
    try:
        zkpipe.main()
    except SystemExit as end:
        if not end.code:  # Python's own end takes a moment in which a signal would be the status
            signals.listen_no_more()
        raise
    finally:
        gc.freeze()


def _fit_to_numbas_settings() -> None:
    """Work under settings that an author has for kernels of their own."""
    os.environ.pop("NUMBA_DISABLE_JIT", None)  # ours only run compiled
    if "NUMBA_CPU_NAME" in os.environ or "NUMBA_CPU_FEATURES" in os.environ:
        # For another processor, which may lack what lanes need: LLVM ends the process then.
        os.environ.setdefault("ZKPIPE_BACKEND", "scalar")


def _spare_what_others_use() -> None:
    """Keep numba from importing scipy, and numpy from starting threads: a sixth of every start.

    They serve kernels that multiply matrices of floats, and ours are none of these; those of a
    circuit's author might be, so only commands that run no circuit do without.
    """
    sys.modules["scipy"] = None  # type: ignore[assignment] # not to be found
    os.environ.setdefault(BLAS_THREADS, "1")


def _has_threads() -> bool:
    """Whether the system gives as many threads as BLAS starts when numpy is imported.

    It would interrupt the process, as Ctrl-C does, where it gets fewer.
    """
    done = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(min(os.cpu_count() or 1, MOST_THREADS) - 1):
            started.append(threading.Thread(target=done.wait, daemon=True))
            started[-1].start()
    except RuntimeError:
        started.pop()
        return False
    finally:
        done.set()
        for thread in started:
            thread.join()
    return True
