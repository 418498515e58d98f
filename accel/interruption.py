"""What ends a process from outside, and no code takes: the command's TERM and HUP.

A hint's function may raise what it likes, a BaseException too, and then there is no witness. This
one and KeyboardInterrupt are not the function's.
"""

from __future__ import annotations


class Interruption(BaseException):
    """The process is told to end. No Exception, so that nothing takes it."""
