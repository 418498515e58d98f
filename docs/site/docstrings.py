"""Our docstrings as Markdown: what was set on lines of its own stays on lines of its own.

A docstring is a sentence, then paragraphs. Three of their forms mean something:

    name      what it is      aligned rows: a list of definitions
        indented              as it stands: trees, tables, programs
    Raises, Cost, Source      a line that begins with one of them begins a paragraph

All else is prose, in which only `code`, and lists of lines that begin with a hyphen, are Markdown:
a star is a product, an underscore part of a name.
"""

from __future__ import annotations

import re
import textwrap

ROW = re.compile(r"(\S+(?: \S+)*?) {2,}(\S.*)")
NEW_PARAGRAPH = re.compile(r"\n(?=(?:Raises|Costs?|Source|Takes)\b)")
CODE = re.compile(r"(`[^`]+`)")
MARKUP = re.compile(r"([\\*_\[\]<>#|{}~$])")
LIST_LIKE = re.compile(r"^(\+|%|\d+(?=[.)] ))", re.MULTILINE)
ERROR = re.compile(r"\b[A-Z]\w*(?:Error|Warning)\b")
NAME = re.compile(r"`([A-Za-z_][\w.]*)`")


def markdown(docstring: str) -> str:
    """A cleaned docstring (inspect.cleandoc) as Markdown, with roles of MyST for names."""
    blocks = re.split(r"\n{2,}", docstring.strip("\n"))
    return "\n\n".join(text for block in _joined(blocks) for text in _block(block))


def _joined(blocks: list[str]) -> list[str]:
    """Indented blocks that follow one another are one."""
    joined: list[str] = []
    for block in blocks:
        if joined and _is_indented(joined[-1]) and _is_indented(block):
            joined[-1] += "\n\n" + block
        else:
            joined.append(block)
    return joined


def _is_indented(block: str) -> bool:
    return all(line.startswith("    ") or not line for line in block.splitlines())


def _block(block: str) -> list[str]:
    if _is_indented(block):
        return [f"```text\n{textwrap.dedent(block)}\n```"]
    rows = _rows(block)
    if rows:
        return [_definition(*row) for row in rows]
    return [_prose(paragraph) for paragraph in NEW_PARAGRAPH.split(block)]


def _rows(block: str) -> list[list[str]]:
    """The cells of aligned rows; none if the block is no such thing."""
    rows: list[list[str]] = []
    for line in block.splitlines():
        row = ROW.fullmatch(line)
        if row:
            rows.append([row[1], *re.split(r" {2,}", row[2])])
        elif rows and line.startswith("  "):  # the last cell goes on
            rows[-1][-1] += " " + line.strip()
        else:
            return []
    return rows


def _definition(name: str, *cells: str) -> str:
    """A term and its meaning; a cell between them, the shape of an array, is code."""
    *shapes, meaning = cells
    shown = [f"`{shape}`" for shape in shapes] + [_prose(meaning)]
    return f"{_term(name)}\n: {', '.join(shown)}"


def _term(name: str) -> str:
    return name if "`" in name else f"`{name}`"


def _prose(text: str) -> str:
    parts = CODE.split(text)
    shown = "".join(_plain(part) if number % 2 == 0 else part for number, part in enumerate(parts))
    return NAME.sub(r"{py:obj}`\1`", shown) if "`" in text else shown


def _plain(text: str) -> str:
    escaped = LIST_LIKE.sub(r"\\\1", MARKUP.sub(r"\\\1", text))
    return ERROR.sub(lambda found: f"{{py:obj}}`{found[0]}`", escaped)
