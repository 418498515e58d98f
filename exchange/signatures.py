"""What the council, approvers and confirmers sign: an Action, by EIP-712.

    what_of   the digest of a function and its arguments, which the council signs
    Action    one action, in the place where it counts
    gathered  signatures of an action as a call takes them

The council's actions count at CircuitRegistry, with its nonce, for the contract whose function it
is. A grant or an entry counts where it is, UsageGrants or EvidenceLedger, with nonce 0; `what` is
its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zkpipe.exchange.errors import SignatureError
from zkpipe.exchange.structs import Address, Bytes32, Sigs, Struct, Uint64, Uint256
from zkpipe.exchange.words import keccak, keccak_of

if TYPE_CHECKING:  # eth_account takes a second to import
    from eth_account.messages import SignableMessage
    from eth_account.signers.local import LocalAccount

DOMAIN = {"name": "zkpipe", "version": "1"}
FIELDS = {"target": "address", "what": "bytes32", "nonce": "uint256", "deadline": "uint64"}
BYTES = 65  # r, s, v
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0  # secp256k1's


def what_of(function: str, types: Sequence[str], *values: Any) -> bytes:
    """What the council signs for a call of one of its functions, 32 bytes.

    types, values   of the arguments but the signatures, which come last, in order
    """
    signature = f"{function}({','.join([*types, Sigs.abi()])})"
    return keccak_of(["bytes4", *types], keccak(signature.encode("ascii"))[:4], *values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Struct):
    """One action, and the place where it counts.

    chain_id  of the signer's own configuration, never of a node's answer
    contract  that checks the signatures
    target    the contract whose function it is
    what      `what_of` the call, or the id of a grant or an entry
    nonce     the council's; 0 for grants and entries
    deadline  the last second in which the signature counts
    """

    chain_id: Uint256
    contract: Address
    target: Address
    what: Bytes32
    nonce: Uint256 = 0
    deadline: Uint64

    @property
    def message(self) -> SignableMessage:
        """The typed data, as wallets sign them."""
        from eth_account.messages import encode_typed_data

        domain = DOMAIN | {"chainId": self.chain_id, "verifyingContract": self.contract}
        types = {"Action": [{"name": name, "type": kind} for name, kind in FIELDS.items()]}
        return encode_typed_data(domain, types, {name: getattr(self, name) for name in FIELDS})

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        message = self.message
        return keccak(b"\x19" + message.version + message.header + message.body)

    def signed_by(self, account: LocalAccount) -> bytes:
        """An account's signature: r, s and v, 65 bytes."""
        return bytes(account.sign_message(self.message).signature)

    def signer_of(self, signature: bytes) -> str:
        """Who signed it, an address with its checksum.

        Raises SignatureError if it is no signature as the contracts take it: 65 bytes, s in its
        lower half, v 27 or 28.
        """
        from eth_account import Account
        from eth_keys.exceptions import BadSignature

        if len(signature) == BYTES and signature[64] in (27, 28):
            s = int.from_bytes(signature[32:64], "big")
            if 0 < s <= HALF_ORDER:
                try:
                    return str(Account.recover_message(self.message, signature=signature))
                except (BadSignature, ValueError):
                    pass
        raise SignatureError(
            "A signature is not one that the contracts take.",
            "Give the 65 bytes that `signed_by` or a wallet makes.",
        )


def gathered(action: Action, signatures: Iterable[bytes]) -> Sigs:
    """Signatures of one action in the order in which a contract takes them.

    Raises SignatureError if one is none, or an account has signed twice. Whether the signers may
    sign, and are enough, the contract says.
    """
    found = [(action.signer_of(signature), signature) for signature in signatures]
    found.sort(key=lambda pair: int(pair[0], 16))
    signers = [signer for signer, _ in found]
    if len(set(signers)) < len(signers):
        raise SignatureError(
            "An account has signed the action twice.", "Give each account's signature once."
        )
    return Sigs(
        deadline=action.deadline,
        signers=tuple(signers),
        sigs=tuple(signature for _, signature in found),
    )
