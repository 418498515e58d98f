"""Commands compile the kernels they need ahead, once, after they have read their inputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest

import zkpipe.accel.compiled.warm
from tests.cli.workshop import CIRCUITS, invoke
from zkpipe.accel.compiled import warm
from zkpipe.accel.compiled.sources import ROOT
from zkpipe.cli.machine.warm_up import compile_kernels
from zkpipe.cli.main import NO_CIRCUITS, zkpipe
from zkpipe.ground.errors import ZkpipeWarning
from zkpipe.ground.files import cache_folders
from zkpipe.prover.warm_jobs import JOBS


class Asked(list[Sequence[str]]):
    """The jobs that were asked for, and whether all are done."""

    works = True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The jobs that were asked for, on a machine where nothing is compiled; none is done."""
    jobs = Asked()

    def noted(wanted: Sequence[str], report: Callable[[int, int], None]) -> bool:
        jobs.append(wanted)
        report(0, len(wanted))
        return jobs.works

    monkeypatch.setattr(warm, "is_warm", lambda jobs: False)
    monkeypatch.setattr(warm, "warm_up", noted)
    return jobs


def test_what_is_compiled_is_not_compiled_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_kernels()
    assert asked == [JOBS]
    monkeypatch.setattr(warm, "is_warm", lambda jobs: True)
    compile_kernels()
    assert asked == [JOBS]


def test_setup_compiles_ahead_and_works_if_that_fails(asked: Asked, tmp_path: Path) -> None:
    asked.works = False
    result = invoke("setup", CIRCUITS / "order.py", tmp_path / "order.zkey", "--dev")
    assert result.exit_code == 0
    assert asked == [JOBS]
    assert "compiling kernels, once per machine ..." in result.stderr
    assert "warning: Not all kernels could be compiled ahead and kept" in result.stderr


def test_with_json_what_cannot_be_kept_stands_in_the_answer(asked: Asked, tmp_path: Path) -> None:
    asked.works = False
    key = tmp_path / "order.zkey"
    result = invoke("setup", CIRCUITS / "order.py", key, "--dev", "--json")
    assert result.exit_code == 0
    assert "kernels-not-kept" in [w["kind"] for w in json.loads(result.stdout)["warnings"]]
    assert result.stderr == ""


FIRST = """
import sys
from zkpipe.accel.compiled import warm
from zkpipe.accel.compiled.entries import Kernel

events = []
call = Kernel.__call__
def called(kernel, *arguments):
    events.append("kernel")
    return call(kernel, *arguments)
Kernel.__call__ = called
warm.is_warm = lambda jobs: events.append("told") or True

from zkpipe.cli.main import zkpipe
try:
    zkpipe.main(sys.argv[1:])
finally:
    print("kernel" in events, events[0] == "told")
"""


@pytest.mark.parametrize(
    "words",
    [
        "info vkey.json",
        "info proof.json",
        "info square.zkey",
        "info verifier.sol",
        "info build/square.r1cs",
        "print build/square.r1cs",
        "check build/square.r1cs square.wtns",
        "export vkey square.zkey new.vkey.json",
        "export verifier vkey.json new.sol",
        "export calldata public.json proof.json",
        "prove square.zkey square.wtns new.proof.json new.public.json",
        "verify vkey.json public.json proof.json",
    ],
)
def test_nothing_compiles_before_it_was_told(words: str, shop: Path) -> None:
    """On a new machine it would be silent for half a minute, or longer."""
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", FIRST, *words.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "True True"


def test_an_input_that_is_not_there_is_told_before_anything_compiles(
    asked: Asked, tmp_path: Path
) -> None:
    missing = tmp_path / "no.zkey"
    result = invoke("prove", missing, missing, tmp_path / "proof.json", tmp_path / "public.json")
    assert result.exit_code == 2
    assert asked == []


def test_fix_compiles_the_kernels(asked: Asked) -> None:
    result = invoke("doctor", "--fix")
    assert result.exit_code == 0
    assert asked == [JOBS]
    assert "`zkpipe doctor --fix`" in result.stdout


def test_fix_leaves_kernels_where_the_back_end_cannot_be(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "abacus")
    assert invoke("doctor", "--fix").exit_code == 3
    assert asked == []


def test_only_commands_that_run_no_circuit_do_without_scipy() -> None:
    """An author's own kernels may multiply matrices."""
    named = {name: command for name, command in zkpipe.commands.items() if name in NO_CIRCUITS}
    assert set(named) == set(NO_CIRCUITS)
    for command in named.values():
        parts = command.commands.values() if isinstance(command, click.Group) else [command]
        for part in parts:
            assert all(".py" not in str(parameter.metavar) for parameter in part.params)


STARTED = """
import gc, os, sys
from zkpipe.cli.main import main
sys.argv[0] = "zkpipe"
try:
    main()
finally:
    threads = os.environ.get("OPENBLAS_NUM_THREADS")
    print(sys.modules.get("scipy", "not asked for") is None, threads, gc.get_freeze_count() > 0)
"""


@pytest.mark.parametrize(
    ("words", "printed"),
    [(["verify", *"abc"], "True 1 True"), (["info", "a.r1cs"], "False None True")],
)
def test_a_command_that_runs_no_circuit_spares_scipy_and_threads_of_blas(
    words: list[str], printed: str, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if "BLAS" not in name}
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", STARTED, *words],
        env={**environment, "PYTHONPATH": str(ROOT.parent)},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2, done.stderr  # the files are not there
    assert done.stdout.strip() == printed


WITHOUT_THREADS = """
import threading
def refuse(thread):
    raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
"""


@pytest.mark.parametrize(("before", "printed"), [("", "None"), (WITHOUT_THREADS, "1")])
def test_blas_starts_no_threads_where_the_system_gives_none(
    before: str, printed: str, tmp_path: Path
) -> None:
    """It would interrupt the command, as Ctrl-C does."""
    environment = {name: value for name, value in os.environ.items() if "BLAS" not in name}
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", before + STARTED, "info", "a.r1cs"],
        env={**environment, "PYTHONPATH": str(ROOT.parent)},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout.split()[-2] == printed


def test_a_setting_under_which_no_kernel_runs_is_passed_by(shop: Path) -> None:
    ran = subprocess.run(  # noqa: S603 # our own command
        [
            Path(sys.executable).with_name("zkpipe"),
            "verify",
            "vkey.json",
            "public.json",
            "proof.json",
        ],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""


SETTINGS = """
import os, sys
from zkpipe.cli.main import main
sys.argv = ["zkpipe", "--version"]
try:
    main()
finally:
    print(os.environ.get("ZKPIPE_BACKEND"))
"""


@pytest.mark.parametrize(
    ("settings", "printed"),
    [
        ({}, "None"),
        ({"NUMBA_CPU_NAME": "generic"}, "scalar"),
        ({"NUMBA_CPU_FEATURES": "+sse2"}, "scalar"),
        ({"NUMBA_CPU_NAME": "host", "ZKPIPE_BACKEND": "avx512"}, "avx512"),
    ],
)
def test_kernels_for_another_processor_are_scalar(settings: dict[str, str], printed: str) -> None:
    """LLVM ends the process where it is asked for instructions that the processor lacks."""
    environment = {k: v for k, v in os.environ.items() if k != "ZKPIPE_BACKEND"}
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", SETTINGS],
        env={**environment, "PYTHONPATH": str(ROOT.parent), **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == printed


def test_a_cache_that_is_not_safe_or_cannot_be_written_to_is_told_once(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    (cache / "zkpipe").mkdir(parents=True)
    (cache / "zkpipe").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(cache_folders, "TEMPORARY", ())
    with pytest.warns(ZkpipeWarning) as told:
        compile_kernels()
    [warning] = told
    assert f"{cache / 'zkpipe'} can be written to by others" in str(warning.message)
    kept = temporary / f"zkpipe-{os.geteuid()}" / "kernels"
    assert f"are kept in {kept}" in str(warning.message)
    (cache / "zkpipe").chmod(0o700)
    access = os.access
    only_read = cache / "zkpipe" / "kernels"
    monkeypatch.setattr(os, "access", lambda path, mode: path != only_read and access(path, mode))
    with pytest.warns(ZkpipeWarning, match=f"{only_read} can only be read"):
        compile_kernels()
    monkeypatch.setattr(warm, "is_warm", lambda jobs: True)
    compile_kernels()  # once: a warning would be an error here
    monkeypatch.setattr(warm, "is_warm", lambda jobs: False)
    monkeypatch.setattr(warm, "can_warm_up", lambda jobs: False)
    (cache / "zkpipe").chmod(0o777)
    temporary.chmod(0o777)
    before = len(asked)
    with pytest.warns(ZkpipeWarning, match="compile in every process"):
        compile_kernels()
    assert len(asked) == before
