"""The sources of `make docs`: the reference has every public name, and broken links are found.

Nothing here needs Sphinx: it is what goes into it, and a look at HTML that might have come out.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import zkpipe.prover
from docs.site import reference
from docs.site.built import Built
from docs.site.docstrings import markdown
from docs.site.links import Pages
from docs.site.staging import LinkError, sources
from tests.docs.mentions import LAYERS, things
from tests.docs.pages import ROOT
from zkpipe.prover import Proof, prove

PAGES = reference.pages()
PUBLIC = [
    (module, name)
    for module in reference.MODULES
    for name in reference.public_names(import_module(module))
]
ERRORS = {
    thing
    for module in reference.ERRORS
    for thing in vars(import_module(module)).values()
    if inspect.isclass(thing) and issubclass(thing, BaseException) and "zkpipe" in thing.__module__
}


def words(text: str) -> str:
    """Without roles and the marks of Markdown: what is left must be the docstring's own words."""
    return " ".join(re.findall(r"\w+", re.sub(r"\{py:obj\}|```text|\\", "", text)))


def described(name: str, thing: object) -> list[str]:
    """What the pages say of a name: from its directive to the next one."""
    found = []
    for page in PAGES.values():
        for head, body in re.findall(r"^`{8}\{py:\w+\} (.*)\n([\s\S]*?)^`{8}$", page, re.MULTILINE):
            if re.split(r"\W", head)[0] == name and _says(body, thing):
                found.append(f"{head}\n{body}")
    return found


def _says(body: str, thing: object) -> bool:
    text = thing.__doc__ if callable(thing) and hasattr(thing, "__name__") else None
    return words(inspect.cleandoc(text)) in words(body) if text else True


@pytest.mark.parametrize(("module", "name"), PUBLIC, ids=[".".join(p) for p in PUBLIC])
def test_a_public_name_is_on_one_page_with_its_signature_and_docstring(
    module: str, name: str
) -> None:
    thing = getattr(import_module(module), name)
    (text,) = described(name, thing)
    head, _, body = text.partition("\n")
    assert words(body)
    if inspect.isfunction(thing):
        for parameter in inspect.signature(thing).parameters.values():
            assert f"{parameter.name}: {parameter.annotation}" in head
        assert head.endswith(f" -> {thing.__annotations__['return']}")


@pytest.mark.parametrize(
    "error", sorted(ERRORS, key=lambda e: e.__qualname__), ids=lambda e: e.__name__
)
def test_an_error_is_on_one_page(error: type[BaseException]) -> None:
    (text,) = described(error.__name__, error)
    assert text in PAGES["reference/errors.md"].replace("````````{py:exception} ", "")


def test_every_module_that_lists_its_public_names_has_a_page() -> None:
    listing = {
        ".".join(path.relative_to(ROOT).parent.parts)
        for layer in LAYERS
        for path in (ROOT / layer).rglob("__init__.py")
        if re.search(r"^__all__ = ", path.read_text(), re.MULTILINE)
    }
    assert {f"zkpipe.{name}" for name in listing} <= set(reference.MODULES)


def test_every_error_that_a_module_defines_is_on_the_page_of_errors() -> None:
    def is_one(name: str) -> bool:
        return name == "ZkpipeError" or any(
            is_one(base) for thing in things().get(name, []) for base in thing.bases
        )

    named = set(
        re.findall(r"^`+\{py:exception\} (\w+)", PAGES["reference/errors.md"], re.MULTILINE)
    )
    assert {name for name in things() if is_one(name)} <= named


def test_a_page_links_to_the_names_that_it_exports_and_others_describe() -> None:
    for name in set(zkpipe.__all__) - {"__version__"}:
        assert re.search(rf"`{name} <zkpipe\.[\w.]*{name}>`", PAGES["reference/zkpipe.md"])


def test_a_class_is_described_with_its_methods_and_properties() -> None:
    (text,) = described("Witness", zkpipe.Witness)
    assert "{py:property} Witness.public\n:type: list[int]\n" in text
    assert "{py:method} Witness.save(path: str | Path) -> None\n" in text
    assert "{py:method} Witness.load(path: str | Path) -> Witness\n:staticmethod:\n" in text


def test_nothing_on_the_pages_changes_from_run_to_run() -> None:
    assert not [page for page in PAGES.values() if re.search(r"\bat 0x|<factory>|<lambda>", page)]


def test_every_public_name_has_a_docstring() -> None:
    assert reference.undocumented() == []


@pytest.mark.parametrize(
    ("thing", "complaint"),
    [
        (prove, "zkpipe.prover.prove: no docstring"),
        (Proof, "zkpipe.prover.Proof: no docstring"),
        (Proof.save, "zkpipe.prover.Proof.save: no docstring"),
        (zkpipe.prover, "zkpipe.prover: no docstring"),
    ],
)
def test_a_public_name_without_a_docstring_is_found(
    thing: object, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thing, "__doc__", None)
    assert reference.undocumented() == [complaint]


def test_an_exported_name_without_a_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class LostError(Exception):
        """Of no module of errors."""

    monkeypatch.setattr(zkpipe.prover, "LostError", LostError, raising=False)
    monkeypatch.setattr(zkpipe.prover, "__all__", [*zkpipe.prover.__all__, "LostError"])
    assert reference.undocumented() == ["zkpipe.prover.LostError: on no page of the reference"]


@pytest.mark.parametrize(
    ("docstring", "shown"),
    [
        ("Sum of a[i] * b_i.", r"Sum of a\[i\] \* b\_i."),
        ("Takes `a * b`.", "Takes `a * b`."),
        ("See `prove`.", "See {py:obj}`prove`."),
        ("Raises ShapeError if so.", "Raises {py:obj}`ShapeError` if so."),
        ("One.\nRaises X if so.\nCost: none.", "One.\n\nRaises X if so.\n\nCost: none."),
        ("One\ntwo.", "One\ntwo."),
        ("a     one\nbbb   two", "`a`\n: one\n\n`bbb`\n: two"),
        ("a  one\n   more", "`a`\n: one more"),
        ("a  (n, 4) uint64   ours", "`a`\n: `(n, 4) uint64`, ours"),
        ("a  one\nprose", "a  one\nprose"),
        ("Do:\n\n    x = 1\n\n    y  # *", "Do:\n\n```text\nx = 1\n\ny  # *\n```"),
        ("- one\n- two", "- one\n- two"),
        ("as\n1. of\n+ 2", "as\n\\1. of\n\\+ 2"),
    ],
)
def test_a_docstring_keeps_its_lines_and_signs(docstring: str, shown: str) -> None:
    assert markdown(docstring) == shown


def repository(folder: Path, readme: str) -> Pages:
    """A small one, whose README.md is given."""
    files = {
        "docs/index.md": "# Index\n\n[readme](../README.md)\n\n## Guides\n\n- [guide](a.md)\n",
        "docs/a.md": "# A page\n\n## Its end\n\n[back](index.md#guides)\n",
        "docs/decisions/README.md": "# Decisions\n\n[one](one.md)\n",
        "docs/decisions/one.md": "# One\n",
        "tests/notes.md": "# Notes\n",
        "circuits/code.py": "x = 1\n",
        "README.md": f"# Readme\n\n{readme}\n\n[decisions](docs/decisions/README.md)\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Pages(folder)


@pytest.mark.parametrize(
    "readme",
    [
        "[end](docs/a.md#its-end)",
        "[here](#readme)",
        "[code](circuits/code.py)",
        "[a folder](circuits)",
        "[elsewhere](https://example.org/x.md)",
        "`[no](link.md)`",
        "```text\n[no](link.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_passes(readme: str, tmp_path: Path) -> None:
    assert repository(tmp_path, readme).complaints() == []


@pytest.mark.parametrize(
    ("readme", "complaint"),
    [
        ("[x](docs/b.md)", "docs/b.md: no such file in the repository"),
        ("![x](b.png)", "b.png: no such file in the repository"),
        ("[x]( ../../../../etc)", "../../../../etc: no such file in the repository"),
        ("[x](docs/a.md#a-end)", "docs/a.md#a-end: docs/a.md has no such anchor"),
        ("[x](#end)", "#end: README.md has no such anchor"),
        ("[x](circuits/code.py#L1)", "circuits/code.py has no such anchor"),
        ("[x][1]\n\n[1]: docs/b.md", "docs/b.md: no such file in the repository"),
    ],
)
def test_a_broken_link_is_found(readme: str, complaint: str, tmp_path: Path) -> None:
    (found,) = repository(tmp_path, readme).complaints()
    assert found.startswith("README.md:3: ")
    assert found.endswith(complaint)


def test_a_link_to_a_page_that_is_not_in_the_navigation_is_found(tmp_path: Path) -> None:
    repository(tmp_path, "")
    page = tmp_path / "docs" / "a.md"
    page.write_text(page.read_text() + "[notes](../tests/notes.md)\n")
    assert Pages(tmp_path).complaints() == [
        "docs/a.md:5: ../tests/notes.md: tests/notes.md is not in the navigation:"
        " no page of contents links to it"
    ]


def test_a_page_that_is_not_in_the_navigation_is_found(tmp_path: Path) -> None:
    repository(tmp_path, "")
    (tmp_path / "docs" / "lost.md").write_text("# Lost\n")
    (complaint,) = Pages(tmp_path).complaints()
    assert complaint.startswith("docs/lost.md: it is not in the navigation")


def test_the_links_of_our_pages_lead_somewhere_and_the_navigation_has_all() -> None:
    assert Pages(ROOT).complaints() == []


def test_the_links_of_the_sources_are_those_of_the_site(tmp_path: Path) -> None:
    readme = "[end](docs/a.md#its-end), [code](circuits/code.py), [folder](circuits)"
    made = sources(repository(tmp_path, readme))
    shown = made[Path("README.md")].decode()
    assert "[end](<a.md#its-end>), [code](<source/circuits/code.py.md>)" in shown
    assert b"```python\nx = 1\n```" in made[Path("source/circuits/code.py.md")]
    assert b"```text\ncode.py\n```" in made[Path("source/circuits.md")]
    assert "\ndecisions/README\n" in shown  # by its own title, as it is linked in a sentence
    index = made[Path("index.md")].decode()
    assert "\nREADME\n" in index
    assert ":caption: Guides\n\nguide <a>\n" in index
    assert set(PAGES) <= {path.as_posix() for path in made}


def test_a_link_that_cannot_be_rewritten_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=r"README.md:3: docs/a.md: write it as \[text\]\(path\)"):
        sources(repository(tmp_path, "[x][1]\n\n[1]: docs/a.md"))


def test_the_lock_of_the_site_has_what_its_extra_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"\W", r)[0] for r in project["optional-dependencies"]["docs"]}
    locked = re.findall(r"^(\w+)", (ROOT / "docs.lock").read_text(), re.MULTILINE)
    assert named <= set(locked)


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ('<a href="b.html#x">', None),
        ('<a href="b.html#y">', "a.html:1: b.html#y: no such anchor"),
        ('<a href="#x">', "a.html:1: #x: no such anchor"),
        ('<a href="c.html">', "a.html:1: c.html: no such file"),
        ('<a href="/b.html">', "a.html:1: /b.html: no such file"),
        ('<a href="https://example.org">', None),
        ('<link rel="next" href="c.html">', "a.html:1: c.html: no such file"),
        ('<script src="https://example.org/x.js">', "loaded from elsewhere"),
        ('<script src="//example.org/x.js">', "loaded from elsewhere"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "loaded from elsewhere"),
        ('<img src="data:image/png;base64,">', None),
        ("/home/me/zkpipe", "a.html: it names /home/me"),
    ],
)
def test_a_fault_of_the_site_is_found(html: str, complaint: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(html)
    (tmp_path / "b.html").write_text('<p id="x">')
    found = Built(tmp_path, secrets=("/home/me",)).complaints()
    assert len(found) == (complaint is not None)
    assert not found or found[0].endswith(complaint or "")


@pytest.mark.parametrize("style", ["@import 'x.css'", "a { src: url(//example.org/x.woff) }"])
def test_a_style_that_loads_from_elsewhere_is_found(style: str, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text(style)
    (complaint,) = Built(tmp_path).complaints()
    assert complaint.endswith("loaded from elsewhere")
