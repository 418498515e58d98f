"""The circuits of a folder: which are served, and when they are loaded anew."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from tests.circuits.circom.programs import program
from tests.cli.workshop import done
from tests.jobs.service.circuits.mischief import SLEEP
from tests.jobs.service.serving import Oracle, serving, state_of
from tests.vectors.circom.make import INPUTS
from zkpipe.jobs.errors import ServiceError, UnservedError
from zkpipe.jobs.service.circuits import Circuits

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"


def circuits(folder: Path) -> Circuits:
    return Circuits(folder, lambda path: {"path": str(path)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "keys"
    place.mkdir()
    for name in ("one.py", "one.zkey", "two.py", "two.zkey", "helper.py"):
        (place / name).write_text(name)
    return place


def test_a_circuit_is_a_key_with_a_source_beside_it(folder: Path) -> None:
    (folder / "alone.zkey").touch()
    (folder / "compiled.zkey").touch()
    (folder / "compiled.wasm").touch()
    (folder / "two.wasm").touch()  # beside two.py, which is what is served
    (folder / "no name.zkey").touch()
    found = circuits(folder)
    assert found.names() == ["compiled", "one", "two"]
    assert found.find("compiled").source == {"path": str(folder / "compiled.wasm")}
    assert found.find("two").source == {"path": str(folder / "two.py")}
    refused = {name: error.problem for name, error in found.refused().items()}
    assert set(refused) == {"alone", "no name"}
    assert "no source" in refused["alone"]
    for name in ("helper", "three", "../keys/one", "one.py", ""):
        with pytest.raises(UnservedError, match="no circuit of this name"):
            found.find(name)


@pytest.mark.parametrize("name", ["one.py", "one.zkey"])
def test_links_and_what_others_can_write_to_are_not_served(folder: Path, name: str) -> None:
    (folder / name).chmod(0o666)
    assert circuits(folder).names() == ["two"]
    (error,) = circuits(folder).refused().values()
    assert "can be written to by others" in error.evidence[0]
    assert str(folder) not in error.problem + error.fix
    (folder / name).rename(folder.parent / name)
    (folder.parent / name).chmod(0o600)
    (folder / name).symlink_to(folder.parent / name)
    assert circuits(folder).names() == ["two"]
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert circuits(folder).names() == ["two"]


def test_a_module_that_others_can_write_to_serves_nobody(folder: Path) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "deep.py").touch()
    (folder / "package" / "deep.py").chmod(0o666)
    assert circuits(folder).names() == []
    (folder / "package" / "deep.py").chmod(0o644)
    assert circuits(folder).names() == ["one", "two"]
    (folder / ".#helper.py").symlink_to("nobody@nowhere")  # an editor's lock
    assert circuits(folder).names() == ["one", "two"]


def test_a_compiled_module_that_others_can_write_to_serves_nobody(folder: Path) -> None:
    (folder / "other.pyc").touch()
    assert circuits(folder).names() == ["one", "two"]
    (folder / "other.pyc").chmod(0o666)
    assert circuits(folder).names() == []


def test_a_linked_package_that_others_can_write_to_serves_nobody(folder: Path) -> None:
    package = folder.parent / "package"
    package.mkdir()
    (package / "part.py").touch()
    (package / "round").symlink_to(package)
    (folder / "package").symlink_to(package)
    found = circuits(folder)
    before = found.find("one").version
    assert found.names() == ["one", "two"]
    (package / "part.py").write_text("N = 1")
    assert circuits(folder).find("one").version != before
    package.chmod(0o777)
    assert circuits(folder).names() == []


def test_a_folder_that_others_can_write_to_is_refused(folder: Path) -> None:
    folder.chmod(0o777)
    with pytest.raises(ServiceError, match="can be written to by others"):
        circuits(folder)
    with pytest.raises(ServiceError, match="not a folder"):
        circuits(folder / "one.py")


def test_a_version_changes_with_the_files_and_with_what_they_import(folder: Path) -> None:
    def versions() -> tuple[str, str]:
        found = circuits(folder)
        return found.find("one").version, found.find("two").version

    first = versions()
    assert versions() == first
    (folder / "new").write_text("one.zkey")
    (folder / "new").replace(folder / "one.zkey")
    second = versions()
    assert (second[0] != first[0], second[1]) == (True, first[1])
    os.utime(folder / "two.py", ns=(5, 5))
    third = versions()
    assert (third[0], third[1] != second[1]) == (second[0], True)
    (folder / "helper.py").write_text("other")
    assert all(a != b for a, b in zip(versions(), third, strict=True))


def test_circuits_that_come_and_go_are_noticed(folder: Path) -> None:
    found = circuits(folder)
    assert found.names() == ["one", "two"]
    (folder / "two.zkey").unlink()
    shutil.copy(folder / "one.zkey", folder / "three.zkey")
    shutil.copy(folder / "one.py", folder / "three.py")
    time.sleep(1.1)
    assert found.names() == ["one", "three"]
    shutil.rmtree(folder)
    time.sleep(1.1)
    assert found.names() == ["one", "three"]  # as it was: the folder may be back soon


def test_a_key_that_is_replaced_is_used_from_then_on(
    keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    with serving(keys, tmp_path / "service") as found:
        inputs = {"root": 11}
        first = found.wait(found.submit("square", inputs))
        oracle.check(first, "square", inputs)
        done("setup", keys / "square.py", tmp_path / "new.zkey", "--dev")
        done("export", "vkey", tmp_path / "new.zkey", keys / "square.json")
        jobs = []
        for number in range(40):
            if number == 20:
                (tmp_path / "new.zkey").replace(keys / "square.zkey")
            jobs.append(found.submit("square", {"root": 100 + number}))
            time.sleep(0.05)
        time.sleep(1.2)
        second = found.wait(found.submit("square", inputs))
        assert second["job"] != first["job"]
        assert second["key"] != first["key"]
        now = Oracle(keys)
        now.check(second, "square", inputs)
        verifiers = {first["key"]: oracle, second["key"]: now}
        for number, job in enumerate(jobs):
            told = found.wait(job)
            verifiers[told["key"]].check(told, "square", {"root": 100 + number})
        assert found.get(first["job"]) == first


def test_a_circuit_that_is_changed_is_loaded_anew(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        assert found.wait(found.submit("cube", {"root": 2}))["public"] == ["8"]
        text = (keys / "steps.py").read_text()
        (keys / "steps.py").write_text(text.replace("a * b", "a * b * 1 + 0"))
        time.sleep(1.2)
        assert found.wait(found.submit("cube", {"root": 3}))["public"] == ["27"]
        (keys / "steps.py").write_text("raise RuntimeError('a private word')\n")
        time.sleep(1.2)
        told = state_of(found, "cube", "cannot be loaded")
        refused = found.post("cube", {"root": 4}).refused(503)
        assert refused == told["problem"]
        assert "the log of the service says why" in refused
        assert "private word" not in refused + str(told)
        assert "RuntimeError" in found.said()
        assert found.wait(found.submit("square", {"root": 4}))["public"] == ["16"]
        (keys / "steps.py").write_text(text)
        time.sleep(1.2)
        assert found.wait(found.submit("cube", {"root": 4}))["public"] == ["64"]


def test_a_key_of_another_circuit_proves_nothing(keys: Path, tmp_path: Path) -> None:
    shutil.copy(keys / "cube.zkey", keys / "square.zkey")
    (keys / "small-sum.zkey").write_bytes(b"zkey" + bytes(100))
    with serving(keys, tmp_path / "service") as found:
        for name, inputs in (("square", {"root": 3}), ("small-sum", {"left": 1, "right": 2})):
            told = state_of(found, name, "cannot be loaded")
            assert found.post(name, inputs).refused(503) == told["problem"]
            assert str(keys) not in str(told)
        assert found.wait(found.submit("cube", {"root": 3}))["public"] == ["27"]


@pytest.fixture
def programs(keys: Path) -> Path:
    """The keys, and circom's `shapes`, and a program that hangs; both under the key of `shapes`."""
    for name in ("shapes", "hangs"):
        shutil.copy(VECTORS / "shapes.wasm", keys / f"{name}.wasm")
        done("setup", VECTORS / "shapes.r1cs", keys / f"{name}.zkey", "--dev")
        (keys / f"{name}.zkey").chmod(0o600)
    hangs = {"getWitnessSize": "(result i32) (i32.const 4)"}
    hangs["setInputSignal"] = (
        "(param i32 i32 i32) (if (i32.eq (local.get 2) (i32.const -1))"
        " (then (call $exceptionHandler (i32.const 6)))) (loop $again (br $again))"
    )
    (keys / "hangs.wasm").write_bytes(program(**hangs))
    for name in ("shapes", "hangs"):
        (keys / f"{name}.wasm").chmod(0o600)
    return keys


def test_a_program_of_circom_is_served_and_one_that_hangs_holds_its_own_job(
    programs: Path, tmp_path: Path
) -> None:
    inputs = INPUTS["shapes"]
    options = ("--workers", "2", "--time-limit", "6")
    with serving(programs, tmp_path / "service", *options) as found:
        hanging = found.submit("hangs", {"x": 1})
        begun = time.monotonic()
        good = found.wait(found.submit("shapes", inputs))
        assert good["public"][1:] == ["25", "5"]
        assert time.monotonic() - begun < 60
        done("export", "vkey", programs / "shapes.zkey", tmp_path / "vkey.json")
        for name, value in (("proof", good["proof"]), ("public", good["public"])):
            (tmp_path / f"{name}.json").write_text(json.dumps(value))
        files = (tmp_path / f"{name}.json" for name in ("vkey", "public", "proof"))
        assert "valid" in done("verify", *files)
        failed = found.wait(hanging)
        assert failed["state"] == "failed"
        assert "too long" in failed["error"]["problem"] or "seconds" in failed["error"]["problem"]
        bad = found.wait(found.submit("shapes", {**inputs, "a": 13}))
        assert "an assertion of the circuit does not hold" in bad["error"]["problem"]
        bad = found.wait(found.submit("shapes", {**inputs, "list": [1, 2]}))
        assert "`list` takes 3 values, and was given 2." in bad["error"]["problem"]
        assert found.wait(found.submit("square", {"root": 3}))["public"] == ["9"]


def test_a_program_that_others_can_write_to_is_not_served(programs: Path) -> None:
    (programs / "shapes.wasm").chmod(0o666)
    assert "shapes" in circuits(programs).refused()


def test_a_change_that_is_taken_back_brings_no_proof_under_the_other_key(
    keys: Path, tmp_path: Path
) -> None:
    key, kept, new = keys / "square.zkey", tmp_path / "kept", tmp_path / "new.zkey"
    done("setup", keys / "square.py", new, "--dev")
    new.chmod(0o600)
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        found.wait_until_ready()
        first = found.ask("GET", "/health").json["circuits"]["square"]["key"]
        busy = found.submit("mischief", {"what": SLEEP, "value": 1})
        job = found.submit("square", {"root": 77})
        kept.hardlink_to(key)
        new.rename(key)
        assert found.ask("DELETE", f"/jobs/{busy}").status == 204
        assert found.proved(job)["key"] != first
        kept.rename(key)
        time.sleep(1.2)  # for which a look at the folder serves
        assert found.submit("square", {"root": 77}) == job
        assert found.proved(job)["key"] == first
