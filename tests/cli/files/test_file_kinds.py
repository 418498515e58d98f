"""Every kind of file is told by what it holds: `info` takes it, and other commands name it."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import done, invoke, refused
from zkpipe.accel.bn254 import P
from zkpipe.cli.files import file_kind, piped
from zkpipe.cli.files.file_kind import HEAD, Kind, expect, kind_of
from zkpipe.verifier_contracts.solidity.source_key import digest_in

ZKPIPE = Path(sys.executable).with_name("zkpipe")


def container(magic: bytes, *sections: tuple[int, bytes]) -> bytes:
    parts = [struct.pack("<4sII", magic, 1, len(sections))]
    parts += [struct.pack("<IQ", kind, len(data)) + data for kind, data in sections]
    return b"".join(parts)


def ptau(power: int, *more: int) -> bytes:
    """Of the right sizes; its points are all infinity, and nobody contributed."""
    n = 1 << power
    header = struct.pack("<I", 32) + P.to_bytes(32, "little") + struct.pack("<II", power, 28)
    sizes = {2: 64 * (2 * n - 1), 3: 128 * n, 4: 64 * n, 5: 64 * n, 6: 128, 7: 4}
    sizes |= {12: 64 * (4 * n - 1), 13: 128 * (2 * n - 1), 14: 64 * (2 * n - 1)}
    sizes[15] = sizes[14]
    kinds = (2, 3, 4, 5, 6, 7, *more)
    return container(b"ptau", (1, header), *((kind, bytes(sizes[kind])) for kind in kinds))


MADE = {  # name: kind and content
    "plonk.zkey": (Kind.PLONK_KEY, container(b"zkey", (1, struct.pack("<I", 2)), (2, b"\0" * 9))),
    "late.zkey": (Kind.FFLONK_KEY, container(b"zkey", (2, b"\0"), (1, struct.pack("<I", 10)))),
    "odd.zkey": (Kind.OTHER_KEY, container(b"zkey", (1, struct.pack("<I", 77)))),
    "final.ptau": (Kind.PTAU, ptau(5, 12, 13, 14, 15)),
    "circuit.wasm": (Kind.WASM, b"\0asm\1\0\0\0"),
    "plonk.proof.json": (Kind.OTHER_PROOF, b'{"A": ["1"], "Z": [], "protocol": "plonk"}'),
    "plonk.vkey.json": (Kind.OTHER_VERIFYING_KEY, b'{"protocol": "plonk", "nPublic": 1}'),
    "account.json": (Kind.KEYSTORE, b'{"address": "00aa", "crypto": {"kdf": "x"}, "version": 3}'),
    "home.backup": (
        Kind.BACKUP,
        b'{"format":"zkpipe exchange backup 1","made":"2026-11-30T08:00:00Z","payload":"AA=="}\n',
    ),
    "manifest.json": (Kind.MANIFEST, b'{"chainId":1,"depth":12,"format":"zkpipe exchange 1"}\n'),
    "begun.json": (Kind.DEPLOYMENT, b'{"format": "zkpipe begun deployment 1", "nonce": 7}'),
    "calldata.txt": (Kind.CALLDATA, b'["0x1","0x2"],[["0x3"]],["0x4"],["0x5"]\n'),
    "square.circom": (Kind.CIRCOM, b"// SPDX\n  pragma circom 2.1.6;\ntemplate Square() {}\n"),
    "custom.circom": (Kind.CIRCOM, b"pragma custom_templates;\n"),
    "generate_witness.js": (
        Kind.CIRCOM_JS,
        b'const wc  = require("./witness_calculator.js");\nconst { readFileSync } = 0;\n',
    ),
    "witness_calculator.js": (
        Kind.CIRCOM_JS,
        b"module.exports = async function builder(code, options) {\n\n    options = options || {};",
    ),
    "square.sym": (Kind.SYM, b"1,1,0,main.out\n2,-1,0,main.x\n"),
}
KINDS = {
    "square.py": Kind.CIRCUIT,
    "build/square.r1cs": Kind.R1CS,
    "build/square.sym": Kind.SYM,
    "square.wtns": Kind.WITNESS,
    "square.zkey": Kind.PROVING_KEY,
    "vkey.json": Kind.VERIFYING_KEY,
    "proof.json": Kind.PROOF,
    "public.json": Kind.PUBLIC,
    "input.json": Kind.INPUT,
    "verifier.sol": Kind.SOLIDITY,
    **{name: kind for name, (kind, _) in MADE.items()},
}


@pytest.fixture
def museum(shop: Path) -> Path:
    for name, (_, data) in MADE.items():
        (shop / name).write_bytes(data)
    return shop


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_told_whatever_the_file_is_called(museum: Path, name: str) -> None:
    assert kind_of(Path(name)) is KINDS[name]
    if KINDS[name] is not Kind.CIRCUIT:  # Python has no other mark than its name
        for other in ("other.json", "other.zkey", "noname"):
            Path(other).write_bytes(Path(name).read_bytes())
            assert kind_of(Path(other)) is KINDS[name]


@pytest.mark.parametrize("data", [b"\x89PNG", b"hello\n", b"\xff\xfe", b"12", b"null", b'"text"'])
def test_what_zkpipe_does_not_know_has_no_kind(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert kind_of(tmp_path / "file") is None
    expect((tmp_path / "file", Kind.PROOF))  # its reader says what is wrong


@pytest.mark.parametrize("name", [n for n, kind in KINDS.items() if kind is not Kind.CIRCUIT])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_no_beginning_of_a_file_fails(museum: Path, name: str, part: float) -> None:
    data = Path(name).read_bytes()
    Path("part").write_bytes(data[: int(part * len(data))])
    kind_of(Path("part"))
    assert invoke("info", "part").exit_code in (0, 2)


@pytest.fixture
def no_hours() -> Iterator[None]:
    """A test that ends within minutes, by a signal if need be."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("no_hours")
@pytest.mark.parametrize("line", ["", " " * 99, "pragma", "uint256", "\t\r"])
def test_empty_lines_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Each line tried as the first of a declaration that comes later would take hours."""
    text = f"{line}\n" * ((1 << 22) // (len(line) + 1))
    path = tmp_path / "a"
    path.write_text(text)
    monkeypatch.setattr(file_kind, "HEAD", 1 << 22)
    assert kind_of(path) is None
    assert digest_in(text) is None


def test_the_order_and_the_spaces_of_a_json_do_not_count(shop: Path) -> None:
    for name in ("proof.json", "vkey.json"):
        whole = json.loads(Path(name).read_text())
        for indent, turn in itertools.product((None, 4), (1, -1)):
            turned = dict(list(whole.items())[::turn])
            Path("other").write_text("\r\n\t " + json.dumps(turned, indent=indent))
            assert kind_of(Path("other")) is KINDS[name]


def test_names_inside_of_values_do_not_tell_a_kind(tmp_path: Path) -> None:
    for value in (
        {"x": {"protocol": "groth16", "pi_a": 1}},
        {"x": ["protocol", "pi_a"], "y": "protocol"},
        {"x": '"protocol":"groth16","pi_a":'},
    ):
        (tmp_path / "file").write_text(json.dumps(value))
        assert kind_of(tmp_path / "file") is Kind.INPUT


def test_only_the_beginning_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.write(b'{"protocol": "groth16", "pi_a": [')
        file.truncate(1 << 40)  # sparse
    assert kind_of(large) is Kind.PROOF
    (tmp_path / "deep.json").write_bytes(b"[" * HEAD * 2)
    assert kind_of(tmp_path / "deep.json") is Kind.PUBLIC


# info


@pytest.mark.parametrize("name", KINDS)
def test_info_takes_every_file(museum: Path, name: str) -> None:
    facts = json.loads(done("info", name, "--json"))
    kind = Kind.CIRCUIT if KINDS[name] is Kind.R1CS else KINDS[name]  # one answer for both
    assert facts["kind"] == kind.name.lower()
    assert facts.get("bytes", 1) > 0
    text = done("info", name)
    if KINDS[name] not in (Kind.CIRCUIT, Kind.R1CS):
        assert KINDS[name].value in text


def facts(name: str) -> dict[str, Any]:
    return dict(json.loads(done("info", name, "--json")))


def test_info_tells_the_numbers_of_keys_and_proofs(museum: Path) -> None:
    key = facts("order.zkey")
    assert (key["protocol"], key["public_values"], key["contributions"]) == ("groth16", 2, 0)
    assert key["development"] is True
    assert key["fits_a_contract"] is True
    assert key["domain_size"] >= key["public_values"]
    assert facts("order.vkey.json")["digest"] == key["digest"]
    assert facts("verifier.sol")["digest"] == facts("square.zkey")["digest"] != key["digest"]
    assert facts("public.json")["values"] == ["144"]
    assert facts("square.wtns")["values"] == facts("square.zkey")["wires"]
    assert "whoever made it can forge" in done("info", "vkey.json")


def test_info_reads_the_header_of_a_ptau(museum: Path) -> None:
    told = facts("final.ptau")
    assert (told["power"], told["ceremony_power"], told["contributions"]) == (5, 28, 0)
    assert told["prepared_for_phase_2"] is True
    Path("raw.ptau").write_bytes(ptau(5))
    assert facts("raw.ptau")["prepared_for_phase_2"] is False


def test_info_names_a_key_of_another_protocol(museum: Path) -> None:
    assert facts("plonk.zkey")["protocol"] == "plonk"
    assert facts("late.zkey")["protocol"] == "fflonk"
    assert facts("odd.zkey")["protocol"] == "number 77"


def test_info_shows_names_and_no_values_of_private_inputs(museum: Path) -> None:
    Path("input.json").write_text('{"age": 271828, "salt": [314159]}')
    for options in ([], ["--json"]):
        text = done("info", "input.json", *options)
        assert "age" in text
        assert "271828" not in text
        assert "314159" not in text
    assert set(facts("square.wtns")) == {"kind", "bytes", "values"}


def test_no_text_of_a_file_begins_a_row_of_what_is_told(museum: Path) -> None:
    Path("a.json").write_text('{"format": "zkpipe deployment 1", "state": "x\\naddress  0x1"}')
    Path("b.json").write_text('{"x\\nfile  good": 1}')
    assert done("info", "a.json").splitlines()[1:] == [r"state  x\naddress  0x1"]
    assert done("info", "b.json").splitlines()[1:] == [r"names  1: x\nfile  good"]


def test_info_refuses_what_it_does_not_know(shop: Path) -> None:
    Path("notes.txt").write_text("buy milk\n")
    refused("info", "notes.txt", says="is not a file that zkpipe knows")
    Path("nothing").touch()
    refused("info", "nothing", says="is empty")
    refused("info", "missing", says="No such file")
    refused("info", "build", says="not a regular file")
    refused("info", "verifier.sol", "more", says="unexpected extra argument")
    Path("other.sol").write_text("pragma solidity ^0.8.20;\ncontract C {}\n")
    refused("info", "other.sol", says="not a verifier that we know")


# Wrong kinds in other commands


def test_swapped_files_are_told_with_the_order(shop: Path) -> None:
    files = {
        "vkey.json": "a verifying key",
        "public.json": "public values",
        "proof.json": "a proof",
    }
    for order in itertools.permutations(files):
        if list(order) != list(files):
            first = next(name for name, right in zip(order, files, strict=True) if name != right)
            told = refused("verify", *order, says=f"{first} is ")
            assert files[first] in told.splitlines()[0]
            assert "takes VKEY.json PUBLIC.json PROOF.json, in this order." in told
    told = refused("prove", "square.wtns", "square.zkey", "p", "q", says="square.wtns is a witness")
    assert "takes KEY.zkey W.wtns PROOF.json PUBLIC.json, in this order." in told
    told = refused("export", "calldata", "proof.json", "public.json", says="proof.json is a proof")
    assert "takes PUBLIC.json PROOF.json, in this order." in told


WRONG = {
    "a PLONK key to prove": (("prove", "plonk.zkey", "square.wtns", "p", "q"), "snarkjs groth16"),
    "a FFLONK key to export": (("export", "vkey", "late.zkey", "new.json"), "snarkjs groth16"),
    "a PLONK proof": (("verify", "vkey.json", "public.json", "plonk.proof.json"), "Groth16 only"),
    "a PLONK verifying key": (
        ("verify", "plonk.vkey.json", "public.json", "proof.json"),
        "Groth16 only",
    ),
    "a proving key to verify": (
        ("verify", "square.zkey", "public.json", "proof.json"),
        "zkpipe export vkey",
    ),
    "a ptau to prove": (("prove", "final.ptau", "square.wtns", "p", "q"), "--ptau POT.ptau"),
    "a circuit to prove": (("prove", "build/square.r1cs", "square.wtns", "p", "q"), "zkpipe setup"),
    "inputs to prove": (("prove", "square.zkey", "input.json", "p", "q"), "zkpipe witness"),
    "inputs for public values": (
        ("verify", "vkey.json", "input.json", "proof.json"),
        "zkpipe witness",
    ),
    "inputs for a circuit": (
        ("witness", "input.json", "square.py", "w"),
        "zkpipe witness [OPTIONS] CIRCUIT|C.wasm INPUT.json W.wtns",
    ),
    "a proof for inputs": (("witness", "square.py", "proof.json", "w"), "zkpipe verify"),
    "public values for inputs": (("witness", "square.py", "public.json", "w"), "zkpipe verify"),
    "a key to set up": (("setup", "square.zkey", "new.zkey", "--dev"), "zkpipe setup --help"),
    "a witness for a circuit": (("lint", "square.wtns"), "zkpipe lint --help"),
    "a key called .r1cs": (("setup", "key.r1cs", "new.zkey", "--dev"), "zkpipe prove"),
    "a key called .py": (("setup", "key.py", "new.zkey", "--dev"), "zkpipe prove"),
    "a proof to report": (("bench", "report", "proof.json", "a.html", "b.md"), "zkpipe verify"),
    "a verifier to export": (("export", "verifier", "verifier.sol", "new.sol"), "zkpipe deploy"),
    "a witness to export": (("export", "verifier", "square.wtns", "new.sol"), "zkpipe prove"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_kind_is_named_with_the_command_that_was_meant(museum: Path, case: str) -> None:
    for name in ("key.r1cs", "key.py"):
        Path(name).write_bytes(Path("square.zkey").read_bytes())
    words, meant = WRONG[case]
    told = refused(*words, says=" is a")
    assert ", not a" in told
    assert meant in told


def test_a_key_is_exported_whatever_it_is_called(shop: Path) -> None:
    Path("key.json").write_bytes(Path("square.zkey").read_bytes())
    Path("vkey").write_bytes(Path("vkey.json").read_bytes())
    done("export", "verifier", "key.json", "one.sol")
    done("export", "verifier", "vkey", "two.sol")
    assert Path("one.sol").read_text() == Path("two.sol").read_text()


# Sizes


HOSTILE = {
    "empty texts": ('"",', "[]"),
    "zeros": ('"0",', "[]"),
    "nests": ("[" * 30 + "]" * 30 + ",", "[]"),
    "numbers": ("0,", "[]"),
    "members": ('"":0,', "{}"),
    "spaces": (" ", "[]"),
    "digits": ("1", "[]"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("name", ["vkey.json", "public.json", "proof.json"])
def test_a_large_json_is_refused_within_little_memory(shop: Path, name: str, case: str) -> None:
    """64 MiB less a little, which once took gigabytes and minutes."""
    form, (begin, end) = HOSTILE[case]
    with Path(name).open("w") as file:
        file.write(begin + form * (((1 << 26) - 8) // len(form)) + '"":0' * (begin == "{") + end)
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, "verify", "vkey.json", "public.json", "proof.json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
    )
    assert ran.returncode == 2, ran.stderr
    assert name in ran.stderr


def test_public_values_are_bounded_by_the_key(shop: Path) -> None:
    Path("public.json").write_text(json.dumps(["0"] * 10))
    refused("verify", "vkey.json", "public.json", "proof.json", says="this key has 1")
    Path("public.json").write_text(json.dumps(["0"] * 100))
    refused("verify", "vkey.json", "public.json", "proof.json", says="more than 65 values")
    Path("public.json").write_text("[" + " " * 10_000 + '"144"]')
    refused("verify", "vkey.json", "public.json", "proof.json", says="such a file has at most")


def test_inputs_are_bounded_by_the_circuit(shop: Path) -> None:
    Path("input.json").write_text(json.dumps({"root": [0] * 1_000_000}))
    refused("witness", "square.py", "input.json", "w.wtns", says="such a file has at most")
    Path("input.json").write_text(json.dumps({"root": [0] * 50_000}))
    refused("witness", "square.py", "input.json", "w.wtns", says="root")


@pytest.mark.parametrize("name", ["vkey.json", "public.json", "proof.json", "square.wtns"])
def test_what_never_ends_is_not_read(
    shop: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piped, "PATIENCE", 0.05)
    Path(name).unlink()
    Path(name).symlink_to("/dev/zero")
    words = ("verify", "vkey.json", "public.json", "proof.json")
    if name.endswith(".wtns"):
        words = ("prove", "square.zkey", name, "p", "q")
    refused(*words, says=f"{name} is not a regular file")
    Path(name).unlink()
    os.mkfifo(name)
    assert "is not a regular file" in invoke(*words).stderr
    assert "is not a regular file" in invoke("info", name).stderr
