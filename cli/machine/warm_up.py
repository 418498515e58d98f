"""Kernels compiled before a command computes, where that was not done: once per machine."""

from __future__ import annotations

from zkpipe.cli.console.progress import counted

FIX = "Set XDG_CACHE_HOME to a folder that you can write to, and nobody else."


def compile_kernels() -> None:
    """Compile all kernels, several at once, unless that was done; say that it takes a while.

    Commands call this before they read a point or a compiled circuit, which kernels check, and
    after they have looked at what their inputs are. Where no process can be started, or nothing
    kept, kernels compile when they are called.
    """
    from zkpipe.accel.compiled.warm import can_warm_up, is_warm, warm_up
    from zkpipe.prover.warm_jobs import JOBS

    if is_warm(JOBS):
        return
    _report_other_place()
    if can_warm_up(JOBS):
        with counted("compiling kernels, once per machine") as report:
            is_done = warm_up(JOBS, report)
        if not is_done:
            _report(
                "kernels-not-kept",
                "Not all kernels could be compiled ahead and kept: what is missing compiles in "
                "every process that needs it.",
                "See that the disk has room; `zkpipe doctor` says where kernels are kept.",
            )


def compile_card_kernels() -> None:
    """Have a card's driver compile all kernels, where there is a card; the driver keeps them."""
    from zkpipe.accel.cuda.driver import is_likely, open_card
    from zkpipe.accel.cuda.kernels.all_kernels import all_kernels
    from zkpipe.ground.errors import CardError, CardWarning, MissingError

    if not is_likely():
        return
    try:
        card, kernels = open_card(), list(all_kernels())
        with counted("compiling kernels for the card, once per driver") as report:
            for done, kernel in enumerate(kernels, 1):
                card.compile(kernel.ptx)
                report(done, len(kernels))
    except MissingError:
        return  # what is missing is among the findings
    except CardError as error:
        CardWarning("card-failed", error.problem, error.fix, error.evidence).report()


def _report_other_place() -> None:
    """Tell why kernels are kept elsewhere than in the user's cache, if they are."""
    from zkpipe.accel.compiled.kernel_folders import FOLDER
    from zkpipe.ground.files.cache_folders import own_folder, refusal

    why, folder = refusal(FOLDER), own_folder(FOLDER)
    if folder is None:
        what = "cannot be kept: they compile in every process, for a minute or more"
        _report("kernels-not-kept", f"{why} Compiled kernels {what}.", FIX)
    elif why is not None:
        _report("kernels-elsewhere", f"{why} Compiled kernels are kept in {folder}.", FIX)


def _report(kind: str, what: str, fix: str) -> None:
    from zkpipe.ground.errors import ZkpipeWarning

    ZkpipeWarning(kind, what, fix).report()
