"""Where the Solidity compiler is, and how to get one.

Looked for in this order; the first that serves is taken:

1. the executable that the environment variable ZKPIPE_SOLC names;
2. `solc` on PATH, if its version serves;
3. one that py-solc-x has installed;
4. npm's `solc` in a `node_modules` of this folder, a folder above, or beside this package: the same
   compiler as JavaScript, run by node behind an executable that we write to the user's cache.

Nothing is downloaded unless `install_solc` is called.
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

import platformdirs

from circuits.formats.files import FileError, write_file
from verifier_contracts.errors import CompilerMissingError

PINNED = "0.8.37"
OLDEST, BEYOND = (0, 8, 20), (0, 9, 0)  # as in the pragma of the generated contracts

VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
NPM_SCRIPT = Path(__file__).with_name("solc_npm.js")


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
    return next(_from_solcx())


def _serves(version: str) -> bool:
    found = VERSION.search(version)
    return found is not None and OLDEST <= tuple(map(int, found.groups())) < BEYOND


def _output_of(executable: Path) -> str:
    """What `executable --version` prints; empty if it does not run."""
    try:
        return subprocess.run(  # noqa: S603 # the user's own compiler, no shell
            [executable, "--version"], capture_output=True, text=True, timeout=60, check=True
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
    named = shutil.which("solc")
    if named and _serves(_output_of(Path(named))):
        yield Solc(Path(named), _fingerprint(Path(named)), "PATH")


def _from_solcx() -> Iterator[Solc]:
    import solcx

    installed = [v for v in solcx.get_installed_solc_versions() if _serves(str(v))]
    for version in sorted(installed, key=lambda v: (str(v) == PINNED, v), reverse=True):
        path = Path(solcx.install.get_executable(version))
        yield Solc(path, _fingerprint(path), "py-solc-x")


def _from_npm() -> Iterator[Solc]:
    node = shutil.which("node")
    if node is None:
        return
    for folder in node_modules():
        package = folder / "solc"
        if (package / "soljson.js").is_file() and _serves(_npm_version(package)):
            yield Solc(
                _npm_executable(package, Path(node)), _fingerprint(package / "soljson.js"), "npm"
            )


def node_modules() -> Iterator[Path]:
    """Folders `node_modules` of the current folder, those above, and those above this package."""
    here, ours = Path.cwd(), Path(__file__).resolve().parent
    for folder in dict.fromkeys((here, *here.parents, ours, *ours.parents)):
        if (folder / "node_modules").is_dir():
            yield folder / "node_modules"


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
    path = cache_folder() / name
    if not path.is_file() or path.read_text(encoding="utf-8") != script:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(
                f"{path.parent} cannot be made: {error.strerror}.",
                "Give a cache folder that can be written: set XDG_CACHE_HOME.",
            ) from error
        write_file(path, script.encode())
        path.chmod(0o755)
    return path


def cache_folder() -> Path:
    """Where compiled contracts and the executable for npm's solc are kept."""
    return Path(platformdirs.user_cache_dir("zkpipe", appauthor=False)) / "solc"
