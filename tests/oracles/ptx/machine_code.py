"""A PTX entry as machine code of this processor, kept under build/ptx for the next process.

Translating and compiling the kernels of a proof takes half a minute, so every worker of a run of
tests, and the run after it, takes what another has compiled of the same text by the same code.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import llvmlite
from llvmlite import binding as llvm

from tests.oracles.ptx.text import read_entry
from tests.oracles.ptx.translation import thread_code

HERE = Path(__file__).parent
KEPT = HERE.parents[2] / "build" / "ptx"

# All threads of all blocks, in either order, for entries without barriers and shared memory.
LOOP = """
define void @all(ptr %parameters, i32 %threads, i32 %blocks, i32 %backwards) {
begin:
  %whole = mul i32 %threads, %blocks
  %none = icmp eq i32 %whole, 0
  br i1 %none, label %end, label %one
one:
  %i = phi i32 [0, %begin], [%next, %one]
  %last = sub i32 %whole, 1
  %mirrored = sub i32 %last, %i
  %turned = icmp ne i32 %backwards, 0
  %number = select i1 %turned, i32 %mirrored, i32 %i
  %thread = urem i32 %number, %threads
  %block = udiv i32 %number, %threads
  %done = call i32 @thread(ptr %parameters, i32 %thread, i32 %threads, i32 %block, i32 %blocks,
                           i64 0, ptr null, i32 0)
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %whole
  br i1 %more, label %one, label %end
end:
  ret void
}
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a launch has to know of an entry.

    parameters  64 bits each
    shared      bytes of shared memory
    stops       at how many barriers a thread stops
    registers   how many a thread keeps while it waits at one
    """

    name: str
    parameters: int
    shared: int
    stops: int
    registers: int


def machine_code(ptx: str) -> tuple[Shape, bytes]:
    """An object file with the functions `thread` and `all`."""
    key = hashlib.sha256(f"{_translators()} {ptx}".encode()).hexdigest()[:32]
    path = KEPT / key
    with suppress(OSError, ValueError, TypeError):
        head, _, code = path.read_bytes().partition(b"\n")
        shape = json.loads(head)
        if hashlib.sha256(code).hexdigest() == shape.pop("digest"):
            return Shape(**shape), code
    found, code = _compiled(ptx)
    head = json.dumps({**asdict(found), "digest": hashlib.sha256(code).hexdigest()}).encode()
    KEPT.mkdir(parents=True, exist_ok=True)
    draft = KEPT / f"{key}.{os.getpid()}"
    draft.write_bytes(head + b"\n" + code)
    draft.replace(path)
    return found, code


def _compiled(ptx: str) -> tuple[Shape, bytes]:
    """Without optimizing: LLVM takes minutes for that."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    entry = read_entry(ptx)
    thread = thread_code(entry)
    stops = thread.resumptions
    shape = Shape(
        entry.name, len(entry.parameters), thread.shared_size, stops,
        len(thread.registers) if stops else 0,
    )  # fmt: skip
    module = llvm.parse_assembly(thread.code() + LOOP)
    module.verify()
    target = llvm.Target.from_default_triple().create_target_machine(
        opt=0, reloc="pic", codemodel="jitdefault"
    )
    return shape, target.emit_object(module)


@cache
def _translators() -> str:
    """What an object file depends on beside the text."""
    digest = hashlib.sha256(f"{llvmlite.__version__} {llvm.get_host_cpu_name()}".encode())
    for path in sorted(HERE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
