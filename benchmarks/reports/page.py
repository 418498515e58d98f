"""A report as HTML: one page that loads nothing and has no script. All texts are escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from zkpipe.benchmarks.reports import colours
from zkpipe.benchmarks.reports.table import Figure, Table

# A phone's width is the narrow case: figures stand below each other, a bar's name above it, and a
# table that is too wide scrolls by itself. A shade on a side of it, which its own background covers
# at that end, says that there is more.
_STYLE = """\
:root { color-scheme: light dark; --text: #1d2126; --soft: #59616b; --back: #ffffff;
        --rule: #d9dee4; --panel: #f4f6f8; --link: #0059a8; --shade: #0003; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --soft: #a3abb5; --back: #16181c; --rule: #3a4048; --panel: #20242a;
          --link: #7cc0f5; --shade: #fff4; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem;
       color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; }
h3, figcaption { font-size: 1rem; font-weight: 600; margin: 1.75rem 0 0.25rem; }
a { color: var(--link); }
p { margin: 0.25rem 0 0.75rem; max-width: 48rem; }
.soft { color: var(--soft); font-size: 0.9rem; }
.run { background: var(--panel); border: 1px solid var(--rule); border-radius: 0.5rem;
       padding: 0.75rem 1rem; margin: 0 0 1rem; }
.run h2 { margin: 0; font-size: 1.15rem; }
.run ul { margin: 0.5rem 0 0.25rem; padding-left: 1.1rem; max-width: 60rem; }
.scroll { overflow-x: auto; margin: 0.25rem 0 1rem; background:
            linear-gradient(to right, var(--back) 50%, transparent) left / 3rem 100% local,
            linear-gradient(to left, var(--back) 50%, transparent) right / 3rem 100% local,
            linear-gradient(to right, var(--shade), transparent) left / 1rem 100% scroll,
            linear-gradient(to left, var(--shade), transparent) right / 1rem 100% scroll;
          background-repeat: no-repeat; }
.scroll:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; font-size: 0.9rem; overflow-wrap: normal; width: max-content; }
th, td { border-bottom: 1px solid var(--rule); padding: 0.3rem 0.9rem 0.3rem 0; text-align: left;
         vertical-align: top; font-variant-numeric: tabular-nums; min-width: 4.5rem;
         max-width: min(24rem, 70vw); }
th { color: var(--soft); font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
           gap: 0 2.5rem; align-items: start; }
figure { margin: 0; min-width: 0; }
figure .soft::first-letter { text-transform: uppercase; }
figure > svg { display: block; width: 100%; max-width: 40rem; height: auto; }
figure > svg text { font-family: inherit !important; }
.legend { list-style: none; padding: 0; margin: 0.25rem 0 1rem; display: flex; flex-wrap: wrap;
          gap: 0.15rem 1.25rem; font-size: 0.9rem; }
.legend svg { vertical-align: middle; }
.bars { display: grid; grid-template-columns: minmax(6rem, 14rem) 1fr auto; gap: 0.35rem 0.75rem;
        align-items: center; font-size: 0.9rem; margin: 0.5rem 0 1rem; }
.bars .track > span { display: block; height: 1rem; border-radius: 2px; }
.bars .time { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
@media (max-width: 36rem) {
  .bars { grid-template-columns: 1fr auto; gap: 0 0.75rem; }
  .bars .what { grid-column: 1 / -1; margin-top: 0.4rem; }
}
@media print { .scroll { overflow: visible; } }
"""

_UNIT = re.compile(r"(?<=[0-9]) (?=(?:us|ms|s|min|h|KB|MB)\b)")
_NO_BREAK = "\u00a0"  # a number's unit stands on its line


def whole_page(title: str, parts: Iterable[str]) -> str:
    """A page with this title and these elements."""
    text = escape(title)
    head = "\n".join(
        [
            '<meta charset="utf-8">',
            f"<title>{text}</title>",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'\">",
            f"<style>\n{_STYLE}{colours.style()}</style>",
        ]
    )
    body = "\n".join([f"<h1>{text}</h1>", *parts])
    start = f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>'
    return f"{start}\n<body>\n{body}\n</body>\n</html>\n"


def paragraph(text: str) -> str:
    """A sentence or more."""
    return f"<p>{escape(text)}</p>"


def opening(run: int, title: str, where: str, told: Iterable[str], *, linked: bool) -> str:
    """The main figures of a run; `linked` to what is told of it below."""
    name = escape(title)
    head = f'<a href="#run-{run}">{name}</a>' if linked else name
    lines = "\n".join(f"<li>{escape(_UNIT.sub(_NO_BREAK, line))}</li>" for line in told)
    return (
        f'<section class="run">\n<h2>{head}</h2>\n<p class="soft">{escape(where)}</p>\n'
        f"<ul>\n{lines}\n</ul>\n</section>"
    )


def heading(run: int, title: str) -> str:
    """Where what is told of a run begins."""
    return f'<h2 id="run-{run}">{escape(title)}</h2>'


def figures(all_of_them: Iterable[Figure]) -> str:
    """Figures beside each other, where there is room."""
    return '<div class="figures">\n' + "\n".join(map(_figure, all_of_them)) + "\n</div>"


def _figure(figure: Figure) -> str:
    note = f'\n<p class="soft">{escape(figure.note)}</p>' if figure.note else ""
    caption = f"<figcaption>{escape(figure.title)}</figcaption>"
    return f"<figure>{caption}{note}\n{figure.body}\n</figure>"


def table(made: Table) -> str:
    """A table that scrolls by itself where it is too wide."""

    def row(tag: str, cells: tuple[str, ...]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    title = escape(made.title)
    note = f'<p class="soft">{escape(made.note)}</p>\n' if made.note else ""
    rows = "\n".join([row("th", made.header), *(row("td", cells) for cells in made.rows)])
    return (
        f'<h3>{title}</h3>\n{note}<div class="scroll" tabindex="0" role="region" '
        f'aria-label="{title}"><table>\n{rows}\n</table></div>'
    )
