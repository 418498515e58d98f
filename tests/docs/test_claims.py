"""What pages say of their own examples and tables."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, Page
from zkpipe.circuits import testing


def test_the_readmes_circuit_of_ten_lines_has_ten_lines() -> None:
    (age,) = [b for b in Page.load(ROOT / "README.md").blocks if b.file == "age.py"]
    assert len(age.text.split("@circuit\n")[1].splitlines()) <= 10


def test_the_page_on_testing_names_every_function_of_the_tools() -> None:
    source = Page.load(ROOT / "docs" / "testing.md").source
    named = set(re.findall(r"^\| `(\w+)\(", source, re.MULTILINE))
    assert named == {name for name in testing.__all__ if name.islower()}
    for name in named:
        assert getattr(testing, name).__doc__


def test_every_decision_is_in_their_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text())
    assert sorted(listed) == sorted(p.name for p in folder.glob("*.md") if p.name != "README.md")
