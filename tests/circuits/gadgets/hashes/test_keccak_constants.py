"""The chains of constants against published ones."""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.hashes.keccak_constants import chained_constants


def test_the_constants_are_the_published_ones() -> None:
    """Of circomlib's mimc.circom and mimcsponge.circom, and gnark-crypto's first round key."""
    first = {
        "mimc": 20888961410941983456478427210666206549300505294776164667214940546594746570981,
        "mimcsponge": 7120861356467848435263064379192047478074060781135320967663101236819528304084,
        "Poseidon2-BN254[t=2,rF=6,rP=50,d=5]": (
            0x1DA4D6ADFB0D0B494584F763DB50A81908580A5F5E295E168B9B8D31770FAC4F
        ),
    }
    assert {seed: chained_constants(seed, 1)[0] for seed in first} == first


def test_constants_are_elements_and_none_is_there_twice() -> None:
    constants = chained_constants("mimcsponge", 218)
    assert len(set(constants)) == 218
    assert all(0 < c < R for c in constants)
    assert chained_constants("mimcsponge", 3) == constants[:3]
