"""`python -m docs.site pages FOLDER` writes the sources, `... check SITE` looks at the result.

Both are steps of `make docs`; between them Sphinx makes the one of the other.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docs.site import reference
from docs.site.built import Built
from docs.site.links import Pages
from docs.site.staging import LinkError, sources, write

ROOT = Path(__file__).resolve().parents[2]


def make(folder: Path) -> list[str]:
    """Write the sources of the site, unless something is wrong with them: complaints."""
    pages = Pages(ROOT)
    complaints = pages.complaints() + reference.undocumented()
    if not complaints:
        try:
            write(sources(pages), folder)
        except LinkError as error:
            complaints.append(str(error))
    return complaints


def check(site: Path) -> list[str]:
    """Complaints about the site."""
    built = Built(site, secrets=(str(ROOT), f"{Path.home()}/"))
    complaints = built.complaints()
    if not complaints:
        count = sum(len(page.links) + len(page.loaded) for page in built.pages.values())
        print(f"{site / 'index.html'}: {len(built.pages)} pages, {count} links checked")  # noqa: T201 # what the command says
    return complaints


def main(step: str, path: str) -> None:
    """Run a step; its complaints are the exit status."""
    complaints = make(Path(path)) if step == "pages" else check(Path(path))
    if complaints:
        sys.exit("\n".join(complaints))


main(*sys.argv[1:])
