"""exchange init, show, password, backup, restore: the folder of one party."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, given, opened, password_option
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.password import new_password
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.circuits import Point
    from zkpipe.exchange.home import Backup, PublicKeys

UNRECONCILED = (
    "Restored from a backup: before anything is sent, what was sent since is read from the chain."
)
ONE_COPY = "Use one copy of a home only: two would send from the same account."


@command(
    "init",
    example="zkpipe exchange init --home home --password-file password",
)
@HOME
@PASSWORD
def init(home: Path, password_file: Path | Piped | None) -> Answer:
    """Make a home: the folder of one party, with a new account and new keys.

    DIR must not be there yet, or be empty. Only you can enter it. The password, of at least 8
    characters, encrypts all secrets in it. Nobody can recover them without it: make a backup.
    """
    from zkpipe.exchange.errors import PasswordError
    from zkpipe.exchange.home import Home
    from zkpipe.exchange.home.making import refuse_what_is_there

    refuse_what_is_there(home)  # before anybody is asked for a password
    password = new_password(home, password_file, PasswordError, "--password-file")
    with progress("making the home"), Home.create(home, password) as made:
        return _shown(home, made.address, made.public)


@command(
    "show",
    example="zkpipe exchange show --home home\n"
    "zkpipe exchange show --home home --epoch 1 --password-file password",
)
@HOME
@click.option(
    "--epoch",
    metavar="N",
    type=click.IntRange(0, (1 << 32) - 1),
    help="Show the key of the council's auditor in this epoch, too.",
)
@PASSWORD
def show(home: Path, epoch: int | None, password_file: Path | Piped | None) -> Answer:
    """Show the address and the public keys of a home.

    No password is needed, except for the key of an auditor, which is made when it is asked for.
    """
    from zkpipe.exchange.home import Header, Home, Restored

    context = click.get_current_context()
    is_given = context.get_parameter_source("password_file") is ParameterSource.COMMANDLINE
    if is_given and epoch is None:
        raise click.UsageError("--password-file goes with --epoch.", context)
    header = Header.load(home)
    mark = Restored.load(home)
    more: dict[str, Fact] = {
        "created": header.created,
        "restored": None if mark is None else {"made": mark.made, "restored": mark.restored},
    }
    rows: list[tuple[str, object]] = [("made", header.created)]
    if mark is not None:
        rows += [("backup of", mark.made), ("note", UNRECONCILED)]
    if epoch is not None:
        words = given(home, password_file)
        with progress("deriving the key from the password"), Home.read(home, words) as found:
            key = found.keys.auditor(epoch).public_key
        more["auditor"] = {"epoch": epoch, **_point(key)}
        rows.append(("auditor key", f"{key.x}, {key.y}, of epoch {epoch}"))
        rows.append(("auditorKey", f"{key.y}, for the council's file"))
    return _shown(home, header.address, header.public, more, rows)


@command(
    "password",
    example="zkpipe exchange password --home home --password-file password "
    "--new-password-file new-password",
)
@HOME
@PASSWORD
@password_option("--new-password-file", "First line: the new password.")
def password(
    home: Path, password_file: Path | Piped | None, new_password_file: Path | Piped | None
) -> Answer:
    """Change the password of a home, and of the account in it.

    Whoever knew the old password and has a copy of the folder can still read that copy. Backups
    keep the passwords that they were made with.
    """
    from zkpipe.exchange.errors import PasswordError

    with opened(home, password_file) as found:
        new = new_password(home, new_password_file, PasswordError, "--new-password-file")
        with progress("changing the password"):
            found.change_password(new)
        return Answer({"home": str(home), "account": found.address}, "The password is changed.")


@command(
    "backup",
    example="zkpipe exchange backup home.backup --home home --password-file password",
)
@click.argument("file", metavar="FILE", type=FILE)
@HOME
@PASSWORD
@password_option("--backup-password-file", "First line: another password for the backup.")
@FORCE
def backup(
    file: Path,
    home: Path,
    password_file: Path | Piped | None,
    backup_password_file: Path | Piped | None,
    force: bool,
) -> Answer:
    """Write one encrypted file of the account, the keys and the documents of a home.

    Another process may write to the home meanwhile. The secrets of jobs are left out, so that they
    can be erased for good; so are the index and what was sent, which the chain has. FILE has the
    password of the home, unless you give another.
    """
    from zkpipe.exchange.errors import PasswordError
    from zkpipe.exchange.home import Header, Home
    from zkpipe.exchange.home import backup as write_backup

    Header.load(home)
    files = [path for path in (password_file, backup_password_file) if path is not None]
    with outputs((file, Kind.BACKUP), inputs=files, force=force) as [place]:
        words = given(home, password_file)
        own = words
        if backup_password_file is not None:
            option = "--backup-password-file"
            own = new_password(file, backup_password_file, PasswordError, option)
        with progress("writing the backup"), Home.read(home, words) as found:
            made = write_backup(found, place, own)
    return Answer(
        {"backup": str(file), **_counts(made), "left_out": dict(made.left_out)},
        table(
            [
                ("backup", file),
                *_rows(made),
                ("left out", _listed(made.left_out)),
                ("note", "Keep it elsewhere than the home, and its password elsewhere than it."),
            ]
        ),
    )


@command(
    "restore",
    example="zkpipe exchange restore home.backup --home restored --password-file password",
)
@click.argument("file", metavar="FILE", type=FILE)
@HOME
@PASSWORD
def restore(file: Path, home: Path, password_file: Path | Piped | None) -> Answer:
    """Make a home of a backup, with the backup's password.

    DIR must not be there yet, or be empty: no home is written over. The home has the account and
    the keys of the old one. Jobs that were at work then cannot be ended: their secrets are in no
    backup.
    """
    from zkpipe.exchange.home import restore as make_home
    from zkpipe.exchange.home.making import refuse_what_is_there

    expect((file, Kind.BACKUP))
    refuse_what_is_there(home)
    words = given(file, password_file)
    with progress("making the home"):
        made = make_home(file, home, words)
    return Answer(
        {"home": str(home), **_counts(made)},
        table([("home", home), *_rows(made), ("note", UNRECONCILED), ("note", ONE_COPY)]),
    )


def _shown(
    home: Path,
    address: str,
    public: PublicKeys,
    facts: Mapping[str, Fact] | None = None,
    rows: list[tuple[str, object]] | None = None,
) -> Answer:
    keys = {"holder": public.holder, "issuer": public.issuer, "seal": public.seal}
    return Answer(
        {
            "home": str(home),
            "account": address,
            **{name: _point(key) for name, key in keys.items()},
            **(facts or {}),
        },
        table(
            [
                ("home", home),
                ("account", address),
                *((f"{name} key", f"{key.x}, {key.y}") for name, key in keys.items()),
                *(rows or []),
            ]
        ),
    )


def _point(point: Point) -> Mapping[str, Fact]:
    """As text: the coordinates are larger than JSON's numbers."""
    return {"x": str(point.x), "y": str(point.y)}


def _counts(made: Backup) -> dict[str, Fact]:
    return {
        "account": made.address,
        "made": made.made,
        "secrets": dict(made.secrets),
        "documents": dict(made.documents),
    }


def _rows(made: Backup) -> list[tuple[str, object]]:
    return [
        ("account", made.address),
        ("made", made.made),
        ("secrets", _listed(made.secrets)),
        ("documents", _listed(made.documents)),
    ]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "none"
