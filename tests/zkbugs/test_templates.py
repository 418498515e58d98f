"""Bugs of zkbugs as rows: the broken system takes a forgery and is caught, its twin is proved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.zkbugs.templates import TEMPLATES
from tests.zkbugs.test_corpus import BUGS, INDEX
from zkpipe.circuits import ConstraintSystem, UnsatisfiedError
from zkpipe.circuits.formats.sym import with_names, write_sym
from zkpipe.circuits.soundness import Verdict, analyse


def test_every_bug_is_in_the_index_and_not_among_the_others() -> None:
    titles = [template.title for template in TEMPLATES.values()]
    assert len(titles) == len(set(titles))
    assert set(titles) <= {entry["title"] for entry in INDEX}
    assert not set(titles) & {bug.title for bug in BUGS.values()}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_broken_system_takes_the_honest_witness_and_the_forged_one(name: str) -> None:
    bug = TEMPLATES[name]
    system = bug.broken.system()
    honest, forged = (bug.broken.witness(v) for v in (bug.honest, bug.forged))
    system.check(honest)
    system.check(forged)
    assert honest.public != forged.public


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_broken_system_is_caught_by_its_names_and_as_a_file(name: str, tmp_path: Path) -> None:
    bug = TEMPLATES[name]
    system = bug.broken.system()
    system.save(tmp_path / "a.r1cs")
    write_sym(tmp_path / "a.sym", system)
    loaded = with_names(ConstraintSystem.load(tmp_path / "a.r1cs"), tmp_path / "a.sym")
    for broken in (system, loaded):
        report = analyse(broken)
        assert report.verdict is not Verdict.SAFE
        assert any(bug.wire in wire for wire in report.undetermined), report.undetermined


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_mended_system_is_proved_and_refuses_the_forgery(name: str) -> None:
    bug = TEMPLATES[name]
    system = bug.corrected.system()
    report = analyse(system)
    assert report.verdict is Verdict.SAFE, report.undetermined
    names = set(bug.corrected.names) - {"one"}
    system.check(
        bug.corrected.witness({n: v for n, v in {**bug.honest, **bug.more}.items() if n in names})
    )
    forged = dict.fromkeys(names, 0) | dict(bug.more)
    forged |= {n: v for n, v in bug.forged.items() if n in names}
    with pytest.raises(UnsatisfiedError):
        system.check(bug.corrected.witness(forged))
