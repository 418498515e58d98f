"""Commands with keys of a ceremony: they know the circuit and its names, and say who told them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, contents, done, invoke, refused
from tests.prover.ceremony.powers import write_powers
from zkpipe.circuits.system import ConstraintSystem

RECORD = "final.zkey.circuit.json"
VERIFY = ("key", "verify", "final.zkey", "--circuit", "square.py", "--ptau", "final.ptau")
BESIDE = "the record beside it"


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """square.py with its keys, proof and .r1cs."""
    folder = tmp_path_factory.mktemp("square")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shutil.copy(CIRCUITS / "square.py", folder)
        write_powers(Path("final.ptau"), 4)
        done("compile", "square.py", "--out", ".")
        done("setup", "square.py", "initial.zkey", "--ptau", "final.ptau")
        done("key", "contribute", "initial.zkey", "first.zkey", "--name", "Alice")
        done("key", "beacon", "first.zkey", "final.zkey", "0102", 10)
        Path("input.json").write_text('{"root": 12}')
        done("witness", "square.py", "input.json", "square.wtns")
    return folder


@pytest.fixture(autouse=True)
def folder(ceremony: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ceremony, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")


def facts(*words: object) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(done(*words, "--json"))
    return answer


def plant(**members: object) -> None:
    """Write other members into the record of final.zkey."""
    Path(RECORD).write_text(json.dumps(json.loads(Path(RECORD).read_text()) | members))


def digest() -> str:
    return ConstraintSystem.load("square.r1cs").digest


def test_the_names_follow_the_key_into_every_answer_and_the_contract() -> None:
    assert facts("setup", "square.py", "k.zkey", "--dev")["circuit_digest"] == digest()
    told = facts("prove", "final.zkey", "square.wtns", "proof.json", "public.json")
    assert told["public_names"] == ["out"]
    assert (told["circuit"], told["circuit_digest"]) == ("square", digest())
    text = done("prove", "final.zkey", "square.wtns", "proof.json", "public.json")
    assert "out = 144" in text
    assert f"said by        {RECORD}; names bind nothing" in text
    assert facts("export", "vkey", "final.zkey", "vkey.json")["public_names"] == ["out"]
    assert "out = 144" in done("verify", "vkey.json", "public.json", "proof.json")
    assert RECORD in done("export", "verifier", "final.zkey", "verifier.sol")
    assert "    ///   input[0] = out\n" in Path("verifier.sol").read_text()


def test_info_and_key_info_say_the_circuit_and_who_says_so() -> None:
    for words in (("info", "final.zkey"), ("key", "info", "final.zkey")):
        told = facts(*words)
        assert told["public_names"] == ["out"]
        assert (told["circuit"], told["circuit_digest"]) == ("square", digest())
        assert told["circuit_said_by"] == BESIDE
        assert digest() in done(*words)
    assert f"{BESIDE}; compared, not verified" in done("key", "info", "final.zkey")
    done("setup", "square.py", "dev.zkey", "--dev")
    assert not Path("dev.zkey.circuit.json").exists()
    for words in (("info", "dev.zkey"), ("key", "info", "dev.zkey")):
        assert facts(*words)["circuit_digest"] == digest()
        assert facts(*words)["circuit_said_by"] == "the key"
    Path(RECORD).unlink()
    for words in (("info", "final.zkey"), ("key", "info", "final.zkey")):
        assert facts(*words)["circuit_digest"] is None
        assert facts(*words)["circuit_said_by"] is None
    assert "unknown" in done("key", "info", "final.zkey")


def test_info_describes_the_record_itself_and_other_commands_name_it() -> None:
    told = facts("info", RECORD)
    assert (told["kind"], told["circuit"], told["circuit_digest"]) == (
        "circuit_record",
        "square",
        digest(),
    )
    assert told["public_names"] == ["out"]
    refused("verify", RECORD, "a", "b", says="is the record of a key's circuit, not a verifying")
    refused("info", "initial.zkey.circuit.json.gone", says="cannot be read")


def test_key_verify_compares_and_its_verdict_stays() -> None:
    assert facts(*VERIFY)["said_of_circuit"] == "agrees"
    assert facts(*VERIFY)["circuit_digest"] == digest()
    wrong: list[Mapping[str, object]] = [
        {"digest": "0" * 64},
        {"public_names": ["root"]},
        {"public_names": ["*/"]},
        {"key": "0" * 64},
    ]
    good = Path(RECORD).read_text()
    for members in wrong:
        plant(**members)
        told = facts(*VERIFY)
        assert (told["holds"], told["said_of_circuit"]) == (True, "wrong"), members
        assert "wrong" in done(*VERIFY)
        Path(RECORD).write_text(good)
    Path(RECORD).unlink()
    assert facts(*VERIFY)["said_of_circuit"] == "none"


def test_a_record_of_another_key_is_a_warning_and_no_more() -> None:
    plant(key="0" * 64)
    told = facts("prove", "final.zkey", "square.wtns", "proof.json", "public.json")
    assert told["public_names"] is None
    assert [one["kind"] for one in told["warnings"]] == ["record-of-another-key"]
    result = invoke("key", "info", "final.zkey")
    assert "warning: " in result.stderr
    assert facts("info", "final.zkey")["circuit"] is None
    done("key", "contribute", "final.zkey", "more.zkey")
    assert not Path("more.zkey.circuit.json").exists()


def test_what_was_planted_is_printed_as_one_line_of_letters_that_are_seen() -> None:
    for name in ("*/", "a\nout", "\u202eout", "a\x1b[2J", "a" * 300_000):
        plant(circuit=name)
        for words in (("info", "final.zkey"), ("key", "info", "final.zkey")):
            result = invoke(*words)
            assert result.exit_code == 0
            assert len(result.output) < 5000
            assert all(c.isprintable() or c == "\n" for c in result.output)


def test_a_batch_refuses_the_key_of_its_circuit_as_it_was_before_it_was_changed() -> None:
    """Whatever the record says: one that was planted to agree does not help the old key."""
    Path("inputs.jsonl").write_text('{"root": 12}\n')
    Path("job.toml").write_text(
        'circuit = "square.py"\nkey = "final.zkey"\ninputs = "inputs.jsonl"\nout = "proofs"\n'
    )
    done("batch", "run", "job.toml")
    assert json.loads(Path("proofs/report.json").read_text())["public_names"] == ["out"]
    shutil.rmtree("proofs")
    old = digest()
    text = Path("square.py").read_text()
    Path("square.py").write_text(text.replace("root * root", "root * (2 * root)"))
    done("compile", "square.py", "--out", ".")
    assert digest() != old
    run = ("batch", "run", "job.toml")
    refused(*run, says=f"({digest()[:16]}...), the key of circuit square ({old[:16]}...)")
    plant(digest=digest())
    refused(*run, says="What travels with the key says otherwise, and is wrong.")
    Path(RECORD).unlink()
    refused(*run, says="the key of another circuit: it has other rows of A and B.")


def test_a_record_that_is_there_is_replaced_only_with_force() -> None:
    Path("final.zkey").unlink()
    before = contents(Path.cwd())
    says = f"{RECORD} is the record of a key's circuit already"
    refused("setup", "square.py", "final.zkey", "--ptau", "final.ptau", says=says)
    refused("key", "contribute", "first.zkey", "final.zkey", says=says)
    refused("key", "beacon", "first.zkey", "final.zkey", "01", 10, says=says)
    assert contents(Path.cwd()) == before
    done("key", "contribute", "first.zkey", "final.zkey", "--force")
    assert facts("info", "final.zkey")["circuit"] == "square"
    Path(RECORD).write_text("my notes")
    for force in ((), ("--force",)):
        again = ("key", "contribute", "first.zkey", "final.zkey", *force)
        refused(*again, says="overwritten")
    assert Path(RECORD).read_text() == "my notes"


def test_the_names_of_an_r1cs_come_from_the_sym_file_beside_it() -> None:
    done("setup", "square.r1cs", "named.zkey", "--ptau", "final.ptau")
    assert facts("key", "info", "named.zkey")["public_names"] == ["out"]
    assert Path("named.zkey").read_bytes() == Path("initial.zkey").read_bytes()
    Path("square.sym").unlink()
    done("setup", "square.r1cs", "bare.zkey", "--ptau", "final.ptau")
    told = facts("key", "info", "bare.zkey")
    assert (told["public_names"], told["circuit_digest"]) == (None, digest())
