"""The forms of a verifier: for one proof, for a batch, for one proof of hashed public values.

All are one text, `contracts/Groth16Verifier.sol.template`: the head, the key's constants, and what
the constructor checks of key and chain. What differs is in `contracts/NAME.sol.parts`, a file of
parts with a line `//// PART` before each.

    single   verifyProof(uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[n] input)
    batch    verifyProofs((uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[n] input)[])
             recordProofs, which takes the same and emits an event, or reverts
    hashed   verifyProof(uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[] values)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib.resources import files
from string import Template

from zkpipe.verifier_contracts.errors import ContractError

PRECOMPILE_FAILED = "00a48593"  # first four bytes of keccak256("PrecompileFailed(uint256)")
PROOF_WORDS = 8  # of A, B and C
_PART = re.compile(r"^//// (\w+)\n", re.MULTILINE)

ADD_TERM = """\
            // L += scalar * (x, y), where sum points at L in memory
            function addTerm(sum, x, y, scalar) {
                mstore(add(sum, 0x40), x)
                mstore(add(sum, 0x60), y)
                mstore(add(sum, 0x80), scalar)
                // point = scalar * point
                if iszero(staticcall(gas(), 7, add(sum, 0x40), 0x60, add(sum, 0x40), 0x40)) {
                    fail(7)
                }
                if iszero(eq(returndatasize(), 0x40)) { fail(7) }
                // sum = sum + point
                if iszero(staticcall(gas(), 6, sum, 0x80, sum, 0x40)) { fail(6) }
                if iszero(eq(returndatasize(), 0x40)) { fail(6) }
            }

"""


class Form(Enum):
    """What a verifier takes."""

    SINGLE = "single"  # a proof and its public values
    BATCH = "batch"  # proofs with their public values: one pairing for each, and three
    HASHED = "hashed"  # a proof and the values whose digest is its one public value


def template(name: str) -> Template:
    """A text of the folder `contracts`."""
    path = files("zkpipe.verifier_contracts") / "contracts" / name
    return Template(path.read_text(encoding="utf-8"))


def parts_of(form: Form, count: int, input_doc: str) -> Mapping[str, str]:
    """What a form puts into the common text, by the names that stand there.

    count      public values of the key
    input_doc  the comment on them

    Raises ContractError for hashed values unless the key has one public value.
    """
    if form is Form.BATCH:
        return _batch(count, input_doc)
    return _hashed(count) if form is Form.HASHED else _single(count, input_doc)


def _single(count: int, input_doc: str) -> Mapping[str, str]:
    length = 4 + 32 * (PROOF_WORDS + count)
    check = f"if (msg.data.length != {length}) revert CalldataLength(msg.data.length);"
    return _filled(
        _parts(Form.SINGLE),
        count=str(count),
        calldata_length=str(length),
        length_check=f"        {check}\n",
        precompile_failed=PRECOMPILE_FAILED,
        add_term=ADD_TERM if count else "",
        input_doc=input_doc,
        input_parameter=f",\n        uint256[{count}] calldata input" if count else "",
        range_checks="".join(_range_checks(count)),
        terms="".join(_terms(count)),
    )


def _hashed(count: int) -> Mapping[str, str]:
    if count != 1:
        raise ContractError(
            f"The key has {count} public values; a verifier of hashed inputs is for circuits that "
            "have one, the digest of all values.",
            "Have the circuit hash its values with gadgets.keccak256 and make the digest alone "
            "public (docs/verifier_contracts.md), or leave --hash-inputs out.",
        )
    own = _parts(Form.HASHED)
    return _filled(
        {**_parts(Form.SINGLE), "title": own["title"], "errors": own["errors"]},
        length_check=own["length_check"],
        precompile_failed=PRECOMPILE_FAILED,
        add_term=ADD_TERM,
        input_doc=own["input_doc"],
        input_parameter=",\n        uint256[] calldata values",
        range_checks=own["range_checks"],
        terms=own["terms"],
    )


def _batch(count: int, input_doc: str) -> Mapping[str, str]:
    stride = f"{32 * (PROOF_WORDS + count):#x}"
    parts = _parts(Form.BATCH)
    member = f"        uint256[{count}] input; // public values\n" if count else ""
    return _filled(
        parts,
        count=str(count),
        stride=stride,
        input_size=f"{32 * count:#x}",
        precompile_failed=PRECOMPILE_FAILED,
        combined=Template(parts["combined"]).substitute(stride=stride) if count else "",
        input_doc=input_doc.replace("@param input", "  input: ", 1),
        input_member=member,
        terms="".join(_combined_terms(count)),
    )


def _parts(form: Form) -> dict[str, str]:
    _, *found = _PART.split(template(f"{form.value}.sol.parts").template)
    return dict(zip(found[::2], found[1::2], strict=True))


def _filled(parts: Mapping[str, str], **values: str) -> Mapping[str, str]:
    names = ("title", "errors", "immutables", "measured", "functions")
    return {name: Template(parts[name]).substitute(values) for name in names}


def _input_word(i: int) -> str:
    return f"calldataload(add(input, {32 * i:#x}))" if i else "calldataload(input)"


def _range_checks(count: int) -> Iterator[str]:
    for i in range(count):
        yield f"            right := and(right, lt({_input_word(i)}, R))\n"


def _terms(count: int) -> Iterator[str]:
    for i in range(count):
        point = f"IC{i + 1}_X, IC{i + 1}_Y"
        yield f"                addTerm(add(m, 0x180), {point}, {_input_word(i)})\n"


def _combined_terms(count: int) -> Iterator[str]:
    for i in range(count):
        point = f"IC{i + 1}_X, IC{i + 1}_Y"
        at = f"add(start, {32 * (PROOF_WORDS + i):#x})"
        yield f"                addTerm(add(q, 0xc0), {point}, combined(m, n, {at}))\n"
