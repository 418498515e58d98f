"""Every page does what it says: its blocks run in order, from an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import Page, pages
from tests.docs.reader import Reader
from tests.pairings import remembered_pairings

WITH_BLOCKS = [page for page in pages() if page.blocks]


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=lambda page: page.name)
def test_every_block_of_a_page_runs_as_the_page_says(page: Page, tmp_path: Path) -> None:
    with remembered_pairings():
        Reader(page, tmp_path).read()
