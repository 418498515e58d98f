"""Ways in which a file of the cache is damaged, or comes under the control of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def flip_first(path: Path) -> None:
    flip(path, 0)


def flip_middle(path: Path) -> None:
    flip(path, path.stat().st_size // 2)


def flip_last(path: Path) -> None:
    flip(path, path.stat().st_size - 1)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def link_hard_to_another_s(path: Path) -> None:
    give_away(path)
    os.link(path, path.with_name("other"))
    path.with_name("other").replace(path)


def open_to_group(path: Path) -> None:
    path.chmod(0o660)


def open_to_all(path: Path) -> None:
    path.chmod(0o666)


def give_away(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(path, 65534, 65534)


def remove(path: Path) -> None:
    path.unlink()


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


SPOILS = [
    *(cut, cut_in_half, empty, lengthen, flip_first, flip_middle, flip_last),
    *(link, link_hard_to_another_s, open_to_group, open_to_all, give_away),
    *(remove, make_a_folder, make_a_pipe),
]
