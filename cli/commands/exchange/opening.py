"""The options that name a home and its password, and the home opened with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.password import given_password
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.home import Home

HOME = click.option(
    "--home",
    metavar="DIR",
    type=FILE,
    required=True,
    envvar="ZKPIPE_HOME",
    show_envvar=True,
    help="Folder of the home.",
)


def password_option(name: str, meaning: str) -> Callable[[Any], Any]:
    """An option that names a file whose first line is a password."""
    return click.option(name, metavar="FILE", type=SOURCE, help=meaning)


PASSWORD = click.option(
    "--password-file",
    metavar="FILE",
    type=SOURCE,
    envvar="ZKPIPE_PASSWORD_FILE",
    show_envvar=True,
    help="First line: the password; - or a pipe too. Without it a terminal is asked.",
)


def opened(home: Path, password_file: Path | Piped | None) -> Home:
    """The home in a folder, open to write, with the password from a file or the terminal."""
    from zkpipe.exchange.home import Header, Home

    Header.load(home)  # before anybody is asked for the password of what is no home
    password = given(home, password_file)
    with progress("deriving the key from the password"):
        return Home.open(home, password)


def reading(home: Path, password_file: Path | Piped | None) -> Home:
    """The home in a folder, open to read while another process may write to it."""
    from zkpipe.exchange.home import Header, Home

    Header.load(home)
    password = given(home, password_file)
    with progress("deriving the key from the password"):
        return Home.read(home, password)


def given(of: object, file: Path | Piped | None) -> str:
    """The password of something, from a file or the terminal. Raises PasswordError."""
    from zkpipe.exchange.errors import PasswordError

    return given_password(of, file, PasswordError)
