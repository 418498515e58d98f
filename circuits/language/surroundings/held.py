"""The walk for what runs later: hints.

It never fails: what has no content that can be compared is taken by its identity, and libraries are
taken for granted. Code that reads by names it computes (getattr, globals) may read all of the
modules it is in.
"""

from __future__ import annotations

from operator import attrgetter, methodcaller
from types import FunctionType, ModuleType

from zkpipe.circuits.language.surroundings.keys import Known, Read
from zkpipe.circuits.language.surroundings.reads import (
    is_installed,
    is_known_class,
    is_of_library,
    is_ours,
)
from zkpipe.circuits.language.surroundings.shape import ByIdentity
from zkpipe.circuits.language.surroundings.walk import Walk
from zkpipe.circuits.language.text.frames import package_of

_REFLECTING = frozenset(("getattr", "hasattr", "vars", "globals", "locals", "eval", "exec", "dir"))
_GETTERS = (attrgetter, methodcaller)


class HeldWalk(Walk):
    """A walk that takes what has no content by its identity, and libraries for granted.

    home      the package of the root, which is no library, wherever it was installed
    reflects  some code has been met that reads by names it computes
    """

    def __init__(self, known: Known, root: object) -> None:
        super().__init__(known)
        module = getattr(getattr(root, "func", root), "__module__", None)
        self.home = package_of(module)
        self.reflects = False

    def _is_library(self, module: object) -> bool:
        return is_of_library(module) and package_of(module) != self.home

    def is_known_function(self, function: FunctionType) -> bool:
        """Whether a function is a library's."""
        return is_ours(function) or self._is_library(function.__module__)

    def is_known_class(self, class_: type) -> bool:
        """Whether a class is a library's."""
        return is_known_class(class_) or self._is_library(class_.__module__)

    def names_in(self, module: ModuleType) -> set[str]:
        """Names of a module that code met so far may read; of a library none."""
        if self._is_library(module.__name__):
            return set()
        if self.reflects:
            return {name for name in vars(module) if not name.startswith("__")}
        return super().names_in(module)

    def unknown(self, thing: object) -> None:
        """Take it by its identity."""
        self.tokens.append(ByIdentity(thing))
        if getattr(thing, "__name__", None) in _REFLECTING or type(thing) in _GETTERS:
            self.reflect()
        self._follow([getattr(thing, "__wrapped__", None)])  # of functools.cache

    def reflect(self) -> None:
        """Follow all globals of the functions met so far, and all of the modules they see."""
        self.reflects = True
        for scope in self.scopes.values():
            named = [(n, value) for n, value in scope.items() if not n.startswith("__")]
            self.guards.entries += [(scope, name, value) for name, value in named]
            self._follow(part for name, value in named for part in (Read(name), value))

    def exhausted(self) -> None:
        """Leave the rest."""
        self.waiting.clear()

    def _object(self, class_: type, thing: object) -> None:
        if is_installed(class_) and self._is_library(class_.__module__):
            self.tokens.append(ByIdentity(thing))
        else:
            super()._object(class_, thing)
