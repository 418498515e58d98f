"""The module that was likely meant by a name under which there is none."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

MOST = 1000  # names in a folder that are compared


def nearest_module(module: str) -> str | None:
    """The dotted name most like it of what lies below the working folder; None if none is near."""
    folder, names = Path(), []
    for part in module.split("."):
        near = get_close_matches(part, _names_in(folder), 1)
        if not near:
            return None
        names.append(near[0])
        folder /= near[0]
    found = [folder.with_name(f"{folder.name}.py"), folder / "__init__.py"]
    return ".".join(names) if any(path.is_file() for path in found) else None


def _names_in(folder: Path) -> list[str]:
    """What can be imported from a folder: its Python files and the folders in it."""
    with suppress(OSError):  # it cannot be read
        names = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir()}
        return sorted(name for name in names if name.isidentifier())[:MOST]
    return []


def folder_of(package: str, below: Path) -> Path | None:
    """The nearest folder above `below` that contains a package or a module of this name."""
    for folder in below.absolute().parents if package.isidentifier() else ():
        with suppress(OSError):
            if (folder / package).is_dir() or (folder / f"{package}.py").is_file():
                return folder
    return None
