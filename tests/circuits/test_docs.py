"""The page on circuits: each example runs, and prints what stands below it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "circuits.md"
EXAMPLE = re.compile(
    r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
EXAMPLES = [
    (text, printed)
    for text, printed in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    if "@circuit" in text
]


def test_there_are_examples_and_some_print() -> None:
    assert len(EXAMPLES) >= 7
    assert sum(bool(printed) for _, printed in EXAMPLES) >= 3


@pytest.mark.parametrize(("text", "printed"), EXAMPLES)
def test_each_example_prints_what_the_page_says(
    text: str, printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "example.py"
    path.write_text(text, encoding="utf-8")
    runpy.run_path(str(path))
    assert capsys.readouterr().out == printed
