"""Nothing valuable is overwritten silently: every command that can replace something, by a table.

What cannot be made again is replaced only with --force; a file of another kind not even then.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.workshop import CIRCUITS, contents, done, invoke, refused
from zkpipe.cli.main import zkpipe

NOWHERE = "http://127.0.0.1:9"  # where no node listens
JOB = "0x" + "11" * 32

FORCED = {  # a command with OUT for what it writes, and a file of that kind which is there already
    "ptau new": ("ptau new 1 OUT", "old.ptau"),
    "ptau contribute": ("ptau contribute 0.ptau OUT", "old.ptau"),
    "ptau beacon": ("ptau beacon 0.ptau OUT 0102 10", "old.ptau"),
    "ptau prepare": ("ptau prepare 1.ptau OUT", "old.ptau"),
    "ptau truncate": ("ptau truncate 1.ptau OUT 1", "old.ptau"),
    "setup": ("setup square.r1cs OUT --ptau final.ptau", "old.zkey"),
    "setup --dev": ("setup square.py OUT --dev", "old.zkey"),
    "key contribute": ("key contribute 0.zkey OUT", "old.zkey"),
    "key beacon": ("key beacon 0.zkey OUT 0102 10", "old.zkey"),
    "ptau contribute --attestation": (
        "ptau contribute 0.ptau new.ptau --attestation OUT",
        "attestation.txt",
    ),
    "key contribute --attestation": (
        "key contribute 0.zkey new.zkey --attestation OUT",
        "attestation.txt",
    ),
    "ptau beacon --attestation": (
        "ptau beacon 0.ptau new.ptau 0102 10 --attestation OUT",
        "attestation.txt",
    ),
    "key beacon --attestation": (
        "key beacon 0.zkey new.zkey 0102 10 --attestation OUT",
        "attestation.txt",
    ),
    "deploy": (f"deploy verifier.sol OUT --rpc {NOWHERE}", "deployment.json"),
}
IN_EXCHANGES = {"exchange backup", "exchange manifest"}  # tested in tests/exchange and cli/exchange
FREE = {  # what can be made again is written over by the same command
    "compile": "compile square.py --out FOLDER",
    "witness": "witness square.py input.json OUT",
    "export vkey": "export vkey dev.zkey OUT",
    "export verifier": "export verifier dev.zkey OUT",
    "job result": f"job result {JOB} OUT --home nowhere --rpc {NOWHERE}",
}
OTHERS = ("notes.txt", "old.ptau", "old.zkey", "attestation.txt", "deployment.json", "input.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("overwriting")
    shutil.copy(CIRCUITS / "square.py", folder)
    (folder / "input.json").write_text('{"root": 12}')
    (folder / "notes.txt").write_text("- buy milk\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done("compile", "square.py", "--out", ".")
        done("ptau", "new", 3, "0.ptau")
        done("ptau", "contribute", "0.ptau", "1.ptau", "--attestation", "attestation.txt")
        done("ptau", "prepare", "1.ptau", "final.ptau")
        done("setup", "square.r1cs", "0.zkey", "--ptau", "final.ptau")
        done("setup", "square.py", "dev.zkey", "--dev")
        done("export", "verifier", "dev.zkey", "verifier.sol")
        shutil.copy("1.ptau", "old.ptau")
        shutil.copy("dev.zkey", "old.zkey")
    begun = {"format": "zkpipe deployment 1"}  # damaged: not even that is written over
    (folder / "deployment.json").write_text(json.dumps(begun))
    return folder


@pytest.fixture
def there(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "there"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def words(command: str, out: str) -> list[str]:
    return [out if word == "OUT" else word for word in command.split()]


def commands(group: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands by their whole names."""
    if isinstance(group, click.Group):
        for word, one in group.commands.items():
            yield from commands(one, f"{name} {word}".strip())
    else:
        yield name, group


def test_every_command_that_takes_force_is_tried() -> None:
    forced = {
        name
        for name, one in commands(zkpipe)
        if any("--force" in parameter.opts for parameter in one.params)
    }
    tried = {name.partition(" --")[0] for name in FORCED}
    assert tried | IN_EXCHANGES == forced
    assert {name.split()[0] for name in ("setup", "ptau new", "key beacon", "deploy")} <= {
        name.split()[0] for name in tried
    }


@pytest.mark.parametrize("name", FORCED)
def test_what_cannot_be_made_again_is_replaced_with_force_only(there: Path, name: str) -> None:
    command, old = FORCED[name]
    if name == "deploy":
        refused(*words(command, old), says="the record")
        return
    told = refused(*words(command, old), says="already. It is not overwritten")
    assert "--force" in told
    Path("link").symlink_to(old)
    refused(*words(command, "link"), says="already. It is not overwritten")
    before = Path(old).read_bytes()
    done(*words(command, old), "--force")
    assert Path(old).read_bytes() != before


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", [*FORCED, *FREE])
def test_a_file_of_another_kind_is_not_replaced_even_with_force(
    there: Path, name: str, other: str
) -> None:
    command, old = FORCED.get(name) or (FREE[name], "")
    if other == old or name == "compile" or other in command:
        return  # of its own kind, or an input
    forced = ["--force"] if name in FORCED else []
    before = contents(there)
    result = invoke(*words(command, other), *forced)
    assert result.exit_code == 2, result.output
    assert contents(there) == before
    says = "not overwritten" if name == "deploy" else "A file of another kind is never overwritten"
    assert says in result.stderr


def test_a_compiled_circuit_is_not_written_over_something_else(there: Path) -> None:
    shutil.copy("notes.txt", "square.sym")
    refused(
        "compile", "square.py", "--out", ".", says="A file of another kind is never overwritten"
    )
