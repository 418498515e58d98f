"""Where the Solidity compiler is, and how to get one.

Looked for in this order; the first that serves is taken:

1. the executable, or npm's package, that the environment variable ZKPIPE_SOLC names: the package's
   folder, a script in it, or the folder that it was installed in;
2. `solc` on PATH, if its version serves;
3. one that py-solc-x has installed;
4. npm's `solc` in the `node_modules` beside our packages: the same compiler as JavaScript, run by
   node, behind an executable that we write to the user's cache if it can be written to.

What ZKPIPE_SOLC names is the user's choice, and what lies beside our packages is trusted as they
are. Any other file is run only if nobody but the user or root can have put it there
(ground.files.ownership). A `node_modules` of the working folder is not looked at: it may have come
with a verifier that is to be checked. Nothing is downloaded unless `install_solc` is called.
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zkpipe.ground.files.cache_folders import readable_folders, writable_folders
from zkpipe.ground.files.ownership import objection, program, read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import write_file
from zkpipe.verifier_contracts.errors import CompilerMissingError

PINNED = "0.8.37"
KEPT_IN = "solc"  # the folder of ours with compiled contracts and the executable for npm's
OLDEST, BEYOND = (0, 8, 20), (0, 9, 0)  # as in the pragma of the generated contracts

VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.ASCII)
NPM_SCRIPT = Path(__file__).with_name("solc_npm.js")
NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"  # of a checkout
NPM_FIX = (
    f"install npm's: `npm install solc@{PINNED}` in any folder, and set ZKPIPE_SOLC to the path of "
    "node_modules/solc there"
)


@dataclass(frozen=True, slots=True)
class Solc:
    """A Solidity compiler: an executable that takes --standard-json.

    executable   its path
    fingerprint  changes when the compiler does; part of the key of compiled contracts' cache
    origin       how it was found, for people
    script       words between the executable and solc's own: what node runs as the compiler
    """

    executable: Path
    fingerprint: str
    origin: str
    script: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """What the compiler says: "0.8.37+commit...". Runs it (npm's takes half a second)."""
        text = _output_of(self.executable, *self.script)
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
        f"Download one: `zkpipe doctor --fix`. Or {NPM_FIX}. A native solc serves too, on PATH or "
        "with its path in ZKPIPE_SOLC.",
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
            f"Check the connection to the internet. Or {NPM_FIX}.",
        ) from error
    for solc in _from_solcx():
        return solc
    raise CompilerMissingError(
        f"solc {PINNED} was downloaded, but others can write to where it lies.",
        "Set SOLCX_BINARY_PATH to a folder that only you can write to.",
        _left_out(),
    )


def _serves(text: str) -> bool:
    version = _version(text)
    return version is not None and OLDEST <= version < BEYOND


def _version(text: str) -> tuple[int, ...] | None:
    found = VERSION.search(text)
    return None if found is None else tuple(map(int, found.groups()))


def _output_of(executable: Path, *script: str) -> str:
    """What `executable --version` prints; empty if it does not run."""
    try:
        return subprocess.run(  # noqa: S603 # the user's own compiler, no shell
            [executable, *script, "--version"],
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
    path = Path(shutil.which(named) or named)
    with suppress(OSError):  # the working folder is gone
        path = path.absolute()
    package = _package_at(path)
    if package is None and _serves(_output_of(path)):
        yield Solc(path, _fingerprint(path), "ZKPIPE_SOLC")
    elif package is not None and _serves(_npm_version(package)):
        if program("node") is None:
            raise CompilerMissingError(
                f"ZKPIPE_SOLC is {named}, npm's compiler, and there is no node to run it.",
                "Install node, or give the path of a native solc.",
            )
        yield from _of_package(package, "ZKPIPE_SOLC")
    else:
        raise CompilerMissingError(
            f"ZKPIPE_SOLC is {named}, which is not solc from {_dotted(OLDEST)} to below "
            f"{_dotted(BEYOND)}.",
            "Give the path of an executable solc, or of the folder node_modules/solc that npm "
            "installed. Or unset ZKPIPE_SOLC to have one looked for.",
        )


def _package_at(path: Path) -> Path | None:
    """The folder of npm's package that a path names; None for any other path.

    It may be the folder itself, one that it was installed in, or a script of the package, such as
    `.bin/solcjs`, which is a link to one.
    """
    places = [path, path / "solc", path / "node_modules" / "solc"]
    with suppress(OSError, RuntimeError):  # links in a circle
        script = path.resolve()
        places += [script.parent] if script.suffix == ".js" else []
    return next((place for place in places if (place / "soljson.js").is_file()), None)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _from_path() -> Iterator[Solc]:
    path = program("solc")
    if path and _serves(_output_of(path)):
        yield Solc(path, _fingerprint(path), "PATH")


def _from_solcx() -> Iterator[Solc]:
    for path in _installed_by_solcx():
        fingerprint = ""
        with suppress(OSError):  # it is gone
            if objection(path) is None:
                fingerprint = _fingerprint(path)
        if fingerprint:
            yield Solc(path, fingerprint, "py-solc-x")


def _installed_by_solcx() -> list[Path]:
    """The executables that serve, the pinned version first, the newest next.

    py-solc-x itself would make its folder, which a home may not take.
    """
    found = []
    with suppress(OSError, RuntimeError):  # a folder that cannot be read; neither HOME nor a user
        folder = Path(os.environ.get("SOLCX_BINARY_PATH") or Path.home() / ".solcx").absolute()
        for path in folder.glob("solc-v*"):
            version = _version(path.name)
            if version and _serves(path.name):
                found.append((path.name == f"solc-v{PINNED}", version, path))
    return [path for _, _, path in sorted(found, reverse=True)]


def _left_out() -> list[str]:
    """Compilers that are here and not run, and why, for an error's evidence."""
    named = shutil.which("solc")
    found = [*([Path(named)] if named else ()), *_installed_by_solcx()]
    refused = ((path, _objection(path)) for path in found)
    return [f"{path} is not run: {why}" for path, why in refused if why]


def _objection(path: Path) -> str | None:
    try:
        return objection(path)
    except OSError as error:
        return error.strerror or type(error).__name__


def _from_npm() -> Iterator[Solc]:
    yield from _of_package(NODE_MODULES / "solc", "npm")


def _of_package(package: Path, origin: str) -> Iterator[Solc]:
    """The compiler of npm's package in a folder, if node is here and the version serves."""
    node = program("node")
    if node and (package / "soljson.js").is_file() and _serves(_npm_version(package)):
        script = (str(NPM_SCRIPT), str(package.resolve()))
        fingerprint = _fingerprint(package / "soljson.js")
        executable = _npm_executable(node, script)
        if executable is None:
            yield Solc(node, fingerprint, origin, script)
        else:
            yield Solc(executable, fingerprint, origin)


def _npm_version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _npm_executable(node: Path, script: tuple[str, ...]) -> Path | None:
    """An executable that behaves like native solc; its paths are absolute: it may be copied.

    None if no folder takes it.
    """
    text = f'#!/bin/sh\nexec {shlex.join([str(node), *script])} "$@"\n'
    name = f"solc-npm-{hashlib.sha256(os.fsencode(text)).hexdigest()[:16]}"
    for folder in readable_folders(KEPT_IN):
        path = folder / name
        if _bytes_of(path) == os.fsencode(text) and os.access(path, os.X_OK):
            return path
    for folder in writable_folders(KEPT_IN):
        path = folder / name
        with suppress(FileError, OSError):  # it is full
            write_file(path, os.fsencode(text))
            path.chmod(0o700)
            return path
    return None


def _bytes_of(path: Path) -> bytes | None:
    try:
        return read_trusted(path)
    except OSError:
        return None
