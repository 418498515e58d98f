"""The commands of a group by their names; the module of each is imported when it is looked at.

Modules of commands take 0.1 s to import in all, and whoever asks for one command needs one of them.
Completion and the suggestions for a misspelt name read the names alone; --help imports all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


class LateCommands(MutableMapping[str, "click.Command"]):
    """What `click.Group` takes for its commands.

    package  where the modules are
    places   for each command its module in the package, a dot, and its name in the module
    """

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._package = package
        self._places = dict(places)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            module, _, own = self._places[name].rpartition(".")
            self._found[name] = getattr(import_module(f"{self._package}.{module}"), own)
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places.setdefault(name, "")
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._found.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
