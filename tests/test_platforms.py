"""What another system than Linux lacks stops no module from being imported, and no proof.

Such a system is played by a Python from which modules and functions of POSIX are taken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.layers import LAYERS

ROOT = Path(__file__).resolve().parent.parent

TAKEN = """
import mmap, os, signal, subprocess, sys, tempfile, multiprocessing, concurrent.futures, asyncio
import shutil, pathlib, socket, selectors, platform, getpass, ctypes, uuid, compileall
import click, eth_account, eth_tester, matplotlib, numba, numpy, platformdirs, pytest, requests
import prometheus_client, starlette.applications, uvicorn.protocols.http.h11_impl
import rich.progress, solcx, web3  # others' packages go by sys.platform, which says Linux

for name in ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "posix"):
    sys.modules[name] = None  # not to be found
for module, names in {
    os: "O_CLOEXEC O_NONBLOCK O_NOFOLLOW O_DIRECTORY SEEK_DATA SEEK_HOLE preadv pread pwritev "
        "sysconf sched_getaffinity register_at_fork killpg listxattr statvfs posix_spawnp wait4 "
        "getuid getgid getegid getgroups" + USERS,
    signal: "SIGHUP SIGKILL SIGPIPE SIGQUIT SIGALRM",
    mmap: "MAP_PRIVATE MAP_ANONYMOUS MAP_ANON MAP_SHARED MADV_HUGEPAGE MADV_DONTNEED",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
"""

IMPORTS = """
import importlib, pkgutil
count = 0
import zkpipe
for found in pkgutil.walk_packages(zkpipe.__path__, "zkpipe."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
        count += 1
print(count)
"""

PROVES = """
from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.circuits.warm_circuit import small
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, prove, setup, verify

system = small.compile()
system.save("c.r1cs")
system.solve(x=3, y=18).save("w.wtns")
setup(ConstraintSystem.load("c.r1cs"), DEVELOPMENT).save("k.zkey")
key, witness = ProvingKey.load("k.zkey"), Witness.load("w.wtns")
prove(key, witness).save("p.json")
print(verify(key.verifying_key, Proof.load("p.json"), witness.public_for(key)))
"""

WORDS = {
    "setup square.py k.zkey --dev": 0,
    "compile square.py --out build": 0,
    "witness square.py input.json w.wtns": 0,
    "check square.py w.wtns": 0,
    "lint square.py": 0,
    "prove k.zkey w.wtns proof.json public.json": 0,
    "export vkey k.zkey vkey.json": 0,
    "export verifier k.zkey verifier.sol": 0,
    "verify vkey.json public.json proof.json": 0,
    "info k.zkey": 0,
    "print square.py": 0,
    "doctor": 0,
    "verify vkey.json public.json nothing.json": 2,
    "verfy": 2,
}

COMMANDS = """
import sys
from zkpipe.cli.console import signals, streams
from zkpipe.cli.main import zkpipe

streams.prepare()
signals.listen()
statuses = []
for words in WORDS:
    try:
        zkpipe.main(words.split())
    except SystemExit as end:
        statuses.append(end.code)
print("\\n", *statuses)
"""


def output(users: str, program: str, folder: Path) -> str:
    """What a program prints on such a system; `users` are functions of owners that it lacks too."""
    names = f"USERS = {users!r}"
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", f"{names}\n{TAKEN}\n{program}"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_is_imported_where_there_is_no_posix(tmp_path: Path) -> None:
    own = [path for name in (*LAYERS, "src/zkpipe") for path in (ROOT / name).rglob("*.py")]
    wanted = {path.resolve() for path in own if path.name != "__main__.py"}
    assert int(output(" geteuid", IMPORTS, tmp_path)) == len(wanted) - 1  # all below zkpipe itself


def test_commands_work_where_only_owners_of_files_are_known(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "cli" / "circuits" / "square.py", tmp_path)
    (tmp_path / "input.json").write_text('{"root": 12}')
    program = f"WORDS = {list(WORDS)!r}\n{COMMANDS}"
    statuses = output("", program, tmp_path).rpartition("\n")[2]
    assert list(map(int, statuses.split())) == list(WORDS.values())


def test_a_proof_is_made_and_verified_where_only_owners_of_files_are_known(tmp_path: Path) -> None:
    assert output("", PROVES, tmp_path) == "True"
