"""The linker takes what it knows, whole; and any bytes give a value or an Unlinkable."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llvmlite import binding

from tests.accel.compiled.objects import texts
from tests.accel.compiled.objects.collected import object_code
from zkpipe.accel.compiled.objects.index import Raises
from zkpipe.accel.compiled.objects.layout import LIBRARY
from zkpipe.accel.compiled.objects.linking import Linker
from zkpipe.accel.compiled.objects.own_loader import load_in_memory
from zkpipe.accel.compiled.objects.relocatable import ObjectCode, Unlinkable
from zkpipe.accel.compiled.objects.shared_object import shared_object

ARRAY = np.arange(3)


@pytest.fixture(scope="module")
def real() -> list[tuple[bytes, str]]:
    """Object code with constants, a table of jumps, memset and an exception."""
    return [
        object_code(texts.choose, 1, 2),
        object_code(texts.clear, ARRAY),
        object_code(texts.copy_to, ARRAY, ARRAY),
    ]


def linker() -> Linker:
    return Linker(lambda pickled: Raises("ValueError", ()))


def state(of: Linker) -> tuple[Any, ...]:
    segments = of.constants, of.code, of.relocated
    return (*(bytes(s.data) for s in segments), list(of.references), list(of.exceptions))


def compiled(text: str, model: str = "large", relocation: str = "static") -> bytes:
    """Object code of LLVM's text, as numba's options have it unless told."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_triple("x86_64-unknown-linux-gnu")
    machine = target.create_target_machine(codemodel=model, reloc=relocation, cpu="x86-64")
    return bytes(machine.emit_object(binding.parse_assembly(text)))


CALLS = "declare void @{0}()\ndefine void @f() {{ call void @{0}() ret void }}"
CHANGES = "@x = global i64 5\ndefine i64 @f() { %v = load i64, i64* @x ret i64 %v }"
CONSTANT = """@x = constant [4 x i64] [i64 1, i64 2, i64 3, i64 4], align {0}
define i64 @f(i64 %i) {{
  %p = getelementptr [4 x i64], [4 x i64]* @x, i64 0, i64 %i
  %v = load i64, i64* %p
  ret i64 %v
}}"""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (lambda: compiled(CALLS.format("printf")), "a reference to printf"),
        (lambda: compiled(CALLS.format("NRT_Free")), "a reference to NRT_Free"),
        (lambda: compiled(CALLS.format("system"), "small"), "a relocation of kind"),
        (lambda: compiled(CHANGES), "data that may change"),
        (lambda: compiled(CHANGES, "small", "pic"), "a relocation of kind"),
        (lambda: compiled(CONSTANT.format(128)), "data aligned to 128 bytes"),
        (lambda: compiled("define void @g() { ret void }"), "its function is not in"),
        (lambda: b"", "damaged"),
        (lambda: bytes(64), "not for x86-64"),
    ],
)
def test_what_the_linker_does_not_know_is_refused_and_nothing_of_it_stays(
    code: Any, why: str, real: list[tuple[bytes, str]]
) -> None:
    here = linker()
    here.take(*real[0])
    before = state(here)
    with pytest.raises(Unlinkable, match=why):
        here.take(code(), "f")
    assert state(here) == before


def test_an_exception_that_cannot_be_read_leaves_nothing(real: list[tuple[bytes, str]]) -> None:
    def refuses(pickled: bytes) -> Raises:
        raise Unlinkable("it may raise something")

    here = Linker(refuses)
    before = state(here)
    with pytest.raises(Unlinkable, match="something"):
        here.take(*real[2])
    assert state(here) == before


@pytest.mark.parametrize("align", [1, 8, 16, 32, 64])
def test_constants_lie_as_aligned_as_they_must(align: int) -> None:
    here = linker()
    here.take(compiled(CALLS.format("memset")), "f")
    here.take(compiled(CONSTANT.format(align)), "f")
    shared_object(here)
    places = [target for _, target in here.references if not isinstance(target, str)]
    constants = [place.address for place in places if place.segment is here.constants]
    assert constants
    assert all(address % align == 0 for address in constants)


def test_only_what_a_kernel_reaches_is_taken(real: list[tuple[bytes, str]]) -> None:
    """Not numba's wrapper for Python: it is as long as the kernel, and needs Python's symbols."""
    code, entry = real[0]
    here = linker()
    here.take(code, entry)
    [function] = [s for s in ObjectCode.read(code).symbols if s.name == entry]
    assert len(here.code.data) <= 16 + function.size
    assert all(name not in LIBRARY for _, name in here.references if isinstance(name, str))


def test_the_file_has_the_form_of_a_shared_object(real: list[tuple[bytes, str]]) -> None:
    here = linker()
    for each in real:
        here.take(*each)
    code = shared_object(here)
    machine = binding.object_file.ObjectFileRef.from_data(code)  # LLVM reads it too
    assert machine is not None
    header = struct.unpack_from("<16sHHI", code)
    assert header[0][:5] == b"\x7fELF\x02"
    assert header[1:] == (3, 62, 1)
    assert load_in_memory(code) % 4096 == 0


# --- bytes of any kind


def read(data: bytes) -> None:
    """Read and link it: a value or an Unlinkable."""
    here = linker()
    try:
        found = ObjectCode.read(data)
    except Unlinkable:
        return
    for symbol in found.symbols:
        if symbol.kind == 2 and symbol.section:
            try:
                here.take(data, symbol.name)
            except Unlinkable:
                continue
    shared_object(here)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read(data)
    read(b"\x7fELF\x02\x01" + data)


@given(data=st.data())
def test_object_code_with_changed_bytes_is_read_or_refused(
    data: st.DataObject, real: list[tuple[bytes, str]]
) -> None:
    code = bytearray(data.draw(st.sampled_from(real))[0])
    (sections_at,) = struct.unpack_from("<Q", code, 40)
    parts = [range(64), range(sections_at, len(code)), range(len(code))]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(parts))
        code[data.draw(st.sampled_from(place))] = data.draw(st.integers(0, 255))
    read(bytes(code))


@given(data=st.data())
def test_object_code_cut_short_is_refused(
    data: st.DataObject, real: list[tuple[bytes, str]]
) -> None:
    code = data.draw(st.sampled_from(real))[0]
    with pytest.raises(Unlinkable):
        ObjectCode.read(code[: data.draw(st.integers(0, len(code) - 1))])
