"""Calls of kernels as they were made: arguments with the memory behind them, before and after."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np


class Array(NamedTuple):
    """An array in a piece of memory."""

    piece: int
    offset: int
    dtype: Any
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    writeable: bool


class Own(NamedTuple):
    """An object of ours, of this type, in a piece of memory."""

    piece: int
    offset: int
    length: int
    type_name: str


class Named(NamedTuple):
    """A named tuple of this class."""

    kind: type
    members: tuple[Any, ...]


class Call(NamedTuple):
    """A call: the memory before and after it, piece by piece."""

    name: str
    arguments: tuple[Any, ...]
    before: list[bytes]
    result: Any
    after: list[bytes]


Piece = tuple[int, int]  # of memory: where it begins and ends


class Recorder:
    """Keeps the first calls of each kernel for each list of types."""

    def __init__(self, most: int) -> None:
        self.calls: list[Call] = []
        self.kernels: dict[str, tuple[Any, tuple[Any, ...]]] = {}
        self.unknown: set[str] = set()  # whose types only numba could tell
        self._seen: Counter[str] = Counter()
        self._most = most

    def call(self, name: str, text: Any, arguments: tuple[Any, ...], go: Callable[[], Any]) -> Any:
        """Call a kernel, and keep the call."""
        self._seen[name] += 1
        if self._seen[name] > self._most:
            return go()
        self.kernels[name] = text, arguments
        pieces = _pieces(arguments)
        neutral = tuple(_neutral(value, pieces) for value in arguments)
        before = [_bytes(piece) for piece in pieces]
        result = go()
        self.calls.append(Call(name, neutral, before, result, [_bytes(p) for p in pieces]))
        return result


@contextmanager
def recording(most: int = 3) -> Iterator[Recorder]:
    """Have numba serve all calls of kernels from Python, and record them. One thread only."""
    import _pytest.monkeypatch
    from numba.core.dispatcher import Dispatcher

    from tests.accel.compiled.objects.collected import name_of
    from zkpipe.accel.compiled import entries
    from zkpipe.accel.compiled.objects.arguments import quick_key

    recorder = Recorder(most)
    serve = next(c for c in Dispatcher.__mro__ if c.__module__ == "_dispatcher").__call__  # of C

    def call(text: Any, *arguments: Any) -> Any:
        def go() -> Any:
            return serve(text, *arguments)

        if not text.__module__.startswith("zkpipe."):
            return go()
        if quick_key(arguments) is None:
            recorder.unknown.add(f"{text.__name__}{tuple(map(type, arguments))}")
            return go()
        return recorder.call(name_of(text, arguments), text, arguments, go)

    with _pytest.monkeypatch.MonkeyPatch.context() as patch:
        patch.setenv("ZKPIPE_THREADS", "1")
        patch.setattr(entries, "find_kernel", lambda *_: None)
        patch.setattr(entries, "note", lambda *_: None)
        patch.setattr(Dispatcher, "__call__", call, raising=False)
        yield recorder


def _bytes(piece: Piece) -> bytes:
    import ctypes

    return ctypes.string_at(piece[0], piece[1] - piece[0])


def _span(value: Any) -> Piece:
    array = value if isinstance(value, np.ndarray) else value.words
    low, high = np.lib.array_utils.byte_bounds(array)
    return int(low), int(high)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | np.generic)


def _pieces(arguments: tuple[Any, ...]) -> list[Piece]:
    """The memory of all arguments; what overlaps is one piece."""
    spans: list[Piece] = []

    def visit(value: Any) -> None:
        if isinstance(value, tuple):
            for member in value:
                visit(member)
        elif not _is_number(value):
            spans.append(_span(value))

    visit(arguments)
    merged: list[Piece] = []
    for low, high in sorted(spans):
        if merged and low < merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _neutral(value: Any, pieces: list[Piece]) -> Any:
    if isinstance(value, tuple):
        members = tuple(_neutral(member, pieces) for member in value)
        return members if type(value) is tuple else Named(type(value), members)
    if _is_number(value):
        return value
    low, _ = _span(value)
    number = max(i for i, piece in enumerate(pieces) if piece[0] <= low)
    begin = pieces[number][0]
    if isinstance(value, np.ndarray):
        address = value.__array_interface__["data"][0]
        shape, strides = value.shape, value.strides
        return Array(number, address - begin, value.dtype, shape, strides, value.flags.writeable)
    return Own(number, value.address - begin, value.length, value.type_name)


# --- in another process


def _again(value: Any, memory: list[Any]) -> Any:
    if isinstance(value, Array):
        if 0 in value.shape:
            made = np.empty(value.shape, value.dtype)
        else:
            buffer = memory[value.piece].data
            made = np.ndarray(value.shape, value.dtype, buffer, value.offset, value.strides)
        made.flags.writeable = value.writeable
        return made
    if isinstance(value, Own):
        address = memory[value.piece].ctypes.data + value.offset
        return SimpleNamespace(address=address, length=value.length, type_name=value.type_name)
    if isinstance(value, Named):
        return value.kind(*(_again(member, memory) for member in value.members))
    if isinstance(value, tuple):
        return tuple(_again(member, memory) for member in value)
    return value


def _copy(data: bytes) -> Any:
    """A copy on a line of 64 bytes, as working memory is."""
    room = np.empty(len(data) + 64, np.uint8)
    begin = -room.ctypes.data % 64
    room[begin : begin + len(data)] = np.frombuffer(data, np.uint8)
    return room[begin : begin + len(data)]


def replay(folder: Path) -> None:
    """Call each kernel again out of the shared object in a folder, and compare every byte."""
    from zkpipe.accel.compiled.objects.arguments import types_text
    from zkpipe.accel.compiled.objects.index import decode, entry_name
    from zkpipe.accel.compiled.objects.opened import Opened, load

    index = decode((folder / "index.json").read_bytes())
    path = folder / f"{index.digest}.so"
    here = Opened(index, load(str(path), path.read_bytes))
    calls: list[Call] = pickle.loads((folder / "calls").read_bytes())  # noqa: S301 # the test's
    same: Counter[str] = Counter()
    for call in calls:
        if call.name in index.left:
            continue
        memory = [_copy(data) for data in call.before]
        arguments = tuple(_again(value, memory) for value in call.arguments)
        module, _, rest = call.name.partition(":")
        name = entry_name(module, rest.partition("(")[0], types_text(arguments))
        assert name == call.name, (name, call.name)
        kernel = here.bound(name, arguments)
        assert kernel is not None, name
        result = kernel(arguments)
        assert result == call.result, name
        assert type(result) is type(call.result), name
        assert [piece.tobytes() for piece in memory] == call.after, name
        same[name] += 1
    print(len(same), sum(same.values()), len(index.left))  # noqa: T201 # for the test
