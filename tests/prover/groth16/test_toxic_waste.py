"""Class P10: the secrets of a setup are nowhere once it returns."""

from __future__ import annotations

import gc
import logging
import secrets
from pathlib import Path

import pytest

import zkpipe.prover.groth16.setup as setting_up
from tests.oracles.qap import R
from tests.prover.groth16.encodings import encodings
from tests.prover.groth16.statements import sum_of_powers
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import to_montgomery
from zkpipe.prover import DEVELOPMENT, ProvingKey, setup, setup_to_file
from zkpipe.prover.formats import zkey
from zkpipe.prover.groth16.queries import QueryScalars, ToxicWaste


def found(secret: int, folder: Path, texts: list[str]) -> list[str]:
    """Where one of the forms of a secret lies, in files of a folder and in texts."""
    places = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    places |= {f"text {i}": text.encode("utf-8", "replace") for i, text in enumerate(texts)}
    return [
        f"{name} in {place}"
        for place, data in places.items()
        for name, form in encodings(secret).items()
        if form in data
    ]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[ToxicWaste]:
    """What setups draw from here on."""
    seen: list[ToxicWaste] = []
    draw = setting_up._draw

    def watched(size: int, order: int) -> ToxicWaste:
        seen.append(draw(size, order))
        return seen[-1]

    monkeypatch.setattr(setting_up, "_draw", watched)
    return seen


def test_no_secret_of_a_setup_is_in_files_texts_or_logs(
    drawn: list[ToxicWaste],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    key = setup(sum_of_powers().system, DEVELOPMENT)
    key.save(tmp_path / "key.zkey")
    key.verifying_key.save(tmp_path / "key.json")
    (waste,) = drawn
    said = capfd.readouterr()
    texts = [repr(key), repr(key.verifying_key), repr(vars(key)), caplog.text, said.out, said.err]
    texts += [repr(waste), str(waste)]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["key.json", "key.zkey"]
    one_way = [waste.tau, waste.alpha, waste.beta, waste.delta]
    for secret in [*one_way, *(pow(value, -1, R) for value in one_way)]:
        assert found(secret, tmp_path, texts) == []


def test_the_search_finds_every_form(tmp_path: Path) -> None:
    """The control: what is there is found."""
    secret = secrets.randbelow(R)
    for number, (name, form) in enumerate(encodings(secret).items()):
        (tmp_path / f"{number}").write_bytes(b"before" + form + b"after")
        assert any(name in place for place in found(secret, tmp_path, []))
    words = to_montgomery([secret], R)
    (tmp_path / "words").write_bytes(words.tobytes())
    assert any(place.endswith("words") for place in found(secret, tmp_path, []))
    assert found(secret, tmp_path / "nowhere", [f"tau is {secret}"]) == ["decimal in text 0"]
    assert found(secret + 1, tmp_path, []) == []


def test_a_setup_s_secrets_are_gone_when_it_returns(tmp_path: Path) -> None:
    def present() -> list[object]:
        gc.collect()
        kinds = (ToxicWaste, QueryScalars)
        return [thing for thing in gc.get_objects() if type(thing) in kinds]

    before = present()  # other tests may keep the known secrets that they gave
    key = setup(sum_of_powers().system, DEVELOPMENT)
    setup_to_file(sum_of_powers().system, DEVELOPMENT, tmp_path / "key.zkey")
    assert [secret for secret in present() if not any(secret is other for other in before)] == []
    assert key.development


def test_the_search_for_secrets_finds_those_of_a_setup_under_way() -> None:
    """The control of the one before."""
    stream = setting_up._stream(sum_of_powers().system, DEVELOPMENT, BN254)
    alive = [type(thing) for thing in gc.get_objects() if type(thing) in (ToxicWaste, QueryScalars)]
    assert {ToxicWaste, QueryScalars} <= set(alive)
    assert "ToxicWaste(...)" in repr([QueryScalars, setting_up._draw(8, R)])
    assert "tau" not in repr(stream)


def test_each_setup_draws_other_secrets(drawn: list[ToxicWaste]) -> None:
    for _ in range(20):
        setup(sum_of_powers().system, DEVELOPMENT)
    numbers = [n for waste in drawn for n in (waste.tau, waste.alpha, waste.beta, waste.delta)]
    assert len(set(numbers)) == 80
    assert all(1 <= n < R for n in numbers)
    assert all(pow(waste.tau, 1 << 28, R) != 1 for waste in drawn)


def test_a_tau_of_the_domain_or_its_coset_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """At such a point the key would be full of infinities, or show a row."""
    root = pow(5, (R - 1) // 16, R)
    given = iter([root, 2, 3, 4, root * root % R, 2, 3, 4, 1, 2, 3, 4, 77, 78, 79, 80])

    class Secrets:
        @staticmethod
        def randbelow(_bound: int) -> int:
            return next(given) - 1

    monkeypatch.setattr(setting_up, "secrets", Secrets)
    waste = setting_up._draw(8, R)
    assert (waste.tau, waste.alpha, waste.beta, waste.delta) == (77, 78, 79, 80)


def test_a_key_file_has_the_known_sections_and_its_mark_only(tmp_path: Path) -> None:
    """CVE-2019-7167 was elements too many in a key."""
    system = sum_of_powers().system
    key = setup(system, DEVELOPMENT)
    key.save(tmp_path / "key.zkey")
    data = (tmp_path / "key.zkey").read_bytes()
    sections, at = {}, 12
    for _ in range(int.from_bytes(data[8:12], "little")):
        kind = int.from_bytes(data[at : at + 4], "little")
        sections[kind] = int.from_bytes(data[at + 4 : at + 12], "little")
        at += 12 + sections[kind]
    assert at == len(data)
    wires, public, size = key.wire_count, key.public_count, key.domain_size
    assert sections == {
        1: 4,
        2: 2 * 36 + 12 + 3 * 64 + 3 * 128,
        3: 64 * (public + 1),
        4: 4 + 44 * len(key.coefficients),
        5: 64 * wires,
        6: 64 * wires,
        7: 128 * wires,
        8: 64 * (wires - public - 1),
        9: 64 * size,
        10: 68,
        zkey.DEVELOPMENT: len(zkey.DEVELOPMENT_TEXT),
        zkey.CIRCUIT: len(f"{system.digest}\n{system.name}"),
    }
    assert ProvingKey.load(tmp_path / "key.zkey").development
