"""Files that are not what a command needs: SECURITY.md's F1 and P2 to P5, at the command line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.workshop import contents, invoke, refused
from zkpipe.accel.bn254 import P, R
from zkpipe.cli.files import piped
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.ground.files.reading import FileError

PROVE = ("prove", "square.zkey", "square.wtns", "new.proof.json", "new.public.json")
VERIFY = ("verify", "vkey.json", "public.json", "proof.json")
READERS = {  # file: a command that reads it, all else in order
    "square.py": ("witness", "square.py", "input.json", "new.wtns"),
    "input.json": ("witness", "square.py", "input.json", "new.wtns"),
    "build/square.r1cs": ("setup", "build/square.r1cs", "new.zkey", "--dev"),
    "square.zkey": PROVE,
    "square.wtns": PROVE,
    "vkey.json": VERIFY,
    "public.json": VERIFY,
    "proof.json": VERIFY,
    "verifier.sol": ("deploy", "verifier.sol", "new.json", "--rpc", "http://127.0.0.1:1"),
}
BINARY = ("build/square.r1cs", "square.zkey", "square.wtns")
TEXT = ("vkey.json", "public.json", "proof.json")


def removed(path: Path) -> None:
    path.unlink()


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_foreign(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")


@pytest.mark.parametrize("harm", [removed, made_a_folder, made_a_pipe, made_foreign])
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_cannot_serve_is_refused(
    shop: Path, name: str, harm: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piped, "PATIENCE", 0.05)
    harm(Path(name))
    if harm is made_a_pipe:  # a pipe has no contents to compare, and reading it would not end
        result = invoke(*READERS[name])
        assert result.exit_code == 2
        assert "is not a regular file" in result.stderr
    else:
        refused(*READERS[name], says=Path(name).name)


@pytest.mark.parametrize("name", [name for name in READERS if not name.endswith((".py", ".sol"))])
def test_an_empty_file_is_refused(shop: Path, name: str) -> None:
    emptied(Path(name))
    refused(*READERS[name], says=Path(name).name)


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("name", [*BINARY, *TEXT])
def test_a_file_cut_short_is_refused(shop: Path, name: str, part: float) -> None:
    data = Path(name).read_bytes().rstrip(b"\n")
    Path(name).write_bytes(data[: max(1, int(part * (len(data) - 1)))])
    refused(*READERS[name], says=Path(name).name)


@pytest.mark.parametrize("name", [*BINARY, *TEXT])
def test_bytes_after_the_end_are_refused(shop: Path, name: str) -> None:
    with Path(name).open("ab") as file:
        file.write(b"{}")
    refused(*READERS[name], says=Path(name).name)


@pytest.mark.parametrize("name", BINARY)
def test_a_count_of_sections_that_the_file_cannot_hold_is_refused(shop: Path, name: str) -> None:
    data = bytearray(Path(name).read_bytes())
    data[8:12] = b"\xff\xff\xff\xff"
    Path(name).write_bytes(data)
    refused(*READERS[name], says="sections")


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("other", BINARY)
def test_a_file_of_another_format_is_refused(shop: Path, name: str, other: str) -> None:
    if name != other:
        Path(name).write_bytes(Path(other).read_bytes())
        ends = [Path(path).suffix for path in (other, name)]
        message = refused(*READERS[name], says=f"{name} is a ")
        assert re.search(rf"is a [a-z ]+\({ends[0]}\), not a [a-z ]+\({ends[1]}\)", message)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("other", TEXT)
def test_a_json_of_another_kind_is_refused(shop: Path, name: str, other: str) -> None:
    if name != other:
        Path(name).write_bytes(Path(other).read_bytes())
        refused(*READERS[name], says=name)


def test_a_witness_of_another_circuit_is_refused(shop: Path) -> None:
    words = ["prove", "square.zkey", "order.wtns", "new.proof.json", "new.public.json"]
    refused(*words, says="the key's circuit has")


def test_a_witness_that_does_not_satisfy_the_circuit_is_a_no(shop: Path) -> None:
    data = bytearray(Path("square.wtns").read_bytes())
    data[-32:] = (13).to_bytes(32, "little")  # the root; the square stays 144
    Path("square.wtns").write_bytes(data)
    refused(*PROVE, says="does not verify", status=1)


def test_a_witness_value_not_below_r_is_refused(shop: Path) -> None:
    data = bytearray(Path("square.wtns").read_bytes())
    data[-32:] = (R + 12).to_bytes(32, "little")
    Path("square.wtns").write_bytes(data)
    refused(*PROVE, says="not below the field's order")


def changed(name: str, change: Callable[[object], object]) -> None:
    Path(name).write_text(json.dumps(change(json.loads(Path(name).read_text()))))


PUBLIC: dict[str, tuple[list[object], str]] = {
    "r more": ([str(144 + R)], "from 0 to r - 1"),
    "r": ([str(R)], "from 0 to r - 1"),
    "2^256 - 1": ([str(2**256 - 1)], "from 0 to r - 1"),
    "a negative one": (["-144"], "`out` is not a string of decimal digits"),
    "hexadecimal": (["0x90"], "`out` is not a string of decimal digits"),
    "a number": ([144], "`out` is not a string of decimal digits"),
    "a float": ([144.5], "is public as its number of units"),
    "a leading zero": (["0144"], "`out` is not a string of decimal digits"),
    "a text among too many": (["144", 5], "value 1, counted from 0, is not a string"),
    "too few": ([], "0 public values were given; this key has 1"),
    "too many": (["144", "0"], "2 public values were given; this key has 1"),
    "a list": ([["144"]], "`out` is not a string of decimal digits"),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_public_values_in_another_form_or_number_are_refused(shop: Path, case: str) -> None:
    values, says = PUBLIC[case]
    changed("public.json", lambda _: values)
    refused(*VERIFY, says=says)


def test_a_right_proof_of_other_values_is_a_no_and_no_error(shop: Path) -> None:
    changed("public.json", lambda _: ["145"])
    before = contents(shop)
    result = invoke(*VERIFY)
    assert result.exit_code == 1
    assert result.stdout.startswith("not valid")
    assert "error" not in result.stderr
    facts = json.loads(invoke(*VERIFY, "--json").stdout)
    assert facts == {"valid": False, "development": True, "public_names": ["out"]}
    assert contents(shop) == before


def test_a_key_of_another_circuit_never_accepts(shop: Path) -> None:
    refused("verify", "order.vkey.json", "public.json", "proof.json", says="this key has 2")
    assert invoke("verify", "order.vkey.json", "order.public.json", "proof.json").exit_code == 1


def set_in(name: str, field: str, *place: int, to: object) -> None:
    """Replace one number in the JSON of a proof or a key."""
    whole = json.loads(Path(name).read_text())
    at = whole[field]
    for index in place[:-1]:
        at = at[index]
    at[place[-1]] = to
    Path(name).write_text(json.dumps(whole))


def number_in(name: str, field: str, *place: int) -> int:
    at = json.loads(Path(name).read_text())[field]
    for index in place:
        at = at[index]
    return int(at)


@pytest.mark.parametrize(("field", "place"), [("pi_a", (0,)), ("pi_b", (1, 0)), ("pi_c", (1,))])
@pytest.mark.parametrize("step", [1, P])
def test_a_proofs_point_off_its_curve_or_out_of_range_is_refused(
    shop: Path, field: str, place: tuple[int, ...], step: int
) -> None:
    value = number_in("proof.json", field, *place)
    set_in("proof.json", field, *place, to=str(value + step))
    refused(*VERIFY, says=f"{field[-1].upper()} of the proof is not a point")


def test_a_proof_at_infinity_is_refused(shop: Path) -> None:
    changed("proof.json", lambda proof: {**proof, "pi_a": ["0", "0", "1"]})
    refused(*VERIFY, says="A of the proof is not a point")
    changed("proof.json", lambda proof: {**proof, "pi_a": ["0", "1", "0"]})
    refused(*VERIFY, says="third coordinate of pi_a")


def test_a_proof_of_another_protocol_or_curve_is_refused(shop: Path) -> None:
    changed("proof.json", lambda proof: {**proof, "curve": "bls12381"})
    refused(*VERIFY, says="curve")
    changed("proof.json", lambda proof: {**proof, "curve": "bn128", "protocol": "plonk"})
    refused(*VERIFY, says="protocol")


def test_a_key_under_which_anyone_could_forge_is_refused_wherever_it_is_used(shop: Path) -> None:
    changed("vkey.json", lambda key: {**key, "vk_delta_2": key["vk_gamma_2"]})
    refused(*VERIFY, says="anyone can forge")
    refused("export", "verifier", "vkey.json", "new.sol", says="anyone can forge")


def test_a_key_with_a_point_off_its_curve_or_a_wrong_count_is_refused(shop: Path) -> None:
    whole = Path("vkey.json").read_text()
    set_in("vkey.json", "IC", 0, 1, to="1")
    refused(*VERIFY, says="IC[0]")
    Path("vkey.json").write_text(whole)
    changed("vkey.json", lambda key: {**key, "nPublic": 2})
    refused(*VERIFY, says="IC has 3 points, not 2")


@pytest.mark.parametrize("name", ["new/out.wtns", "square.py/out.wtns", "build"])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(shop: Path, name: str) -> None:
    refused("witness", "square.py", "input.json", name, says=name.partition("/")[0])


OVERWRITING = {
    "the key with the proof": (*PROVE[:3], "square.zkey", "new.public.json"),
    "the witness with the public values": (*PROVE[:3], "new.proof.json", "./square.wtns"),
    "one output with the other": (*PROVE[:3], "new.json", "new.json"),
    "the circuit with its witness": ("witness", "square.py", "input.json", "square.py"),
    "the inputs with the witness": ("witness", "square.py", "input.json", "input.json"),
    "the circuit with its key": ("setup", "square.py:square", "square.py", "--dev"),
    "the key with its verifying key": ("export", "vkey", "square.zkey", "square.zkey"),
    "the key with its verifier": ("export", "verifier", "vkey.json", "vkey.json"),
    "the verifier with its record": (
        *READERS["verifier.sol"][:2],
        "verifier.sol",
        "--rpc",
        "http://localhost:1",
    ),
}


@pytest.mark.parametrize("case", OVERWRITING)
def test_no_command_writes_over_a_file_it_was_given(shop: Path, case: str) -> None:
    refused(*OVERWRITING[case], says="output")


def test_a_link_to_an_input_is_not_written_over(shop: Path) -> None:
    Path("link.json").symlink_to("square.zkey")
    refused(*PROVE[:3], "link.json", "new.json", says="is an input")


def test_the_proof_is_not_left_when_its_public_values_cannot_be_written(shop: Path) -> None:
    refused(*PROVE[:4], "nowhere/public.json", says="nowhere/public.json")


USAGE = {
    "an unknown option": ("prove", "--fast"),
    "a missing file": ("prove", "square.zkey"),
    "a file too many": (*VERIFY, "more.json"),
    "an unknown command": ("prov",),
    "an unknown export": ("export", "proof"),
    "no word on which key": ("setup", "square.py", "new.zkey"),
    "no folder to compile to": ("compile", "square.py"),
    "a circuit in another language": ("compile", "square.circom", "--out", "new"),
    "a name that is none": ("info", "square.py:a-b"),
    "no name after the colon": ("info", "square.py:"),
    "a file for a folder": ("compile", "square.py", "--out", "input.json"),
    "a system that is compiled": ("compile", "build/square.r1cs", "--out", "new"),
    "a system without hints": ("witness", "build/square.r1cs", "input.json", "new.wtns"),
    "a contract's name that is none": ("export", "verifier", "vkey.json", "a.sol", "--name", "1x"),
    "a password without a keystore": (*READERS["verifier.sol"], "--password-file", "input.json"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_refused(shop: Path, case: str) -> None:
    refused(*USAGE[case], says="error: ")


def test_a_device_is_not_taken_for_an_output(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="not a regular file"), outputs((pipe, Kind.PROOF)):
        pytest.fail("the work began")
    assert pipe.is_fifo()
