"""The second phase of a ceremony by us and by snarkjs, each on the other's keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from tests.interop.conftest import CIRCOM_INPUTS, Circom, Keyed, Snarkjs
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.prover import ProvingKey, prove, setup, verify
from zkpipe.prover.ceremony import (
    CeremonyKey,
    PreparedPowers,
    beacon_key,
    contribute_key,
    verify_key,
)

VALUE, EXPONENT = hashlib.sha256(b"a beacon").digest(), 10


def test_a_ceremony_of_both_tools_in_turn_ends_in_a_key_for_both(
    snarkjs: Snarkjs, ceremony: Path, circom: Callable[[str], Circom], tmp_path: Path
) -> None:
    """Each verifies the key after every step, whoever took it; both prove and verify at the end."""
    assert "hashed" in CIRCOM_INPUTS
    files = circom("hashed")
    system, powers = ConstraintSystem.load(files.r1cs), PreparedPowers.load(ceremony)
    keys = [tmp_path / f"{i}.zkey" for i in range(6)]
    setup(system, ceremony).save(keys[0])
    snarkjs("zKey.contribute", keys[0], keys[1], "theirs", "entropy of a test")
    contribute_key(keys[1], keys[2], "ours, naïve")
    snarkjs("zKey.contribute", keys[2], keys[3], "", "more entropy of a test")
    contribute_key(keys[3], keys[4])
    snarkjs("zKey.beacon", keys[4], keys[5], "theirs", VALUE.hex(), EXPONENT)
    for key in keys[1:]:
        assert snarkjs("zKey.verifyFromR1cs", files.r1cs, ceremony, key) is True
        found = verify_key(key, system, powers)
    names = [step.name for step in found.contributions]
    assert names == ["theirs", "ours, naïve", "", "", "theirs"]
    assert [step.beacon for step in found.contributions] == [False] * 4 + [True]

    final, witness = ProvingKey.load(keys[5]), Witness.load(files.wtns)
    public = witness.public_for(final)
    theirs, said = snarkjs.proof(keys[5], files.wtns, tmp_path)
    assert said == public
    for proof in (theirs, prove(final, witness)):
        assert verify(final.verifying_key, proof, public)
        assert snarkjs.accepts(final.verifying_key, proof, public, tmp_path)


def test_snarkjs_names_contributions_by_the_hashes_that_we_publish(
    snarkjs: Snarkjs, ceremony: Path, keyed: Callable[[str], Keyed], tmp_path: Path
) -> None:
    made = keyed("powers")
    initial, ours, theirs = (tmp_path / f"{name}.zkey" for name in ("initial", "ours", "theirs"))
    setup(made.statement.system, ceremony).save(initial)
    published = contribute_key(initial, ours, "ours")
    answer = snarkjs("zKey.contribute", ours, theirs, "theirs", "entropy of a test")
    digest = bytes(answer[str(i)] for i in range(64))
    found = verify_key(theirs, made.statement.system, PreparedPowers.load(ceremony))
    assert found.hashes == (published.hash, digest)
    assert CeremonyKey.load(theirs).circuit_hash == published.circuit_hash


def test_a_beacon_of_ours_is_that_of_snarkjs_byte_for_byte(
    snarkjs: Snarkjs, ceremony: Path, keyed: Callable[[str], Keyed], tmp_path: Path
) -> None:
    made = keyed("points at infinity")
    initial, first, ours, theirs = (tmp_path / f"{i}.zkey" for i in range(4))
    setup(made.statement.system, ceremony).save(initial)
    contribute_key(initial, first, "first")
    for name in ("", "the beacon"):
        beacon_key(first, ours, VALUE, EXPONENT, name)
        snarkjs("zKey.beacon", first, theirs, name, VALUE.hex(), EXPONENT)
        assert ours.read_bytes() == theirs.read_bytes()
