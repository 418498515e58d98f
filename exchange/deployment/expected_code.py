"""The code that a creation leaves on a chain, computed here.

A constructor writes immutables into the code: addresses, the chain's id, the contract's own
address. So the compiled code is not what lies on the chain. It is computed by running the creation
in a virtual machine of this process (py-evm), at the same address and chain id. The code on the
chain is then compared to the last byte.
"""

from __future__ import annotations

from zkpipe.exchange.errors import ConstructorError

GAS = 30_000_000


def code_left_by(creation: bytes, address: str, creator: str, chain_id: int) -> bytes:
    """The code that lies at an address after its creation on an otherwise empty chain.

    creation  code, and the constructor's arguments
    creator   whose transaction, or which contract, creates it

    Raises ConstructorError if it ends in an error. Cost: 10 to 20 ms.
    """
    from eth.constants import BLANK_ROOT_HASH, CREATE_CONTRACT_ADDRESS, ZERO_ADDRESS, ZERO_HASH32
    from eth.db.atomic import AtomicDB
    from eth.vm.execution_context import ExecutionContext
    from eth.vm.forks.shanghai.state import ShanghaiState
    from eth.vm.message import Message
    from eth.vm.transaction_context import BaseTransactionContext
    from eth_utils.address import to_canonical_address

    block = ExecutionContext(
        coinbase=ZERO_ADDRESS,
        timestamp=1,
        block_number=1,  # type: ignore[arg-type] # the same
        difficulty=0,
        mix_hash=ZERO_HASH32,
        gas_limit=GAS,
        prev_hashes=(),
        chain_id=chain_id,
        base_fee_per_gas=0,
    )
    state = ShanghaiState(AtomicDB(), block, BLANK_ROOT_HASH)
    at, by = to_canonical_address(address), to_canonical_address(creator)
    message = Message(
        gas=GAS,
        to=CREATE_CONTRACT_ADDRESS,
        sender=by,
        value=0,
        data=b"",
        code=creation,
        create_address=at,
    )
    context = BaseTransactionContext(gas_price=0, origin=by)
    computation = state.computation_class.apply_create_message(state, message, context)
    if computation.is_error:
        raise ConstructorError(
            f"The constructor of the contract at {address} refuses its arguments.",
            "Check the council, and that this version of zkpipe is whole.",
        )
    return bytes(state.get_code(at))
