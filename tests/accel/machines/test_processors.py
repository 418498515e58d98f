"""What the processor has, without LLVM: as LLVM finds it, and never the same for other features."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from llvmlite import binding

from zkpipe.accel.machines import processors
from zkpipe.accel.machines.backend import NEEDED, has_ifma, processor
from zkpipe.accel.machines.processors import CPUINFO, FEATURES, Processor, this_processor

NEED_LINUX = pytest.mark.skipif(
    sys.platform != "linux" or "vendor_id" not in CPUINFO.read_text(),
    reason="this system does not list an x86 processor",
)

# Of an AMD EPYC of family 25 under Linux 6.8, shortened to one flag of each kind.
ZEN = """\
processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC
stepping\t: 1
cpu MHz\t\t: 2396.266
flags\t\t: fpu lm cx16 sse4_2 avx avx2 bmi1 abm avx512f avx512dq avx512ifma avx512vl avx512_vnni
bogomips\t: 4792.53
power management:

processor\t: 1
vendor_id\t: AuthenticAMD
flags\t\t: fpu avx512_fp16
"""
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd aes\nCPU part\t: 0xd0c\n\n"


@pytest.fixture
def listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the system lists its processors in, as a test wants it."""
    for setting in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.setattr(processors, "CPUINFO", tmp_path / "cpuinfo")
    this_processor.cache_clear()
    return tmp_path / "cpuinfo"


def answer(listing: Path, text: str) -> str:
    listing.write_text(text)
    this_processor.cache_clear()
    try:
        return processor()
    finally:
        this_processor.cache_clear()


@NEED_LINUX
def test_every_feature_is_there_just_where_llvm_finds_it() -> None:
    this_processor.cache_clear()
    found, here = binding.get_host_cpu_features(), this_processor()
    assert len(here.kind.split()) == 3
    known = set(FEATURES.values())
    assert known <= set(found)
    assert here.features & known == {name for name in known if found[name]}
    assert known >= NEEDED
    assert has_ifma() == all(found[name] for name in NEEDED)


# What Linux does not list, or not everywhere. The model has it or not; crc32 is a part of SSE 4.2;
# and no instruction of kernels is of these.
UNLISTED = {
    "crc32",
    "avxifma",
    "avxneconvert",
    "avxvnniint16",
    "avxvnniint8",
    "cmpccxadd",
    "enqcmd",
    "hreset",
    "kl",
    "movrs",
    "pconfig",
    "pku",
    "prefetchi",
    "ptwrite",
    "raoint",
    "rdpru",
    "sgx",
    "sha512",
    "shstk",
    "sm3",
    "sm4",
    "uintr",
    "usermsr",
    "widekl",
}


@NEED_LINUX
def test_what_llvm_finds_beyond_is_known_to_be_so() -> None:
    """Whatever else it found would be missing in the answer: then it belongs in the table."""
    found = {name for name, has in binding.get_host_cpu_features().items() if has}
    assert found - this_processor().features <= UNLISTED


def test_an_answer_holds_the_model_and_what_instructions_there_are(listing: Path) -> None:
    kind, _, features = answer(listing, ZEN).rpartition(" ")
    assert kind == "AuthenticAMD 25 17"
    assert features == (
        "64bit,avx,avx2,avx512dq,avx512f,avx512ifma,avx512vl,avx512vnni,bmi,cx16,lzcnt,sse4.2"
    )


@pytest.mark.parametrize("flag", sorted(FEATURES))
def test_any_other_feature_gives_another_answer(flag: str, listing: Path) -> None:
    line = next(line for line in ZEN.splitlines() if line.startswith("flags"))
    flags = line.split(": ")[1].split()
    changed = [f for f in flags if f != flag] if flag in flags else [*flags, flag]
    other = ZEN.replace(line, f"flags\t\t: {' '.join(changed)}")
    assert answer(listing, other) != answer(listing, ZEN)


@pytest.mark.parametrize("flag", ["avx10_2", "amx_fp16", "apx", "avx_ifma", "avx512_new"])
def test_so_does_one_of_a_later_kernel(flag: str, listing: Path) -> None:
    assert answer(listing, ZEN.replace(" abm", f" abm {flag}")) != answer(listing, ZEN)


@pytest.mark.parametrize(
    ("here", "there"),
    [("AuthenticAMD", "HygonGenuine"), ("family\t: 25", "family\t: 26"), (": 17\n", ": 97\n")],
)
def test_another_model_gives_another_answer(here: str, there: str, listing: Path) -> None:
    assert answer(listing, ZEN.replace(here, there, 1)) != answer(listing, ZEN)


@pytest.mark.parametrize(
    ("here", "there"), [(" abm", " abm nopl ibpb"), ("2396.266", "1500.000"), ("\t: 0", "\t: 7")]
)
def test_what_the_system_alone_is_about_does_not(here: str, there: str, listing: Path) -> None:
    assert answer(listing, ZEN.replace(here, there, 1)) == answer(listing, ZEN)


def test_lanes_that_the_system_does_not_save_are_not_there(listing: Path) -> None:
    """A kernel that does not save their registers takes all of their flags away."""
    listing.write_text(ZEN)
    assert processors._listed(dict(processors._entries())).features >= NEEDED
    text = ZEN
    for flag in ("avx512f", "avx512dq", "avx512ifma", "avx512vl", "avx512_vnni"):
        text = text.replace(f" {flag}", "")
    listing.write_text(text)
    assert not processors._listed(dict(processors._entries())).features & NEEDED


@pytest.mark.parametrize("text", [None, "", ARM, ZEN.replace("flags", "flag")])
def test_without_a_list_of_x86_llvm_is_asked(text: str | None, listing: Path) -> None:
    if text is not None:
        listing.write_text(text)
    this_processor.cache_clear()
    try:
        here = this_processor()
    finally:
        this_processor.cache_clear()
    found = binding.get_host_cpu_features()
    assert here == Processor(
        binding.get_host_cpu_name(), frozenset(name for name in found if found[name])
    )


def test_settings_of_numba_stand_for_the_processor(
    listing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "+sse2")
    assert answer(listing, ZEN) == "AuthenticAMD 25 17 +sse2"
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "")
    assert answer(listing, ZEN) == "AuthenticAMD 25 17 "
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert answer(listing, ZEN) == "generic "
    monkeypatch.delenv("NUMBA_CPU_FEATURES")
    assert answer(listing, ZEN).startswith("generic 64bit,avx,")
    monkeypatch.setenv("NUMBA_CPU_NAME", "")  # as numba takes it
    assert answer(listing, ZEN).startswith("AuthenticAMD 25 17 ")
