"""The chain in this process: py-evm behind eth-tester, with the EVM's own errors of calls.

eth-tester makes a text of a call's error, in which the bytes of a revert, a contract's reason and
the EVM's exceptions can no longer be told apart; here the error itself is raised.

`answer` gives what a node would, as JSON: then a transaction is sent, and found again, on this
chain in the same way as on a node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eth.exceptions import PyEVMError, VMError
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.backends.pyevm.main import EVMSpoofTransaction, _execute_and_revert_transaction
from eth_tester.exceptions import BlockNotFound, TransactionFailed, ValidationError
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError as VmValidationError

from zkpipe.verifier_contracts.rpc.refusals import Refusal

if TYPE_CHECKING:
    from web3 import Web3

NONCE = re.compile(r"Invalid transaction nonce: Expected ([0-9]+), but got ([0-9]+)")


class CallFailed(Exception):
    """A call that failed; `error` is py-evm's: a Revert, or what stopped the code."""

    def __init__(self, error: VMError) -> None:
        super().__init__(type(error).__name__)
        self.error = error


class _Backend(PyEVMBackend):  # type: ignore[misc] # without types
    def call(self, transaction: dict[str, Any], block_number: int | str = "latest") -> bytes:
        """What the call returns. Raises CallFailed."""
        transaction = {"gas": self._max_available_gas(), **transaction}
        unsigned = self._get_normalized_and_unsigned_evm_transaction(transaction, block_number)
        spoofed = EVMSpoofTransaction(unsigned, from_=transaction["from"])
        computation = _execute_and_revert_transaction(self.chain, spoofed, block_number)
        if computation.is_error:
            raise CallFailed(computation.error)
        return bytes(computation.output)


def embedded_tester() -> EthereumTester:
    """A new chain, with accounts that have ether."""
    return EthereumTester(_Backend())


def answer(web3: Web3, method: str, parameters: Sequence[object]) -> Any:
    """What a node would answer, as JSON: numbers and bytes are hexadecimal.

    A block that is not there is None. Raises Refusal.
    """
    ask = web3.provider.request_func(web3, web3.middleware_onion)
    try:
        if method == "eth_getProof":
            return _as_json(_account(web3, str(parameters[0]), str(parameters[2])))
        told: Any = ask(method, list(parameters))
    except BlockNotFound:
        if method.startswith("eth_getBlockBy"):
            return None
        raise Refusal(None, "header not found") from None
    except (ValidationError, VmValidationError, TransactionFailed, PyEVMError) as error:
        raise Refusal(None, _said(error)) from error
    found = _as_json(told.get("result"))
    if method.startswith("eth_getBlockBy") and found and found.get("hash"):
        _mend(web3, found)
    return found


def _account(web3: Web3, address: str, block: str) -> dict[str, list[bytes]]:
    """The nodes of the state trie on the way to an account (EIP-1186), after a block's number."""
    from rlp import encode
    from trie.hexary import HexaryTrie

    chain = web3.provider.ethereum_tester.backend.chain  # type: ignore[attr-defined] # eth-tester's
    header = chain.get_canonical_block_header_by_number(int(block, 16))
    state = HexaryTrie(chain.chaindb.db, root_hash=header.state_root)
    key = keccak(to_canonical_address(address))
    nodes = state.get_proof(key)  # type: ignore[no-untyped-call] # trie's
    return {"accountProof": [encode(node) for node in nodes]}


def _mend(web3: Web3, block: dict[str, Any]) -> None:
    """Put right what eth-tester pads or cuts in a block: then its header hashes to its hash."""
    chain = web3.provider.ethereum_tester.backend.chain  # type: ignore[attr-defined] # eth-tester's
    header = chain.get_block_header_by_hash(bytes.fromhex(block["hash"][2:]))
    block["extraData"] = f"0x{header.extra_data.hex()}"
    block["logsBloom"] = f"0x{header.bloom:0512x}"


def _said(error: Exception) -> str:
    """An error in the words that nodes have for it."""
    nonce = NONCE.search(str(error))
    if nonce is None:
        return str(error)
    return "nonce too low" if int(nonce[2]) < int(nonce[1]) else "nonce too high"


def _as_json(value: object) -> Any:
    if isinstance(value, Mapping):
        fields = {_camel(name): _as_json(inner) for name, inner in value.items()}
        if "nonce" in fields and "data" in fields:  # a transaction in a block
            fields["input"] = fields.pop("data")
        return fields
    if isinstance(value, (list, tuple)):
        return [_as_json(inner) for inner in value]
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)
    return value


def _camel(name: str) -> str:
    """A name as nodes write it; web3 leaves those of a block's transactions as eth-tester's."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
