"""Names of public values: from the circuit into keys, contracts and answers, and nothing else."""

from __future__ import annotations

import copy
import json
import pickle
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.workshop import done, invoke, refused
from zkpipe.circuits import InputError, Witness
from zkpipe.circuits.r1cs.public_names import check_names, is_name
from zkpipe.ground.errors import FormatError, ShapeError
from zkpipe.prover import ProvingKey, VerifyingKey
from zkpipe.prover.contributions import DEVELOPMENT_HASH
from zkpipe.prover.formats.zkey import DEVELOPMENT, NAMES
from zkpipe.verifier_contracts import solidity_verifier, verifying_key_of
from zkpipe.verifier_contracts.solidity.source_key import is_generated

ORDERS = ["out", "limit"]


@pytest.mark.usefixtures("shop")
def test_every_command_that_has_a_key_names_the_public_values() -> None:
    key, vkey = "order.zkey", "order.vkey.json"
    proved = ("prove", key, "order.wtns", "p.json", "q.json")
    assert json.loads(done(*proved, "--json"))["public_names"] == ORDERS
    assert "limit = 300" in done(*proved)
    verified = ("verify", vkey, "q.json", "p.json")
    assert json.loads(done(*verified, "--json"))["public_names"] == ORDERS
    assert "limit = 300" in done(*verified)
    for name in (key, vkey):
        assert json.loads(done("info", name, "--json"))["public_names"] == ORDERS
        done("export", "verifier", name, "order.sol")
        source = Path("order.sol").read_text()
        assert "    ///   input[0] = out\n    ///   input[1] = limit\n" in source
        assert json.loads(done("info", "order.sol", "--json"))["public_names"] == ORDERS
    assert "limit = 300" in done("verify-onchain", "order.sol", "q.json", "p.json")


@pytest.mark.usefixtures("shop")
def test_an_r1cs_has_the_names_of_the_sym_file_beside_it() -> None:
    facts = json.loads(done("setup", "build/order.r1cs", "new.zkey", "--dev", "--json"))
    assert facts["public_names"] == ORDERS
    Path("build/order.sym").unlink()
    facts = json.loads(done("setup", "build/order.r1cs", "bare.zkey", "--dev", "--json"))
    assert facts["public_names"] is None
    done("export", "verifier", "bare.zkey", "bare.sol")
    assert "input[0] =" not in Path("bare.sol").read_text()


@pytest.mark.usefixtures("shop")
def test_a_sym_file_of_another_circuit_is_told_and_gives_no_names() -> None:
    shutil.copy("build/square.sym", "build/order.sym")
    result = invoke("setup", "build/order.r1cs", "new.zkey", "--dev", "--json")
    facts = json.loads(result.stdout)
    assert facts["public_names"] is None
    assert next(w["kind"] for w in facts["warnings"]) == "names-unknown"


HOSTILE = [
    "main.*/ function f() {} /*",
    "main.a*/",
    "main.out /* x",
    "main.\u202eout",
    "main.a b",
    "main.a//b",
    "main.0x",
    "main.a[",
    "main.a[-1]",
    "main.a..b",
    "main.@notice",
    "main." + "a" * 300,
    "main.\u3164",  # a letter without a shape
    "main.out\u1160",
    "main.out\ufe0f",
    "main.out\U000e0100",
    "main.\ufb01eld",  # fi in one letter: as Python reads it, field
    "main.o\u0308l",
]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_of_other_letters_goes_into_no_key_and_no_contract(name: str) -> None:
    assert not is_name(name.removeprefix("main."))
    lines = Path("build/square.sym").read_text().splitlines(keepends=True)
    first = next(line for line in lines if line.startswith("1,1,"))
    text = "".join(lines).replace(first, f"1,1,0,{name}\n")
    Path("build/square.sym").write_text(text)
    result = invoke("setup", "build/square.r1cs", "new.zkey", "--dev", "--json")
    facts = json.loads(result.stdout)
    assert facts["public_names"] is None
    assert next(w["kind"] for w in facts["warnings"]).startswith("names-")
    done("export", "verifier", "new.zkey", "new.sol")
    assert "input[0] =" not in Path("new.sol").read_text()


@pytest.mark.usefixtures("shop")
def test_a_key_without_names_takes_those_of_a_sym_file_that_is_given() -> None:
    key = VerifyingKey.load("order.vkey.json")
    replace(key, public_names=None).save("bare.json")
    done("export", "verifier", "bare.json", "a.sol", "--sym", "build/order.sym")
    assert "///   input[1] = order.limit\n" in Path("a.sol").read_text()
    bare = ("export", "verifier", "bare.json", "b.sol")
    refused(*bare, "--sym", "order.py", says="order.py is a Python file, not a file of signals")
    Path("short.sym").write_text("1,1,0,main.out\n")
    refused(*bare, "--sym", "short.sym", says="has no names for 2 public values")
    Path("moved.sym").write_text("1,2,0,main.a\n2,1,0,main.b\n")
    refused(*bare, "--sym", "moved.sym", says="has no names for 2 public values")
    Path("odd.sym").write_text("1,1,0,main.a*/\n2,2,0,main.b\n")
    refused(*bare, "--sym", "odd.sym", says="that a key does not carry")
    done("export", "vkey", "order.zkey", "c.json", "--sym", "build/order.sym")
    assert VerifyingKey.load("c.json").public_names == ("order.out", "order.limit")


@pytest.mark.usefixtures("shop")
def test_names_make_no_key_another_one() -> None:
    key = VerifyingKey.load("order.vkey.json")
    other = replace(key, public_names=("a", "b"))
    assert other == key
    assert hash(other) == hash(key)
    for again in (copy.deepcopy(other), pickle.loads(pickle.dumps(other))):  # noqa: S301 - our own
        assert again.public_names == ("a", "b")
    stored = ProvingKey.load("order.zkey")
    stored.save("again.zkey")
    assert Path("again.zkey").read_bytes() == Path("order.zkey").read_bytes()
    whole = stored.stream().collect()
    assert whole.public_names == whole.verifying_key.public_names == tuple(ORDERS)


@pytest.mark.parametrize(
    "names",
    [("a",), ("a", "b", "c"), ("a", "a"), ("a", ""), ("a", "*/"), ("a", 5), ["a", "b"], "ab",
     ("a", "b\n"), ("a", "b[1"), ("a", "b]"), ("a", "b[1]c"), ("a", ".b"), ("a", "b\\u0041"),
     (["a"], "b"), ("a", {})],
)  # fmt: skip
def test_names_that_are_none_make_no_key(names: object, workshop: Path) -> None:
    key = VerifyingKey.load(workshop / "order.vkey.json")
    with pytest.raises(ShapeError, match="names of the public values"):
        replace(key, public_names=names)  # type: ignore[arg-type] # on purpose


def test_no_names_are_told_as_none() -> None:
    """An empty section of a key would be one that its own reader refuses."""
    check_names(None, 0)
    with pytest.raises(ShapeError, match="are empty"):
        check_names((), 0)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "names",
    [["out"], ["out", "*/"], ["a", "a"], "out", 5, {}, ["out", 5], ["out", None],
     ["out", 5, "limit"], [["out"], ["limit"]], [{}, "limit"], ["out", "out\ufe0f"]],
)  # fmt: skip
def test_names_in_a_verifying_key_are_read_strictly(names: object) -> None:
    fields = json.loads(Path("order.vkey.json").read_text())
    fields["zkpipe_public_names"] = names
    Path("bad.json").write_text(json.dumps(fields))
    refused("verify", "bad.json", "order.public.json", "order.proof.json", says="public_names")


def with_section(name: str, data: bytes) -> None:
    """A copy of the key of order with other names in it."""
    key = Path("order.zkey").read_bytes()
    start = key.rindex(struct.pack("<IQ", NAMES, len("out\nlimit")))
    Path(name).write_bytes(key[:start] + struct.pack("<IQ", NAMES, len(data)) + data)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "data", [b"", b"out", b"out\n*/", b"out\nlimit\n", b"a\na", b"\xff\nb", b"x" * 5000]
)
def test_names_in_a_proving_key_are_read_strictly(data: bytes) -> None:
    with_section("bad.zkey", data)
    with pytest.raises(FormatError, match="names"):
        ProvingKey.load("bad.zkey")


@pytest.mark.usefixtures("shop")
def test_names_beyond_ascii_are_escaped_in_a_contract_and_found_again() -> None:
    names = ("größe", "שם.$x[3]")
    with_section("new.zkey", "\n".join(names).encode())
    key = ProvingKey.load("new.zkey").verifying_key
    assert key.public_names == names
    source = solidity_verifier(key, "Named")
    assert source.isascii()
    assert "input[0] = gr\\xf6\\xdfe\n" in source
    assert verifying_key_of(source).public_names == names
    assert is_generated(source, verifying_key_of(source))
    changed = source.replace("input[0] = gr", "input[0] = gR")
    assert verifying_key_of(changed).public_names == ("gRöße", names[1])
    for hostile in ("input[0] = a b", "input[0] = */", "input[1] = a", "input[0] = \\xg"):
        changed = source.replace("input[0] = gr\\xf6\\xdfe", hostile)
        assert verifying_key_of(changed).public_names is None
        assert not is_generated(changed, verifying_key_of(changed))


@pytest.mark.usefixtures("shop")
def test_python_has_the_names_too() -> None:
    key, witness = ProvingKey.load("order.zkey"), Witness.load("order.wtns")
    named = witness.named_public_for(key)
    assert list(named) == ORDERS
    assert named["limit"] == 300
    assert list(named.values()) == witness.public_for(key)
    with pytest.raises(InputError, match="names of the public values are not known"):
        witness.named_public_for(replace(key.verifying_key, public_names=None))
    source = solidity_verifier(key.verifying_key, "Order", public_names=["a", "b"])
    assert "input[0] = a\n" in source
    with pytest.raises(ShapeError):
        solidity_verifier(key.verifying_key, "Order", public_names=["*/", "b"])


def without_marks(source: str, name: str) -> None:
    """The key as snarkjs' setup leaves one: nobody has contributed, and nothing marks it."""
    data = Path(source).read_bytes().replace(DEVELOPMENT_HASH, bytes(len(DEVELOPMENT_HASH)))
    at = data.rindex(struct.pack("<I", DEVELOPMENT))
    Path(name).write_bytes(data[:at] + struct.pack("<I", DEVELOPMENT + 7) + data[at + 4 :])


@pytest.mark.usefixtures("shop")
def test_info_describes_a_key_that_nobody_contributed_to() -> None:
    without_marks("order.zkey", "initial.zkey")
    facts = json.loads(done("info", "initial.zkey", "--json"))
    assert (facts["public_values"], facts["contributions"]) == (2, 0)
    assert facts["fit_for_use"] is False
    assert "Nobody contributed" in facts["why"]
    assert "contribute" in facts["what_to_do"].lower()
    assert "digest" not in facts
    assert "fit for use no" in " ".join(done("info", "initial.zkey").split())
    for words in (
        ("prove", "initial.zkey", "order.wtns", "p.json", "q.json"),
        ("export", "vkey", "initial.zkey", "v.json"),
        ("export", "verifier", "initial.zkey", "v.sol"),
    ):
        refused(*words, says="Nobody contributed")


@pytest.mark.usefixtures("shop")
def test_info_describes_other_keys_that_are_refused() -> None:
    fields = json.loads(Path("vkey.json").read_text())
    fields["vk_delta_2"] = fields["vk_gamma_2"]
    Path("bad.json").write_text(json.dumps(fields))
    facts = json.loads(done("info", "bad.json", "--json"))
    assert facts["fit_for_use"] is False
    assert "delta equals gamma" in facts["why"]
    refused("verify", "bad.json", "public.json", "proof.json", says="delta equals gamma")
    Path("short.zkey").write_bytes(Path("square.zkey").read_bytes()[:900])
    refused("info", "short.zkey", says="short.zkey")
