"""What Solidity sources import, and the sources that they need from npm's packages.

A source is known by its name, such as exchange/JobBoard.sol. An import that begins with a dot is
relative to the importing source's folder; any other names a source in full, and is looked up among
those that are given, then in a folder of packages. solc looks imports up alike, so it finds all of
them in its input and reads no file.

Source: Solidity's documentation, "Import Path Resolution".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import dirname, normpath

from zkpipe.ground.files.reading import FileError, read_file
from zkpipe.ground.kinds import shown_text
from zkpipe.verifier_contracts.errors import CompilationError

LARGEST = 1 << 20  # bytes of one source; OpenZeppelin's largest has 50,000
MOST = 500  # sources
NAME = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[A-Za-z0-9_@.+-]+(?:/[A-Za-z0-9_@.+-]+)*", re.ASCII)

# A comment or a string is passed over whole, so that no import is seen inside of one.
_TOKEN = re.compile(
    r"""
      //[^\n\r]* | /\*.*?(?:\*/|\Z)                              # a comment
    | \bimport\b (?: [^;"'/]++ | /(?![/*]) | //[^\n\r]* | /\*.*?\*/ )*?
      (?: "(?P<double>[^"\n]*)" | '(?P<single>[^'\n]*)' )        # an import, to the end of its path
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'                  # a string
    """,
    re.VERBOSE | re.DOTALL,
)


def imports_of(source: str) -> Iterator[str]:
    """The paths that a source imports, as they are written."""
    for found in _TOKEN.finditer(source):
        path = found["double"] if found["double"] is not None else found["single"]
        if path is not None:
            yield path


def with_imports(sources: Mapping[str, str], packages: Path | None) -> dict[str, str]:
    """The sources with all that they import, directly or not, by name.

    packages  npm's folder node_modules, for imports that are not given; None if all are

    Raises CompilationError if one is neither given nor there, or a name is no relative path.
    """
    for name in sources:
        if NAME.fullmatch(name) is None:
            raise CompilationError(
                f"{shown_text(name)} cannot be the name of a source.",
                "Give a relative path with forward slashes, such as exchange/JobBoard.sol.",
            )
    found = dict(sources)
    left = list(sources)
    while left:
        importer = left.pop()
        is_ours = importer in sources
        for path in imports_of(found[importer]):
            is_relative = path.startswith(("./", "../"))
            name = normpath(f"./{dirname(importer)}/{path}") if is_relative else path
            if name in found:
                continue
            if packages is None or (is_ours and is_relative) or NAME.fullmatch(name) is None:
                raise _missing(importer, path, "Give that source, too.")
            try:
                found[name] = read_file(packages / name, LARGEST).decode("utf-8")
            except (FileError, UnicodeDecodeError) as error:
                raise _missing(importer, path, "Install npm's packages: `npm ci`.") from error
            left.append(name)
        if len(found) > MOST:
            raise CompilationError(
                f"The sources import more than {MOST} others.", "Import only what is needed."
            )
    return found


def _missing(importer: str, path: str, fix: str) -> CompilationError:
    return CompilationError(f"{importer} imports {shown_text(path)}, which is not here.", fix)
