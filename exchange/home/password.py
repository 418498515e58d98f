"""Passwords: which are taken, and where a program gets one without its user.

A password never stands in the words of a command, where other users of the machine could read it.
A program that starts another hands it over by a descriptor, or in the environment, which the user's
other programs can read. Terminals are the command line's to ask.
"""

from __future__ import annotations

import os

from zkpipe.exchange.errors import PasswordError
from zkpipe.ground.kinds import is_of

LEAST_CHARACTERS = 8
MOST_BYTES = 1 << 12


def checked_password(password: str | bytes) -> bytes:
    """A password in UTF-8. Raises PasswordError if it is none."""
    if not is_of(password, bytes) and not is_of(password, str):
        raise PasswordError("The password is no text.", "Give it as a str, or as bytes in UTF-8.")
    data = _utf8(password)
    if data is None:  # outside of what caught Python's error, which holds the password
        raise PasswordError("The password is not a text in UTF-8.", "Give a text in UTF-8.")
    if not data:
        raise PasswordError("The password is empty.", "Give the password.")
    if len(data) > MOST_BYTES:
        raise PasswordError(
            f"The password has more than {MOST_BYTES} bytes.", "Give a shorter one."
        )
    return data


def _utf8(password: str | bytes) -> bytes | None:
    """The text in UTF-8; None if it is none."""
    try:
        data = password if isinstance(password, bytes) else str.encode(password, "utf-8")
        data.decode("utf-8")
    except UnicodeError:
        return None
    return bytes(data)


def new_password(password: str | bytes) -> bytes:
    """A password that is to be set, in UTF-8: of at least 8 characters. Raises PasswordError."""
    data = checked_password(password)
    if len(data.decode("utf-8")) < LEAST_CHARACTERS:
        raise PasswordError(
            f"The new password has fewer than {LEAST_CHARACTERS} characters.",
            "Give a longer one, such as four random words.",
        )
    return data


def first_line(data: bytes) -> bytes:
    """The password in the text of a file or a pipe: its first line, in UTF-8."""
    return data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].removesuffix(b"\r")


def from_environment(name: str) -> bytes:
    """The password in a variable of the environment, which is removed from it.

    Programs that this one starts later do not get it. The system may show the user, and root, what
    the environment was at the start.

    Raises PasswordError if there is no such variable.
    """
    text = os.environ.pop(name, None)
    if text is None:
        raise PasswordError(
            f"There is no variable {name} in the environment.",
            "Set it to the password, or give the password by a file or a pipe.",
        )
    return checked_password(os.fsencode(text))


def from_descriptor(handle: int) -> bytes:
    """The password from an open descriptor: the first line of what comes. It is not closed.

    Raises PasswordError if the descriptor cannot be read, or nothing comes.
    """
    data = bytearray()
    try:
        while b"\n" not in data and len(data) <= MOST_BYTES + 4:
            piece = os.read(handle, 1 << 12)
            if not piece:
                break
            data += piece
    except OSError as error:
        raise PasswordError(
            f"Descriptor {handle} cannot be read: {error.strerror}.",
            "Give one that is open to read.",
        ) from error
    return checked_password(first_line(bytes(data)))
