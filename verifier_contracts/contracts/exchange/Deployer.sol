// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Creates contracts that hold one another's addresses
/// @notice The address of a contract that it creates follows from its own address and from how many
/// it created before, so all addresses are known before the first of them is created. Other
/// transactions of its owner's account change none of them.
/// @dev EIP-161: a contract's first creation has nonce 1, as its first place has. A creation that
/// fails undoes the whole call, hence uses no place up. It has no power over what it created.
contract Deployer {
    /// @notice Only the account that deployed this contract may use it, not `caller`.
    error NotOwner(address caller);

    /// @notice Place `place` is not the next one, which is `next`. Nothing was created.
    error WrongPlace(uint256 place, uint256 next);

    /// @notice The code for place `place` created nothing, and gave no reason.
    error NothingCreated(uint256 place);

    /// @notice A contract was created.
    event Created(uint256 indexed place, address at);

    /// @notice Who may use it.
    address public immutable owner;

    /// @notice The place of the contract that is created next, from 1.
    uint256 public next = 1;

    constructor() {
        owner = msg.sender;
    }

    /// @notice Create the contract of a place. A second call for the same place creates nothing.
    /// @param place of the contract, which must be the next one
    /// @param code its creation code, followed by the constructor's arguments
    /// @return at its address
    function create(uint256 place, bytes calldata code) external returns (address at) {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        if (place != next) revert WrongPlace(place, next);
        next = place + 1;
        bytes memory creation = code;
        // Memory: `creation` is its length, then its bytes. What the constructor reverts with goes
        // behind the free memory pointer, and ends this call.
        assembly ("memory-safe") {
            at := create(0, add(creation, 0x20), mload(creation)) // new C(...)
            if iszero(at) {
                let size := returndatasize()
                if size {
                    let free := mload(0x40)
                    returndatacopy(free, 0, size)
                    revert(free, size) // the constructor's own error
                }
            }
        }
        if (at == address(0)) revert NothingCreated(place);
        emit Created(place, at);
    }
}
