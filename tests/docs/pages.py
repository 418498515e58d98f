"""The pages of the documentation, taken apart: blocks, inline code, links, anchors.

Parsed by markdown-it (CommonMark with tables, as GitHub shows it).

What a block of a page is, by its language:

- `python`: a program. It runs where it stands, in the folder of the page. A first line `# name.py`
  names the file that it is written to first. One named `test_...py`, which `pytest` runs, and one
  in a folder, a package's module, are written only. A block without an import, or whose first line
  is `# continued`, goes on with the names of the block before it. Marked `python unsound`, it has a
  circuit that does not compile.
- `sh`: commands, one a line, run one after another. Each must end with exit status 0, or with the
  one that its comment names: `# exit status 1: ...`.
- `console`: a terminal: commands after `$ `, and below each all that it prints.
- `text` below a program or commands: what they print.

A block that cannot run has a comment before it: `<!-- fragment: reason -->`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"python", "python unsound", "sh", "console", "text"}
FRAGMENT = re.compile(r"<!--\s*fragment:(.*?)-->\s*", re.DOTALL)
NAMED = re.compile(r"# ([\w/]+\.py)\n")


@dataclass(frozen=True)
class Block:
    """A block of code of a page.

    language  the words behind the fence; empty for an indented block
    line      of the page, from 1
    fragment  why it does not run; None if it runs
    """

    language: str
    text: str
    line: int
    fragment: str | None = None

    @property
    def file(self) -> str | None:
        """The file that a program is written to."""
        named = NAMED.match(self.text)
        return named[1] if named else None

    @property
    def goes_on(self) -> bool:
        """Whether a program goes on with the one before it."""
        imports = re.search(r"^(?:import|from) ", self.text, re.MULTILINE)
        return not imports or self.text.startswith("# continued\n")


@dataclass(frozen=True)
class Page:
    """A page of the documentation; `place` is where it lies."""

    place: Path
    source: str

    @classmethod
    def load(cls, place: Path) -> Page:
        return cls(place, place.read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        return self.place.relative_to(ROOT).as_posix()

    @cached_property
    def tokens(self) -> list[Token]:
        return MarkdownIt("commonmark").enable("table").parse(self.source)

    @cached_property
    def blocks(self) -> list[Block]:
        """Every block, fenced or indented, at any depth, in order."""
        found, reason = [], None
        for token in self.tokens:
            if token.type in ("fence", "code_block"):
                line = (token.map or [0])[0] + 1
                found.append(Block(token.info.strip(), token.content, line, reason))
            marked = FRAGMENT.fullmatch(token.content) if token.type == "html_block" else None
            reason = marked[1].strip() if marked else None
        return found

    @cached_property
    def inline(self) -> list[tuple[int, Token]]:
        """What stands within lines: text, code, links; each with the line of its paragraph."""
        return [
            ((token.map or [0])[0] + 1, child)
            for token in self.tokens
            if token.type == "inline"
            for child in token.children or []
        ]

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub makes them."""
        found: dict[str, int] = {}
        anchors = set()
        for before, token in zip(self.tokens, self.tokens[1:], strict=False):
            if before.type == "heading_open":
                text = "".join(c.content for c in token.children or [])
                slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
                count = found.get(slug, 0)
                found[slug] = count + 1
                anchors.add(f"{slug}-{count}" if count else slug)
        return anchors


def pages() -> list[Page]:
    """Every page that people read, in a fixed order."""
    top = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    folders = sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "examples").rglob("*.md"))
    return [Page.load(place) for place in [*top, *folders]]
