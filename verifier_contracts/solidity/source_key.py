"""The verifying key that a verifier's source holds: ours, or one that snarkjs exported.

Who deploys a source knows so under which key it will accept proofs, and none under which anyone
could forge is deployed unseen. Both texts hold the key as constants, one a coordinate; in snarkjs'
the first coordinate of a pair in G2 is the coefficient of u.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from zkpipe.circuits.r1cs.public_names import names_problem
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.kinds import require_text
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.verifier_contracts.errors import ContractError
from zkpipe.verifier_contracts.solidity.forms import Form
from zkpipe.verifier_contracts.solidity.generator import key_digest, solidity_verifier
from zkpipe.verifier_contracts.solidity.standing import Standing, standing_in

if TYPE_CHECKING:
    from zkpipe.prover.points import G1, G2
    from zkpipe.prover.verifying_key import VerifyingKey

# The space before a declaration ends with its line: to try each of a thousand empty lines as the
# first takes time that grows with the square of their number.
CONSTANT = re.compile(
    r"^[ \t]*uint256(?:\s+private)?\s+constant\s+(\w+)\s*=\s*([0-9]{1,78})\s*;", re.MULTILINE
)
DEVELOPMENT = re.compile(r"^[ \t]*bool\s+public\s+constant\s+DEVELOPMENT_KEY\s*=\s*true\s*;", re.M)
NAME = re.compile(r"^    ///   input\[(0|[1-9][0-9]{0,2})\] = ([!-~]{1,2000})$", re.MULTILINE)
BATCH = re.compile(r"^    function verifyProofs\(", re.MULTILINE)
HASHED = re.compile(r"^        uint256\[\] calldata values$", re.MULTILINE)
CONTRACT = re.compile(r"^contract (\w+) \{$", re.MULTILINE)
SNARKJS_NAME = re.compile(r"(alpha|beta|gamma|delta|IC\d+)([xy])([12]?)")
SNARKJS_PART = {"": "", "1": "1", "2": "0"}


def verifying_key_of(source: str) -> VerifyingKey:
    """The verifying key in the source of a verifier, ours or snarkjs'.

    Raises ContractError if the source holds none, or one constant twice; InsecureKeyError if anyone
    could forge proofs under the key.
    """
    from zkpipe.prover.verifying_key import VerifyingKey

    source = require_text("verifying_key_of", "source", source)
    constants = _constants(source)

    def g1(name: str) -> G1:
        return constants[f"{name}_X"], constants[f"{name}_Y"]

    def g2(name: str) -> G2:
        x0, x1, y0, y1 = (constants[f"{name}_{part}"] for part in ("X0", "X1", "Y0", "Y1"))
        return (x0, x1), (y0, y1)

    try:
        ic = [g1("IC0")]
        for i in count(1):
            if f"IC{i}_X" not in constants:
                break
            ic.append(g1(f"IC{i}"))
        points = g1("ALPHA"), g2("BETA"), g2("GAMMA"), g2("DELTA"), tuple(ic)
    except KeyError as missing:
        raise ContractError(
            f"The source is not a verifier that we know: it has no constant {missing.args[0]}.",
            "Export it with `zkpipe export verifier`.",
        ) from None
    return VerifyingKey(
        *points,
        development=bool(DEVELOPMENT.search(source)),
        public_names=_names(source, len(ic) - 1),
    )


def digest_in(source: str) -> str | None:
    """`key_digest` of the verifying key in a source; None if it has none that a proof could use."""
    try:
        return key_digest(verifying_key_of(source))
    except ZkpipeError:
        return None


def standing_of_key(source: str) -> Standing | None:
    """What the key in a source is by what the source says; None for a source without a key.

    Of a source that zkpipe did not generate it is unverified, or a development key.
    """
    try:
        key = verifying_key_of(source)
    except ZkpipeError:
        return None
    unknown = Provenance.DEVELOPMENT if key.development else Provenance.UNVERIFIED
    return standing_of_source(source, key) or Standing(unknown)


def is_generated(source: str, key: VerifyingKey) -> bool:
    """Whether a source is, to the letter, what `solidity_verifier` writes for its key and name.

    Its constants alone say nothing of the program around them, which may accept every proof.
    """
    return standing_of_source(source, key) is not None


def standing_of_source(source: str, key: VerifyingKey) -> Standing | None:
    """What a source says of its key's provenance; None if zkpipe would not have written it.

    Whoever generated it may have said what they liked: see `accepting`.
    """
    found, says = CONTRACT.search(source), standing_in(source)
    if found is None or says is None:
        return None
    with suppress(ContractError):  # a name that it gives no contract, another mark than its key's
        written = solidity_verifier(
            key,
            found[1],
            form=form_of(source),
            provenance=says.provenance,
            accept_unverified=says.reason,
        )
        return says if source == written else None
    return None


def form_of(source: str) -> Form:
    """What a verifier's source takes, by the functions that it has."""
    if BATCH.search(source):
        return Form.BATCH
    return Form.HASHED if HASHED.search(source) else Form.SINGLE


def _names(source: str, count: int) -> tuple[str, ...] | None:
    """The names that the comments give to the public values; None if they are not all there."""
    found = NAME.findall(source)
    if [number for number, _ in found] != [str(i) for i in range(count)]:
        return None
    try:
        names = tuple(name.encode().decode("unicode_escape") for _, name in found)
    except UnicodeDecodeError:
        return None
    return names if names and names_problem(names, count) is None else None


def _constants(source: str) -> dict[str, int]:
    """The constants by the names that our generator gives them."""
    constants: dict[str, int] = {}
    for name, digits in CONSTANT.findall(source):
        snarkjs = SNARKJS_NAME.fullmatch(name)
        if snarkjs:
            point, axis, part = snarkjs.groups()
            name = f"{point.upper()}_{axis.upper()}{SNARKJS_PART[part]}"
        if name in constants:
            raise ContractError(
                f"The source has the constant {name} twice: more than one verifier.",
                "Give a file with one verifier.",
            )
        constants[name] = int(digits)
    return constants
