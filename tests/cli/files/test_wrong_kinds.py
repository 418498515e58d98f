"""Whatever kind of file is given where another belongs, the error names it, and what takes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.files.test_file_kinds import KINDS, MADE
from tests.cli.workshop import done, invoke, refused
from zkpipe.cli.files.file_kind import USES, Kind

VECTORS = Path(__file__).parents[2] / "vectors"
HERE = "THE FILE"
MORE = {  # beside those of test_file_kinds; real ones, so that nothing else is wrong
    "circuit.wasm": Kind.WASM,
    "square.r1cs.json": Kind.R1CS_JSON,
}
TAKES: dict[str, tuple[tuple[str, ...], set[Kind]]] = {
    "ptau contribute": (("ptau", "contribute", HERE, "out.ptau"), {Kind.PTAU}),
    "ptau beacon": (("ptau", "beacon", HERE, "out.ptau", "aabb", "10"), {Kind.PTAU}),
    "ptau prepare": (("ptau", "prepare", HERE, "out.ptau"), {Kind.PTAU}),
    "ptau truncate": (("ptau", "truncate", HERE, "out.ptau", "3"), {Kind.PTAU}),
    "ptau verify": (("ptau", "verify", HERE), {Kind.PTAU}),
    "ptau info": (("ptau", "info", HERE), {Kind.PTAU}),
    "key contribute": (("key", "contribute", HERE, "out.zkey"), {Kind.PROVING_KEY}),
    "key beacon": (("key", "beacon", HERE, "out.zkey", "aabb", "10"), {Kind.PROVING_KEY}),
    "key info": (("key", "info", HERE), {Kind.PROVING_KEY}),
    "key verify": (
        ("key", "verify", HERE, "--circuit", "square.py", "--ptau", "final.ptau"),
        {Kind.PROVING_KEY},
    ),
    "key verify, its powers": (
        ("key", "verify", "square.zkey", "--circuit", "square.py", "--ptau", HERE),
        {Kind.PTAU},
    ),
    "setup, its powers": (("setup", "square.py", "out.zkey", "--ptau", HERE), {Kind.PTAU}),
    "witness": (("witness", HERE, "input.json", "out.wtns"), {Kind.CIRCUIT, Kind.WASM}),
    "witness, its inputs": (("witness", "square.py", HERE, "out.wtns"), {Kind.INPUT}),
    "witness of a .wasm, its inputs": (
        ("witness", "circuit.wasm", HERE, "out.wtns"),
        {Kind.INPUT},
    ),
    "prove": (("prove", HERE, "square.wtns", "p", "q"), {Kind.PROVING_KEY}),
    "prove, its witness": (("prove", "square.zkey", HERE, "p", "q"), {Kind.WITNESS}),
    "fullprove, its circuit": (
        ("fullprove", "input.json", HERE, "square.zkey", "p", "q"),
        {Kind.CIRCUIT, Kind.WASM},
    ),
    "fullprove, its circuit first": (
        ("fullprove", HERE, "input.json", "square.zkey", "p", "q"),
        {Kind.CIRCUIT, Kind.WASM},
    ),
    "fullprove, its inputs": (
        ("fullprove", HERE, "square.py", "square.zkey", "p", "q"),
        {Kind.INPUT},
    ),
    "fullprove, its key": (
        ("fullprove", "input.json", "square.py", HERE, "p", "q"),
        {Kind.PROVING_KEY},
    ),
    "export vkey": (("export", "vkey", HERE, "out.json"), {Kind.PROVING_KEY}),
    "export wtns-json": (("export", "wtns-json", HERE, "out.json"), {Kind.WITNESS}),
    "export r1cs-json": (("export", "r1cs-json", HERE, "out.json"), {Kind.R1CS}),
    "check, its witness": (("check", "square.py", HERE), {Kind.WITNESS}),
    "lint": (("lint", HERE), {Kind.CIRCUIT, Kind.R1CS}),
    "setup": (("setup", HERE, "out.zkey", "--dev"), {Kind.CIRCUIT, Kind.R1CS}),
}
OWN_WORDS = {  # what is told in other words than those of the kind
    Kind.CIRCUIT: (".py", "two circuits"),
    Kind.R1CS: (".r1cs", "two circuits"),
    Kind.WASM: (".wasm", "two circuits"),
}


@pytest.fixture
def museum(shop: Path) -> Path:
    for name, (_, data) in MADE.items():
        (shop / name).write_bytes(data)
    shutil.copy(VECTORS / "circom" / "shapes.wasm", "circuit.wasm")
    done("export", "r1cs-json", "build/square.r1cs", "square.r1cs.json")
    return shop


@pytest.mark.parametrize("command", TAKES)
def test_each_command_names_each_kind_of_file_that_it_does_not_take(
    museum: Path, command: str
) -> None:
    words, taken = TAKES[command]
    for name, kind in {**KINDS, **MORE}.items():
        if kind in taken or (kind is Kind.INPUT and "JSON" in command):
            continue
        if name in words:  # the same file twice
            continue
        told = refused(*(name if word == HERE else word for word in words), says=Path(name).name)
        known = (kind.value, *OWN_WORDS.get(kind, ()))
        assert any(said in told for said in known), (command, name, told)


def test_what_takes_a_file_is_said_with_it(museum: Path) -> None:
    for name, kind in (("square.zkey", Kind.PROVING_KEY), ("circuit.wasm", Kind.WASM)):
        told = refused("export", "wtns-json", name, "out.json", says=kind.value)
        assert USES[kind] in told
        told = refused("ptau", "verify", name, says=kind.value)
        assert USES[kind] in told
    told = refused("export", "wtns-json", "square.zkey", "p", says="not a")
    assert "`zkpipe export vkey KEY.zkey VKEY.json` writes its verifying key" in told
    told = refused("setup", "circuit.wasm", "out.zkey", "--dev", says="a WebAssembly program")
    assert "`zkpipe setup` takes the .r1cs that circom wrote with it." in told
    told = refused("witness", "build/square.r1cs", "input.json", "w", says="does not say how")
    assert "the .wasm that circom wrote with it" in told


ORDERS = {
    "bench run": ("[CIRCUIT|C.wasm] [INPUT.json]", ("input.json", "square.py", "--out", "o.json")),
    "witness": ("CIRCUIT|C.wasm INPUT.json W.wtns", ("input.json", "square.py", "w.wtns")),
    "check": ("CIRCUIT W.wtns", ("square.wtns", "square.py")),
    "setup": ("CIRCUIT KEY.zkey", ("square.zkey", "square.py", "--dev")),
    "fullprove": (
        "INPUT.json CIRCUIT|C.wasm KEY.zkey PROOF.json PUBLIC.json",
        ("input.json", "square.zkey", "square.py", "p", "q"),
    ),
}


@pytest.mark.parametrize("command", ORDERS)
def test_a_file_in_anothers_place_is_told_with_the_commands_own_order(
    museum: Path, command: str
) -> None:
    order, words = ORDERS[command]
    says = f"`zkpipe {command}` takes {order}, in this order."
    refused(*command.split(), *words, says=says)


def test_a_file_that_an_option_takes_is_told_with_the_option(museum: Path) -> None:
    run, out = ("bench", "run"), ("--out", "o.json")
    says = "`zkpipe bench run` takes it as --key KEY.zkey."
    refused(*run, "square.zkey", "input.json", *out, says=says)
    refused(*run, "square.py", "square.zkey", *out, says=says)
    refused(*run, "square.py", "circuit.wasm", *out, says="takes it as --wasm C.wasm")
    done("ptau", "new", "4", "a.ptau")
    says = "`zkpipe setup` takes it as --ptau FINAL.ptau."
    refused("setup", "a.ptau", "new.zkey", says=says)


def test_a_program_by_another_name_is_named_too(museum: Path) -> None:
    shutil.copy("circuit.wasm", "circuit.bin")
    told = refused("witness", "circuit.bin", "input.json", "w.wtns", says="WebAssembly program")
    assert "a .py file, an .r1cs or a .wasm" in told
    shutil.copy("square.zkey", "key.wasm")
    refused("witness", "key.wasm", "input.json", "w.wtns", says="key.wasm is a proving key")


def test_info_tells_what_a_program_of_circom_is(museum: Path) -> None:
    told = done("info", "circuit.wasm")
    assert "runs here     yes" in told
    shutil.copy(VECTORS / "circom" / "bls12381.wasm", "other.wasm")
    assert "another field than BN254's" in done("info", "other.wasm")
    Path("empty.wasm").write_bytes(b"\0asm\1\0\0\0")
    assert "runs here   no" in done("info", "empty.wasm")


def test_info_lists_who_contributed(museum: Path) -> None:
    done("ptau", "new", "4", "a.ptau")
    done("ptau", "contribute", "a.ptau", "b.ptau", "--name", "anna")
    done("ptau", "beacon", "b.ptau", "c.ptau", "aabb", "10")
    done("ptau", "prepare", "c.ptau", "d.ptau")
    done("setup", "square.py", "first.zkey", "--ptau", "d.ptau")
    done("key", "contribute", "first.zkey", "key.zkey", "--name", "bert")
    for file, group in (("c.ptau", "ptau"), ("first.zkey", "key"), ("key.zkey", "key")):
        theirs = done(group, "info", file).splitlines()
        listed = [line.split() for line in theirs if line.startswith("  ")]
        ours = [line.split() for line in done("info", file).splitlines() if line.startswith("  ")]
        assert ours == listed
        assert len(ours) == {"c.ptau": 2, "first.zkey": 0, "key.zkey": 1}[file]


def test_an_output_that_is_there_is_replaced_only_by_its_own_kind(museum: Path) -> None:
    done("export", "wtns-json", "square.wtns", "values.json")
    done("export", "wtns-json", "square.wtns", "values.json")
    told = done("info", "values.json")
    assert "may be a witness" in told
    assert not {"12", "144", "144,"} & set(told.split())
    assert Path("values.json").stat().st_mode & 0o777 == 0o600
    refused("export", "wtns-json", "square.wtns", "proof.json", says="would be a witness in JSON")
    refused("export", "r1cs-json", "build/square.r1cs", "input.json", says="is there and is")
    assert invoke("info", "square.r1cs.json").exit_code == 0
