"""Whether the text of a circuit's value is only shown, or goes where a program computes with it.

str(x), repr(x) and f"{x}" are texts such as `<an integer from 0 to 255 of a circuit>`, which say
nothing of the value: a hash or a length of them is a constant. People need them, though: print(x),
a log, a debugger, the message of an exception. The libraries that run between the author's line and
the value tell which it is, if they are known to show texts; else the author's line does.
"""

from __future__ import annotations

from types import FrameType

from zkpipe.circuits.language.suggestions.author_lines import line_shows
from zkpipe.circuits.language.suggestions.displayers import Streams
from zkpipe.circuits.language.text.frames import (
    Owner,
    frames_here,
    frames_of_body,
    of_dataclass,
    owner_of,
    package_of,
)

_DEBUGGERS = frozenset(
    (
        *("bdb", "pdb", "code", "doctest", "IPython", "ipdb", "pudb", "bpython", "ptpython"),
        *("pydevd", "_pydevd_bundle", "_pydev_bundle", "debugpy", "ptvsd", "idlelib", "wdb"),
    )
)
_REPORTING = frozenset(
    (
        *("_pytest", "pytest", "pluggy", "unittest", "hypothesis", "ipykernel"),
        *("pysnooper", "snoop", "hunter", "icecream", "sentry_sdk"),
    )
)
_MAKING = ("unittest.mock",)  # of these packages, what makes texts for those who call it
_FUNCTIONS = {  # of modules whose other functions make texts for those who call them
    "logging": ("handle", "emit", "callHandlers"),
    "warnings": ("_showwarnmsg", "showwarning"),
    "_py_warnings": ("_showwarnmsg", "showwarning"),
    "threading": ("excepthook", "invoke_excepthook"),
    "traceback": ("_print_exception_bltin",),
}
_OF_CLASSES = ("__str__", "__repr__", "__format__")


def is_only_shown(asking: FrameType | None, outside: Streams) -> bool:
    """Whether a text is for people's eyes, as far as that can be told.

    asking   the frame that wants it
    outside  the standard streams when the body began
    """
    frames, is_in_body = frames_of_body(asking)
    author = frames_here()[0]
    home = None  # the package of a circuit that is installed as a library
    if is_in_body and author is not None and owner_of(author.f_code) is not Owner.USER:
        home = _package(author)
    for at, frame in enumerate(frames):
        owner, name = owner_of(frame.f_code), frame.f_code.co_name
        is_author = owner is Owner.USER or (home is not None and _package(frame) == home)
        if of_dataclass(frame.f_code) or (is_author and name in _OF_CLASSES):
            continue  # a part of the text of an object, which somebody else wants
        if is_author and _makes_error(frame):
            if not line_shows(frame, outside, is_kept=True):
                return False
        elif is_author:
            return line_shows(frame, outside) or any(map(_is_for_people, frames[at + 1 :]))
        elif owner is Owner.OURS or _package(frame).startswith("zkpipe.") or _displays(frame):
            return True
    if is_in_body or not frames:
        return True  # no line of the author's asks
    return line_shows(frames[0], outside)  # a thread that runs print itself


def _displays(frame: FrameType) -> bool:
    """Whether a library's frame shows the texts that it asks for."""
    module = str(frame.f_globals.get("__name__"))
    return _is_for_people(frame) or (
        _package(frame) in _REPORTING and not module.startswith(_MAKING)
    )


def _is_for_people(frame: FrameType) -> bool:
    """Whether what a frame calls is for a debugger, a log or a warning."""
    functions = _FUNCTIONS.get(str(frame.f_globals.get("__name__")), ())
    return _package(frame) in _DEBUGGERS or frame.f_code.co_name in functions


def _makes_error(frame: FrameType) -> bool:
    """Whether it is the __init__ of an exception of the author's own."""
    if frame.f_code.co_name != "__init__" or not frame.f_code.co_varnames:
        return False
    return isinstance(frame.f_locals.get(frame.f_code.co_varnames[0]), BaseException)


def _package(frame: FrameType) -> str:
    return package_of(frame.f_globals.get("__name__"))
