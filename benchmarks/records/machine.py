"""The machine that measures: processor, memory, card, versions, back ends, the commit."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from contextlib import suppress
from pathlib import Path

from zkpipe.accel.cuda import driver
from zkpipe.accel.machines.backend import has_ifma
from zkpipe.benchmarks.records.hardware import Card, Machine
from zkpipe.benchmarks.records.records import printable
from zkpipe.ground.errors import MissingError
from zkpipe.ground.files.ownership import program
from zkpipe.ground.process.posix import memory_size

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("zkpipe", "numpy", "numba", "llvmlite", "groth16py", "py-ecc")
DRIVER_VERSION = Path("/sys/module/nvidia/version")  # of Linux's module
GIT_PATIENCE = 10.0  # seconds


def backends() -> tuple[str, ...]:
    """The back ends that this machine's processor has, the best first."""
    return ("avx512", "scalar") if has_ifma() else ("scalar",)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def has_card() -> bool:
    """Whether a card can be used here. numba-cuda is imported only where one is likely."""
    if not driver.is_likely():
        return False
    try:
        driver.open_card()
    except MissingError:  # `zkpipe doctor` says why
        return False
    return True


def describe_card() -> Card:
    """The card of this machine. Raises MissingError if there is none, CardError if it fails."""
    card = driver.open_card()
    capability, cuda = (".".join(map(str, version)) for version in (card.capability, card.driver))
    known = f"for CUDA {cuda}"
    with suppress(OSError, ValueError):
        known = f"{DRIVER_VERSION.read_text(encoding='ascii').strip()}, {known}"
    return Card(printable(card.name), capability, printable(known), card.memory()[1], card.clock())


def describe(tools: dict[str, str], card: Card | None = None) -> Machine:
    """This machine.

    tools  versions of peers that are no Python packages, by name
    card   that is measured
    """
    versions = {"python": platform.python_version()}
    for name in (*PACKAGES, *([driver.PACKAGE] if card else [])):
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return Machine(
        processor=printable(_processor()),
        cores=cores(),
        memory_bytes=memory_size(),
        system=printable(f"{platform.system()} {platform.machine()}"),
        backends=backends(),
        versions={name: printable(text) for name, text in {**versions, **tools}.items()},
        card=card,
    )


def _processor() -> str:
    """The name in /proc/cpuinfo, and what LLVM takes the processor for."""
    from llvmlite import binding

    kind = str(binding.get_host_cpu_name())
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return f"{value.strip()} ({kind})"
    return kind


def commit() -> str | None:
    """The commit of the checkout that is measured, with a + if it was changed; None outside."""
    git = program("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    words = [str(git), "-C", str(ROOT), "describe"]
    words += ["--always", "--abbrev=12", "--dirty=+", "--match="]
    try:
        ran = subprocess.run(  # noqa: S603 # git, our own words
            words, capture_output=True, text=True, timeout=GIT_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return printable(ran.stdout.strip()) or None
