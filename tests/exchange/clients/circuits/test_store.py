"""A home gives circuits as they were checked, and only those that their records describe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange.clients.circuits.some_circuits import (
    CLASS,
    SCORE,
    developer_file,
    key_of,
    own_words,
)
from tests.exchange.home.own import PASSWORD, created
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.circuits import stats
from zkpipe.exchange.clients.circuits import Circuits, source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.errors import CircuitError, DamagedError
from zkpipe.exchange.home import Home
from zkpipe.exchange.structs import ZERO, Record

SOMEONE = "0x" + "11" * 20


def record_of(checked: Checked) -> Record:
    """As the chain would have it."""
    return checked.template.record.registered(
        verifier=SOMEONE,
        developer=SOMEONE,
        codehash=b"c" * 32,
        key_digest=checked.key_digest,
        r1cs_hash=checked.r1cs_hash,
        source_hash=checked.source.hash,
        ceremony_hash=ZERO,
        provenance=0,
        development=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a developer's file, its schema and its key."""
    made = tmp_path_factory.mktemp("developer")
    key_of(str(developer_file(made)), made / "score.zkey")
    (made / "runs").unlink()
    return made


@pytest.fixture(scope="module")
def sums(folder: Path) -> Checked:
    """The circuit that sums a column, checked."""
    words = own_words(folder, "stats", "visits")
    return check(source_of(words), key_of(words, folder / "stats.zkey"))


def test_one_of_the_exchanges_own_circuits_comes_back(tmp_path: Path, sums: Checked) -> None:
    place = tmp_path / "stats.zkey"
    place.write_bytes(sums.key_file.read_bytes())
    checked = replace(sums, key_file=place)
    assert checked.objections == ()
    assert (checked.columns, checked.development) == ((0, 2), True)
    record = record_of(checked)
    with created(tmp_path / "home") as home:
        circuits = Circuits(home)
        circuits.keep(checked)
        circuits.keep(checked)
        assert circuits.ids() == []
        circuit = circuits.bind(record)
        assert circuit == record.circuit
        kept = home.path / "circuits"
        assert all(path.stat().st_mode & 0o077 == 0 for path in kept.rglob("*"))
    place.unlink()
    with Home.read(tmp_path / "home", PASSWORD) as home:
        circuits = Circuits(home)
        assert circuits.ids() == [circuit]
        assert circuits.record(circuit) == record
        expected = stats(small_schema(), "visits", CLASS)
        assert circuits.template(circuit).record == expected.record
        assert bytes.fromhex(circuits.system(circuit).digest) == record.r1cs_hash
        assert circuits.key(circuit).verifying_key == checked.key.verifying_key


def test_a_developers_file_runs_when_it_is_checked_and_only_as_it_was(
    tmp_path: Path, folder: Path
) -> None:
    path, runs = folder / "score.py", folder / "runs"
    source = source_of(str(path))
    assert not runs.exists()  # naming it runs nothing
    checked = check(source, folder / "score.zkey")
    assert checked.objections == ()
    assert runs.read_text() == "x"
    with created(tmp_path / "home") as home:
        Circuits(home).keep(checked)
        circuit = Circuits(home).bind(record_of(checked))
        circuits = Circuits(home)
        assert runs.read_text() == "x"  # nor does keeping
        assert circuits.template(circuit).record.leak_bits == 10
        assert circuits.system(circuit) is circuits.system(circuit)
        assert runs.read_text() == "xx"
        path.write_text(SCORE + "\n")
        with pytest.raises(CircuitError, match="it was changed"):
            Circuits(home).template(circuit)
        path.write_text(SCORE)
        path.chmod(0o666)
        with pytest.raises(CircuitError, match="can be written to by others"):
            Circuits(home).template(circuit)
        assert runs.read_text() == "xx"
        path.chmod(0o644)
        schema = folder / "schema.json"  # which it reads, and which is not pinned
        text = schema.read_text()
        schema.write_text(text.replace('"low":-5', '"low":-6'))
        with pytest.raises(CircuitError, match="schema_hash"):
            Circuits(home).template(circuit)
        schema.write_text(text.replace('"nulls":true', '"nulls":false'))
        with pytest.raises(CircuitError):
            Circuits(home).template(circuit)
        schema.unlink()
        with pytest.raises(CircuitError, match="cannot be read"):
            Circuits(home).template(circuit)
        schema.write_text(text)
        Circuits(home).template(circuit)


def test_no_other_program_in_the_files_folder_runs(tmp_path: Path) -> None:
    """Nobody was asked to read them: neither by a library's name nor by its own."""
    for name in ("colorsys", "rates"):  # one that Python has, and one of the developer's
        (tmp_path / f"{name}.py").write_text(
            "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
        )
    path = developer_file(tmp_path, f"import colorsys\n{SCORE}")
    assert source_of(str(path)).template().record.leak_bits == 10
    path = developer_file(tmp_path, f"import rates\n{SCORE}")
    with pytest.raises(CircuitError, match="imports rates") as caught:
        source_of(str(path)).template()
    assert "one file" in caught.value.fix
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"r1cs_hash": b"r" * 32},
        {"key_digest": b"k" * 32},
        {"leak_bits": 1},
        {"columns": 1},
        {"floor_safe": False},
        {"kind": 5},
        {"schema_hash": b"s" * 32},
    ],
)
def test_a_record_that_says_something_else_is_refused(
    change: dict[str, object], tmp_path: Path, sums: Checked
) -> None:
    record = record_of(sums)
    with created(tmp_path / "home") as home:
        circuits = Circuits(home)
        circuits.keep(sums)
        other = replace(record, **change)
        circuit = circuits.bind(other)
        if "r1cs_hash" in change or "key_digest" in change:  # it would lie under another name
            place = home.path / "circuits"
            name = f"{other.r1cs_hash.hex()}-{other.key_digest.hex()}"
            next(place.iterdir()).rename(place / name)
        with pytest.raises(DamagedError if "key_digest" in change else CircuitError):
            circuits.key(circuit) if "key_digest" in change else circuits.template(circuit)


def test_a_key_of_another_circuit_is_objected_to(tmp_path: Path, sums: Checked) -> None:
    words = own_words(tmp_path, "register")
    checked = check(source_of(words), sums.key_file)
    assert "another circuit's" in checked.objections[0]
    with created(tmp_path / "home") as home, pytest.raises(CircuitError, match="refused"):
        Circuits(home).keep(checked)


def test_a_key_of_another_circuit_with_the_same_counts_is_objected_to(
    tmp_path: Path, sums: Checked
) -> None:
    """Under it, what is proved is a statement of another column."""
    checked = check(source_of(own_words(tmp_path, "stats", "days")), sums.key_file)
    key, system = checked.key, checked.system
    assert (key.wire_count, key.public_count) == (system.wire_count, system.public_count)
    assert len(checked.objections) == 1
    assert "another circuit's" in checked.objections[0]


@pytest.mark.parametrize(
    "words",
    ["score", "stats:schema.json", "update", "register@0", "register@21", "register:schema.json"],
)
def test_other_words_name_no_circuit(words: str) -> None:
    with pytest.raises(CircuitError, match="names no circuit"):
        source_of(words)


@pytest.mark.parametrize(
    "lie",
    [
        "most = replace(most, record=replace(most.record, leak_bits=1))",
        "most = replace(most, record=replace(most.record, kind=4, floor_safe=True))",
        "most = replace(most, answers=Answers(UInt[1]))",
        "most = answering('most', 4, Opening(schema, [2], 3), (UInt[10],), "
        "lambda slots, ask, floor: (check(ask == 0), sum(slots[2]))[1:], keeps_floor=True)",
    ],
)
def test_a_developers_circuit_that_says_too_little_of_itself_is_refused(
    lie: str, tmp_path: Path
) -> None:
    """It would be charged fewer bits than it tells, or tell of fewer people than the floor."""
    imports = (
        "from dataclasses import replace\nfrom zkpipe.circuits import check\n"
        "from zkpipe.exchange.answers import Answers\n"
        "from zkpipe.exchange.circuits.answering import answering\n"
        "from zkpipe.exchange.circuits.openings import Opening\n"
    )
    path = developer_file(tmp_path, f"{imports}{SCORE}\n\n{lie}\n")
    with pytest.raises(CircuitError, match="not as @query makes them"):
        source_of(str(path)).template()


def test_a_file_without_one_circuit_of_the_exchange_is_refused(tmp_path: Path) -> None:
    for text, said in (("x = 1\n", "0 circuits"), ("raise ValueError(7)", "raises ValueError")):
        path = developer_file(tmp_path, text)
        with pytest.raises(CircuitError, match=said):
            source_of(str(path)).template()
    path = developer_file(tmp_path, SCORE + "other = most\n")
    assert source_of(str(path)).template().record.leak_bits == 10  # one, by two names
    with pytest.raises(CircuitError, match="no circuit none"):
        source_of(f"{path}:none").template()
