"""What ends a process from outside: Ctrl-C, and the command's TERM and HUP.

A hint's function may raise what it likes, a BaseException too, and then there is no witness. These
are not the function's, and no code takes them.
"""

from __future__ import annotations


def ends_the_process(error: BaseException) -> bool:
    """Whether it is KeyboardInterrupt, or of a class that says so by `ends_the_process = True`.

    A class says so by an attribute since the command listens before any layer is imported.
    """
    said = getattr(type(error), "ends_the_process", False)
    return isinstance(error, KeyboardInterrupt) or said is True
