"""Kernels by their names: each is there, and no text is imported before it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled import entries
from zkpipe.accel.compiled.entries import Kernel, Kernels
from zkpipe.accel.compiled.sources import ROOT
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR


def named() -> Iterator[tuple[str, str, str]]:
    """The file, module and kernel of each name that a host module gives."""
    for layer in ("accel", "circuits", "prover", "benchmarks"):
        for path in sorted((ROOT / layer).resolve().rglob("*.py")):
            yield from names_in(path)


def names_in(path: Path) -> Iterator[tuple[str, str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="Kernels"), args=[ast.Constant(value=module)]),
            ):
                modules[name] = module
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=kernel) if name in modules:
                yield path.name, modules[name], kernel


def test_every_kernel_that_a_host_names_is_one() -> None:
    for file, module, name in set(named()):
        text = getattr(import_module(module), name, None)
        assert hasattr(text, "py_func"), f"{file} names {module}.{name}"


def test_a_kernel_is_the_same_object_each_time() -> None:
    kernels = Kernels("zkpipe.accel.hashes.chacha")
    assert kernels.blocks is kernels.blocks


def test_a_kernel_that_is_not_there_is_an_error_when_it_is_called() -> None:
    nothing = Kernels("zkpipe.accel.hashes.chacha").nothing
    with pytest.raises(AttributeError, match="nothing"):
        nothing(np.zeros(1, np.uint32))


def test_python_s_own_names_are_no_kernels() -> None:
    with pytest.raises(AttributeError):
        _ = Kernels("zkpipe.accel.hashes.chacha").__wrapped__  # type: ignore[attr-defined]
    assert Kernel("m", "n").module == "m"


def test_a_kernel_that_is_called_very_often_is_called_by_numba(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But not with tuples and our own objects: numba takes longer for these."""
    called = []
    kernel = Kernel("zkpipe.accel.hashes.chacha", "blocks")
    kernel._text = lambda *arguments: called.append(arguments)
    monkeypatch.setattr(entries, "OFTEN", 3)
    monkeypatch.setattr(entries, "find_kernel", lambda *_: lambda arguments: None)
    array, rows = np.zeros(1, np.uint32), Rows(BN254.fp, SCALAR, np.zeros((1, 4), np.uint64), 1)
    for number in range(5):
        kernel(number, array)
        kernel((number,))
        kernel(number, rows)
    assert called == [(1, array), (2, array), (3, array), (4, array)]
