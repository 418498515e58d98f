"""The pages that people read, in the order of the navigation, and where their links lead.

The navigation is what the contents link to: docs/index.md first, then each README.md that is
reached. A page that they link to, and that is not in the navigation yet, comes below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile
from pathlib import Path

from markdown_it.token import Token

from tests.docs.pages import Page

FIRST = Path("docs/index.md")
PATTERNS = ("*.md", "docs/**/*.md", "examples/**/*.md")  # the pages that there must be
CONTENTS = ("index.md", "README.md")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A link of a page, or an image.

    line   of its paragraph, from 1, and the number of its lines
    title  what is read; the description of an image
    """

    line: int
    lines: int
    target: str
    title: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether it leads out of the repository."""
        return ELSEWHERE.match(self.target) is not None

    @property
    def file(self) -> str:
        """The path in it; empty for one within the page."""
        return self.target.partition("#")[0]

    @property
    def anchor(self) -> str:
        """What stands behind its #."""
        return self.target.partition("#")[2]


@dataclass
class Below:
    """A page below another in the navigation, under the heading where it is linked.

    title  of a link in a table or a list; of one in a sentence empty: the page has its own
    """

    title: str
    place: Path
    heading: str


@dataclass
class Pages:
    """The pages of a repository, by their paths in it.

    root   of the repository
    below  what each page with contents has below it; every page is a key, in order
    """

    root: Path
    below: dict[Path, list[Below]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ahead = [FIRST]
        self.below = {FIRST: []}
        while ahead:
            place = ahead.pop(0)
            for found in self._linked(place) if place.name in CONTENTS else ():
                if found.place not in self.below:
                    self.below[found.place] = []
                    self.below[place].append(found)
                    ahead.append(found.place)

    @cached_property
    def loaded(self) -> dict[Path, Page]:
        """Every page of the navigation."""
        return {place: self.load(place) for place in self.below}

    def load(self, place: Path) -> Page:
        """A page, in the navigation or not."""
        return Page.load(self.root / place)

    def resolve(self, place: Path, link: Link) -> Path | None:
        """Where a link leads, in the repository; None if that is not there."""
        if not link.file:
            return place
        whole = (self.root / place.parent / link.file).resolve()
        inside = whole.is_relative_to(self.root) and whole.exists()
        found = whole.relative_to(self.root) if inside else None
        is_a_page = found is not None and (whole / "README.md").is_file()
        return found / "README.md" if found is not None and is_a_page else found

    def _linked(self, place: Path) -> Iterator[Below]:
        heading = ""
        page = self.load(place)
        headings = {
            (opened.map or [0])[0] + 1: text.content
            for opened, text in pairwise(page.tokens)
            if opened.type == "heading_open" and opened.tag != "h1"
        }
        for link in links(page):
            found = None if link.is_elsewhere else self.resolve(place, link)
            heading = next((t for n, t in reversed(headings.items()) if n <= link.line), "")
            if found is not None and found.suffix == ".md":
                is_listed = page.source.splitlines()[link.line - 1].lstrip()[:1] in ("|", "-", "*")
                yield Below(link.title if is_listed else "", found, heading)

    def complaints(self) -> list[str]:
        """What is wrong with the links, and pages that nothing leads to."""
        wrong = [
            f"{place}:{link.line}: {link.target}: {complaint}"
            for place, page in self.loaded.items()
            for link in links(page)
            if not link.is_elsewhere and (complaint := self._complaint(place, link))
        ]
        found = (path for pattern in PATTERNS for path in self.root.glob(pattern))
        written = {path.relative_to(self.root) for path in found}
        lost = sorted(written - set(self.below))
        return wrong + [
            f"{place}: it is not in the navigation ({FIRST} leads there)" for place in lost
        ]

    def _complaint(self, place: Path, link: Link) -> str | None:
        found = self.resolve(place, link)
        if found is None:
            return "no such file in the repository"
        if found.suffix == ".md" and found not in self.below:
            return f"{found} is not in the navigation: no page of contents links to it"
        if link.anchor and (found.suffix != ".md" or link.anchor not in self.load(found).anchors):
            return f"{found} has no such anchor"
        return None


def links(page: Page) -> list[Link]:
    """All links and images of a page, in order."""
    found = []
    for token in page.tokens:
        children = token.children or []
        for number, child in enumerate(children):
            target = child.attrGet("href") or child.attrGet("src")
            if target:
                start, end = token.map or (0, 1)
                title = child.content or _until_closed(children[number + 1 :])
                found.append(Link(start + 1, end - start, str(target), title))
    return found


def _until_closed(tokens: list[Token]) -> str:
    within = takewhile(lambda token: token.type != "link_close", tokens)
    return "".join(token.content for token in within)
