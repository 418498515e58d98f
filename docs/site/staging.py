"""The sources of the site: the pages with their links as the site has them, and the reference.

A page in docs/ lies at the top of the site, any other where it lies in the repository. A link to a
file that is no page leads to a page with its text, below `source`.
"""

from __future__ import annotations

from collections.abc import Iterator
from os.path import relpath
from pathlib import Path

from docs.site import reference
from docs.site.links import FIRST, Link, Pages, links

LANGUAGES = {".py": "python", ".sol": "solidity", ".toml": "toml", ".json": "json", ".sh": "sh"}
IMAGES = (".svg", ".png", ".jpg", ".webp", ".gif")


class LinkError(Exception):
    """A link that cannot be rewritten; the text says which and why."""


def place_of(path: Path) -> Path:
    """Where a file of the repository lies among the sources of the site."""
    if path.suffix == ".md":
        return path.relative_to("docs") if path.parts[0] == "docs" else path
    if path.suffix in IMAGES:
        return Path("images") / path
    return Path("source") / f"{path}.md"


def sources(pages: Pages) -> dict[Path, bytes]:
    """Every source of the site by its place. Raises LinkError."""
    made: dict[Path, bytes] = {}
    for place, page in pages.loaded.items():
        text, linked = page.source, []
        for link in links(page):
            target = None if link.is_elsewhere or not link.file else pages.resolve(place, link)
            if target is not None:
                text = _rewritten(text, place, link, target)
                linked.append(target)
        contents = "".join(_contents(pages, place))
        made[place_of(place)] = f"{text.rstrip()}\n{contents}".encode()
        made |= {place_of(p): _file(pages.root / p, p) for p in linked if p.suffix != ".md"}
    return made | {Path(name): text.encode() for name, text in reference.pages().items()}


def _rewritten(text: str, place: Path, link: Link, target: Path) -> str:
    """A page with one link leading where it does on the site."""
    path = relpath(place_of(target), place_of(place).parent)
    new = f"{path}#{link.anchor}" if link.anchor else path
    lines = text.split("\n")
    for number in range(link.line - 1, link.line - 1 + link.lines):
        for end in (")", " "):
            lines[number] = lines[number].replace(f"]({link.target}{end}", f"](<{new}>{end}")
    if lines == text.split("\n") and f"](<{new}>" not in text:
        raise LinkError(f"{place}:{link.line}: {link.target}: write it as [text](path)")
    return "\n".join(lines)


def _contents(pages: Pages, place: Path) -> Iterator[str]:
    """The pages below this one, for the navigation; below the first the reference too."""
    below, folder = pages.below[place], place_of(place).parent
    for heading in dict.fromkeys(found.heading for found in below):
        here = [found for found in below if found.heading == heading]
        paths = [(found.title, relpath(place_of(found.place), folder)) for found in here]
        lines = [f"{title} <{path}>" if title else path for title, path in paths]
        yield _toctree(heading if place == FIRST else "", lines)
    if place == FIRST:
        yield _toctree("Reference", list(reference.pages()))


def _toctree(caption: str, lines: list[str]) -> str:
    options = f":hidden:\n:caption: {caption}\n" if caption else ":hidden:\n"
    listed = "\n".join(line.replace(".md>", ">").removesuffix(".md") for line in lines)
    return f"\n```{{toctree}}\n{options}\n{listed}\n```\n"


def _file(whole: Path, path: Path) -> bytes:
    """A file of the repository: an image as it is, any other as a page with its text."""
    if path.suffix in IMAGES:
        return whole.read_bytes()
    if whole.is_dir():
        text, language = "\n".join(sorted(found.name for found in whole.iterdir())), "text"
    else:
        text, language = whole.read_text(encoding="utf-8"), LANGUAGES.get(path.suffix, "text")
    fence = "`" * 8
    head = f"---\norphan: true\n---\n# {path}"  # it is not in the navigation
    return f"{head}\n\n{fence}{language}\n{text.rstrip()}\n{fence}\n".encode()


def write(made: dict[Path, bytes], folder: Path) -> None:
    """Write every source below a folder."""
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
