"""zkpipe as its users have it: a wheel in an environment of its own, in a project elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from zkpipe.accel.machines.backend import has_ifma
from zkpipe.verifier_contracts import find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError

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


def test_a_project_elsewhere_proves_with_what_the_image_installs(tmp_path: Path, solc: str) -> None:
    work, prefix = tmp_path / "work", tmp_path / "prefix"
    project(work)
    programs = installed(prefix, solc)
    python, zkpipe = programs / "python", programs / "zkpipe"
    assert "2 passed" in ran(python, "-m", "pytest", "-q", folder=work)
    assert ran(python, "-c", NOTEBOOK, folder=work).strip() == "[144]"

    circuit = "mybank.limits:order_limit"
    ran(zkpipe, "compile", circuit, "--out", "build", folder=work)
    ran(zkpipe, "setup", circuit, "limit.zkey", "--dev", folder=work)
    ran(zkpipe, "witness", circuit, "input.json", "w.wtns", folder=work)
    ran(zkpipe, "prove", "limit.zkey", "w.wtns", "proof.json", "public.json", folder=work)
    ran(zkpipe, "export", "vkey", "limit.zkey", "vkey.json", folder=work)
    ran(zkpipe, "export", "verifier", "limit.zkey", "verifier.sol", folder=work)
    ran(zkpipe, "verify", "vkey.json", "public.json", "proof.json", folder=work)
    assert json.loads((work / "public.json").read_text()) == ["4006", "3"]
    found = json.loads(ran(zkpipe, "doctor", "--json", folder=work))["findings"]
    assert {part["state"] for part in found if part["part"] == "zkpipe"} == {"ok"}

    command, cache = prefix / "bin" / "zkpipe", {"XDG_CACHE_HOME": str(prefix / "cache")}
    brought = set((prefix / "cache").rglob("*.nbc"))
    assert brought
    for back_end in ("scalar", *(["avx512"] if has_ifma() else [])):
        settings = {**cache, "ZKPIPE_BACKEND": back_end}
        words = ("prove", "limit.zkey", "w.wtns", "proof.json", "public.json")
        ran(command, *words, folder=work, **settings)
        ran(command, "lint", circuit, folder=work, **settings)
    said = ran(prefix / "bin" / "demo", "here", folder=work, ZKPIPE_SOLC=solc, **cache)
    assert "accepts the proofs of applicants" in said
    assert (work / "here" / "verifier.sol").is_file() or list((work / "here").glob("*.sol"))
    assert set((prefix / "cache").rglob("*.nbc")) == brought, "the image brings all kernels"


def test_the_locked_versions_of_the_image_are_those_of_the_project() -> None:
    locked, image = (
        set(re.findall(r"^\S+==.*", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "image/runtime.lock")
    )
    assert image < locked
    assert {"numba", "web3", "click"} <= {line.partition("==")[0] for line in image}
    assert not {"pytest", "mypy", "matplotlib"} & {line.partition("==")[0] for line in image}
