"""What several accounts must sign, as a file that they hand on: an action and its signatures.

    decision = Decision.of_council(view, "CircuitRegistry", "approve", [circuit], deadline)
    decision.save("approve.json")                # `exchange sign` shows what it says, and signs it
    decision.call_arguments(manifest, [signature, ...])     # anyone sends them

A file holds the function and its arguments, never a digest: whoever signs makes the digest of what
is shown, so what is read is what is signed. So a circuit, a template or an entry stands there with
all that its id is a digest of: see `subjects`. The place where the signatures count comes from the
signer's own manifest.

- A function of the council counts at CircuitRegistry, with its nonce: one at a time.
- UsageGrants.approve and EvidenceLedger.confirm are signed as the grant's or the entry's id, by
  those whom its list names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.decisions.subjects import SUBJECTS, id_of, with_subjects
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.errors import SignatureError
from zkpipe.exchange.signatures import Action, gathered, what_of
from zkpipe.exchange.struct_files import plain_json, plain_value, struct_in
from zkpipe.exchange.structs import Sigs, Struct, Terms
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.kinds import require_path
from zkpipe.verifier_contracts.abi import encoded, type_of
from zkpipe.verifier_contracts.errors import ArgumentError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

FORMAT = "zkpipe action 1"
LIMIT = 1 << 20  # bytes of a file
LATEST = (1 << 63) - 1  # of deadlines
MOST_LISTED = 100  # accounts in an argument: as many as a council has members
FIELDS = {"format", "chainId", "contract", "function", "arguments", "nonce", "deadline"}
COUNCIL = "CircuitRegistry"
OF_GRANT = ("UsageGrants", "approve")
OF_ENTRY = ("EvidenceLedger", "confirm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A call that needs signatures.

    chain_id   of the exchange
    contract   the name of the contract whose function it is
    function   its name
    arguments  all but the signatures, as the call takes them; a Terms for UsageGrants.approve. What
               SUBJECTS names may stand for its id, and must in a file. Addresses get their
               checksums, and lists become tuples
    nonce      the council's; 0 for grants and entries
    deadline   the last second in which the signatures count

    Raises ArgumentError if no function of the exchange takes such signatures and arguments.
    """

    chain_id: int
    contract: str
    function: str
    arguments: tuple[Any, ...]
    nonce: int
    deadline: int

    def __post_init__(self) -> None:
        from eth_abi.abi import decode

        inputs = self._entry["inputs"][:-1]
        if len(inputs) != len(self.arguments):
            raise ArgumentError(
                f"{self.contract}.{self.function} takes {len(inputs)} arguments beside the "
                f"signatures; {len(self.arguments)} are given.",
                f"Give {', '.join(one['name'] for one in inputs)}.",
            )
        normal: list[Any] = []
        for one, given in zip(inputs, self.arguments, strict=True):
            if isinstance(given, Struct) and type(given) is _struct_of(self.place, one):
                normal.append(given)
                continue
            data = encoded(self.function, [one], [given])
            (value,) = decode([type_of(one)], data)
            normal.append(_normal(one["type"], value))
        object.__setattr__(self, "arguments", tuple(normal))

    @classmethod
    def of_council(
        cls,
        view: View,
        contract: str,
        function: str,
        arguments: Sequence[Any],
        deadline: int,
        nonce: int | None = None,
    ) -> Decision:
        """What the council is to decide: with the nonce that it has now, if none is given.

        Ids become what they stand for. Raises UnknownSubjectError; SignatureError if what the index
        has is something else.
        """
        entry = signed_functions().get((contract, function))
        names = [] if entry is None else [one["name"] for one in entry["inputs"]]
        arguments = with_subjects(view, contract, function, names, arguments)
        nonce = view.call(COUNCIL, "nonce") if nonce is None else nonce
        return cls(
            chain_id=view.manifest.chain_id,
            contract=contract,
            function=function,
            arguments=tuple(arguments),
            nonce=nonce,
            deadline=deadline,
        )

    @property
    def place(self) -> tuple[str, str]:
        """The contract and the function."""
        return self.contract, self.function

    @property
    def _entry(self) -> Mapping[str, Any]:
        """The function in the ABI."""
        found = signed_functions().get(self.place)
        if found is None:
            raise ArgumentError(
                f"{self.contract} has no function {self.function} that takes signatures.",
                f"Give one of {', '.join(f'{c}.{f}' for c, f in signed_functions())}.",
            )
        return found

    def _plain(self, addresses: Mapping[str, str]) -> list[Any]:
        """The arguments as the call takes them."""
        return [_plain(one, self.chain_id, addresses) for one in self.arguments]

    def _what(self, addresses: Mapping[str, str]) -> bytes:
        """The digest of the call, or the id that is signed in its place, 32 bytes."""
        if self.place == OF_ENTRY:
            return bytes(self._plain(addresses)[0])
        if self.place == OF_GRANT:
            terms: Terms = self.arguments[0]
            return terms.grant(self.chain_id, addresses["UsageGrants"])
        types = [type_of(one) for one in self._entry["inputs"][:-1]]
        return what_of(self.function, types, *self._plain(addresses))

    def action(self, manifest: Manifest) -> Action:
        """What is signed, in the place where it counts by one's own manifest.

        Raises SignatureError if the decision is of another chain.
        """
        if self.chain_id != manifest.chain_id:
            raise SignatureError(
                f"The action is of chain {self.chain_id}; the exchange is on chain "
                f"{manifest.chain_id}.",
                "Do not sign it. Ask whoever sent it for an action of this exchange.",
            )
        addresses = manifest.addresses
        is_own = self.place in (OF_GRANT, OF_ENTRY)
        return Action(
            chain_id=self.chain_id,
            contract=addresses[self.contract if is_own else COUNCIL],
            target=addresses[self.contract],
            what=self._what(addresses),
            nonce=self.nonce,
            deadline=self.deadline,
        )

    def call_arguments(self, manifest: Manifest, signatures: Iterable[bytes]) -> list[Any]:
        """What the contract's function takes. Raises SignatureError."""
        sigs: Sigs = gathered(self.action(manifest), signatures)
        return [*self._plain(manifest.addresses), sigs.as_tuple]

    def to_bytes(self) -> bytes:
        """The file: canonical JSON. Raises ArgumentError if a bare id stands for its thing."""
        inputs = self._entry["inputs"][:-1]
        for one, given in zip(inputs, self.arguments, strict=True):
            kind = _struct_of(self.place, one)
            if kind is not None and not isinstance(given, kind):
                raise ArgumentError(
                    f"{one['name']} of {self.contract}.{self.function} is an id, which tells a "
                    "signer nothing.",
                    f"Give the {kind.__name__} in its place, as Decision.of_council does.",
                )
        return written(
            {
                "format": FORMAT,
                "chainId": self.chain_id,
                "contract": self.contract,
                "function": self.function,
                "arguments": {
                    one["name"]: plain_json(value)
                    for one, value in zip(inputs, self.arguments, strict=True)
                },
                "nonce": self.nonce,
                "deadline": self.deadline,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Decision:
        """Of a file's content; `name` stands in the errors. Raises FormatError, StructError."""
        value = parse_json(data, name, limit=LIMIT)
        try:
            if isinstance(value, dict) and value["format"] == FORMAT:
                return _decision(cls, value, name)
        except (LookupError, TypeError, ValueError, ArgumentError):
            pass
        raise FormatError(
            f"{name} is no action that an exchange knows.",
            "Give a file that zkpipe wrote to be signed, as it is.",
        )

    def save(self, path: str | Path) -> None:
        """Write the file. Raises FileError."""
        write_file(require_path("Decision.save", "path", path), self.to_bytes())


def _decision(cls: type[Decision], value: dict[str, Any], name: str) -> Decision:
    """Raises LookupError, TypeError, ValueError, ArgumentError, StructError."""
    if set(value) != FIELDS:
        raise ValueError("fields")
    for field in ("chainId", "nonce", "deadline"):
        if not is_number(value[field]):
            raise ValueError(field)
    inputs = signed_functions()[value["contract"], value["function"]]["inputs"][:-1]
    given: dict[str, Json] = value["arguments"]
    if set(given) != {one["name"] for one in inputs}:
        raise ValueError("arguments")
    if any(isinstance(one, list) and len(one) > MOST_LISTED for one in given.values()):
        raise ValueError("a list that nobody reads to its end")
    place = value["contract"], value["function"]
    arguments = tuple(_argument(place, one, given[one["name"]], name) for one in inputs)
    if place in (OF_GRANT, OF_ENTRY) and value["nonce"] != 0:
        raise ValueError("nonce")
    return cls(
        chain_id=value["chainId"],
        contract=value["contract"],
        function=value["function"],
        arguments=arguments,
        nonce=value["nonce"],
        deadline=value["deadline"],
    )


def is_number(value: Json) -> bool:
    """Whether it is a whole number that a nonce or a deadline can be."""
    return type(value) is int and 0 <= value <= LATEST


def _struct_of(place: tuple[str, str], argument: Mapping[str, Any]) -> type[Struct] | None:
    """What stands for an argument of a function in a file; None if a plain value does."""
    return Terms if argument["type"] == "tuple" else SUBJECTS.get((*place, argument["name"]))


def _argument(place: tuple[str, str], entry: Mapping[str, Any], value: Json, name: str) -> Any:
    struct = _struct_of(place, entry)
    if struct is not None:
        return struct_in(struct, value, f"{entry['name']} of {name}")
    return plain_value(type_of(entry), value, f"{entry['name']} of {name}")


def _normal(kind: str, value: Any) -> Any:
    """A value as Python's own: lists as tuples, addresses with checksums."""
    from eth_utils.address import to_checksum_address

    if kind.endswith("]"):
        return tuple(_normal(kind[: kind.rindex("[")], one) for one in value)
    return str(to_checksum_address(value)) if kind == "address" else value


def _plain(value: Any, chain_id: int, addresses: Mapping[str, str]) -> Any:
    if isinstance(value, Terms):
        return value.as_tuple
    return id_of(value, chain_id, addresses) if isinstance(value, Struct) else value


@cache
def signed_functions() -> dict[tuple[str, str], Mapping[str, Any]]:
    """The functions that take signatures last: their ABI by contract and name."""
    found = {}
    for name, contract in exchange_contracts().items():
        for entry in contract.abi:
            if entry["type"] == "function" and entry["name"] != "authorise":
                inputs = entry["inputs"]
                if inputs and type_of(inputs[-1]) == Sigs.abi():
                    found[name, entry["name"]] = entry
    return found
