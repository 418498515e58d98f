// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotAllowed, Unknown, WrongState} from "./Errors.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {Signed} from "./Signed.sol";
import {Sigs} from "./Structs.sol";
import {UsageGrants} from "./UsageGrants.sol";

/// @title What was done with an asset
/// @notice Entries with a level of evidence: 0 anyone's word, 1 the owner's, 2 a commitment that was
/// opened, 3 a proof that a contract verified. Entries of the owner and of boards are chained.
/// @dev Append only. Levels only rise. An entry's parents are there before it, so that entries form
/// a graph without cycles.
contract EvidenceLedger is Signed {
    /// @notice The end of an asset's chain.
    struct Head {
        bytes32 hash; // keccak256(abi.encode(the hash before, entry))
        uint64 seq; // of the last entry, from 1
        uint8 stage; // of the last entry that has one
    }

    /// @notice An entry.
    struct Entry {
        bytes32 digest;
        bytes32 signers; // keccak256(abi.encode(list, need)) of who shall confirm it; 0 for nobody
        address asset; // 0 if there is no such entry
        uint64 seq; // in the asset's chain; 0 if it is not chained
        uint8 level;
        bool confirmed;
    }

    /// @notice Stage `to` cannot follow stage `from`, or is none.
    error StageOutOfOrder(uint8 from, uint8 to);

    /// @notice This is not what the entry's digest is of.
    error WrongOpening();

    /// @notice There is such an entry already.
    error DuplicateEntry(bytes32 entry);

    /// @notice The entry is confirmed already.
    error AlreadyConfirmed(bytes32 entry);

    /// @notice An entry of level 0 or 1. `seq` is 0 if it is not chained.
    event Appended(
        address indexed asset,
        bytes32 indexed entry,
        address indexed by,
        uint64 seq,
        uint8 stage,
        uint8 level,
        bytes32 digest,
        bytes32[] parents,
        bytes32 signers
    );

    /// @notice An entry's commitment was opened: it has level 2.
    event Opened(bytes32 indexed entry, bytes value, bytes32 salt);

    /// @notice Enough of those who shall confirm an entry have signed it.
    event Confirmed(bytes32 indexed entry, address[] signers);

    /// @notice A board verified a proof: an entry of level 3.
    event Recorded(
        address indexed asset,
        bytes32 indexed entry,
        address indexed board,
        uint64 seq,
        bytes32 digest,
        bytes32[] parents
    );

    // levels
    uint8 private constant CLAIMED = 0;
    uint8 private constant SIGNED = 1;
    uint8 private constant OPENED = 2;
    uint8 private constant PROVED = 3;

    // stages; between these: 2 transfer, 3 store, 4 process, 5 use, 6 share
    uint8 private constant COLLECT = 1;
    uint8 private constant DESTROY = 7;

    bytes32 private constant LEDGER = "zkpipe/ledger";

    /// @notice The contract that lists boards.
    UsageGrants public immutable grants;

    /// @notice The registry of owners and delegates.
    IdentityRegistry public immutable identities;

    /// @notice The end of an asset's chain.
    mapping(address asset => Head) public head;

    /// @notice Entries by their id.
    mapping(bytes32 entry => Entry) public entries;

    /// @param grants_ the address of UsageGrants
    /// @param identities_ the address of IdentityRegistry
    constructor(UsageGrants grants_, IdentityRegistry identities_) {
        (grants, identities) = (grants_, identities_);
    }

    /// @notice Add an entry. From the owner or a delegate of the owner's it has level 1 and is
    /// chained; from anyone else it has level 0 and is not.
    /// @dev Stages go forward or begin again with 1, and nothing follows 7. Entries that are not
    /// chained keep no order.
    /// @param asset what it is about
    /// @param stage 1 collect, 2 transfer, 3 store, 4 process, 5 use, 6 share, 7 destroy
    /// @param digest of what happened; to open it later, keccak256(abi.encode(salt, value))
    /// @param parents entries that it follows from
    /// @param signers keccak256(abi.encode(list, need)) of who shall confirm it; 0 for nobody
    /// @return entry keccak256(abi.encode(chain id, this, asset, seq, digest, sender)), with the
    /// parents in place of seq if it is not chained
    function append(
        address asset,
        uint8 stage,
        bytes32 digest,
        bytes32[] calldata parents,
        bytes32 signers
    ) external returns (bytes32 entry) {
        if (asset == address(0)) revert Unknown(0);
        _requireEntries(parents);
        Head storage h = head[asset];
        uint64 seq;
        uint8 level = CLAIMED;
        if (_isOwners(asset, msg.sender)) {
            bool follows = stage >= h.stage || stage == COLLECT;
            if (!follows || h.stage == DESTROY) revert StageOutOfOrder(h.stage, stage);
            _requireStage(h.stage, stage);
            h.stage = stage;
            level = SIGNED;
            (entry, seq) = _chain(asset, digest);
        } else {
            _requireStage(0, stage);
            entry = keccak256(
                abi.encode(block.chainid, address(this), asset, parents, digest, msg.sender)
            );
            if (entries[entry].asset != address(0)) revert DuplicateEntry(entry);
        }
        entries[entry] = Entry(digest, signers, asset, seq, level, false);
        emit Appended(asset, entry, msg.sender, seq, stage, level, digest, parents, signers);
    }

    /// @notice Show what an entry's digest is of. Anyone who knows it may.
    /// @param entry of level 0 or 1
    /// @param value what was committed to
    /// @param salt that hid it
    function open(bytes32 entry, bytes calldata value, bytes32 salt) external {
        Entry storage e = _known(entry);
        if (e.level >= OPENED) revert WrongState(e.level);
        if (keccak256(abi.encode(salt, value)) != e.digest) revert WrongOpening();
        e.level = OPENED;
        emit Opened(entry, value, salt);
    }

    /// @notice Confirm an entry with the signatures of those it names. Anyone may.
    /// @dev They sign Action(this, entry, 0, deadline).
    /// @param entry its id
    /// @param list all who may sign
    /// @param need how many must
    /// @param s the signatures
    function confirm(
        bytes32 entry,
        address[] calldata list,
        uint256 need,
        Sigs calldata s
    ) external {
        Entry storage e = _known(entry);
        if (e.confirmed) revert AlreadyConfirmed(entry);
        if (keccak256(abi.encode(list, need)) != e.signers) revert NotAllowed(msg.sender);
        _requireSigned(address(this), entry, 0, s, list, need);
        e.confirmed = true;
        emit Confirmed(entry, s.signers);
    }

    /// @notice For boards: a proof was verified.
    /// @param asset what it is about
    /// @param digest of the job, the step and the results
    /// @param parents entries that it follows from
    /// @return entry its id, as `append` says
    function record(
        address asset,
        bytes32 digest,
        bytes32[] calldata parents
    ) external returns (bytes32 entry) {
        if (!grants.wasBoard(msg.sender)) revert NotAllowed(msg.sender);
        _requireEntries(parents);
        uint64 seq;
        (entry, seq) = _chain(asset, digest);
        entries[entry] = Entry(digest, 0, asset, seq, PROVED, false);
        emit Recorded(asset, entry, msg.sender, seq, digest, parents);
    }

    function _chain(address asset, bytes32 digest) private returns (bytes32 entry, uint64 seq) {
        Head storage h = head[asset];
        seq = ++h.seq;
        entry = keccak256(
            abi.encode(block.chainid, address(this), asset, seq, digest, msg.sender)
        );
        h.hash = keccak256(abi.encode(h.hash, entry));
    }

    function _isOwners(address asset, address who) private view returns (bool) {
        address owner = identities.identityOwner(asset);
        return who == owner || identities.validDelegate(owner, LEDGER, who);
    }

    function _known(bytes32 entry) private view returns (Entry storage e) {
        e = entries[entry];
        if (e.asset == address(0)) revert Unknown(entry);
    }

    function _requireEntries(bytes32[] calldata ids) private view {
        for (uint256 i; i < ids.length; ++i) _known(ids[i]);
    }

    function _requireStage(uint8 from, uint8 stage) private pure {
        if (stage < COLLECT || stage > DESTROY) revert StageOutOfOrder(from, stage);
    }
}
