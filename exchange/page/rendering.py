"""Templates filled with values: values are escaped, texts are the language's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from zkpipe.exchange.page import forms
from zkpipe.exchange.page.language import Language, languages

FOLDER = Path(__file__).parent / "templates"
GOOD = ("circuit.active", "lineage.published", "grant.active", "job.closed", "template.current")
WAITING = ("circuit.proposed", "grant.applied", "job.open", "job.running", "job.proved")
BAD = ("job.failed", "grant.revoked", "lineage.destroyed")


@cache
def environment() -> Environment:
    """The templates."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clock=forms.clock,
        duration=forms.duration,
        ends=forms.ends,
        hex=forms.as_hex,
        is_long=forms.is_long,
        is_zero=forms.is_zero,
        machine_moment=forms.machine_moment,
        moment=forms.moment,
        number=forms.number,
    )
    made.globals.update(share=forms.share, tone=tone)
    return made


def tone(key: str) -> str:
    """How the word of a state looks: good, waiting, bad, or plain."""
    if key in GOOD:
        return "good"
    if key in WAITING:
        return "waiting"
    return "bad" if key in BAD else "plain"


class Renderer:
    """Fills templates in a language.

    chosen  whether the reader asked for the language by a link: then links keep it
    """

    def __init__(self, language: Language, path: str, *, chosen: bool) -> None:
        self._language, self._path, self._chosen = language, path, chosen

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """A page. Raises jinja2's errors if a template uses what it is not given."""
        return (
            environment()
            .get_template(template)
            .render(
                {
                    **values,
                    "t": self._language.text,
                    "counted": self._language.counted,
                    "href": self.href,
                    "here": self._path,
                    "language": self._language,
                    "languages": list(languages().values()),
                    "in_language": lambda code: f"{self._path}?{urlencode({'lang': code})}",
                }
            )
        )

    def href(self, path: str, **query: Any) -> str:
        """A link to a page of ours."""
        if self._chosen:
            query = {**query, "lang": self._language.code}
        return f"{path}?{urlencode(query)}" if query else path
