"""Commands compile the kernels they need ahead, once, after they have read their inputs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest

import accel.warm
from accel.sources import ROOT
from cli.kernels import compile_kernels
from cli.main import NO_CIRCUITS, zkpipe
from prover.warm_jobs import JOBS
from tests.cli.workshop import CIRCUITS, invoke


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The jobs that were asked for, on a machine where nothing is compiled; none is done."""
    jobs: list[Sequence[str]] = []

    def noted(wanted: Sequence[str], report: Callable[[int, int], None]) -> bool:
        jobs.append(wanted)
        report(0, len(wanted))
        return False

    monkeypatch.setattr(accel.warm, "is_warm", lambda jobs: False)
    monkeypatch.setattr(accel.warm, "warm_up", noted)
    return jobs


def test_what_is_compiled_is_not_compiled_again(
    asked: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_kernels()
    assert asked == [JOBS]
    monkeypatch.setattr(accel.warm, "is_warm", lambda jobs: True)
    compile_kernels()
    assert asked == [JOBS]


def test_setup_compiles_ahead_and_works_if_that_fails(
    asked: list[Sequence[str]], tmp_path: Path
) -> None:
    circuit = CIRCUITS / "order.py"
    assert invoke("setup", circuit, tmp_path / "order.zkey", "--dev").exit_code == 0
    assert asked == [JOBS]


def test_an_input_that_is_not_there_is_told_before_anything_compiles(
    asked: list[Sequence[str]], tmp_path: Path
) -> None:
    missing = tmp_path / "no.zkey"
    result = invoke("prove", missing, missing, tmp_path / "proof.json", tmp_path / "public.json")
    assert result.exit_code == 2
    assert asked == []


def test_fix_compiles_the_kernels(asked: list[Sequence[str]]) -> None:
    result = invoke("doctor", "--fix")
    assert result.exit_code == 0
    assert asked == [JOBS]
    assert "`zkpipe doctor --fix`" in result.stdout


def test_fix_leaves_kernels_where_the_back_end_cannot_be(
    asked: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
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
from cli.main import main
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
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2, done.stderr  # the files are not there
    assert done.stdout.strip() == printed


def test_a_cache_that_is_not_safe_is_told_in_one_line_and_no_error(
    asked: list[Sequence[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    (cache / "zkpipe").mkdir(parents=True)
    (cache / "zkpipe").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("TMPDIR", str(temporary))
    compile_kernels()
    told = capsys.readouterr().err
    assert f"{cache / 'zkpipe'} can be written to by others" in told
    assert f"are kept in {temporary / f'zkpipe-{os.geteuid()}' / 'kernels'}" in told
    monkeypatch.setattr(accel.warm, "is_warm", lambda jobs: True)
    compile_kernels()
    assert capsys.readouterr().err == ""  # once
    temporary.chmod(0o777)
    compile_kernels()
    assert "compile in every process" in capsys.readouterr().err
