// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {CircuitRegistry} from "./CircuitRegistry.sol";
import {CredentialRegistry} from "./CredentialRegistry.sol";
import {NotAllowed, TooLate, Unknown, WrongKind, WrongState} from "./Errors.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {KIND_REGISTER, KIND_UPDATE, LINEAGE_DESTROYED, LINEAGE_PUBLISHED} from "./States.sol";
import {TEMPLATE_CURRENT} from "./States.sol";
import {Policy, Segment} from "./Structs.sol";
import {ACTION_PUBLISH, Place, contextWord, wordOf} from "./Words.sol";

/// @title Lineages: tables that may be asked, in versions
/// @notice An owner registers a lineage with a policy that never changes, and publishes versions of
/// it: lists of segments, each a commitment with a proof. All answers ever given about a lineage
/// share one budget of bits.
/// @dev Published -> Frozen -> Destroyed. A version v holds the segments with added <= v and not
/// withdrawn <= v; what a version holds never changes. Rows that are salted anew cannot be known
/// again: that no row returns after it was removed is the owner's word.
contract DataCatalogue {
    using SafeCast for uint256;

    /// @notice A lineage: its policy, and what became of it.
    struct Lineage {
        bytes32 schemaHash;
        bytes32 approvers;
        uint256 template;
        address setBy; // the owner who set the policy
        uint32 limitBits;
        uint32 held; // bits of grants that are not yet used
        uint32 spent; // bits of answers
        uint32 head; // the newest version; 0 if there is none
        uint16 floor;
        uint8 state;
        bool keyed;
    }

    /// @notice A segment that was published.
    struct Published {
        bytes32 lineage;
        uint32 added; // the first version that holds it
        uint32 withdrawn; // the first version that does not any more; 0 for none
        uint32 rows;
        uint32 units;
    }

    /// @notice The root is one of `lineage` already.
    error DuplicateRoot(bytes32 lineage);

    /// @notice The lineage has `left` bits left of its budget; `asked` are too many.
    error LeakageBudgetExceeded(bytes32 lineage, uint256 asked, uint256 left);

    /// @notice The lineage has one row a holder, and this segment does not.
    error DuplicateHolder();

    /// @notice Segment `root` is not of this lineage, or came after the version that is meant.
    error NotInVersion(bytes32 root);

    /// @notice Segment `root` was withdrawn.
    error SegmentWithdrawn(bytes32 root);

    /// @notice A lineage is there.
    event LineageRegistered(
        bytes32 indexed lineage,
        address indexed owner,
        Policy policy,
        uint256 salt
    );

    /// @notice A lineage has a new version.
    event VersionPublished(
        bytes32 indexed lineage,
        uint32 indexed version,
        Segment[] added,
        bytes32[] withdrawn,
        bytes32 docHash
    );

    /// @notice Grants of a circuit can be approved, or cannot any more.
    event CircuitAllowed(bytes32 indexed lineage, bytes32 indexed circuit, bool on);

    /// @notice A lineage is frozen or destroyed.
    event StateSet(bytes32 indexed lineage, uint8 state);

    /// @notice Bits of the budget are set aside for a grant.
    event BitsHeld(bytes32 indexed lineage, uint256 bits);

    /// @notice Bits that were held are spent by an answer.
    event BitsSpent(bytes32 indexed lineage, uint256 bits);

    /// @notice Bits that were held are free again.
    event BitsReleased(bytes32 indexed lineage, uint256 bits);

    /// @notice The registry of circuits.
    CircuitRegistry public immutable circuits;

    /// @notice The registry of owners.
    IdentityRegistry public immutable identities;

    /// @notice The contract that moves bits.
    address public immutable grants;

    /// @notice The registry of credentials.
    CredentialRegistry public immutable credentials;

    /// @notice Whether grants of a circuit can be approved.
    mapping(bytes32 lineage => mapping(bytes32 circuit => bool)) public allowed;

    mapping(bytes32 lineage => Lineage) private _lineages;
    mapping(bytes32 root => Published) private _segments;

    /// @param circuits_ the address of CircuitRegistry
    /// @param identities_ the address of IdentityRegistry
    /// @param grants_ the address of UsageGrants
    /// @param credentials_ the address of CredentialRegistry
    constructor(
        CircuitRegistry circuits_,
        IdentityRegistry identities_,
        address grants_,
        CredentialRegistry credentials_
    ) {
        (circuits, identities, grants) = (circuits_, identities_, grants_);
        credentials = credentials_;
    }

    /// @notice Register a lineage, which you own. Anyone may.
    /// @param policy what holds for it as long as it lasts
    /// @param salt tells lineages of one owner and policy apart
    /// @return l its id: keccak256(abi.encode(chain id, this, owner, policy, salt))
    function register(Policy calldata policy, uint256 salt) external returns (bytes32 l) {
        l = keccak256(abi.encode(block.chainid, address(this), msg.sender, policy, salt));
        if (policy.template != 0) _requireTemplate(policy.template);
        Lineage storage x = _lineages[l];
        (x.schemaHash, x.approvers) = (policy.schemaHash, policy.approvers);
        (x.template, x.setBy, x.limitBits) = (policy.template, msg.sender, policy.limitBits);
        (x.floor, x.state, x.keyed) = (policy.floor, LINEAGE_PUBLISHED, policy.keyed);
        identities.bindAsset(assetOf(l), msg.sender); // AssetBound the second time
        emit LineageRegistered(l, msg.sender, policy, salt);
    }

    /// @notice Publish the next version, for the owner.
    /// @dev Entries are taken in order, and each takes effect at once. For each the checks come in
    /// this order: WrongKind, TooLate, DuplicateRoot, DuplicateHolder, NotInVersion,
    /// SegmentWithdrawn, then the proof's.
    /// @param l the lineage
    /// @param added segments with new rows, and updates of segments, which these replace
    /// @param withdrawn segments that the version does not hold any more, besides
    /// @param docHash of a document for people; 0 for none
    function publish(
        bytes32 l,
        Segment[] calldata added,
        bytes32[] calldata withdrawn,
        bytes32 docHash
    ) external {
        Lineage storage x = _owned(l);
        if (x.state != LINEAGE_PUBLISHED) revert WrongState(x.state);
        uint32 version = ++x.head;
        for (uint256 i; i < added.length; ++i) _add(l, version, added[i]);
        for (uint256 i; i < withdrawn.length; ++i) _withdraw(l, version, withdrawn[i]);
        emit VersionPublished(l, version, added, withdrawn, docHash);
    }

    /// @notice Let grants of a circuit be approved, or no more, for the owner. Grants that there are
    /// go on; revoke them to end them.
    /// @param l the lineage
    /// @param circuit its id
    /// @param on whether they can
    function allow(bytes32 l, bytes32 circuit, bool on) external {
        _owned(l);
        allowed[l][circuit] = on;
        emit CircuitAllowed(l, circuit, on);
    }

    /// @notice Freeze a lineage, or state that its data are destroyed, for the owner.
    /// @dev Frozen, it answers nothing. Destroyed adds the owner's statement only.
    /// @param l the lineage
    /// @param s 22 for frozen, 23 for destroyed; never back
    function setState(bytes32 l, uint8 s) external {
        Lineage storage x = _owned(l);
        if (s <= x.state || s > LINEAGE_DESTROYED) revert WrongState(x.state);
        x.state = s;
        emit StateSet(l, s);
    }

    /// @notice For UsageGrants: set bits of a lineage's budget aside.
    /// @param l the lineage
    /// @param bits how many
    function hold(bytes32 l, uint256 bits) external {
        Lineage storage x = _fromGrants(l);
        uint256 left = uint256(x.limitBits) - x.held - x.spent;
        if (bits > left) revert LeakageBudgetExceeded(l, bits, left);
        x.held += bits.toUint32();
        emit BitsHeld(l, bits);
    }

    /// @notice For UsageGrants: spend bits that are held.
    /// @param l the lineage
    /// @param bits how many
    function spend(bytes32 l, uint256 bits) external {
        Lineage storage x = _fromGrants(l);
        x.held -= bits.toUint32();
        x.spent += bits.toUint32();
        emit BitsSpent(l, bits);
    }

    /// @notice For UsageGrants: free bits that are held.
    /// @param l the lineage
    /// @param bits how many
    function release(bytes32 l, uint256 bits) external {
        _fromGrants(l).held -= bits.toUint32();
        emit BitsReleased(l, bits);
    }

    /// @notice Goes on only if a segment can be asked now.
    /// @dev A withdrawn segment answers nobody, even where an older version is pinned.
    /// @param l the lineage
    /// @param version the last whose segments count; 0: the newest
    /// @param root the segment
    /// @return floor the fewest units that a group is answered for
    function usable(
        bytes32 l,
        uint32 version,
        bytes32 root
    ) external view returns (uint16 floor) {
        Lineage storage x = _lineages[l];
        if (x.state != LINEAGE_PUBLISHED) revert WrongState(x.state);
        Published storage p = _current(l, root);
        if (version != 0 && p.added > version) revert NotInVersion(root);
        if (p.withdrawn != 0) revert SegmentWithdrawn(root);
        return x.floor;
    }

    /// @notice A lineage.
    /// @param l its id
    /// @return all zeros if it was never registered
    function lineage(bytes32 l) external view returns (Lineage memory) {
        return _lineages[l];
    }

    /// @notice A segment.
    /// @param root its commitment
    /// @return all zeros if it was never published
    function segment(bytes32 root) external view returns (Published memory) {
        return _segments[root];
    }

    /// @notice Who owns a lineage.
    /// @param l its id
    /// @return its asset's owner
    function ownerOf(bytes32 l) public view returns (address) {
        return identities.identityOwner(assetOf(l));
    }

    /// @notice The identity of a lineage.
    /// @param l its id
    /// @return its last 20 bytes
    function assetOf(bytes32 l) public pure returns (address) {
        return address(uint160(uint256(l)));
    }

    function _add(bytes32 l, uint32 version, Segment calldata s) private {
        bool isUpdate = s.replaces != 0;
        uint8 kind = circuits.entry(s.circuit).kind;
        if (kind != (isUpdate ? KIND_UPDATE : KIND_REGISTER)) revert WrongKind(kind);
        if (block.timestamp > s.deadline) revert TooLate(s.deadline);
        Published storage p = _segments[s.root];
        if (p.added != 0) revert DuplicateRoot(p.lineage);
        Lineage storage x = _lineages[l];
        if (x.keyed && s.rows != s.units) revert DuplicateHolder();
        if (isUpdate) _withdraw(l, version, s.replaces);
        circuits.verify(s.circuit, s.proof, _publics(l, x, s));
        (p.lineage, p.added, p.rows, p.units) = (l, version, s.rows, s.units);
    }

    function _withdraw(bytes32 l, uint32 version, bytes32 root) private {
        Published storage p = _current(l, root);
        if (p.withdrawn != 0) revert SegmentWithdrawn(root);
        p.withdrawn = version;
    }

    /// @dev rows units | ctx root schema, and for an update: old-root floor
    function _publics(
        bytes32 l,
        Lineage storage x,
        Segment calldata s
    ) private view returns (uint256[] memory words) {
        bool isUpdate = s.replaces != 0;
        words = new uint256[](isUpdate ? 7 : 5);
        (words[0], words[1]) = (s.rows, s.units);
        words[2] = contextWord(
            address(this),
            Place({
                circuit: s.circuit,
                action: ACTION_PUBLISH,
                job: 0,
                grant: l,
                useNumber: 0,
                submitter: msg.sender,
                payee: address(0),
                deadline: s.deadline
            })
        );
        (words[3], words[4]) = (uint256(s.root), wordOf(x.schemaHash));
        if (isUpdate) (words[5], words[6]) = (uint256(s.replaces), x.floor);
    }

    /// @dev A segment of this lineage, be it withdrawn or not.
    function _current(bytes32 l, bytes32 root) private view returns (Published storage p) {
        p = _segments[root];
        if (p.added == 0 || p.lineage != l) revert NotInVersion(root);
    }

    function _requireTemplate(uint256 t) private view {
        (, , , uint8 state) = credentials.templates(t);
        if (state == 0) revert Unknown(bytes32(t));
        if (state != TEMPLATE_CURRENT) revert WrongState(state);
    }

    function _fromGrants(bytes32 l) private view returns (Lineage storage) {
        if (msg.sender != grants) revert NotAllowed(msg.sender);
        return _lineages[l];
    }

    function _owned(bytes32 l) private view returns (Lineage storage x) {
        x = _lineages[l];
        if (x.state == 0) revert Unknown(l);
        if (msg.sender != ownerOf(l)) revert NotAllowed(msg.sender);
    }
}
