"""The processor that this process runs on, by LLVM's names but without LLVM where Linux tells.

Linux lists what a processor has in /proc/cpuinfo: only what the system lets programs use, so that
lanes whose registers it does not save are not listed. Where there is no such file, or it is not one
of x86, llvmlite is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

CPUINFO = Path("/proc/cpuinfo")
MODEL = ("vendor_id", "cpu family", "model")

# LLVM's names of features by Linux's. Other flags are about the system, its repairs and its
# virtual machine: they change with the kernel, and no instruction of ours depends on them.
_SAME = (
    "adx aes avx avx2 avx512bw avx512cd avx512dq avx512f avx512ifma avx512vbmi avx512vl bmi2 "
    "cldemote clflushopt clwb clzero cmov cx16 cx8 f16c fma fma4 fsgsbase fxsr gfni invpcid lwp "
    "mmx movbe movdir64b movdiri mwaitx popcnt rdpid rdseed rtm serialize sse sse2 sse4a ssse3 "
    "tbm tsxldtrk vaes vpclmulqdq waitpkg wbnoinvd xop xsave xsavec xsaveopt xsaves"
)
FEATURES = {name: name for name in _SAME.split()} | {
    "3dnowprefetch": "prfchw",
    "abm": "lzcnt",
    "amx_bf16": "amx-bf16",
    "amx_int8": "amx-int8",
    "amx_tile": "amx-tile",
    "avx512_bf16": "avx512bf16",
    "avx512_bitalg": "avx512bitalg",
    "avx512_fp16": "avx512fp16",
    "avx512_vbmi2": "avx512vbmi2",
    "avx512_vnni": "avx512vnni",
    "avx512_vp2intersect": "avx512vp2intersect",
    "avx512_vpopcntdq": "avx512vpopcntdq",
    "avx_vnni": "avxvnni",
    "bmi1": "bmi",
    "lahf_lm": "sahf",
    "lm": "64bit",
    "pclmulqdq": "pclmul",
    "pni": "sse3",
    "rdrand": "rdrnd",
    "sha_ni": "sha",
    "sse4_1": "sse4.1",
    "sse4_2": "sse4.2",
}
_LATER = ("amx", "apx", "avx", "sse")  # what a later kernel may list: new registers, new lanes


class Processor(NamedTuple):
    """What code is compiled for.

    kind      maker and model; what the kernel does not list of its features follows from it
    features  by LLVM's names
    """

    kind: str
    features: frozenset[str]


@cache
def this_processor() -> Processor:
    """The processor of this process. Cost: 0.1 ms, or loading llvmlite."""
    with suppress(OSError, KeyError):  # no such file, or not of x86
        return _listed(dict(_entries()))
    from llvmlite import binding

    has = binding.get_host_cpu_features()
    return Processor(binding.get_host_cpu_name(), frozenset(name for name in has if has[name]))


def _listed(entries: dict[str, str]) -> Processor:
    flags = entries["flags"].split()
    features = (FEATURES.get(flag, flag if flag.startswith(_LATER) else "") for flag in flags)
    return Processor(" ".join(entries[name] for name in MODEL), frozenset(filter(None, features)))


def _entries() -> Iterator[tuple[str, str]]:
    """What is listed of the first processor: all of a machine have the same features."""
    with CPUINFO.open("rb") as file:
        for line in takewhile(bytes.strip, file):
            name, _, value = line.decode("latin-1").partition(":")
            yield name.strip(), value.strip()
