"""`make demo` runs through, leaves standard files, and tells nobody what is private."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page
from tests.docs.shown import difference
from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.ground.errors import MissingError
from zkpipe.prover import Proof, ProvingKey, VerifyingKey, load_public, verify
from zkpipe.verifier_contracts import find_solc

CREDIT = Path(__file__).resolve().parents[2] / "examples" / "credit"


def run_demo(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 # our own script, no shell
        [sys.executable, str(CREDIT / "demo.py"), str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demonstration prints, and the folder of its files."""
    try:
        find_solc()
    except MissingError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("demo")
    done = run_demo(folder, COLUMNS="100")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, folder


def test_three_are_proven_and_the_one_below_the_cut_off_is_told_why_not(
    demo: tuple[str, Path],
) -> None:
    printed, folder = demo
    printed = " ".join(printed.split())  # however the lines are wrapped
    assert len(re.findall(r"applicant \d+ +proven", printed)) == 3
    assert "no proof: the score does not reach the cut-off" in printed
    assert len(list(folder.glob("applicant-*.proof.json"))) == 3


def test_the_readme_shows_what_it_prints(demo: tuple[str, Path]) -> None:
    printed, _ = demo
    (shown,) = [
        block.text
        for block in Page.load(ROOT / "README.md").blocks
        if block.text.startswith("Circuit and keys")
    ]
    assert difference(f"...\n{shown}", printed) is None, printed


def test_every_forgery_is_refused_by_python_and_by_the_contract(demo: tuple[str, Path]) -> None:
    printed, _ = demo
    printed = " ".join(printed.split())
    assert printed.count("refused by Python and by the contract") == 3


def test_the_files_belong_together(demo: tuple[str, Path]) -> None:
    _, folder = demo
    system = ConstraintSystem.load(folder / "credit_score.r1cs")
    key = ProvingKey.load(folder / "credit_score.zkey")
    verifying_key = VerifyingKey.load(folder / "verification_key.json")
    assert key.verifying_key == verifying_key
    assert verifying_key.development
    for path in folder.glob("applicant-*.proof.json"):
        name = path.name.removesuffix(".proof.json")
        public = load_public(folder / f"{name}.public.json")
        witness = Witness.load(folder / f"{name}.wtns")
        system.check(witness)
        assert witness.public_for(system) == public
        assert verify(verifying_key, Proof.load(path), public)
    assert json.loads((folder / "CreditScoreVerifier.json").read_bytes())["address"]
    assert "contract CreditScoreVerifier" in (folder / "CreditScoreVerifier.sol").read_text()
    assert (folder / "credit_score.sym").read_text().count("\n") > 12


def test_only_their_owner_can_read_the_witnesses(demo: tuple[str, Path]) -> None:
    _, folder = demo
    witnesses = list(folder.glob("*.wtns"))
    assert len(witnesses) == 3
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in witnesses)


def test_no_salt_is_printed_or_written_beside_the_witness(demo: tuple[str, Path]) -> None:
    printed, folder = demo
    system = ConstraintSystem.load(folder / "credit_score.r1cs")
    salt_wire = system.public_count + system.private_input_count  # the last input
    texts = [printed, *(p.read_text() for p in folder.glob("*.json"))]
    for path in folder.glob("*.wtns"):
        witness = Witness.load(path)
        salt = int.from_bytes(witness.values[salt_wire].tobytes(), "little")
        assert salt >= 1 << 128
        assert not any(str(salt) in text or f"{salt:x}" in text for text in texts)


def test_without_a_compiler_it_stops_with_status_3_and_says_how_to_get_one(tmp_path: Path) -> None:
    done = run_demo(tmp_path, ZKPIPE_SOLC=str(tmp_path / "no-solc"))
    assert done.returncode == 3
    assert "proven, and accepted in Python" in done.stdout
    assert "ZKPIPE_SOLC" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
