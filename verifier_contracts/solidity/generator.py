"""The Solidity verifier of a verifying key, and calls to it, with snarkjs' ABI.

    verifyProof(uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[n] input) -> bool

The text is `contracts/Groth16Verifier.sol.template` with the key's numbers filled in, and what the
form of the verifier puts there (solidity.forms); per public value it has one range check and one
term of the sum L = IC0 + sum of input_i ICi. A coordinate x0 + x1 u of G2 stands as x1, x0 in
calldata and memory, as EIP-197 wants it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zkpipe.accel.bn254 import BN254
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.kinds import require, require_list, require_text
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.verifier_contracts.errors import ContractError
from zkpipe.verifier_contracts.solidity.contract_name import check_name
from zkpipe.verifier_contracts.solidity.forms import Form, parts_of, template
from zkpipe.verifier_contracts.solidity.standing import Standing, checked_reason

if TYPE_CHECKING:  # the prover's kernels take a while to import
    from zkpipe.prover.proof import Proof
    from zkpipe.prover.verifying_key import VerifyingKey

_KEY = "VerifyingKey.load reads a vkey.json; of a proving key, give key.verifying_key."
GENERATOR_VERSION = 3

# EIP-170 lets a contract have 24,576 bytes; this takes 1,850 and 129 a public value (196 via-ir).
MOST_PUBLIC_VALUES = 170


def solidity_verifier(
    verifying_key: VerifyingKey,
    name: str,
    public_names: Sequence[str] | None = None,
    form: Form = Form.SINGLE,
    *,
    provenance: Provenance | None = None,
    accept_unverified: str | None = None,
) -> str:
    """The source of a contract `name` that checks proofs under the verifying key.

    public_names       of the public values, for the comment on them; the key's if left out
    form               what it takes: a proof, a batch of proofs, or a proof of hashed values
    provenance         of the proving key that the key is of, from ProvingKey.provenance; the
                       verifying key's own if left out
    accept_unverified  why a contract of a key that is not from a ceremony may be deployed on other
                       than development chains: it stands in the contract. Without it the
                       constructor reverts there. None of it is kept for a key from a ceremony.

    Raises InsecureKeyError if anyone could forge proofs under the key; ContractError if the name
    cannot be a contract's, the key has more public values than a contract can hold, or other than
    one where they are hashed, or the provenance or the reason is none; ShapeError for names that
    are none (circuits.r1cs.public_names).

    Source: Groth, eprint 2016/260, section 3.2.
    """
    from zkpipe.prover.key_guard import check_key_points
    from zkpipe.prover.proving_key import ProvingKey
    from zkpipe.prover.verifying_key import VerifyingKey

    key = verifying_key
    if isinstance(key, ProvingKey):
        raise ContractError(
            "A verifier is made from a verifying key, not from the proving key.",
            "Give key.verifying_key.",
        )
    require("solidity_verifier", "verifying_key", key, VerifyingKey, _KEY)
    if key.curve != BN254:
        raise ContractError(
            f"The key is over the curve {key.curve.name}; the EVM has pairings of BN254 alone.",
            "Set up the circuit over BN254.",
        )
    name = require_text("solidity_verifier", "name", name)
    require("solidity_verifier", "form", form, Form, "Give Form.BATCH, Form.HASHED, or none.")
    check_key_points(key.alpha, key.beta, key.gamma, key.delta, key.ic)  # whoever made the object
    if public_names is not None:
        names = require_list("solidity_verifier", "public_names", public_names, "texts")
        key = replace(key, public_names=tuple(names))  # type: ignore[arg-type] # it checks them
    standing = standing_of(key, provenance, accept_unverified)
    return unguarded_source(key, name, form, standing)


def standing_of(
    key: VerifyingKey, provenance: Provenance | None, accept_unverified: str | None
) -> Standing:
    """What a contract of a key is to say of it. Raises ContractError; as `solidity_verifier`."""
    known = key.provenance if provenance is None else provenance
    fix = "Give key.provenance of the proving key, or leave it out."
    require("solidity_verifier", "provenance", known, Provenance, fix)
    if (known is Provenance.DEVELOPMENT) is not key.development:
        says = "says" if key.development else "does not say"
        raise ContractError(f"The key {says} that it is a development key.", fix)
    reason = None if accept_unverified is None else checked_reason(accept_unverified)
    return Standing(known, None if known is Provenance.CEREMONY else reason)


def unguarded_source(
    verifying_key: VerifyingKey,
    name: str,
    form: Form = Form.SINGLE,
    standing: Standing | None = None,
) -> str:
    """The source, whatever the key: tests take it for keys under which anyone could forge.

    standing  what it says of its key; from the key itself if left out

    Raises ContractError for too many public values, or a name that cannot be a contract's.
    """
    if standing is None:
        standing = standing_of(verifying_key, None, None)
    count = verifying_key.public_count
    if count > MOST_PUBLIC_VALUES:
        raise ContractError(
            f"The key has {count} public values; a contract holds at most {MOST_PUBLIC_VALUES}.",
            "Make one hash of them public, and the values themselves private.",
        )
    digest = verifying_key.digest
    input_doc = "".join(_input_doc(count, verifying_key.public_names))
    source = template("Groth16Verifier.sol.template").substitute(
        version=GENERATOR_VERSION,
        digest=digest,
        digest_word=f"0x{digest}",
        mark=standing.mark,
        development="true" if verifying_key.development else "false",
        provenance=int(standing.provenance),
        unverified_error=standing.error,
        unverified_reason=standing.constant,
        chain_check=standing.check,
        name=name,
        p=BN254.p,
        r=BN254.r,
        constants="".join(f"    {line}\n" for line in _constants(verifying_key)),
        **parts_of(form, count, input_doc),
    )
    reasons = (standing.mark, standing.constant)  # their words are nobody's names
    check_name(name, source.replace(reasons[0], "").replace(reasons[1], ""))
    return source


def key_words(verifying_key: VerifyingKey) -> Iterator[tuple[str, int]]:
    """Every coordinate of the key with its name in the contract, in the EVM's order."""
    yield from _words_g1("ALPHA", verifying_key.alpha)
    yield from _words_g2("BETA", verifying_key.beta)
    yield from _words_g2("GAMMA", verifying_key.gamma)
    yield from _words_g2("DELTA", verifying_key.delta)
    for i, point in enumerate(verifying_key.ic):
        yield from _words_g1(f"IC{i}", point)


def _words_g1(name: str, point: tuple[int, int]) -> Iterator[tuple[str, int]]:
    yield f"{name}_X", point[0]
    yield f"{name}_Y", point[1]


def _words_g2(
    name: str, point: tuple[tuple[int, int], tuple[int, int]]
) -> Iterator[tuple[str, int]]:
    (x0, x1), (y0, y1) = point
    yield f"{name}_X1", x1
    yield f"{name}_X0", x0
    yield f"{name}_Y1", y1
    yield f"{name}_Y0", y0


def key_digest(verifying_key: VerifyingKey) -> str:
    """SHA-256, in hexadecimal, of the key's points: KEY_DIGEST of the generated contract."""
    from zkpipe.prover.verifying_key import VerifyingKey

    require("key_digest", "verifying_key", verifying_key, VerifyingKey, _KEY)
    return verifying_key.digest


def _constants(verifying_key: VerifyingKey) -> Iterator[str]:
    for name, value in key_words(verifying_key):
        yield f"uint256 private constant {name} = {value};"


def _input_doc(count: int, names: Sequence[str] | None) -> Iterator[str]:
    """What the public values are; letters beyond ASCII are escaped as Python escapes them."""
    if count:
        yield "    /// @param input public values, outputs first\n"
    for i, name in enumerate(names or ()):
        yield f"    ///   input[{i}] = {name.encode('ascii', 'backslashreplace').decode()}\n"


Calldata = (
    tuple[tuple[int, int], tuple[tuple[int, int], tuple[int, int]], tuple[int, int]]
    | tuple[
        tuple[int, int],
        tuple[tuple[int, int], tuple[int, int]],
        tuple[int, int],
        tuple[int, ...],
    ]
)


def calldata(proof: Proof, public: Sequence[int]) -> Calldata:
    """Arguments of verifyProof: (a, b, c, input), or (a, b, c) when there is no public value.

    Raises RangeError if a public value is not in [0, r): the contract would answer false.
    """
    from zkpipe.prover.proof import Proof
    from zkpipe.prover.public_values import check_public

    require("calldata", "proof", proof, Proof, "Proof.load reads a proof.json.")
    values = check_public(public)
    (x0, x1), (y0, y1) = proof.b
    a, b, c = proof.a, ((x1, x0), (y1, y0)), proof.c
    return (a, b, c, values) if values else (a, b, c)


def batch_calldata(proofs: Sequence[Proof], publics: Sequence[Sequence[int]]) -> list[Calldata]:
    """The argument of a batch verifier's verifyProofs and recordProofs: each proof's `calldata`.

    publics  the public values of each proof

    Raises ShapeError unless there are as many lists of values as proofs, RangeError as `calldata`.
    """
    given = require_list("batch_calldata", "proofs", proofs, "proofs")
    values = require_list("batch_calldata", "publics", publics, "lists of public values")
    if len(given) != len(values):
        raise ShapeError(
            f"There are {len(given)} proofs and {len(values)} lists of public values.",
            "Give the public values of each proof.",
        )
    pairs = zip(given, values, strict=True)
    return [calldata(proof, public) for proof, public in pairs]  # type: ignore[arg-type] # it checks
