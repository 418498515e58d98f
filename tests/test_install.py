"""zkpipe as its users have it: a wheel in an environment of its own, in a project elsewhere.

The suite installs our wheel beside its own packages, and finds its own kernels. The long form makes
the image's installation, which downloads every package and compiles every kernel.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.long_form import IS_LONG
from zkpipe.accel.compiled.kernel_folders import kernel_cache
from zkpipe.accel.machines.backend import has_ifma
from zkpipe.verifier_contracts import find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError

CIRCUIT = "mybank.limits:order_limit"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
ROOT = Path(__file__).resolve().parent.parent
THEIRS = (
    "accel",
    "benchmarks",
    "circuits",
    "cli",
    "exchange",
    "jobs",
    "prover",
    "verifier_contracts",
)

LIMITS = '''
from zkpipe import Private, Public, UInt, check, circuit

from .rates import LIMIT
from mybank import rates


@circuit
def order_limit(amount: Private[UInt[32]], fee: Public[UInt[8]]) -> Public[UInt[33]]:
    """An order and its fee stay within the bank's limit."""
    check(amount + fee <= LIMIT, "above the limit")
    return amount + rates.FACTOR * fee
'''
TESTS = """
import zkpipe as zk
from mybank.limits import order_limit


def test_the_limit(accepts, rejects):
    accepts(order_limit, {"amount": 4000, "fee": 3}, 4006)
    rejects(order_limit, {"amount": 4998, "fee": 3}, because="above the limit")


def test_a_proof():
    system = order_limit.compile()
    key = zk.setup(system, zk.DEVELOPMENT)
    witness = system.solve(amount=4000, fee=3)
    proof = zk.prove(key, witness)
    assert zk.verify(key.verifying_key, proof, witness.public)
"""
DIGESTS = """
import json, pathlib, zkpipe
from zkpipe.accel.compiled.sources import source_digest

root = pathlib.Path(zkpipe.__file__).parent
files = [path for layer in ("accel", "circuits", "prover") for path in (root / layer).rglob("*.py")]
print(json.dumps({str(path.relative_to(root)): source_digest(path) for path in files}))
"""
NOTEBOOK = '''
import linecache

CELLS = [
    "from zkpipe import Field, Private, Public, circuit",
    """@circuit
def square(root: Private[Field]) -> Public[Field]:
    return root * root""",
    "print(square.compile().solve(root=12).public)",
]
names = {"__name__": "__main__"}
for number, cell in enumerate(CELLS):  # as IPython runs them
    file = f"<ipython-input-{number}-0>"
    linecache.cache[file] = len(cell), None, cell.splitlines(keepends=True), file
    exec(compile(cell, file, "exec"), names)
'''


def ran(*words: str | Path, folder: Path, **settings: str) -> str:
    """What a program prints; it must end well."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(  # noqa: S603 # programs of the test
        words, cwd=folder, env=environment | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def built(kind: str, source: Path, out: Path) -> Path:
    """A wheel or a source distribution, made from a folder."""
    ran(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out, folder=source)
    (made,) = out.iterdir()
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def solc() -> str:
    """The compiler of this machine, which the image would download, for ZKPIPE_SOLC."""
    try:
        found = find_solc()
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    return str(ROOT / "node_modules" / "solc" if found.script else found.executable)


def beside_the_suite(prefix: Path) -> Path:
    """A new environment with our wheel, which sees the packages of the suite's environment."""
    ran(sys.executable, "-m", "venv", "--without-pip", prefix, folder=prefix.parent)
    python = prefix / "bin" / "python"
    (wheels := prefix / "wheels").mkdir()
    wheel = built("wheel", ROOT, wheels)
    pip = (sys.executable, "-m", "pip", "--python", python, *PIP[2:])
    ran(*pip, "--no-deps", wheel, folder=prefix.parent)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(ran(python, "-c", where, folder=prefix.parent).strip())
    (packages / "suite.pth").write_text(sysconfig.get_path("purelib"))
    return prefix / "bin"


def bring_kernels(python: Path, cache: Path) -> None:
    """Copy the suite's kernels to a cache, under the digests that they have where the wheel lies.

    A digest goes through the sources by their paths, so it is another one in a checkout.
    """
    ours, theirs = (
        json.loads(ran(program, "-c", DIGESTS, folder=python.parent))
        for program in (sys.executable, python)
    )
    assert set(ours) == set(theirs)
    here = kernel_cache()
    for digest, other in {(ours[name], theirs[name]) for name in ours}:
        if (here / digest).is_dir():
            shutil.copytree(here / digest, cache / here.relative_to(here.parents[1]) / other)


def installed(prefix: Path, solc: str) -> Path:
    """The image's installation of this checkout, with pytest; the folder of its programs."""
    ran(ROOT / "image" / "install", ROOT, prefix, folder=prefix.parent, ZKPIPE_SOLC=solc)
    versions = prefix / "constraints.txt"
    here = {found.name: found.version for found in distributions() if found.name != "zkpipe"}
    versions.write_text("".join(f"{name}=={version}\n" for name, version in here.items()))
    programs = prefix / "venv" / "bin"
    ran(programs / "python", *PIP, "-c", versions, "pytest", folder=prefix.parent)
    return programs


def project(folder: Path) -> None:
    """Somebody's, with folders of his own that are named as our layers are."""
    for name in THEIRS:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"raise RuntimeError('{name} is not yours')\n")
    (folder / "mybank").mkdir()
    (folder / "mybank" / "__init__.py").write_text("")
    (folder / "mybank" / "rates.py").write_text("LIMIT = 5000\nFACTOR = 2\n")
    (folder / "mybank" / "limits.py").write_text(LIMITS)
    (folder / "test_limits.py").write_text(TESTS)
    (folder / "input.json").write_text('{"amount": 4000, "fee": 3}')


def test_the_wheels_of_the_tree_and_of_the_source_distribution_are_the_same(tmp_path: Path) -> None:
    for name in ("wheel", "sdist", "again", "unpacked"):
        (tmp_path / name).mkdir()
    wheel = contents(built("wheel", ROOT, tmp_path / "wheel"))
    with tarfile.open(built("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    assert contents(built("wheel", source, tmp_path / "again")) == wheel
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"zkpipe"}
    layers = [p for p in (ROOT / "src" / "zkpipe").iterdir() if p.is_dir() and p.name[0] != "_"]
    for path in (path for layer in layers for path in layer.rglob("*.py")):
        assert str(path.relative_to(ROOT / "src")) in wheel
    assert {"zkpipe/py.typed", "zkpipe/verifier_contracts/compilers/solc_npm.js"} <= set(wheel)
    compiled = (ROOT / "src/zkpipe/verifier_contracts/contracts/exchange/compiled").iterdir()
    assert {str(path.relative_to(ROOT / "src")) for path in compiled} <= set(wheel)


def require_that_it_works(programs: Path, work: Path, **settings: str) -> None:
    """Somebody's project, in which every command is run; `work` has its key and witness then."""
    project(work)
    python, zkpipe = programs / "python", programs / "zkpipe"
    where = ran(python, "-c", "import zkpipe; print(zkpipe.__file__)", folder=work, **settings)
    assert Path(where).is_relative_to(programs.parent)
    assert "2 passed" in ran(python, "-m", "pytest", "-q", folder=work, **settings)
    assert ran(python, "-c", NOTEBOOK, folder=work, **settings).strip() == "[144]"

    ran(zkpipe, "compile", CIRCUIT, "--out", "build", folder=work, **settings)
    ran(zkpipe, "setup", CIRCUIT, "limit.zkey", "--dev", folder=work, **settings)
    ran(zkpipe, "witness", CIRCUIT, "input.json", "w.wtns", folder=work, **settings)
    ran(
        zkpipe,
        "prove",
        "limit.zkey",
        "w.wtns",
        "proof.json",
        "public.json",
        folder=work,
        **settings,
    )
    ran(zkpipe, "export", "vkey", "limit.zkey", "vkey.json", folder=work, **settings)
    ran(zkpipe, "export", "verifier", "limit.zkey", "verifier.sol", folder=work, **settings)
    ran(zkpipe, "verify", "vkey.json", "public.json", "proof.json", folder=work, **settings)
    assert json.loads((work / "public.json").read_text()) == ["4006", "3"]
    found = json.loads(ran(zkpipe, "doctor", "--json", folder=work, **settings))["findings"]
    assert {part["state"] for part in found if part["part"] == "zkpipe"} == {"ok"}


def require_back_ends(command: Path, work: Path, **settings: str) -> None:
    """The command proves and lints on each back end of this machine."""
    words = ("prove", "limit.zkey", "w.wtns", "proof.json", "public.json")
    for back_end in ("scalar", *(["avx512"] if has_ifma() else [])):
        ran(command, *words, folder=work, ZKPIPE_BACKEND=back_end, **settings)
        ran(command, "lint", CIRCUIT, folder=work, ZKPIPE_BACKEND=back_end, **settings)


def require_demo(said: str, folder: Path) -> None:
    assert "accepts the proofs of applicants" in said
    assert (folder / "verifier.sol").is_file() or list(folder.glob("*.sol"))


def test_a_project_elsewhere_proves_with_a_wheel(tmp_path: Path, solc: str) -> None:
    work = tmp_path / "work"
    programs = beside_the_suite(tmp_path / "prefix")
    bring_kernels(programs / "python", tmp_path / "cache")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    require_that_it_works(programs, work, **cache)
    require_back_ends(programs / "zkpipe", work, **cache)
    demo = ROOT / "examples" / "credit" / "demo.py"
    said = ran(programs / "python", demo, "here", folder=work, ZKPIPE_SOLC=solc, **cache)
    require_demo(said, work / "here")


@pytest.mark.skipif(not IS_LONG, reason="it compiles every kernel: `make fuzz` does")
def test_a_project_elsewhere_proves_with_what_the_image_installs(tmp_path: Path, solc: str) -> None:
    work, prefix = tmp_path / "work", tmp_path / "prefix"
    require_that_it_works(installed(prefix, solc), work)
    command, cache = prefix / "bin" / "zkpipe", {"XDG_CACHE_HOME": str(prefix / "cache")}
    brought = set((prefix / "cache").rglob("*.nbc"))
    assert brought
    require_back_ends(command, work, **cache)
    said = ran(prefix / "bin" / "demo", "here", folder=work, ZKPIPE_SOLC=solc, **cache)
    require_demo(said, work / "here")
    assert set((prefix / "cache").rglob("*.nbc")) == brought, "the image brings all kernels"


def test_the_locked_versions_of_the_image_are_those_of_the_project() -> None:
    locked, image = (
        set(re.findall(r"^\S+==.*", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "image/runtime.lock")
    )
    assert image < locked
    assert {"numba", "web3", "click"} <= {line.partition("==")[0] for line in image}
    assert not {"pytest", "mypy", "matplotlib"} & {line.partition("==")[0] for line in image}
