"""How Sphinx makes the site: MyST for Markdown as GitHub shows it, Furo for the looks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.nodes import make_refnode

HERE = Path(__file__).resolve().parent

project = "zkpipe"
release = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]["version"]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 6
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_target"]  # as on GitHub
suppress_warnings = ["myst.header"]
smartquotes = False  # what is printed on a page is what is typed
add_module_names = False
maximum_signature_line_length = 88
pygments_style = "friendly"

html_theme = "furo"
html_title = f"zkpipe {release}"
html_static_path = ["static"]
html_css_files = ["zkpipe.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_permalinks_icon = "#"
html_last_updated_fmt = None


def by_last_name(app: Any, env: Any, node: Any, content: nodes.Node) -> nodes.Node | None:
    """A name in a signature or a docstring leads to the only public thing of that name."""
    if node.get("refdomain") != "py":
        return None
    last = node["reftarget"].rpartition(".")[2]
    kinds = ("class", "function", "exception", "data")
    found = [
        (name, thing)
        for name, thing in env.get_domain("py").objects.items()
        if name.rpartition(".")[2] == last and thing.objtype in kinds
    ]
    if len(found) != 1:
        return None
    ((name, thing),) = found
    return make_refnode(app.builder, node["refdoc"], thing.docname, thing.node_id, content, name)


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", by_last_name)
