"""Proofs, public values and verifying keys in snarkjs' JSON.

Numbers are strings of canonical decimal digits. Points are projective with z = 1: G1 is
[x, y, "1"], G2 is [[x0, x1], [y0, y1], ["1", "0"]]. Each value has one form: another z, a
hexadecimal or signed number, a name that is not known is refused; coordinates below p and the
curve are the business of Proof and VerifyingKey.
`curve` may be absent, as rapidsnark leaves it out. In a verifying key vk_alphabeta_12 may be
absent, and is not used: the verifier computes the pairing of the points beside it.

A development key carries "zkpipe_development": true, a key whose public values have names
"zkpipe_public_names": other tools take no notice of these.

Source: the files that iden3/snarkjs writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.circuits.r1cs.public_names import names_problem
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import Source, as_source, read_head
from zkpipe.ground.files.strict_json import Json, is_decimal, read_json, write_json
from zkpipe.ground.kinds import require_path, require_whole
from zkpipe.prover.points import G1, G2, Fp2
from zkpipe.prover.public_values import MOST_PUBLIC, OF_FIXED, check_public, public_label

DEVELOPMENT_FIELD = "zkpipe_development"
NAMES_FIELD = "zkpipe_public_names"
PROOF_BYTES = 1 << 14  # a proof has 800
PUBLIC_BYTES = 96  # a value has 82 with its quotes, comma and line; some indent them
SPARE = 64  # values too many, and spaces, that get the error of verifying
_FIX = "Give the file as snarkjs or this program wrote it."
_PROOF, _KEY, _PUBLIC = "a proof", "a verifying key", "a list of public values"
_READERS = {_PROOF: "Proof.load", _KEY: "VerifyingKey.load", _PUBLIC: "load_public"}


class VerifyingKeyParts(NamedTuple):
    """What a file of a verifying key holds: the fields of a VerifyingKey, not proved."""

    alpha: G1
    beta: G2
    gamma: G2
    delta: G2
    ic: tuple[G1, ...]
    development: bool
    public_names: tuple[str, ...] | None


def read_proof(path: Source) -> tuple[G1, G2, G1]:
    """The points of a proof, of which nothing is proved. Raises FileError or FormatError."""
    value = read_json(path, limit=PROOF_BYTES, floats=True)
    _check_kind(path, value, _PROOF)
    fields = _fields(path, value, ("pi_a", "pi_b", "pi_c", "protocol"), ("curve",))
    return (
        _g1(path, "pi_a", fields["pi_a"]),
        _g2(path, "pi_b", fields["pi_b"]),
        _g1(path, "pi_c", fields["pi_c"]),
    )


def write_proof(path: Path, a: G1, b: G2, c: G1, curve: Curve) -> None:
    """Write a proof. Raises FileError."""
    write_json(path, proof_json(a, b, c, curve))


def proof_json(a: G1, b: G2, c: G1, curve: Curve) -> dict[str, Json]:
    """A proof as its file holds it."""
    return {
        "pi_a": _g1_json(a),
        "pi_b": _g2_json(b),
        "pi_c": _g1_json(c),
        "protocol": "groth16",
        "curve": curve.name,
    }


def read_verifying_key(path: Source) -> VerifyingKeyParts:
    """Read a verifying key, which may be insecure. Raises FileError or FormatError."""
    points = ("vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2")
    if isinstance(path, Path) and read_head(path, 4) == b"zkey":
        raise FormatError(
            f"{path} is a proving key (.zkey), not a verifying key.",
            "Use ProvingKey.load(...).verifying_key, or write it with `zkpipe export vkey`.",
        )
    value = read_json(path, floats=True)
    _check_kind(path, value, _KEY)
    fields = _fields(
        path,
        value,
        ("protocol", "nPublic", *points, "IC"),
        ("curve", "vk_alphabeta_12", DEVELOPMENT_FIELD, NAMES_FIELD),
    )
    count = fields["nPublic"]
    if type(count) is not int:
        raise FormatError(f"{path}: nPublic is not an integer.", _FIX)
    ic = _list(path, "IC", fields["IC"])
    if len(ic) != count + 1:
        raise FormatError(
            f"{path}: for {count} public values IC has {count + 1} points, not {len(ic)}.", _FIX
        )
    development = fields.get(DEVELOPMENT_FIELD, False)
    if not isinstance(development, bool):
        raise FormatError(f"{path}: {DEVELOPMENT_FIELD} is neither true nor false.", _FIX)
    if "vk_alphabeta_12" in fields:
        _check_fp12(path, "vk_alphabeta_12", fields["vk_alphabeta_12"])
    return VerifyingKeyParts(
        alpha=_g1(path, "vk_alpha_1", fields["vk_alpha_1"]),
        beta=_g2(path, "vk_beta_2", fields["vk_beta_2"]),
        gamma=_g2(path, "vk_gamma_2", fields["vk_gamma_2"]),
        delta=_g2(path, "vk_delta_2", fields["vk_delta_2"]),
        ic=tuple(_g1(path, f"IC[{i}]", point) for i, point in enumerate(ic)),
        development=development,
        public_names=_names(path, fields.get(NAMES_FIELD), count),
    )


def write_verifying_key(path: Path, key: VerifyingKeyParts, curve: Curve) -> None:
    """Write a verifying key. Raises FileError."""
    fields: dict[str, Json] = {
        "protocol": "groth16",
        "curve": curve.name,
        "nPublic": len(key.ic) - 1,
        "vk_alpha_1": _g1_json(key.alpha),
        "vk_beta_2": _g2_json(key.beta),
        "vk_gamma_2": _g2_json(key.gamma),
        "vk_delta_2": _g2_json(key.delta),
        "IC": [_g1_json(point) for point in key.ic],
    }
    if key.development:
        fields[DEVELOPMENT_FIELD] = True
    if key.public_names is not None:
        fields[NAMES_FIELD] = list(key.public_names)
    write_json(path, fields)


def load_public(path: str | Source, count: int | None = None) -> list[int]:
    """Read public values: a list of decimal strings, each below r.

    count  of the key's public values, if that is known: a file larger than any for it is not read;
           whether there are as many, verifying says

    Raises FileError, FormatError, or RangeError for a value that is r or more.
    """
    source = as_source("load_public", path)
    if count is not None:
        count = require_whole("load_public", "count", count, most=MOST_PUBLIC)
    return read_public(source, count)


def read_public(source: Source, count: int | None, names: Sequence[str] | None = None) -> list[int]:
    """As `load_public`; errors call the values by their names, if these are known."""
    if count is None:
        value = read_json(source, floats=True)
    else:
        bounds = PUBLIC_BYTES * (count + SPARE), count + SPARE
        value = read_json(source, limit=bounds[0], values=bounds[1], floats=True)
    _check_kind(source, value, _PUBLIC)
    texts = _list(source, "the file", value)
    if names is not None and len(names) != len(texts):
        names = None
    numbers = [_number(source, public_label(i, names), text) for i, text in enumerate(texts)]
    return list(check_public(numbers, names=names))


def save_public(path: str | Path, public: Sequence[int]) -> None:
    """Write public values. Raises FileError, or RangeError for a value not in [0, r)."""
    path, values = require_path("save_public", "path", path), check_public(public)
    write_json(path, public_json(values))


def public_json(values: Sequence[int]) -> list[Json]:
    """Public values as their file holds them."""
    return [str(value) for value in values]


def _check_kind(path: Source, value: Json, wanted: str) -> None:
    """Refuse a file of another kind than the one that is wanted, for what it is."""
    found = None
    if isinstance(value, list):
        found = _PUBLIC
    elif isinstance(value, dict):
        found = _PROOF if "pi_a" in value else _KEY if "vk_alpha_1" in value else None
    if found is not None and found != wanted:
        shown = "a list" if found is _PUBLIC else found
        raise FormatError(f"{path} is {shown}, not {wanted}.", f"{_READERS[found]} reads {found}.")
    if found is None and wanted is _PUBLIC:
        raise FormatError(
            f"{path} is not {_PUBLIC}.", "`zkpipe prove` and save_public write such a list."
        )


def _fields(
    path: Source, value: Json, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Json]:
    """The members of an object for Groth16 over BN254, with names that are known."""
    if not isinstance(value, dict):
        raise FormatError(f"{path} is not a JSON object.", _FIX)
    for name in required:
        if name not in value:
            raise FormatError(f"{path} lacks {name!r}.", _FIX)
    for name in value:
        if name not in required and name not in optional:
            raise FormatError(f"{path} has a field that is not known: {name[:60]!a}.", _FIX)
    if value["protocol"] != "groth16":
        raise FormatError(f"{path} is not for the protocol 'groth16'.", _FIX)
    if value.get("curve", BN254.name) != BN254.name:
        raise FormatError(f"{path} is not for the curve {BN254.name!r}.", _FIX)
    return value


def _names(path: Source, value: Json, count: int) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = tuple(_list(path, NAMES_FIELD, value))
    problem = names_problem(names, count)
    if problem is not None:
        raise FormatError(f"{path}: {NAMES_FIELD}: they {problem}.", _FIX)
    return tuple(str(name) for name in names)


def _list(path: Source, name: str, value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise FormatError(f"{path}: {name} is not a list.", _FIX)
    return value


def _number(path: Source, name: str, value: Json) -> int:
    if not isinstance(value, str) or not is_decimal(value):
        of_fixed = f" {OF_FIXED}." if isinstance(value, float) else ""
        raise FormatError(
            f"{path}: {name} is not a string of decimal digits without leading zeros.",
            f'Write it as such a string: "1638".{of_fixed}',
        )
    return int(value)


def _fp2(path: Source, name: str, value: Json) -> Fp2:
    pair = _list(path, name, value)
    if len(pair) != 2:
        raise FormatError(f"{path}: a coordinate of {name} is not a pair.", _FIX)
    return _number(path, name, pair[0]), _number(path, name, pair[1])


def _check_fp12(path: Source, name: str, value: Json) -> None:
    """Two elements of Fp6, each of three of Fp2. Their value is not used, so not compared."""
    halves = _list(path, name, value)
    elements = [part for half in halves for part in _list(path, name, half)]
    if len(halves) != 2 or len(elements) != 6:
        raise FormatError(f"{path}: {name} is not an element of Fp12.", _FIX)
    for element in elements:
        _fp2(path, name, element)


def _g1(path: Source, name: str, value: Json) -> G1:
    x, y, z = _three(path, name, value)
    if z != "1":
        raise _not_affine(path, name)
    return _number(path, name, x), _number(path, name, y)


def _g2(path: Source, name: str, value: Json) -> G2:
    x, y, z = _three(path, name, value)
    if z != ["1", "0"]:
        raise _not_affine(path, name)
    return _fp2(path, name, x), _fp2(path, name, y)


def _three(path: Source, name: str, value: Json) -> list[Json]:
    coordinates = _list(path, name, value)
    if len(coordinates) != 3:
        raise FormatError(f"{path}: {name} has {len(coordinates)} coordinates, not 3.", _FIX)
    return coordinates


def _not_affine(path: Source, name: str) -> FormatError:
    return FormatError(f"{path}: the third coordinate of {name} is not one.", _FIX)


def _g1_json(point: G1) -> Json:
    return [str(point[0]), str(point[1]), "1"]


def _g2_json(point: G2) -> Json:
    (x0, x1), (y0, y1) = point
    return [[str(x0), str(x1)], [str(y0), str(y1)], ["1", "0"]]
