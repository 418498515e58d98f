"""What this machine offers zkpipe, found out part by part, for `zkpipe doctor`.

Each finding says how things stand: ok; a warning (some commands do without it); or missing (the
prover does not work here). A fix says what to do about it.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OK, WARNING, MISSING = "ok", "warning", "missing"

OURS = "zkpipe"
ROOT = Path(__file__).parents[2]  # its folder
PACKAGES = (
    "zkpipe",
    "numpy",
    "numba",
    "llvmlite",
    "click",
    "rich",
    "web3",
    "eth-tester",
    "py-evm",
    "py-ecc",
    "py-solc-x",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part stands.

    state  OK, WARNING or MISSING
    fix   what to do about it; empty if nothing is wrong
    """

    part: str
    state: str
    what: str
    fix: str = ""


def findings() -> Iterator[Finding]:
    """Every part, the foundations first."""
    yield Finding("Python", OK, f"{platform.python_version()}, {sys.executable}")
    yield from packages()
    yield from names()
    yield from back_end()
    yield card()
    yield kernel_cache()
    yield machine_code()
    yield from prepared_keys()
    yield compiler()
    yield node()
    yield npm()


def packages() -> Iterator[Finding]:
    """Versions of what we stand on."""
    for name in PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(
                name, MISSING, "not installed", "Install zkpipe again: pip installs what it needs."
            )
        else:
            yield Finding(name, OK, version)


def names() -> Iterator[Finding]:
    """Whether another package or module of our name lies on the path, and this one hides it."""
    for other in _elsewhere():
        yield Finding(
            OURS,
            WARNING,
            f"{other} has the same name, and {ROOT} is imported instead",
            "Remove one of them, or use a virtual environment for one alone.",
        )


def _elsewhere() -> Iterator[Path]:
    """Packages and modules of our name on the path, besides ours."""
    for entry in sys.path:
        for path in (Path(entry, OURS, "__init__.py"), Path(entry, f"{OURS}.py")):
            with suppress(OSError):  # a folder that cannot be read, a name that no folder can have
                # links in a circle are no file; to resolve them raises, before Python 3.13
                if path.is_file() and (found := _folder(path.resolve())) != ROOT.resolve():
                    yield found


def _folder(path: Path) -> Path:
    return path.parent if path.name == "__init__.py" else path


def back_end() -> Iterator[Finding]:
    """What computes, and why."""
    try:
        from zkpipe.accel.machines.backend import has_ifma, machine
        from zkpipe.ground.errors import ZkpipeError
        from zkpipe.ground.process.settings import thread_count
    except ImportError as error:
        yield Finding(
            "back end", MISSING, f"cannot be imported: {error.msg}", "Install zkpipe again."
        )
        return
    try:
        chosen = machine().name
        forced = os.environ.get("ZKPIPE_BACKEND") not in (None, "", "cuda")
        has = "has" if has_ifma() else "does not have"
        why = "ZKPIPE_BACKEND says so" if forced else f"the processor {has} AVX-512 IFMA"
        yield Finding("back end", OK, f"{chosen}, as {why}")
        yield Finding("threads", OK, f"{thread_count()} of {os.cpu_count()} processors")
    except ZkpipeError as error:
        yield Finding("back end", MISSING, error.problem, error.fix)
    yield Finding("processor", OK, _processor())


def card() -> Finding:
    """The card, and what it computes. Missing only where ZKPIPE_BACKEND=cuda asks for it."""
    try:
        from zkpipe.accel.cuda.driver import has_device, open_card
        from zkpipe.accel.cuda.multi_scalar import works
        from zkpipe.accel.executors.choice import CARD_ROWS
        from zkpipe.ground.errors import ZkpipeError
    except ImportError as error:
        return Finding("card", MISSING, f"cannot be imported: {error.msg}", "Install zkpipe again.")
    asked = os.environ.get("ZKPIPE_BACKEND", "")
    try:
        found = open_card()
        free, size = (f"{bytes_ / 10**9:.1f}" for bytes_ in found.memory())
        counted = works(found)
    except ZkpipeError as error:
        said = " ".join([error.problem, *error.evidence])
        if asked == "cuda":
            return Finding("card", MISSING, said, error.fix)
        if not has_device():
            return Finding("card", OK, "none: no driver for NVIDIA cards is running")
        return Finding("card", WARNING, said, error.fix)
    if not counted:
        wrong = f"{found.name} computes wrongly: it cannot count to four."
        return Finding("card", WARNING, wrong, "Have the card and its memory looked at.")
    capability, version = (".".join(map(str, v)) for v in (found.capability, found.driver))
    unasked = f"computes proofs of {CARD_ROWS:,} rows and more"
    if not has_device():
        unasked = "computes proofs where ZKPIPE_BACKEND=cuda asks for it"
    uses = {"cuda": "computes every proof", "": unasked}
    return Finding(
        "card",
        OK,
        f"{found.name}, compute capability {capability}, a driver for CUDA {version}, "
        f"{free} of {size} GB free; {uses.get(asked, 'not used, as ZKPIPE_BACKEND says')}",
    )


def _processor() -> str:
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    named = ("avx2", "bmi2", "adx", "avx512f", "avx512dq", "avx512vl", "avx512ifma")
    present = [name for name in named if features.get(name)]
    return f"{binding.get_host_cpu_name()}: {' '.join(present) or 'none of ' + ' '.join(named)}"


def kernel_cache() -> Finding:
    """Where compiled kernels are kept; without a place to write to they may compile every time."""
    from zkpipe.accel.compiled.kernel_folders import FOLDER
    from zkpipe.cli.machine.warm_up import FIX
    from zkpipe.ground.files.cache_folders import own_folder, readable_folders, refusal

    why, own = refusal(FOLDER), own_folder(FOLDER)
    try:
        what = "; ".join(filter(None, map(_contents, readable_folders(FOLDER))))
    except OSError as error:
        return Finding("kernel cache", WARNING, f"It cannot be read: {error.strerror}", FIX)
    if own is None:
        why = f"{why} What is not there compiles in every process"
    elif not what:
        what = f"{own}: empty"
    if why is not None:
        return Finding("kernel cache", WARNING, ". ".join(filter(None, [what, why])), FIX)
    return Finding("kernel cache", OK, what + _compiled())


def prepared_keys() -> Iterator[Finding]:
    """What `zkpipe key prepare` has kept; nothing if that is nothing."""
    from zkpipe.ground.files.cache_folders import readable_folders
    from zkpipe.prover.prepared_files import FOLDER

    with suppress(OSError):
        what = "; ".join(filter(None, map(_contents, readable_folders(FOLDER))))
        if what:
            yield Finding(
                "prepared keys", OK, f"{what}; `zkpipe key prepare KEY.zkey --remove` removes one"
            )


def _contents(folder: Path) -> str:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    if not sizes:
        return ""
    return f"{folder}: {len(sizes):,} files, {sum(sizes) / 1e6:,.1f} MB"


def _compiled() -> str:
    """Whether the kernels of this version are there, in words that follow the folder's size."""
    try:
        from zkpipe.accel.compiled.warm import is_warm
        from zkpipe.ground.errors import ZkpipeError
        from zkpipe.prover.warm_jobs import JOBS
    except ImportError:
        return ""
    try:
        if is_warm(JOBS):
            return "; compiled for this version and back end"
    except ZkpipeError:  # the back end is a finding of its own
        return ""
    return (
        "; not compiled for this version and back end yet: the first command that solves or proves "
        "does it, in up to a minute, or `zkpipe doctor --fix` now"
    )


def machine_code() -> Finding:
    """The kernels that are called without numba, and what is left to it."""
    from zkpipe.accel.compiled.objects.key import can_be_used
    from zkpipe.accel.compiled.objects.opened import opened

    if not can_be_used():
        return Finding("machine code", OK, "called through numba: this is no x86-64 with Linux")
    here = opened()
    if here is None:
        return Finding("machine code", OK, "none yet that is called without numba")
    size, left = here.index.size / 1e6, Counter(here.index.left.values())
    what = f"{len(here.index.kernels)} kernels, {size:,.1f} MB, are called without numba"
    if left:
        why = ", ".join(f"{reason} ({count})" for reason, count in left.most_common())
        what += f"; {left.total()} are left to numba: {why}"
    return Finding("machine code", OK, what)


def compiler() -> Finding:
    """The Solidity compiler."""
    from zkpipe.ground.files.reading import FileError
    from zkpipe.verifier_contracts import find_solc
    from zkpipe.verifier_contracts.errors import CompilerMissingError

    try:
        solc = find_solc()
    except (CompilerMissingError, FileError) as error:  # npm's is run from the user's cache
        return Finding("solc", WARNING, error.problem, error.fix)
    return Finding("solc", OK, f"{solc.version} at {solc.executable}, found through {solc.origin}")


def node() -> Finding:
    """A node to try contracts on; the embedded chain needs none."""
    from zkpipe.verifier_contracts import find_anvil
    from zkpipe.verifier_contracts.errors import NodeMissingError

    try:
        return Finding("anvil", OK, str(find_anvil()))
    except NodeMissingError as error:
        return Finding("anvil", WARNING, error.problem, error.fix)


def npm() -> Finding:
    """node and npm: for npm's solc, and in a checkout for the tests with snarkjs and circom."""
    found = {name: shutil.which(name) for name in ("node", "npm")}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        return Finding(
            "npm",
            WARNING,
            f"{' and '.join(missing)} not found: npm's solc and tests with other tools need it",
            "Install node 20 or newer if you want these.",
        )
    return Finding("npm", OK, f"{found['npm']}, node {found['node']}")
