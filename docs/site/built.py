"""A look at the site as it was built: every link leads to what is there, and nothing is loaded.

What a page loads (scripts, styles, images, fonts) lies beside it; it works without a network.
Nothing in it names a folder of the machine that built it.
"""

from __future__ import annotations

import re
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKS = {"a": "href", "area": "href"}
LOADED = {
    "link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src",
    "video": "src", "audio": "src", "object": "data", "embed": "src", "form": "action",
}  # fmt: skip
NOT_LOADED = {"canonical", "author", "license", "prev", "next", "index", "search", "copyright"}
IN_STYLES = re.compile(r"""url\(\s*["']?((?:https?:)?//[^)"']+)|@import\s+["']([^"']+)""")


class Html(HTMLParser):
    """The anchors of a page, its links, and what it loads; each link with its line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[int, str]] = []
        self.loaded: list[tuple[int, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Of the parser's interface."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        line = self.getpos()[0]
        if given.get(LINKS.get(tag, "")):
            self.links.append((line, given[LINKS[tag]]))
        if given.get(LOADED.get(tag, "")):
            linked = tag == "link" and set(given.get("rel", "").split()) & NOT_LOADED
            (self.links if linked else self.loaded).append((line, given[LOADED[tag]]))


class Built:
    """A folder of HTML pages; `secrets` are texts that none of its files may have."""

    def __init__(self, folder: Path, secrets: tuple[str, ...] = ()) -> None:
        self.folder, self.secrets = folder.resolve(), secrets

    @cached_property
    def pages(self) -> dict[Path, Html]:
        """Every page by its path."""
        found = sorted(self.folder.rglob("*.html"))
        return {path: Html(path.read_text(encoding="utf-8")) for path in found}

    def complaints(self) -> list[str]:
        """What is wrong, a line each."""
        wrong = []
        for path, page in self.pages.items():
            for line, target in [*page.links, *page.loaded]:
                is_loaded = (line, target) in page.loaded
                complaint = self._complaint(path, target, is_loaded)
                if complaint:
                    wrong.append(f"{path.relative_to(self.folder)}:{line}: {target}: {complaint}")
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            wrong += [f"{path.relative_to(self.folder)}: {c}" for c in self._of_file(path)]
        return wrong

    def _complaint(self, path: Path, target: str, is_loaded: bool) -> str | None:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            return "loaded from elsewhere" if is_loaded and parts.scheme != "data" else None
        place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not place.is_file() or not place.is_relative_to(self.folder):
            return "no such file"
        page = self.pages.get(place)
        if parts.fragment and page and unquote(parts.fragment) not in page.anchors:
            return "no such anchor"
        return None

    def _of_file(self, path: Path) -> list[str]:
        content = path.read_bytes()
        wrong = [f"it names {s}" for s in self.secrets if s.encode() in content]
        if path.suffix == ".css":
            found = IN_STYLES.finditer(content.decode("utf-8"))
            wrong += [f"{one[1] or one[2]}: loaded from elsewhere" for one in found]
        return wrong
