"""The chain in this process: py-evm behind eth-tester, with the EVM's own errors of calls.

eth-tester makes a text of a call's error, in which the bytes of a revert, a contract's reason and
the EVM's exceptions can no longer be told apart; here the error itself is raised.
"""

from __future__ import annotations

from typing import Any

from eth.exceptions import VMError
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.backends.pyevm.main import EVMSpoofTransaction, _execute_and_revert_transaction


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
