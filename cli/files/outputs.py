"""The files that a command writes: checked before the work, and all put in place or none.

Each output is written into a folder beside its place. When every one is whole, the files that are
there already are kept in that folder, the new ones take their places, and if one cannot, the old
ones come back. What may be replaced is one rule for all commands:

- An output is never one of the inputs, nor another output, whatever names lead to it: paths are
  resolved, and files compared, before anything is written.
- A file that is there must be empty, or of the kind that the command writes (file_kind): a name in
  the wrong place must not cost a ceremony, or anybody's notes.
- A key or a deployment's record is replaced only with --force.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.console.signals import has_to_end, held, too_late
from zkpipe.cli.files.file_kind import PRECIOUS, USES, Kind, kind_of, order
from zkpipe.ground.quick_dataclass import dataclass

if TYPE_CHECKING:
    from zkpipe.ground.files.reading import Source

FORCE = click.option("--force", is_flag=True, help="Write over one that is there.")
ALIKE = {Kind.WITNESS_JSON: Kind.PUBLIC}  # an output that is there is told by what it holds
STAGED, OLD = "new", "old"  # folders of a stage


@dataclass(slots=True)
class _Output:
    """An output on its way.

    named   as the user wrote it, for errors
    path    the file that is written or replaced
    stage   the folder beside it

    is_kept: the old file has its place in the stage, is_placed: the new one is in its own.
    """

    named: Path
    path: Path
    kind: Kind
    force: bool
    stage: Path
    is_kept: bool = False
    is_placed: bool = False

    @property
    def staged(self) -> Path:
        return self.stage / STAGED / self.path.name

    @property
    def old(self) -> Path:
        return self.stage / OLD / self.path.name


@contextmanager
def outputs(
    *files: tuple[Path, Kind], inputs: Sequence[Source] = (), force: bool = False
) -> Iterator[list[Path]]:
    """Places to write the outputs to, in order; they move to their paths if the block ends well.

    files  each with the kind that the command writes there
    force  whether keys and records that are there may be replaced

    Raises FileError before the block if an output is also an input or another output, may not be
    replaced, is a folder, or lies in a folder that is not there or cannot be written to. Whatever
    is raised, nothing has changed.
    """
    found = [_output(path, kind, force) for path, kind in files]
    _refuse_collisions(found, inputs)
    for output in found:
        _refuse_to_replace(output)
    try:
        for output in found:
            _make(output)
        _refuse_names_that_are_one(found)
        with _errors_that_name(found):
            yield [output.staged for output in found]
        with held():
            _put_in_place(found)
    finally:
        with held():
            _remove(found)


def output(path: Path, inputs: Sequence[Source] = ()) -> Path:
    """Where to write an output that a command writes by itself, before its work is done.

    What is there already is the command's to judge. Raises FileError as `outputs` does.
    """
    found = _output(path, Kind.EMPTY, force=True)
    _refuse_collisions([found], inputs)
    _refuse_what_is_no_file(found)
    try:
        _make(found)
    finally:
        with held():
            _remove([found])
    return found.path


def _output(named: Path, kind: Kind, force: bool) -> _Output:
    from zkpipe.ground.files.writing import stage_name, target

    path = target(named)
    return _Output(named, path, kind, force, path.parent / stage_name())


# --- what is refused


def _refuse_collisions(found: Sequence[_Output], inputs: Sequence[Source]) -> None:
    from zkpipe.ground.files.reading import FileError

    for i, output in enumerate(found):
        if any(_are_same(output.path, other) for other in inputs):
            raise FileError(
                f"{output.named} is an input of this command; writing would destroy it.",
                "Give another name for the output.",
            )
        if any(_are_same(output.path, other.path) for other in found[:i]):
            raise _one_for_two(output)
        for stream in (sys.stdout, sys.stderr):
            if _is_stream(output.path, stream):
                raise FileError(
                    f"{output.named} is where this command prints to.",
                    "Give another name for the output.",
                )


def _one_for_two(output: _Output) -> Exception:
    from zkpipe.ground.files.reading import FileError

    return FileError(
        f"{output.named} is given for two outputs: both names lead to one file.",
        "Give each output its own name.",
    )


def _are_same(path: Path, other: Source) -> bool:
    """Whether a resolved path is where another one leads, by links, folders or a second name."""
    from zkpipe.ground.files.reading import FileError
    from zkpipe.ground.files.writing import target

    if not isinstance(other, Path):  # a pipe: no output is that
        return False

    with suppress(OSError, ValueError):
        if path.samefile(other):
            return True
    try:
        other = target(other)
    except FileError:  # a device, or a folder that is not there: no output is that
        return False
    if path == other:
        return True
    try:  # a folder may be mounted in two places
        return path.name == other.name and path.parent.samefile(other.parent)
    except OSError:
        return False


def _is_stream(path: Path, stream: object) -> bool:
    try:
        status = os.fstat(stream.fileno())  # type: ignore[attr-defined] # if it has one
        return stat.S_ISREG(status.st_mode) and os.path.samestat(status, path.stat())
    except (AttributeError, OSError, ValueError):
        return False


def _refuse_what_is_no_file(output: _Output) -> None:
    from zkpipe.ground.files.reading import FileError

    try:
        status = output.path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failure(output, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{output.named} is a folder.", "Give the name of a file to write.")
    if not stat.S_ISREG(status.st_mode):  # a device: a file in its place would end it
        raise FileError(
            f"{output.named} is not a regular file.", "Give the name of a file to write."
        )


def _refuse_to_replace(output: _Output) -> None:
    """Refuse to write over a file of another kind, and over a precious one without --force."""
    from zkpipe.ground.files.reading import FileError

    _refuse_what_is_no_file(output)
    if not output.path.exists():
        return
    there = kind_of(output.path)
    if there is Kind.EMPTY:
        return
    if there is not ALIKE.get(output.kind, output.kind):
        is_what = there.value if there else "of a kind that zkpipe does not know"
        raise FileError(
            f"{output.named} is there and is {is_what}; this output would be {output.kind.value}. "
            "A file of another kind is never overwritten.",
            f"Give a new name. {_meant(there)}",
        )
    if there in PRECIOUS and not output.force:
        raise FileError(
            f"{output.named} is {there.value} already. It is not overwritten.",
            "Give another name, or --force to replace it.",
        )


def _meant(there: Kind | None) -> str:
    """Which words were probably meant, where this file was given for an output."""
    if there is Kind.PTAU:
        return f"{order()} {USES[there]}"
    return order()


# --- the way of an output


@contextmanager
def _errors_that_name(found: Sequence[_Output]) -> Iterator[None]:
    """What is said of a file in a stage is said of the output."""
    from zkpipe.ground.files.reading import FileError

    try:
        yield
    except FileError as error:
        for output in found:
            if str(output.staged) in error.problem:
                what = error.problem.replace(str(output.staged), str(output.named))
                raise FileError(what, error.fix) from error
        raise


def _make(output: _Output) -> None:
    """Make the folder, which only its owner may enter."""
    _refuse_what_is_no_file(output)
    try:
        output.stage.mkdir(mode=0o700)
        for name in (STAGED, OLD):
            (output.stage / name).mkdir(mode=0o700)
    except OSError as error:
        raise _failure(output, error) from error


def _refuse_names_that_are_one(found: Sequence[_Output]) -> None:
    """Refuse two names that are one to the file system: p.json and P.JSON where case is nothing."""
    for i, output in enumerate(found):
        beside = [other for other in found[:i] if other.path.parent == output.path.parent]
        for other in beside:
            mark = other.stage / STAGED / output.path.name
            try:
                other.staged.touch(exist_ok=False)
                mark.touch(exist_ok=False)
                mark.unlink()
            except FileExistsError:
                raise _one_for_two(output) from None
            except OSError as error:
                raise _failure(output, error) from error
            finally:
                other.staged.unlink(missing_ok=True)


def _put_in_place(found: Sequence[_Output]) -> None:
    """Move all outputs to their places; if one cannot be, none is, and the error names it."""
    try:
        for output in found:
            _step(output, _keep_old)
        for output in found:
            _step(output, _place)
        if has_to_end():
            _put_back(found)
        else:
            too_late()
    except BaseException:
        _put_back(found)
        raise


def _step(output: _Output, step: Callable[[_Output], None]) -> None:
    try:
        step(output)
    except OSError as error:
        raise _failure(output, error) from error


def _keep_old(output: _Output) -> None:
    """A second name for the file that is there; made first for all, as it changes nothing.

    Where files have one name only, the old one is moved just before the new one comes.
    """
    _refuse_to_replace(output)  # it may have come since
    if not output.path.exists():
        return
    with suppress(OSError):
        output.old.hardlink_to(output.path)
        output.is_kept = True


def _place(output: _Output) -> None:
    if not output.is_kept and not output.path.exists():
        _place_where_nothing_is(output)
    else:
        if not output.is_kept:
            output.path.rename(output.old)
            output.is_kept = True
        output.staged.replace(output.path)
    output.is_placed = True


def _place_where_nothing_is(output: _Output) -> None:
    """By a second name, which fails if a file has come since; else, without them, by a rename."""
    try:
        output.path.hardlink_to(output.staged)
    except FileExistsError:
        raise
    except OSError:
        output.staged.rename(output.path)


def _put_back(found: Sequence[_Output]) -> None:
    for output in reversed(found):
        with suppress(OSError):
            if output.is_kept and (output.is_placed or not output.path.exists()):
                output.old.replace(output.path)
            elif output.is_placed:
                output.path.unlink()


def _remove(found: Sequence[_Output]) -> None:
    """Remove the stages. What they usually hold needs no descriptor, and there may be none left."""
    for output in found:
        for path in (output.staged, output.old):
            with suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()
        try:
            output.stage.rmdir()
        except OSError:
            with suppress(ImportError, OSError):  # there may be no descriptor to import it with
                from shutil import rmtree

                rmtree(output.stage, ignore_errors=True)


def _failure(output: _Output, error: OSError) -> Exception:
    from zkpipe.ground.files.reading import FileError

    return FileError(
        f"{output.named} cannot be written: {error.strerror or type(error).__name__}.",
        "Check that its folder is there and can be written to, and the space on the disk.",
    )
