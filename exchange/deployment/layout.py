"""The contracts of an exchange: their order, their addresses, and what their constructors take.

They hold one another's addresses, in circles. A Deployer creates them: the address of the n-th
contract that it creates follows from its own and n, so all are known before the first is created.
What a constructor takes is read from its ABI: a parameter is a contract's role or a part of the
council.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zkpipe.exchange.deployment.council import Council
from zkpipe.exchange.errors import ConstructorError
from zkpipe.verifier_contracts.abi import encoded
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract

ORDER = (
    "PoseidonT3",
    "Settlement",
    "IdentityRegistry",
    "CircuitRegistry",
    "CredentialRegistry",
    "DataCatalogue",
    "UsageGrants",
    "EvidenceLedger",
    "JobBoard",
)
ROLES = {  # of a constructor's parameters
    "circuits": "CircuitRegistry",
    "identities": "IdentityRegistry",
    "credentials": "CredentialRegistry",
    "catalogue": "DataCatalogue",
    "grants": "UsageGrants",
    "ledger": "EvidenceLedger",
    "settlement": "Settlement",
    "poseidon": "PoseidonT3",
}


def addresses_from(deployer: str) -> dict[str, str]:
    """The contracts' addresses, with checksums, if a Deployer at this address creates them."""
    from web3.utils.address import get_create_address

    return {
        name: str(get_create_address(deployer, place))  # type: ignore[arg-type] # its aliases
        for place, name in enumerate(ORDER, 1)
    }


def creation_code(
    contract: CompiledContract, addresses: Mapping[str, str], council: Council
) -> bytes:
    """The code that creates a contract, with its constructor's arguments.

    Raises ConstructorError if the constructor takes something else than ROLES and a council.
    """
    inputs: list[dict[str, Any]] = next(
        (entry["inputs"] for entry in contract.abi if entry["type"] == "constructor"), []
    )
    given = [_argument(contract.name, parameter, addresses, council) for parameter in inputs]
    code = bytes.fromhex(contract.bytecode[2:])
    return code + encoded(f"the constructor of {contract.name}", inputs, given)


def _argument(
    contract: str, parameter: Mapping[str, Any], addresses: Mapping[str, str], council: Council
) -> Any:
    name, kind = str(parameter["name"]).strip("_"), parameter["type"]
    if (name, kind) == ("members", "address[]"):
        return list(council.members)
    if (name, kind) == ("threshold", "uint256"):
        return council.threshold
    if (name, kind) == ("auditorKey", "uint256"):
        return council.auditor_key
    role = ROLES.get(name)
    declared = str(parameter.get("internalType", "address"))
    if role is None or kind != "address" or declared not in _declared(role):
        raise ConstructorError(
            f"The constructor of {contract} takes {declared} {name}, which this version of zkpipe "
            "does not know.",
            "Use the version of zkpipe that the contract comes with.",
        )
    return addresses[role]


def _declared(role: str) -> tuple[str, ...]:
    """What a parameter for a contract may be declared as."""
    return "address", f"contract {role}", f"contract I{role}"
