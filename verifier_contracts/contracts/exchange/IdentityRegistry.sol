// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotAllowed} from "./Errors.sol";

/// @title Identities of persons, organisations, devices and data assets
/// @notice Every address is an identity, did:ethr, and owns itself until it names another owner.
/// This is ERC-1056 without its ...Signed functions, whose signatures count again after a fork.
/// @dev Resolvers of did:ethr read `changed` and follow the events back, block by block. An asset is
/// an address that nobody has a key of: the last 20 bytes of its lineage's id.
contract IdentityRegistry {
    /// @notice `asset` has an owner already.
    error AssetBound(address asset);

    /// @notice `asset` cannot be given up: an asset always has an owner.
    error AssetNeedsOwner(address asset);

    /// @notice `owner` acts for `identity` from now on; 0: nobody ever again.
    /// @param previousChange the block of the change before; 0 if there is none
    event DIDOwnerChanged(address indexed identity, address owner, uint256 previousChange);

    /// @notice `delegate` is one of `identity`'s until `validTo`.
    /// @param previousChange the block of the change before; 0 if there is none
    event DIDDelegateChanged(
        address indexed identity,
        bytes32 delegateType,
        address delegate,
        uint256 validTo,
        uint256 previousChange
    );

    /// @notice `identity` has an attribute until `validTo`.
    /// @param previousChange the block of the change before; 0 if there is none
    event DIDAttributeChanged(
        address indexed identity,
        bytes32 name,
        bytes value,
        uint256 validTo,
        uint256 previousChange
    );

    /// @dev Stands for "nobody", since 0 stands for the identity itself.
    address private constant NOBODY = address(1);

    /// @notice The contract that registers assets.
    address public immutable catalogue;

    /// @notice The owner that an identity has named; 0 if none.
    mapping(address identity => address) public owners;

    /// @notice Until when an address is a delegate.
    mapping(address identity => mapping(bytes32 delegateType => mapping(address => uint256)))
        public delegates;

    /// @notice The block of an identity's last change; 0 if there is none.
    mapping(address identity => uint256) public changed;

    /// @notice Whether an identity is a data asset.
    mapping(address identity => bool) public isAsset;

    modifier onlyOwner(address identity) {
        if (msg.sender != identityOwner(identity)) revert NotAllowed(msg.sender);
        _;
    }

    /// @param catalogue_ the address of DataCatalogue
    constructor(address catalogue_) {
        catalogue = catalogue_;
    }

    /// @notice For the catalogue: give a new asset its owner.
    /// @param asset the last 20 bytes of its lineage's id
    /// @param owner who registers it
    function bindAsset(address asset, address owner) external {
        if (msg.sender != catalogue) revert NotAllowed(msg.sender);
        if (owners[asset] != address(0)) revert AssetBound(asset);
        isAsset[asset] = true;
        _setOwner(asset, owner);
    }

    /// @notice Hand an identity over, for its owner. It takes effect at once, in one step.
    /// @dev Delegates of an asset's owner are looked up on that owner's identity, so none of them
    /// outlives a sale.
    /// @param identity whose owner changes
    /// @param newOwner who acts for it; 0: nobody ever again, which an asset refuses
    function changeOwner(address identity, address newOwner) external onlyOwner(identity) {
        if (newOwner == address(0) && isAsset[identity]) revert AssetNeedsOwner(identity);
        _setOwner(identity, newOwner);
    }

    /// @notice Name a delegate, for the owner.
    /// @param identity whose delegate it is
    /// @param delegateType what it may do: ASCII, zeros after it, such as "zkpipe/prover"
    /// @param delegate the delegate
    /// @param validity for how many seconds from now
    function addDelegate(
        address identity,
        bytes32 delegateType,
        address delegate,
        uint256 validity
    ) external onlyOwner(identity) {
        _setDelegate(identity, delegateType, delegate, block.timestamp + validity);
    }

    /// @notice End a delegation at once, for the owner.
    /// @param identity whose delegate it is
    /// @param delegateType what it could do
    /// @param delegate the delegate
    function revokeDelegate(
        address identity,
        bytes32 delegateType,
        address delegate
    ) external onlyOwner(identity) {
        _setDelegate(identity, delegateType, delegate, block.timestamp);
    }

    /// @notice State an attribute, for the owner. It stands in the event only.
    /// @param identity whose attribute it is
    /// @param name of the attribute
    /// @param value of the attribute
    /// @param validity for how many seconds from now
    function setAttribute(
        address identity,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) external onlyOwner(identity) {
        _emitAttribute(identity, name, value, block.timestamp + validity);
    }

    /// @notice Withdraw an attribute, for the owner.
    /// @param identity whose attribute it is
    /// @param name of the attribute
    /// @param value of the attribute
    function revokeAttribute(
        address identity,
        bytes32 name,
        bytes calldata value
    ) external onlyOwner(identity) {
        _emitAttribute(identity, name, value, 0);
    }

    /// @notice Whether an address is a delegate now.
    /// @dev ERC-1056's own rule: in its last second it is none any more.
    /// @param identity whose delegate
    /// @param delegateType for what
    /// @param delegate the address
    /// @return whether it is
    function validDelegate(
        address identity,
        bytes32 delegateType,
        address delegate
    ) external view returns (bool) {
        return delegates[identity][delegateType][delegate] > block.timestamp;
    }

    /// @notice Who acts for an identity.
    /// @param identity the identity
    /// @return its owner: itself, unless it has named another; 0x01 if nobody acts for it any more
    function identityOwner(address identity) public view returns (address) {
        address owner = owners[identity];
        return owner == address(0) ? identity : owner;
    }

    function _setOwner(address identity, address owner) private {
        owners[identity] = owner == address(0) ? NOBODY : owner;
        emit DIDOwnerChanged(identity, owner, _change(identity));
    }

    function _setDelegate(
        address identity,
        bytes32 delegateType,
        address delegate,
        uint256 validTo
    ) private {
        delegates[identity][delegateType][delegate] = validTo;
        emit DIDDelegateChanged(identity, delegateType, delegate, validTo, _change(identity));
    }

    function _emitAttribute(
        address identity,
        bytes32 name,
        bytes calldata value,
        uint256 validTo
    ) private {
        emit DIDAttributeChanged(identity, name, value, validTo, _change(identity));
    }

    /// @dev Notes a change in this block, and returns the block of the one before.
    function _change(address identity) private returns (uint256 previous) {
        previous = changed[identity];
        changed[identity] = block.number;
    }
}
