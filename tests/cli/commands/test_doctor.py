"""What `zkpipe doctor` finds on this machine, and on one where something is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.workshop import invoke
from tests.oracles.ptx.numba_cuda import FakeCuda
from zkpipe import verifier_contracts
from zkpipe.accel.compiled.objects import key
from zkpipe.accel.compiled.objects import opened as opening
from zkpipe.accel.compiled.objects.index import Entry, Index
from zkpipe.accel.cuda import driver
from zkpipe.accel.cuda.kernels.all_kernels import all_kernels
from zkpipe.accel.executors import choice
from zkpipe.cli.machine import diagnosis
from zkpipe.cli.machine.diagnosis import MISSING, OK, WARNING, Finding, card
from zkpipe.cli.machine.warm_up import compile_card_kernels
from zkpipe.ground.errors import CardWarning
from zkpipe.ground.files import cache_folders
from zkpipe.verifier_contracts.errors import CompilerMissingError


def finding(part: str) -> dict[str, str]:
    answer = json.loads(invoke("doctor", "--json").stdout)
    return next(entry for entry in answer["findings"] if entry["part"] == part)


def test_it_names_every_part() -> None:
    result = invoke("doctor", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["works"] is True
    parts = {entry["part"] for entry in answer["findings"]}
    assert {"Python", "zkpipe", "numba", "llvmlite", "back end", "threads"} <= parts
    assert {"processor", "kernel cache", "solc", "anvil", "npm"} <= parts


def test_it_says_which_back_end_computes_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    assert "the processor" in finding("back end")["what"]
    monkeypatch.setenv("ZKPIPE_BACKEND", "scalar")
    assert finding("back end")["what"] == "scalar, as ZKPIPE_BACKEND says so"


def test_a_back_end_that_cannot_be_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "abacus")
    result = invoke("doctor")
    assert result.exit_code == 3
    assert "missing: ZKPIPE_BACKEND is 'abacus'" in result.stdout


def test_no_compiler_is_a_warning_with_the_ways_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZKPIPE_SOLC", "/no/such/solc")
    result = invoke("doctor")
    assert result.exit_code == 0
    assert "warning: ZKPIPE_SOLC is /no/such/solc" in result.stdout
    assert finding("solc")["fix"]


def test_fix_installs_a_compiler_only_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(verifier_contracts, "install_solc", lambda: installed.append("solc"))
    assert invoke("doctor", "--fix").exit_code == 0
    had_one = finding("solc")["state"] == "ok"
    assert installed == ([] if had_one else ["solc"])
    monkeypatch.setenv("ZKPIPE_SOLC", "/no/such/solc")
    invoke("doctor", "--fix")
    assert installed[-1:] == ["solc"]


def test_a_download_that_fails_is_something_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise CompilerMissingError("solc could not be downloaded.", "Check the connection.")

    monkeypatch.setenv("ZKPIPE_SOLC", "/no/such/solc")
    monkeypatch.setattr(verifier_contracts, "install_solc", fails)
    result = invoke("doctor", "--fix")
    assert result.exit_code == 3
    assert "error: solc could not be downloaded." in result.stderr


def test_a_package_of_the_same_name_behind_ours_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "zkpipe"
    other.mkdir()
    (other / "__init__.py").write_text("")
    monkeypatch.setattr("sys.path", [*sys.path, str(tmp_path)])
    result = invoke("doctor")
    assert result.exit_code == 0
    assert f"warning: {other} has the same name" in result.stdout


@pytest.mark.parametrize("entry", ["circle", "folder", "long" * 1000], ids=lambda name: name[:6])
def test_an_entry_of_the_path_that_leads_nowhere_is_passed_over(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python itself does. To resolve its links form a circle raises, before Python 3.13."""
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "zkpipe.py").symlink_to("zkpipe.py")
    monkeypatch.setattr("sys.path", [*sys.path, str(tmp_path / entry)])
    result = invoke("doctor")
    assert result.exit_code == 0
    assert str(tmp_path) not in result.stdout


def test_a_kernel_cache_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(cache_folders, "TEMPORARY", ())
    found = finding("kernel cache")
    assert found["state"] == "warning"
    assert str(tmp_path / "file") in found["what"]
    assert str(tmp_path / "temporary") in found["what"]
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file"))
    found = finding("kernel cache")
    assert found["state"] == "warning"
    assert "every process" in found["what"]
    assert "XDG_CACHE_HOME" in found["fix"]


def test_it_says_which_kernels_are_called_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = {name: Entry(0, "", "") for name in "abc"}
    left = {"d": "its result is float64", "e": "its result is float64", "f": "it may raise Odd"}
    index = Index("key", "digest", 2_500_000, kernels, {}, left)
    monkeypatch.setattr(opening, "opened", lambda look=None: SimpleNamespace(index=index))
    assert finding("machine code")["what"] == (
        "3 kernels, 2.5 MB, are called without numba; 3 are left to numba: "
        "its result is float64 (2), it may raise Odd (1)"
    )
    monkeypatch.setattr(opening, "opened", lambda look=None: None)
    assert finding("machine code") == {
        "part": "machine code",
        "state": "ok",
        "what": "none yet that is called without numba",
        "fix": "",
    }
    monkeypatch.setattr(key, "can_be_used", lambda: False)
    assert "no x86-64" in finding("machine code")["what"]


def test_a_dependency_that_is_not_installed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "PACKAGES", ("zkpipe", "no-such-distribution"))
    result = invoke("doctor")
    assert result.exit_code == 3
    assert "no-such-distribution" in result.stdout


# --- cards


@pytest.fixture
def cuda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The package numba-cuda, a card, and its driver's device."""
    fake = FakeCuda()
    (tmp_path / "nvidiactl").touch()
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    monkeypatch.setattr(driver, "DEVICES", (str(tmp_path / "nvidiactl"),))
    monkeypatch.setattr(driver, "_has_package", lambda: True)
    for name in ("numba.cuda", "numba.cuda.cudadrv.driver", "cuda.core"):
        monkeypatch.setitem(sys.modules, name, fake)
    driver.open_card.cache_clear()
    choice.forget_cards()
    yield fake
    driver.open_card.cache_clear()
    choice.forget_cards()


@pytest.mark.parametrize(
    ("setting", "use"),
    [
        ("", "computes proofs of 262,144 rows and more"),
        ("cuda", "computes every proof"),
        ("scalar", "not used, as ZKPIPE_BACKEND says"),
    ],
)
def test_a_card_is_described(
    cuda: FakeCuda, setting: str, use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", setting)
    found = card()
    assert found.state == OK
    assert found.what == (
        "Imagined 4090, compute capability 8.9, a driver for CUDA 13.0, 1.1 of 1.1 GB free; " + use
    )


@pytest.mark.parametrize(("setting", "state"), [("", WARNING), ("cuda", MISSING)])
def test_a_card_without_its_package_says_how_to_get_it(
    cuda: FakeCuda, setting: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", setting)
    monkeypatch.setattr(driver, "_has_package", lambda: False)
    found = card()
    assert found.state == state
    assert "numba-cuda is not installed" in found.what
    assert "pip install 'zkpipe[cuda]'" in found.fix


def test_a_machine_without_a_card_lacks_nothing(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "DEVICES", ())
    monkeypatch.setattr(driver, "_has_package", lambda: False)
    assert card() == Finding("card", OK, "none: no driver for NVIDIA cards is running")


def test_fix_compiles_the_kernels_of_a_card(cuda: FakeCuda) -> None:
    assert invoke("doctor", "--fix").exit_code == 0
    assert len(cuda.compiled) == len(list(all_kernels()))
    cuda.broken = "[218] CUDA_ERROR_INVALID_PTX"
    driver.open_card.cache_clear()
    with pytest.warns(CardWarning, match="CUDA_ERROR_INVALID_PTX"):
        compile_card_kernels()


def test_a_card_that_counts_wrongly_is_a_warning(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda.card, "launch", lambda *args: None)
    assert card().state == WARNING
    assert "cannot count" in card().what


def test_a_card_without_its_device_is_used_where_it_is_asked_for(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "DEVICES", ())
    assert card().what.endswith("computes proofs where ZKPIPE_BACKEND=cuda asks for it")


def test_the_processors_back_end_is_not_what_asks_for_a_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "cuda")
    assert "the processor" in finding("back end")["what"]


def test_a_card_whose_driver_fails_is_told(cuda: FakeCuda) -> None:
    cuda.broken = "[999] CUDA_ERROR_UNKNOWN"
    found = card()
    assert found.state == WARNING
    assert "failed at memory" in found.what
