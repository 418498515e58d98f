"""Hostile files given to every command that reads such a file, in a bounded process.

    python -m tests.hostile.commands DESK SEED COUNT KIND [KIND ...]

DESK holds right files of all kinds that belong together. Prints a JSON object by command. A command
must end with a status that is none of a fault, say what is wrong in two sentences, leave nothing
behind, and take only what has one form.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.hostile import plain
from tests.hostile.child import tried
from tests.hostile.edges import P
from tests.hostile.formats import FORMATS
from tests.hostile.plain import need

NOWHERE = "http://127.0.0.1:9"  # where no node listens
KEY = "--circuit square.r1cs --ptau final.ptau"


@dataclass(frozen=True)
class Reader:
    """A command that reads a kind of file.

    seed   the right file on the desk
    words  with FILE for the hostile one, OUT and MORE for outputs
    """

    kind: str
    seed: str
    words: str


READERS = [
    Reader("r1cs", "square.r1cs", "info FILE"),
    Reader("r1cs", "square.r1cs", "print FILE"),
    Reader("r1cs", "square.r1cs", "lint FILE"),
    Reader("r1cs", "square.r1cs", "check FILE square.wtns"),
    Reader("r1cs", "square.r1cs", "setup FILE OUT --dev"),
    Reader("r1cs", "square.r1cs", "setup FILE OUT --ptau final.ptau"),
    Reader("r1cs", "square.r1cs", "key verify key.zkey --circuit FILE --ptau final.ptau"),
    Reader("wtns", "square.wtns", "info FILE"),
    Reader("wtns", "square.wtns", "check square.r1cs FILE"),
    Reader("wtns", "square.wtns", "prove key.zkey FILE OUT MORE"),
    Reader("zkey", "key.zkey", "info FILE"),
    Reader("zkey", "key.zkey", "key info FILE"),
    Reader("zkey", "key.zkey", f"key verify FILE {KEY}"),
    Reader("zkey", "key.zkey", "key contribute FILE OUT"),
    Reader("zkey", "key.zkey", "key beacon FILE OUT 0102 10"),
    Reader("zkey", "key.zkey", "prove FILE square.wtns OUT MORE"),
    Reader("zkey", "key.zkey", "export vkey FILE OUT"),
    Reader("zkey", "key.zkey", "export verifier FILE OUT"),
    Reader("ptau", "2.ptau", "info FILE"),
    Reader("ptau", "2.ptau", "ptau info FILE"),
    Reader("ptau", "2.ptau", "ptau verify FILE"),
    Reader("ptau", "2.ptau", "ptau contribute FILE OUT"),
    Reader("ptau", "2.ptau", "ptau beacon FILE OUT 0102 10"),
    Reader("ptau", "2.ptau", "ptau prepare FILE OUT"),
    Reader("ptau", "2.ptau", "ptau truncate FILE OUT 1"),
    Reader("ptau", "final.ptau", "ptau verify FILE"),
    Reader("ptau", "final.ptau", "ptau truncate FILE OUT 2"),
    Reader("ptau", "final.ptau", "setup square.r1cs OUT --ptau FILE"),
    Reader("ptau", "final.ptau", "key verify key.zkey --circuit square.r1cs --ptau FILE"),
    Reader("sym", "square.sym", "info FILE"),
    Reader("sym", "square.sym", "export vkey key.zkey OUT --sym FILE"),
    Reader("vkey", "vkey.json", "info FILE"),
    Reader("vkey", "vkey.json", "verify FILE public.json proof.json"),
    Reader("vkey", "vkey.json", "export verifier FILE OUT"),
    Reader("proof", "proof.json", "info FILE"),
    Reader("proof", "proof.json", "verify vkey.json public.json FILE"),
    Reader("proof", "proof.json", "export calldata public.json FILE"),
    Reader("public", "public.json", "info FILE"),
    Reader("public", "public.json", "verify vkey.json FILE proof.json"),
    Reader("public", "public.json", "export calldata FILE proof.json"),
    Reader("input", "input.json", "info FILE"),
    Reader("input", "input.json", "witness square.py FILE OUT"),
    Reader("deployment", "deployment.json", "info FILE"),
    Reader("deployment", "deployment.json", f"deploy verifier.sol FILE --rpc {NOWHERE}"),
    Reader(
        "deployment",
        "deployment.json",
        f"verify-onchain FILE public.json proof.json --rpc {NOWHERE}",
    ),
    Reader("begun deployment", "begun.json", f"deploy verifier.sol FILE --rpc {NOWHERE}"),
    Reader("trusted list", "trusted.txt", f"key verify key.zkey {KEY} --contributions FILE"),
    Reader("attestation", "attestation.txt", "info FILE"),
    Reader("attestation", "attestation.txt", "prove key.zkey FILE OUT MORE"),
]


def has_one_form(kind: str, data: bytes, words: str) -> None:
    """Raise Unfit if a command took what its format does not allow."""
    match kind:
        case "r1cs" | "wtns":
            getattr(plain, kind)(data)
        case "sym" if "--sym" not in words:  # which reads on until all names are found
            plain.sym(data)
        case "zkey":
            sections = plain.zkey(data, whole=words != "key info FILE")
            if words.startswith(("key contribute", "key beacon", "key verify")):
                points = b"".join(sections[kind] for kind in (5, 6, 7, 8, 9))
                coordinates = (points[at : at + 32] for at in range(0, len(points), 32))
                need(all(int.from_bytes(c, "little") < P for c in coordinates), "p or more")
        case "ptau" if words.startswith(
            ("ptau verify", "ptau contribute", "ptau beacon", "ptau prep")
        ):
            # what else there is looks at a part: `truncate` at the powers that it copies
            plain.ptau(data)
        case "vkey" | "proof" | "public" | "deployment" | "begun deployment":
            plain.strict_json(data)
        case "input":
            plain.strict_json(data, floats=True)
        case "trusted list":
            plain.trusted(data)


def says_what_the_right_one_says(kind: str, words: str, data: bytes, right: bytes) -> None:
    """A file that a verifying command found right is the right one, but for what is no part of it.

    That are names of contributors, marks and names in a key, and the order of sections and records.
    """
    if kind in ("proof", "public", "vkey") and words.startswith("verify"):
        told, expected = plain.strict_json(data), plain.strict_json(right)
        if isinstance(told, dict):
            free = ("curve", "vk_alphabeta_12", "zkpipe_development", "zkpipe_public_names")
            told, expected = (
                {name: value for name, value in some.items() if name not in free}
                for some in (told, expected)
            )
        assert told == expected
    elif kind == "ptau" and words.startswith("ptau verify"):
        told, expected = plain.ptau(data), plain.ptau(right)
        assert all(told[s] == expected[s] for s in expected if s != 7)
        assert _points(told[7]) == _points(expected[7])
    elif kind == "zkey" and words.startswith("key verify"):
        told, expected = plain.zkey(data), plain.zkey(right)
        assert all(told[s] == expected[s] for s in (2, 3, 5, 6, 7, 8, 9))
        for section in (told[4], expected[4]):
            assert len(section) == len(expected[4])
        assert sorted(_rows(told[4])) == sorted(_rows(expected[4]))
        assert told[10][:64] == expected[10][:64]


def _rows(section: bytes) -> list[bytes]:
    return [section[at : at + 44] for at in range(4, len(section), 44)]


def _points(records: bytes) -> list[bytes]:
    """Of each record what stands before its parameters."""
    found, at = [], 4
    while at < len(records):
        fixed = 32 * (2 * 9 + 4 * 5) + 216 + 64 + 4
        found.append(records[at : at + fixed])
        at += fixed + 4 + int.from_bytes(records[at + fixed : at + fixed + 4], "little")
    return found


def run(reader: Reader, desk: Path, right: bytes) -> Callable[[bytes, Path], str]:
    """Runs the command on a file; the word is its status."""
    from zkpipe.cli.main import zkpipe

    def act(data: bytes, path: Path) -> str:
        with tempfile.TemporaryDirectory() as out:
            names = {"FILE": str(path), "OUT": f"{out}/out", "MORE": f"{out}/more"}
            words = [names.get(word, word) for word in shlex.split(reader.words)]
            result = CliRunner().invoke(zkpipe, words)
            left = [*Path(out).iterdir()]
            if left and reader.words.startswith("ptau "):
                plain.ptau(left[0].read_bytes())
            elif left and reader.words.startswith("key "):
                plain.zkey(left[0].read_bytes())
        if path.read_bytes() != data:  # a record is written to while it is finished
            assert reader.words.startswith("deploy "), "the file was changed"
            path.write_bytes(data)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        told = f"status {result.exit_code}: {result.output[-600:]}"
        missing = 3 if NOWHERE in words else 0
        assert result.exit_code in (0, 1, 2, missing), told
        assert "Traceback" not in result.output, told
        assert "fault of zkpipe" not in result.output, told
        if result.exit_code == 2:
            assert not left, f"{left} is left"
            assert result.stdout == "", told
            assert result.stderr.strip().splitlines()[-1].endswith((".", "?")), told
        if result.exit_code == 0:
            has_one_form(reader.kind, data, reader.words)
            says_what_the_right_one_says(reader.kind, reader.words, data, right)
        return f"status {result.exit_code}"

    return act


def main(desk: Path, seed: int, count: int, kinds: list[str]) -> None:
    """`count` hostile files for each command that reads a file of these kinds."""
    found: dict[str, Any] = {}
    os.chdir(desk)
    for number, reader in enumerate(READERS):
        if reader.kind not in kinds:
            continue
        rng = random.Random(seed + number)  # noqa: S311 # test data that must come back the same
        right = (desk / reader.seed).read_bytes()
        form = FORMATS[reader.kind]
        with tempfile.TemporaryDirectory() as seeds:
            for name in {form.seed, form.small or form.seed}:
                shutil.copy(desk / reader.seed, Path(seeds, name))
            cases = list(form.cases(Path(seeds), seed + number, max(12, count)))
        act = run(reader, desk, right)
        with tempfile.TemporaryDirectory() as there:
            path = Path(there, Path(reader.seed).name)
            path.write_bytes(right)
            status = act(right, path)
        some = rng.sample(cases, min(count, len(cases)))
        name = f"{reader.seed} in {reader.words}"
        found[name] = tried(some, act, desk / "now", Path(reader.seed).name)
        found[name]["right"] = status
    print(json.dumps(found))  # noqa: T201 # to the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
