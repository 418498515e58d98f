"""The files that a command writes: checked before the work, and all put in place or none.

Each output is written into a folder beside its place, and moved when every one is whole. A command
never writes over one of its inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

FILE = click.Path(path_type=Path)  # what it holds, and whether it is there, the reader says


@contextmanager
def outputs(*paths: Path, inputs: Sequence[Path] = ()) -> Iterator[list[Path]]:
    """Places to write the outputs to, in order; they move to `paths` if the block ends well.

    Raises FileError before the block if an output is also an input or another output, is a folder,
    or lies in a folder that is not there or cannot be written to.
    """
    from circuits.formats.files import target

    _refuse_collisions(paths, inputs)
    paths = tuple(map(target, paths))
    stages: list[Path] = []
    try:
        for path in paths:
            stages.append(_stage(path))  # before it is made: the command may be told to end then
            _make(stages[-1], path)
        staged = [stage / path.name for stage, path in zip(stages, paths, strict=True)]
        yield staged
        for place, path in zip(staged, paths, strict=True):
            place.replace(path)
    except OSError as error:
        raise _failure(paths[0], error) from error
    finally:
        import shutil

        for stage in stages:
            shutil.rmtree(stage, ignore_errors=True)


def output(path: Path, inputs: Sequence[Path]) -> Path:
    """Where to write an output that a command writes by itself, before its work is done.

    Raises FileError as `outputs` does.
    """
    import shutil

    from circuits.formats.files import target

    _refuse_collisions((path,), inputs)
    path = target(path)
    stage = _stage(path)
    try:
        _make(stage, path)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return path


def _stage(path: Path) -> Path:
    """The name of a new folder beside the output."""
    from secrets import token_hex

    return path.parent / f".zkpipe-{token_hex(8)}"


def _make(stage: Path, path: Path) -> None:
    """Make the folder, which only its owner may enter, if the output can be put in its place."""
    from circuits.formats.files import FileError

    if path.is_dir() or not path.name:
        raise FileError(f"{path} is a folder.", "Give the name of a file to write.")
    if path.exists() and not path.is_file():  # a device: a file in its place would end it
        raise FileError(f"{path} is not a regular file.", "Give the name of a file to write.")
    try:
        stage.mkdir(mode=0o700)
    except OSError as error:
        raise _failure(path, error) from error


def _failure(path: Path, error: OSError) -> Exception:
    from circuits.formats.files import FileError

    return FileError(
        f"{path} cannot be written: {error.strerror or type(error).__name__}.",
        "Check that its folder is there and can be written to, and the space on the disk.",
    )


def _refuse_collisions(paths: Sequence[Path], inputs: Sequence[Path]) -> None:
    from circuits.formats.files import FileError

    for i, path in enumerate(paths):
        if any(_are_same(path, other) for other in inputs):
            raise FileError(
                f"{path} is an input of this command; writing would destroy it.",
                "Give another name for the output.",
            )
        if any(_are_same(path, other) for other in paths[:i]):
            raise FileError(f"{path} is given for two outputs.", "Give each output its own name.")


def _are_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one is not there yet
        return one.absolute() == other.absolute()
