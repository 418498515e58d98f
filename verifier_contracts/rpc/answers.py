"""The forms that a node's answers have: what the methods of JSON-RPC that are used here may return.

An answer of another form comes from no Ethereum node. It is refused before web3 formats it, which
takes many forms for granted and fails on others with whatever exception comes up.

Source: the execution API's specification, https://ethereum.github.io/execution-apis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from zkpipe.ground.files.strict_json import Json

Form = Callable[[Json], bool]


def _text(pattern: str) -> Form:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _optional(form: Form) -> Form:
    return lambda value: value is None or form(value)


def _many(form: Form) -> Form:
    return lambda value: isinstance(value, list) and all(map(form, value))


def _object(fields: Mapping[str, Form]) -> Form:
    """An object: a field may be missing or null, chains differ; one that is there has its form."""

    def fits(value: Json) -> bool:
        return isinstance(value, dict) and all(
            value.get(name) is None or form(value[name]) for name, form in fields.items()
        )

    return fits


quantity = _text("0x[0-9a-fA-F]{1,64}")
data = _text("0x(?:[0-9a-fA-F]{2})*+")
address = _text("0x[0-9a-fA-F]{40}")
digest = _text("0x[0-9a-fA-F]{64}")
line = _text(r"[ -~]{0,200}")

_LOG = _object(
    {
        "address": address,
        "topics": _many(digest),
        "data": data,
        "blockNumber": quantity,
        "transactionHash": digest,
        "transactionIndex": quantity,
        "blockHash": digest,
        "logIndex": quantity,
        "removed": lambda value: isinstance(value, bool),
    }
)
_SENT = {  # what a transaction and its receipt have in common
    "blockHash": digest,
    "blockNumber": quantity,
    "from": address,
    "to": address,
    "transactionIndex": quantity,
    "type": quantity,
}
_RECEIPT = _object(
    {
        **_SENT,
        "transactionHash": digest,
        "contractAddress": address,
        "cumulativeGasUsed": quantity,
        "effectiveGasPrice": quantity,
        "gasUsed": quantity,
        "logs": _many(_LOG),
        "logsBloom": data,
        "root": data,
        "status": quantity,
    }
)
_TRANSACTION = _object(
    {
        **_SENT,
        "chainId": quantity,
        "gas": quantity,
        "gasPrice": quantity,
        "hash": digest,
        "input": data,
        "maxFeePerGas": quantity,
        "maxPriorityFeePerGas": quantity,
        "nonce": quantity,
        "value": quantity,
    }
)
_BLOCK = _object(
    {
        "baseFeePerGas": quantity,
        "extraData": data,
        "gasLimit": quantity,
        "gasUsed": quantity,
        "hash": digest,
        "number": quantity,
        "parentHash": digest,
        "timestamp": quantity,
        "transactions": lambda value: _many(digest)(value) or _many(_TRANSACTION)(value),
    }
)
_FEES = _object(
    {
        "baseFeePerGas": _many(quantity),
        "oldestBlock": quantity,
        "reward": _many(_many(quantity)),
    }
)

FORMS: Mapping[str, Form] = {
    "eth_accounts": _many(address),
    "eth_blockNumber": quantity,
    "eth_call": data,
    "eth_chainId": quantity,
    "eth_estimateGas": quantity,
    "eth_feeHistory": _FEES,
    "eth_gasPrice": quantity,
    "eth_getBalance": quantity,
    "eth_getBlockByHash": _optional(_BLOCK),
    "eth_getBlockByNumber": _optional(_BLOCK),
    "eth_getCode": data,
    "eth_getLogs": _many(_LOG),
    "eth_getTransactionByHash": _optional(_TRANSACTION),
    "eth_getTransactionCount": quantity,
    "eth_getTransactionReceipt": _optional(_RECEIPT),
    "eth_maxPriorityFeePerGas": quantity,
    "eth_sendRawTransaction": digest,
    "eth_sendTransaction": digest,
    "net_version": line,
    "web3_clientVersion": line,
}


def has_form(method: str, result: Json) -> bool:
    """Whether a result is of the form that the method has; any is if the method has none here."""
    form = FORMS.get(method)
    return form is None or form(result)
