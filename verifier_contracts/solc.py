"""Where the Solidity compiler is, and how to get one.

Looked for in this order; the first that serves is taken:

1. the executable, or npm's package, that the environment variable ZKPIPE_SOLC names;
2. `solc` on PATH, if its version serves;
3. one that py-solc-x has installed;
4. npm's `solc` in the `node_modules` beside our packages: the same compiler as JavaScript, run by
   node behind an executable that we write to the user's cache.

What ZKPIPE_SOLC names is the user's choice, and what lies beside our packages is trusted as they
are. Any other file is run only if nobody but the user or root can have put it there
(accel.ownership). A `node_modules` of the working folder is not looked at: it may have come with a
verifier that is to be checked. Nothing is downloaded unless `install_solc` is called.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accel.cache_folders import own_folder
from accel.ownership import objection, program, read_trusted
from circuits.formats.files import FileError, write_file
from verifier_contracts.errors import CompilerMissingError

PINNED = "0.8.37"
OLDEST, BEYOND = (0, 8, 20), (0, 9, 0)  # as in the pragma of the generated contracts

VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
NPM_SCRIPT = Path(__file__).with_name("solc_npm.js")
NODE_MODULES = Path(__file__).resolve().parents[1] / "node_modules"  # beside our packages


@dataclass(frozen=True, slots=True)
class Solc:
    """A Solidity compiler: an executable that takes --standard-json.

    executable   its path
    fingerprint  changes when the compiler does; part of the key of compiled contracts' cache
    origin       how it was found, for people
    """

    executable: Path
    fingerprint: str
    origin: str

    @property
    def version(self) -> str:
        """What the compiler says: "0.8.37+commit...". Runs it (npm's takes half a second)."""
        text = _output_of(self.executable)
        found = re.search(r"\d+\.\d+\.\d+\S*", text)
        return found.group() if found else text.strip()


def find_solc() -> Solc:
    """The compiler that this machine offers, in the order of the module's docstring.

    Raises CompilerMissingError if there is none, or if ZKPIPE_SOLC names none that serves.
    """
    for candidates in (_from_environment, _from_path, _from_solcx, _from_npm):
        for solc in candidates():
            return solc
    raise CompilerMissingError(
        "No Solidity compiler (solc) is on this machine.",
        f"Set ZKPIPE_SOLC to one of version {PINNED}; or put `solc` on PATH; or let py-solc-x "
        "download it: `zkpipe doctor --fix`; or install node and npm's: `npm ci`.",
        _left_out(),
    )


def install_solc() -> Solc:
    """Download the pinned native compiler with py-solc-x, about 15 MB, into its own folder.

    Raises CompilerMissingError if the download fails.
    """
    import requests
    import solcx

    try:
        solcx.install_solc(PINNED)
    except (requests.RequestException, solcx.exceptions.SolcInstallationError, OSError) as error:
        raise CompilerMissingError(
            f"solc {PINNED} could not be downloaded: {type(error).__name__}.",
            "Check the connection to the internet, or take npm's solc: `npm ci`.",
        ) from error
    for solc in _from_solcx():
        return solc
    raise CompilerMissingError(
        f"solc {PINNED} was downloaded, but others can write to where it lies.",
        "Set SOLCX_BINARY_PATH to a folder that only you can write to.",
        _left_out(),
    )


def _serves(version: str) -> bool:
    found = VERSION.search(version)
    return found is not None and OLDEST <= tuple(map(int, found.groups())) < BEYOND


def _output_of(executable: Path) -> str:
    """What `executable --version` prints; empty if it does not run."""
    try:
        return subprocess.run(  # noqa: S603 # the user's own compiler, no shell
            [executable, "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=executable.parent,
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""


def _fingerprint(path: Path) -> str:
    status = path.stat()
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _from_environment() -> Iterator[Solc]:
    named = os.environ.get("ZKPIPE_SOLC")
    if not named:
        return
    path = Path(shutil.which(named) or named).absolute()
    if (path / "soljson.js").is_file():
        yield from _of_package(path, "ZKPIPE_SOLC")
    if not _serves(_output_of(path)):
        raise CompilerMissingError(
            f"ZKPIPE_SOLC is {named}, which is no solc from {_dotted(OLDEST)} to below "
            f"{_dotted(BEYOND)}.",
            "Give the path of an executable solc, or unset ZKPIPE_SOLC to have one looked for.",
        )
    yield Solc(path, _fingerprint(path), "ZKPIPE_SOLC")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _from_path() -> Iterator[Solc]:
    path = program("solc")
    if path and _serves(_output_of(path)):
        yield Solc(path, _fingerprint(path), "PATH")


def _from_solcx() -> Iterator[Solc]:
    for path in _installed_by_solcx():
        if objection(path) is None:
            yield Solc(path, _fingerprint(path), "py-solc-x")


def _installed_by_solcx() -> list[Path]:
    """The executables that serve, the pinned version first."""
    import solcx

    installed = [v for v in solcx.get_installed_solc_versions() if _serves(str(v))]
    ordered = sorted(installed, key=lambda v: (str(v) == PINNED, v), reverse=True)
    return [Path(solcx.install.get_executable(version)).absolute() for version in ordered]


def _left_out() -> list[str]:
    """Compilers that are here and not run, and why, for an error's evidence."""
    named = shutil.which("solc")
    found = [*([Path(named)] if named else ()), *_installed_by_solcx()]
    refused = ((path, objection(path)) for path in found)
    return [f"{path} is not run: {why}" for path, why in refused if why]


def _from_npm() -> Iterator[Solc]:
    yield from _of_package(NODE_MODULES / "solc", "npm")


def _of_package(package: Path, origin: str) -> Iterator[Solc]:
    """The compiler of npm's package in a folder, if node is here and the version serves."""
    node = program("node")
    if node and (package / "soljson.js").is_file() and _serves(_npm_version(package)):
        executable = _npm_executable(package, node)
        yield Solc(executable, _fingerprint(package / "soljson.js"), origin)


def _npm_version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _npm_executable(package: Path, node: Path) -> Path:
    """An executable that behaves like native solc; its paths are absolute: it may be copied."""
    words = shlex.join([str(node), str(NPM_SCRIPT), str(package.resolve())])
    script = f'#!/bin/sh\nexec {words} "$@"\n'
    name = f"solc-npm-{hashlib.sha256(script.encode()).hexdigest()[:16]}"
    folder = cache_folder()
    if folder is None:
        raise FileError(
            "There is no folder for the executable that runs npm's solc.",
            "Set XDG_CACHE_HOME to a folder that you can write to, and nobody else.",
        )
    path = folder / name
    if _text_of(path) != script:
        write_file(path, script.encode())
        path.chmod(0o700)
    return path


def _text_of(path: Path) -> str | None:
    try:
        return read_trusted(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def cache_folder() -> Path | None:
    """Where compiled contracts and the executable for npm's solc are kept; None without a place."""
    return own_folder("solc")
