"""The structs that contracts take, as Structs.sol has them.

Each checks its fields once, when it is made, against the types of its contract, and encodes itself:
`as_tuple` is what a call takes, and the ids are digests of what Solidity's abi.encode writes. A
field has Solidity's name in Python's spelling.

    Record        a circuit with its verifier
    Policy        what holds for a lineage
    Segment       a commitment to some rows, with its proof
    Terms         a grant
    Step          one proof of a job
    JobSpec       a job
    Scheme        a joint score
    Presentation  a credential's proof
    Sigs          signatures of an action (exchange.signatures)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from zkpipe.exchange.errors import StructError
from zkpipe.exchange.words import keccak_of, word_of
from zkpipe.ground.kinds import items
from zkpipe.verifier_contracts.abi import encoded
from zkpipe.verifier_contracts.errors import ArgumentError

Address = Annotated[str, "address"]
Bytes32 = Annotated[bytes, "bytes32"]
Uint8 = Annotated[int, "uint8"]
Uint16 = Annotated[int, "uint16"]
Uint24 = Annotated[int, "uint24"]
Uint32 = Annotated[int, "uint32"]
Uint64 = Annotated[int, "uint64"]
Uint128 = Annotated[int, "uint128"]
Uint256 = Annotated[int, "uint256"]
Bool = Annotated[bool, "bool"]
ProofWords = Annotated[tuple[int, ...], "uint256[8]"]  # a, b, c as calldata have them

ZERO = bytes(32)
NOBODY = "0x" + "00" * 20


class Struct:
    """A struct of Solidity's. Its fields become Python's own values, addresses with checksums.

    Raises StructError if a value does not fit the type of its field.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, kind in _members(type(self)).items():  # type: ignore[arg-type] # classes have hashes
            value = _checked(type(self).__name__, name, kind, getattr(self, name))
            object.__setattr__(self, name, value)

    @property
    def as_tuple(self) -> tuple[Any, ...]:
        """The fields in Solidity's order, as a contract's call takes them."""
        return tuple(_plain(getattr(self, field.name)) for field in fields(self))  # type: ignore[arg-type] # each subclass is a dataclass

    @classmethod
    def abi(cls) -> str:
        """Its type in an ABI, such as (address,uint64)."""
        members = _members(cls)  # type: ignore[arg-type] # classes have hashes
        return f"({','.join(map(_type_of, members.values()))})"


@cache
def _members(cls: type) -> dict[str, Any]:
    """The annotation of each field, in order."""
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name] for field in fields(cls)}


def _type_of(kind: Any) -> str:
    """The ABI's type of an annotation."""
    if get_origin(kind) is Annotated:
        return str(get_args(kind)[1])
    if get_origin(kind) is tuple:
        return _type_of(get_args(kind)[0]) + "[]"
    return str(kind.abi())


def _checked(struct: str, name: str, kind: Any, value: object) -> Any:
    """A value as Python's own of its type. Raises StructError."""
    if get_origin(kind) is tuple:
        listed = items(value)
        if listed is None:
            raise _misfit(struct, name, _type_of(kind))
        return tuple(_checked(struct, name, get_args(kind)[0], entry) for entry in listed)
    if get_origin(kind) is not Annotated:
        if type(value) is not kind:
            raise _misfit(struct, name, kind.__name__)
        return value
    return _scalar(struct, name, _type_of(kind), value)


def _scalar(struct: str, name: str, kind: str, value: object) -> Any:
    from eth_abi.abi import decode
    from eth_utils.address import to_checksum_address

    try:
        data = encoded(name, [{"name": name, "type": kind}], [value])
    except ArgumentError as error:
        raise _misfit(struct, name, kind) from error
    plain = decode([kind], data)[0]
    return to_checksum_address(plain) if kind == "address" else plain


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return value.as_tuple
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _misfit(struct: str, name: str, kind: str) -> StructError:
    return StructError(
        f"{name} of a {struct} does not fit its type in the contracts, {kind}.",
        "Give an address as 0x and 40 hexadecimal digits, bytes32 as 32 bytes, and a number in "
        "the range of its type.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Struct):
    """A circuit with its verifier. See Structs.sol for what each field says."""

    verifier: Address
    developer: Address
    codehash: Bytes32
    key_digest: Bytes32
    r1cs_hash: Bytes32
    source_hash: Bytes32
    ceremony_hash: Bytes32
    schema_hash: Bytes32
    columns: Uint64
    leak_bits: Uint24
    shape: Uint8
    kind: Uint8
    results: Uint8
    words: Uint8
    provenance: Uint8
    floor_safe: Bool
    development: Bool

    @property
    def circuit(self) -> bytes:
        """The circuit's id."""
        return keccak_of([self.abi()], self.as_tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Struct):
    """What holds for a lineage as long as it lasts."""

    schema_hash: Bytes32
    doc_hash: Bytes32 = ZERO
    approvers: Bytes32 = ZERO
    template: Uint256 = 0
    limit_bits: Uint32
    floor: Uint16
    keyed: Bool

    def lineage(self, chain_id: int, catalogue: str, owner: str, salt: int) -> bytes:
        """The id of the lineage that `owner` registers with it."""
        types = ["uint256", "address", "address", self.abi(), "uint256"]
        return keccak_of(types, chain_id, catalogue, owner, self.as_tuple, salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Struct):
    """A commitment to some rows, with its proof."""

    root: Bytes32
    replaces: Bytes32 = ZERO
    circuit: Bytes32
    rows: Uint32
    units: Uint32
    deadline: Uint64
    proof: ProofWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Struct):
    """A grant: one circuit, on one lineage, a number of times."""

    board: Address
    grantee: Address
    payee: Address
    lineage: Bytes32
    circuit: Bytes32
    doc: Bytes32 = ZERO
    param: Uint256 = 0
    salt: Uint256
    price: Uint128
    expiry: Uint64
    version: Uint32 = 0
    max_uses: Uint32

    def grant(self, chain_id: int, grants: str) -> bytes:
        """The grant's id, of UsageGrants at an address."""
        return keccak_of(["uint256", "address", self.abi()], chain_id, grants, self.as_tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Struct):
    """One proof of a job: under which grant, by whom and about what."""

    terms: Terms
    submitter: Address
    root: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec(Struct):
    """A job."""

    opener: Address
    nonce: Uint256
    ask: Uint256 = 0
    opener_key: Uint256
    auditor_key: Uint256
    until: Uint64 = 0
    accept_by: Uint64 = 0
    prove_by: Uint64
    deliver_by: Uint64
    doc: Bytes32 = ZERO
    steps: tuple[Step, ...]

    def job(self, chain_id: int, board: str) -> bytes:
        """The job's id, on the board at an address."""
        return keccak_of(["uint256", "address", self.abi()], chain_id, board, self.as_tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme(Struct):
    """Who computes a joint score, and how; Scheme() is the empty one, of jobs with one answer."""

    lender: Address = NOBODY
    lineages: tuple[Bytes32, ...] = ()
    circuits: tuple[Bytes32, ...] = ()
    band: Bytes32 = ZERO
    doc: Bytes32 = ZERO

    @property
    def word(self) -> int:
        """What Terms.param of its grants is."""
        return word_of(keccak_of([self.abi()], self.as_tuple))


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Struct):
    """The proof that an account holds a credential, and what it states."""

    template: Uint256
    issuer: Uint256
    root: Uint256
    nullifier: Uint256
    valid_to: Uint64
    deadline: Uint64
    proof: ProofWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Sigs(Struct):
    """Signatures of an action, in the order of their signers, who ascend."""

    deadline: Uint64
    signers: tuple[Address, ...]
    sigs: tuple[Annotated[bytes, "bytes"], ...]
